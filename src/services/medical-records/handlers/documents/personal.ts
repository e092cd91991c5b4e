import type { Database } from '../../../../kernel/database.ts'
import type { Context } from '../../../../kernel/service.ts'
import { documentRows } from '../../store/documentsPersonal.ts'
import { openDecided, openDetails, openFinding, openPages } from './sealed.ts'

/** Everything the documents half holds about a person, opened. */
export async function exportDocuments(db: Database, personId: string, context: Context) {
  const { documents, findings } = await documentRows(db, personId)
  return {
    documents: await Promise.all(
      documents.map(async ({ details, content, ...row }) => ({
        ...row,
        ...(await openDetails(context, { id: row.id, details })),
        text: (await openPages(context, row.id, content)).join('\n'),
      })),
    ),
    values: await Promise.all(
      findings.map(async ({ content, decided, ...row }) => ({
        ...row,
        read: await openFinding<object>(context, { id: row.id, content }),
        confirmed: (await openDecided<object>(context, { id: row.id, decided })) ?? null,
      })),
    ),
  }
}
