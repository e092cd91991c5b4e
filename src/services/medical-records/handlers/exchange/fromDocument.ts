import { PlatformError } from '../../../../kernel/errors.ts'
import { wholeOf } from '../../../../kernel/http/uploads.ts'
import type { Context } from '../../../../kernel/service.ts'
import { findDocument, noteImported } from '../../store/documents.ts'
import { linkImport } from '../../store/imports.ts'
import { announceDocument } from '../documents/fhirViews.ts'
import { AREA } from '../documents/remove.ts'
import { takeFile } from './imports.ts'
import { LARGEST_BYTES } from './upload.ts'

/** What is no file of a clinic's program, or one that can't be read: the paper stays as it is. */
const NOT_READ: ReadonlySet<string> = new Set(['validation_failed', 'unsupported_media_type'])

/**
 * Offers what a C-CDA, HL7 v2 or FHIR file that was added as a paper says, by job: it waits as what a file of a clinic brings.
 * The paper stays a paper. Doing it twice brings it once.
 */
export async function importDocument(context: Context, data: Readonly<Record<string, unknown>>): Promise<void> {
  const row = await findDocument(context.db, String(data.document_id))
  if (row === undefined || row.address === null || Number(row.size_bytes) > LARGEST_BYTES) return
  const file = await context.ports.files.open({ personId: context.personId, area: AREA }, row.address)
  const bytes = await wholeOf(file.content, LARGEST_BYTES)
  try {
    const taken = await takeFile(context, bytes, row.id)
    if (taken.items.length === 0) return
    await linkImport(context.db, taken.id, row.id)
  } catch (error) {
    if (error instanceof PlatformError && NOT_READ.has(error.code)) return
    throw error
  }
  await context.transact(async (transaction) => {
    if (await noteImported(transaction, row.id, context.now())) await announceDocument(context, transaction, row.id)
  })
}
