import { query } from '../../../kernel/contract.ts'
import { findInput, foundOutput, list, nullable, object, Type, uuid } from '../../../kernel/fields.ts'
import { CLINICAL_KINDS } from './clinical.ts'
import { count } from './common.ts'
import { laboratory, person } from './shapes.ts'

export const FOUND_KINDS = ['paper', 'lab', 'other-lab', 'imaging', 'report', ...CLINICAL_KINDS] as const

export const findOperations = {
  findRecords: query({
    summary:
      'Papers (by title, names and notes; their text is encrypted and not searched), results, entries, studies and reports',
    route: 'GET /medical-records/find',
    // A right to what tests found finds results, and nothing else of the record.
    access: { ...person, orCategories: [laboratory.category] },
    input: findInput,
    output: foundOutput(FOUND_KINDS),
  }),
  retestBoard: query({
    summary: 'Tests that are to be repeated, of the people whose health record is open to the account',
    route: 'GET /lab-results/care-board',
    access: { kind: 'account' },
    input: object({}),
    output: object({
      items: list(
        object({
          person_id: uuid(),
          overdue: count,
          due_soon: count,
          next: nullable(object({ label: Type.String(), due_on: Type.String() })),
        }),
        50,
      ),
    }),
  }),
}
