import { command, query } from '../../../kernel/contract.ts'
import { date, flag, nullable, number, object, oneOf, optional, Type, text, uuid } from '../../../kernel/fields.ts'
import { Document, documentId, person } from './shapes.ts'

export const FINDING_KINDS = ['lab', 'medication', 'diagnosis', 'critical_info', 'imaging_study'] as const
export const FINDING_STATES = ['unconfirmed', 'accepted', 'corrected', 'rejected'] as const
export const CRITICAL_TYPES = ['blood_group', 'allergy', 'chronic_condition'] as const

const open = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()]))

export const Value = object({
  id: uuid(),
  kind: oneOf(FINDING_KINDS),
  state: oneOf(FINDING_STATES),
  is_certain: Type.Boolean({ description: 'every check agreed; it still counts only once the person takes it' }),
  doubts: Type.Array(Type.String(), { description: 'why it wants a look' }),
  page: Type.Integer(),
  box: nullable(Type.Array(Type.Number(), { description: 'left, top, right, bottom as fractions of the page' })),
  line: nullable(Type.String({ description: 'the line as it was read' })),
  confidence: nullable(Type.Number({ description: '0 to 100, of the words; it does not tell right from wrong' })),
  read: open,
  confirmed: nullable(open),
  decided_at: nullable(Type.String()),
})

const Review = object({ document: Document, values: Type.Array(Value) })

const word = (maximum: number) => optional(nullable(text(maximum)))

/** Members that a correction may give; those of another kind than the value's are refused. */
export const correction = {
  test_name: optional(text(120)),
  value: optional(nullable(number(-1e9, 1e9))),
  comparator: optional(nullable(oneOf(['<', '>']))),
  value_text: word(120),
  unit: word(40),
  reference_low: optional(nullable(number(-1e9, 1e9))),
  reference_high: optional(nullable(number(-1e9, 1e9))),
  reference_text: word(120),
  flag: optional(nullable(oneOf(['H', 'L', 'A']))),
  observed_on: optional(nullable(date())),
  name: optional(text(120)),
  dosage: word(60),
  frequency: word(80),
  duration: word(60),
  instructions: word(300),
  text: optional(text(200, { description: 'of a diagnosis' })),
  info_type: optional(oneOf(CRITICAL_TYPES)),
  info_value: optional(text(200, { description: 'of a blood group, an allergy or a condition' })),
}

const one = { id: documentId, value_id: uuid() }
const errors = ['not_found', 'conflict'] as const

export const reviewOperations = {
  reviewDocument: query({
    summary: 'The values that were read in a document, each with its place and its doubts',
    route: 'GET /documents/:id/review',
    access: person,
    input: object({ id: documentId }),
    output: Review,
    errors: ['not_found'],
  }),
  acceptValue: command({
    summary: 'Take a value as it was read; one with doubts only with confirm_doubts',
    route: 'POST /documents/:id/review/:value_id/accept',
    access: person,
    input: object({
      ...one,
      confirm_doubts: optional(flag({ description: 'the person compared it with the document' })),
    }),
    output: Value,
    errors,
  }),
  correctValue: command({
    summary: 'Take a value with corrections; what is left out stays as it was read',
    route: 'POST /documents/:id/review/:value_id/correct',
    access: person,
    input: object({ ...one, ...correction }),
    output: Value,
    errors,
  }),
  rejectValue: command({
    summary: 'A value is none, or not of this person; what was made of it is removed',
    route: 'POST /documents/:id/review/:value_id/reject',
    access: person,
    input: object(one),
    output: Value,
    errors: ['not_found'],
  }),
  acceptCertain: command({
    summary: 'Take all values that have no doubts; the others wait',
    route: 'POST /documents/:id/review/accept-certain',
    access: person,
    input: object({ id: documentId }),
    output: object({ accepted: Type.Integer(), waiting: Type.Integer() }),
    errors: ['not_found'],
  }),
}
