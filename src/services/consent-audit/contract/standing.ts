import { query } from '../../../kernel/contract.ts'
import { nullable, object, oneOf, Type } from '../../../kernel/fields.ts'
import { Erasure } from './rights.ts'
import { instantOrNull, JURISDICTION_CODES, own } from './shapes.ts'

export const standingOperations = {
  readStanding: query({
    summary:
      'How the record stands: whether it is restricted or waits for erasure, under which law, who acts for the person',
    route: 'GET /my-data/standing',
    access: own,
    input: object({}),
    output: object({
      jurisdiction: oneOf(JURISDICTION_CODES),
      restricted_since: instantOrNull,
      erasure: nullable(Erasure),
      nominee: nullable(object({ name: Type.String(), relationship: Type.String(), contact: Type.String() })),
    }),
  }),
}
