import type { Context } from '../../../../kernel/service.ts'
import * as store from '../../store/documents.ts'

/** Reads a stored document, by job. */
export async function readStored(context: Context, data: Readonly<Record<string, unknown>>): Promise<void> {
  const row = await store.findDocument(context.db, String(data.document_id))
  if (row === undefined) return
}
