import { type Access, query } from '../../../kernel/contract.ts'
import { date, list, object, optional, Type, text } from '../../../kernel/fields.ts'

export const MOST_SUMMARIES = 5

/** For the service that shares summaries with people without an account: it asks as the holder of what was shared. */
export const summaryOperations = (record: Access) => ({
  summaryDocuments: query({
    summary:
      'The International Patient Summary of each patient of the record, of what the caller may see in those days',
    access: record,
    timeoutMs: 60_000,
    input: object({ from: optional(date()), until: optional(date()), zone: optional(text(50)) }),
    output: object({
      documents: list(
        object({
          patient_id: Type.String(),
          entries: Type.Integer({ description: 'clinical resources in it' }),
          document: Type.String({ description: 'a Bundle of the type document; decimals as they were written' }),
        }),
        MOST_SUMMARIES,
      ),
      is_complete: Type.Boolean({ description: 'false while a large record is still being indexed' }),
    }),
  }),
})
