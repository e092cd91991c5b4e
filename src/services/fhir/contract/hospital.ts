import { query } from '../../../kernel/contract.ts'
import { object } from '../../../kernel/fields.ts'

/** What a hospital that asks (S001: `X-Hospital-Id`) needs besides a right to the record: the person's consent to share it. */
export const hospitalOperations = {
  sharedWithHospital: query({
    summary: 'Whether the person shares the health record with hospitals; refused with 403 where not',
    access: { kind: 'person', category: 'health_records', purpose: 'sharing', recipient: 'hospital' },
    input: object({}),
    output: object({}),
  }),
}
