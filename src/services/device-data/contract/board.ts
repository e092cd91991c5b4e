import { query } from '../../../kernel/contract.ts'
import { list, nullable, object, Type, uuid } from '../../../kernel/fields.ts'
import { time } from './shapes.ts'

export const boardOperations = {
  deviceBoard: query({
    summary: 'The newest value that a device sent of each person whose devices are open to the account',
    route: 'GET /device-data/care-board',
    access: { kind: 'account' },
    input: object({}),
    output: object({
      items: list(
        object({
          person_id: uuid(),
          last: nullable(object({ metric_type: Type.String(), value: Type.Number(), unit: Type.String(), at: time })),
        }),
        50,
      ),
    }),
  }),
}
