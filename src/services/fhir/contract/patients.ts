import { query } from '../../../kernel/contract.ts'
import { list, nullable, object, Type } from '../../../kernel/fields.ts'

/** For the service that gives apps their way in: whom they may be launched for. */
export const patientOperations = {
  patients: query({
    summary: 'The Patient resources of the record of the call, in order of writing',
    access: { kind: 'service' },
    input: object({}),
    output: object({
      patients: list(object({ id: Type.String(), name: Type.String(), birth_date: nullable(Type.String()) }), 20),
    }),
  }),
}
