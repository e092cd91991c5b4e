import { query } from '../../../kernel/contract.ts'
import { list, object, Type } from '../../../kernel/fields.ts'
import { count, nullableText, nullableTime, person } from './shapes.ts'

const Source = object({
  source_name: Type.String(),
  priority: Type.Integer({ description: 'where several measured the same, the largest counts' }),
  metrics: list(Type.String(), 1000),
  count,
  first_day: nullableText,
  last_day: nullableText,
  latest_at: nullableTime,
  is_simulated: Type.Boolean(),
})

export const sourceOperations = {
  listSources: query({
    summary: 'What gave values, the one that counts most first',
    route: 'GET /device-data/sources',
    access: person,
    input: object({}),
    output: object({ items: list(Source, 1000) }),
  }),
}
