import { query } from '../../../kernel/contract.ts'
import { findInput, foundOutput, integer, list, nullable, object, Type, uuid } from '../../../kernel/fields.ts'
import { CLINICAL_KINDS } from './clinical.ts'
import { count } from './common.ts'
import { laboratory, person } from './shapes.ts'

export const FOUND_KINDS = ['paper', 'lab', 'other-lab', 'imaging', 'report', ...CLINICAL_KINDS] as const

/** Where the words stand inside a paper; null for what is no paper, and where only its names have them. */
const insidePaper = {
  page: nullable(integer(1, 100_000, { description: 'the page with the most of the words' })),
  /** Some words of that page, in pieces: text, never HTML. */
  snippet: nullable(list(object({ text: Type.String(), found: Type.Boolean() }), 200)),
}

export const findOperations = {
  findRecords: query({
    summary:
      'Papers (by title, names, notes and the words inside them, from their beginning on), results, entries, studies and reports',
    route: 'GET /medical-records/find',
    // A right to what tests found finds results, and nothing else of the record.
    access: { ...person, orCategories: [laboratory.category] },
    input: findInput,
    output: foundOutput(FOUND_KINDS, insidePaper),
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
