import { query } from '../../../kernel/contract.ts'
import { list, nullable, object, Type, uuid } from '../../../kernel/fields.ts'
import { count, metricType, time } from './common.ts'

const Standing = object({
  person_id: uuid(),
  open_alerts: count,
  worst_severity: nullable(Type.Integer({ minimum: 0, maximum: 5, description: 'of the open alerts' })),
  seen_alerts: Type.Integer({ description: 'how many of them somebody acknowledged' }),
  seen_by: nullable(object({ account_id: uuid(), name: nullable(Type.String()) })),
  newest_alert_at: nullable(time),
  last: nullable(
    object(
      { metric_type: metricType, value: Type.Number(), unit: Type.String(), at: time },
      {
        description: 'the newest measurement that was written here, in the canonical unit of its metric',
      },
    ),
  ),
})

export const boardOperations = {
  careBoard: query({
    summary: 'How the people stand whose vital signs are open to the account: open alerts, newest measurement',
    route: 'GET /care-board',
    access: { kind: 'account' },
    input: object({}),
    output: object({ items: list(Standing, 50) }),
  }),
}
