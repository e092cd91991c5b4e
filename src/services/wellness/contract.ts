import { command, defineContract, event, query } from '../../kernel/contract.ts'
import { instant, integer, list, nullable, number, object, oneOf, optional, Type, uuid } from '../../kernel/fields.ts'

/** Integers that JavaScript, JSON and bigint columns agree on. */
const LARGEST_ID = Number.MAX_SAFE_INTEGER

const person = { kind: 'person', category: 'wellness' } as const
const userid = integer(1, LARGEST_ID, { description: 'integer by which the S003 clients know a record' })
const metricId = integer(1, LARGEST_ID)
const score = number(0, 10, { description: 'well-being, 0 (worst) to 10 (best)' })
const skip = optional(integer(0, 1_000_000, { default: 0 }))
const limit = optional(integer(1, 1000, { default: 100 }))

/** A time without zone, as the S003 clients print it: UTC, seconds. */
const NaiveTime = Type.String({ description: 'ISO 8601 without zone; UTC' })

export const Member = object({ userid })
export const Metric = object({ id: metricId, userid, time: NaiveTime, wellness_score: score })

export const NewMember = object({
  userid,
  access_token: optional(
    Type.String({ description: 'only when the caller had no account: whoever holds it owns the record' }),
  ),
  refresh_token: optional(Type.String()),
  token_type: optional(Type.String()),
  expires_in: optional(Type.Integer()),
})

export const MetricList = object({
  userid,
  metrics: list(Metric),
  total_count: Type.Integer(),
  average_score: nullable(Type.Number({ description: 'mean of everything the filter finds, not of the page' })),
  page_average: nullable(Type.Number()),
})

export const RobustTrend = object({
  direction: oneOf(['rising', 'falling', 'steady', 'not-enough-data']),
  method: Type.String(),
  n: Type.Integer(),
  span_days: Type.Number(),
  slope_per_week: nullable(Type.Number()),
  interval_per_week: nullable(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })),
  p_value: nullable(Type.Number()),
  reason: nullable(Type.String()),
})

export const Trend = object({
  userid,
  data_points: list(Metric, 5000),
  trend: oneOf(['improving', 'declining', 'stable']),
  average_score: Type.Number({ description: 'mean of the period, two decimals' }),
  period_days: Type.Integer(),
  /** What a robust estimator says of the same points, with its uncertainty. */
  robust: RobustTrend,
})

export const wellness = defineContract({
  name: 'wellness',
  summary: 'One number a day for how a person feels, and an honest trend.',
  summaryIn: {
    hi: 'हर दिन एक अंक कि व्यक्ति कैसा महसूस करता है, और एक ईमानदार रुझान।',
    ar: 'رقم واحد كل يوم لما يشعر به الشخص، واتجاه صادق.',
    ms: 'Satu nombor sehari tentang perasaan seseorang, dan arah aliran yang jujur.',
  },
  operations: {
    createUser: command({
      summary: 'Start a wellness record; without an account, one is made and its token returned',
      route: 'POST /wellness/users',
      access: { kind: 'public', category: 'wellness' },
      status: 201,
      input: object({}),
      output: NewMember,
      showsSecret: true,
    }),
    listUsers: query({
      summary: 'The wellness records of the caller',
      route: 'GET /wellness/users',
      access: person,
      input: object({ skip, limit }),
      output: list(Member),
    }),
    getUser: query({
      summary: 'One wellness record',
      route: 'GET /wellness/users/:userid',
      access: person,
      input: object({ userid }),
      output: Member,
      errors: ['not_found'],
    }),
    deleteUser: command({
      summary: 'Delete a wellness record and all its scores',
      route: 'DELETE /wellness/users/:userid',
      access: person,
      status: 204,
      input: object({ userid }),
      output: Type.Null(),
      errors: ['not_found'],
    }),
    recordScore: command({
      summary: 'Record how a person feels',
      route: 'POST /wellness/wellness-metrics',
      access: person,
      status: 201,
      input: object({ userid, wellness_score: score, time: optional(instant()) }),
      output: Metric,
      errors: ['not_found'],
    }),
    getScore: query({
      summary: 'One score',
      route: 'GET /wellness/wellness-metrics/:id',
      access: person,
      input: object({ id: metricId }),
      output: Metric,
      errors: ['not_found'],
    }),
    deleteScore: command({
      summary: 'Delete one score',
      route: 'DELETE /wellness/wellness-metrics/:id',
      access: person,
      status: 204,
      input: object({ id: metricId }),
      output: Type.Null(),
      errors: ['not_found'],
    }),
    listScores: query({
      summary: 'Scores of a record, newest first',
      route: 'GET /wellness/users/:userid/wellness-metrics',
      access: person,
      input: object({ userid, skip, limit, start_date: optional(instant()), end_date: optional(instant()) }),
      output: MetricList,
      errors: ['not_found'],
    }),
    getTrend: query({
      summary: 'Trend of the last days',
      route: 'GET /wellness/users/:userid/wellness-trend',
      access: person,
      input: object({ userid, days: optional(integer(1, 365, { default: 30 })) }),
      output: Trend,
      errors: ['not_found'],
    }),
  },
  events: {
    scoreRecorded: event(1, object({ user_id: uuid(), userid, wellness_score: score, time: Type.String() }), {
      summary: 'A wellness score was recorded',
    }),
  },
})
