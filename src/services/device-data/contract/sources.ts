import { command, query } from '../../../kernel/contract.ts'
import { list, nullable, object, optional, Type, text } from '../../../kernel/fields.ts'
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

const Order = object({
  data_type: nullable(Type.String({ description: 'null: of all metrics that have no order of their own' })),
  sources: list(Type.String(), 50),
  updated_at: nullableTime,
})

const wantedOrder = {
  data_type: optional(text(100, { description: 'left out: all metrics without an order of their own' })),
}

export const sourceOperations = {
  listSourceOrders: query({
    summary:
      'In which order sources count where several measured the same: the usual one, and the orders of the person',
    route: 'GET /device-data/source-order',
    access: person,
    input: object({}),
    output: object({
      usual: list(object({ source_name: Type.String(), priority: Type.Integer() }), 100),
      items: list(Order, 1000),
    }),
  }),
  setSourceOrder: command({
    summary: 'Let the named sources count before all others, in this order',
    route: 'PUT /device-data/source-order',
    access: person,
    input: object({ ...wantedOrder, sources: list(text(60), 50) }),
    output: Order,
  }),
  resetSourceOrder: command({
    summary: 'Go back to the usual order',
    route: 'DELETE /device-data/source-order',
    access: person,
    errors: ['not_found'],
    status: 204,
    input: object(wantedOrder),
    output: Type.Null(),
  }),
  listSources: query({
    summary: 'What gave values, the one that counts most first',
    route: 'GET /device-data/sources',
    access: person,
    input: object({}),
    output: object({ items: list(Source, 1000) }),
  }),
}
