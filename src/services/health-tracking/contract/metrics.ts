import { command, query, stream } from '../../../kernel/contract.ts'
import {
  date,
  instant,
  integer,
  list,
  nullable,
  object,
  oneOf,
  optional,
  record,
  type Static,
  Type,
  text,
  uuid,
} from '../../../kernel/fields.ts'
import {
  anyNumber,
  count,
  idInput,
  ifMatch,
  maybe,
  metricType,
  nullableNumber,
  nullableText,
  pageOf,
  pagingFields,
  patchTwin,
  periodFields,
  time,
  unit,
  versionFields,
  vitalsOfPerson,
} from './common.ts'

const MAXIMUM_BATCH = 1000

const newMetric = {
  metric_type: metricType,
  value: anyNumber,
  unit: maybe(unit),
  timestamp: maybe(instant()),
  source: maybe(text(50, { description: 'where the number comes from; `manual` unless said' })),
  device_id: maybe(text(100)),
  notes: maybe(text(2000, { minimum: 0 })),
  metric_metadata: maybe(record(50, 'anything the client keeps beside the number')),
}
export const NewMetric = object(newMetric)
export type NewMetric = Static<typeof NewMetric>

export const Metric = object({
  id: uuid(),
  version: Type.Integer(),
  user_id: uuid(),
  metric_type: metricType,
  value: Type.Number({ description: 'as it was given' }),
  unit: Type.String({ description: 'as it was given' }),
  canonical_value: Type.Number(),
  canonical_unit: Type.String({ description: 'UCUM' }),
  loinc: nullableText,
  timestamp: time,
  source: Type.String(),
  device_id: nullableText,
  notes: nullableText,
  status: oneOf(['ok', 'unusual']),
  vital_id: nullable(uuid('the vital sign it is a part of; changed there')),
  possible_duplicate_of: nullable(uuid('nearly the same value within a minute, from another source')),
  created_at: time,
  updated_at: time,
  warnings: list(Type.String(), 20),
  metric_metadata: Type.Record(Type.String(), Type.Unknown()),
  duplicate_of: optional(uuid('this reading was there already: the row that is shown')),
})
export type Metric = Static<typeof Metric>

export const MetricTypeInfo = object({
  metric_type: metricType,
  label: Type.String(),
  group: Type.String(),
  canonical_unit: Type.String(),
  default_unit: Type.String(),
  units: list(Type.String(), 40),
  loinc: nullableText,
  hard_limits: nullable(object({ low: nullableNumber, high: nullableNumber, source: Type.String() })),
  unusual_limits: nullable(object({ low: nullableNumber, high: nullableNumber, source: Type.String() })),
  reference: nullable(object({ low: nullableNumber, high: nullableNumber, citation: Type.String() })),
  better: Type.String(),
  day_total: oneOf(['sum', 'spot']),
})

const MetricStatistics = object({
  metric_type: metricType,
  unit: Type.String(),
  count: Type.Integer({ minimum: 0, description: 'values that were entered, and that devices measured' }),
  method: Type.String({ description: 'what the figures are of: single values, or local days' }),
  minimum: Type.Number(),
  maximum: Type.Number(),
  mean: Type.Number(),
  median: Type.Number(),
  latest_value: Type.Number(),
  latest_at: time,
  first_at: Type.String({
    description: "ISO 8601, UTC; where a device's day is the first, of the last value of that day",
  }),
})

const filters = {
  metric_type: optional(metricType),
  source: optional(text(50)),
  ...periodFields,
}

export const metricOperations = {
  recordMetric: command({
    summary: 'Record a measurement; the same reading again answers with the row that is there (duplicate_of)',
    route: 'POST /metrics',
    access: vitalsOfPerson,
    status: 201,
    input: NewMetric,
    output: Metric,
  }),
  recordMetrics: command({
    summary: `Record up to ${MAXIMUM_BATCH} measurements: all of them, or none and a fault for each wrong row`,
    route: 'POST /metrics/batch',
    access: vitalsOfPerson,
    status: 201,
    bodyLimitBytes: 2 * 1024 * 1024,
    input: object({ items: Type.Array(NewMetric, { minItems: 1, maxItems: MAXIMUM_BATCH }) }),
    output: object({ stored: count, duplicates: count, items: list(Metric) }),
  }),
  listMetrics: query({
    summary: 'Measurements, newest first',
    route: 'GET /metrics',
    access: vitalsOfPerson,
    input: object({ ...filters, ...pagingFields }),
    output: pageOf(Metric),
  }),
  deviceDays: query({
    summary:
      'One metric as devices measured it, a row a local day and kind of device, newest first; device-data holds each value',
    route: 'GET /metrics/of-devices',
    access: vitalsOfPerson,
    input: object({ metric_type: metricType, ...periodFields }),
    output: object({
      items: list(
        object({
          day: date(),
          device_type: Type.String({ description: 'the name at device-data of what was measured' }),
          label: Type.String(),
          timestamp: Type.String({ description: 'of the last value of the day; ISO 8601, UTC' }),
          value: Type.Number({ description: 'sum, mean or last of the day, as the metric asks' }),
          unit: Type.String({ description: 'canonical, UCUM' }),
          count,
          source: Type.String(),
        }),
      ),
    }),
  }),
  getMetric: query({
    summary: 'One measurement',
    route: 'GET /metrics/:id',
    access: vitalsOfPerson,
    input: idInput,
    output: Metric,
    errors: ['not_found'],
  }),
  updateMetric: command({
    summary: 'Correct the fields given; a part of a vital sign is corrected there',
    route: 'PUT /metrics/:id',
    aliases: patchTwin('/metrics/:id'),
    access: vitalsOfPerson,
    headers: ifMatch,
    input: object({
      id: uuid(),
      value: optional(anyNumber),
      unit: maybe(unit),
      timestamp: maybe(instant()),
      source: maybe(text(50)),
      device_id: maybe(text(100)),
      notes: maybe(text(2000, { minimum: 0 })),
      metric_metadata: maybe(record(50)),
      ...versionFields,
    }),
    output: Metric,
    errors: ['not_found', 'conflict', 'precondition_failed'],
  }),
  deleteMetric: command({
    summary: 'Delete a measurement',
    route: 'DELETE /metrics/:id',
    access: vitalsOfPerson,
    status: 204,
    headers: ifMatch,
    input: object({ id: uuid(), if_match: optional(text(80)) }),
    output: Type.Null(),
    errors: ['not_found', 'conflict', 'precondition_failed'],
  }),
  listMetricTypes: query({
    summary: 'Every metric: units, codes, limits and where they come from',
    route: 'GET /metrics/types/list',
    access: vitalsOfPerson,
    input: object({}),
    output: object({ items: list(MetricTypeInfo, 100), metric_types: list(Type.String(), 100) }),
  }),
  summarizeMetrics: query({
    summary:
      'Count, range, mean and median of each metric in a period (the last 30 days unless said), with whole days of devices',
    route: 'GET /metrics/summary/stats',
    access: vitalsOfPerson,
    input: object({ ...filters, days: optional(integer(1, 3660, { default: 30 })) }),
    output: object({
      period_from: time,
      period_to: time,
      metrics: list(MetricStatistics, 100),
      left_out: list(Type.String({ description: '`devices`, or from when on they are counted' }), 2),
    }),
  }),
}

export const metricStreams = {
  exportMetrics: stream({
    summary: 'All measurements of a filter, oldest first, as a file',
    kind: 'query',
    route: 'GET /metrics/export',
    access: vitalsOfPerson,
    produces: ['text/csv', 'application/json'],
    parameters: {
      format: 'csv (default) or json',
      metric_type: 'one metric only',
      from: 'ISO 8601; first instant included',
      to: 'ISO 8601; last instant included',
    },
  }),
}
