import { event, query } from '../../../kernel/contract.ts'
import { integer, list, nullable, object, oneOf, optional, Type, text, uuid } from '../../../kernel/fields.ts'
import { metricType, service, time } from './common.ts'

const Latest = object({
  metric_type: metricType,
  metric_id: uuid(),
  value: Type.Number(),
  unit: Type.String(),
  canonical_value: Type.Number(),
  canonical_unit: Type.String(),
  at: time,
  source: Type.String(),
})

/** For other services; none of these is on HTTP. */
export const internalOperations = {
  latest: query({
    summary: 'The newest measurement of each metric asked for, about the person of the call',
    access: service,
    input: object({ metric_types: list(metricType, 60), since: optional(text(40)) }),
    output: object({ items: list(Latest, 60) }),
  }),
  series: query({
    summary: 'One metric over time: local days (median, or sum for metrics that add up), or the newest raw values',
    access: service,
    input: object({
      metric_type: metricType,
      days: integer(1, 3660),
      resolution: oneOf(['day', 'raw']),
      limit: optional(integer(1, 5000, { default: 1000 })),
    }),
    output: object({
      metric_type: metricType,
      unit: Type.String(),
      time_zone: Type.String(),
      points: list(object({ at: Type.String(), value: Type.Number(), n: Type.Integer() }), 5000),
    }),
  }),
}

const measurement = {
  user_id: uuid(),
  measurement_id: uuid(),
  metric_type: metricType,
  value: Type.Number(),
  unit: Type.String({ description: 'canonical, UCUM' }),
  time,
  source: Type.String(),
}

export const events = {
  measurementRecorded: event(1, object(measurement), { summary: 'A measurement was recorded' }),
  measurementCorrected: event(1, object(measurement), {
    summary: 'A measurement was corrected; these are its new values',
  }),
  measurementDeleted: event(1, object({ user_id: uuid(), measurement_id: uuid(), metric_type: metricType, time }), {
    summary: 'A measurement was deleted',
  }),
  alertRaised: event(
    1,
    object({
      user_id: uuid(),
      alert_id: uuid(),
      rule_id: uuid(),
      metric_type: metricType,
      severity: Type.Integer({ minimum: 0, maximum: 5 }),
      measurement_id: uuid(),
      time,
    }),
    { summary: 'A reading crossed the threshold of a rule' },
  ),
  goalCompleted: event(
    1,
    object({ user_id: uuid(), goal_id: uuid(), metric_type: metricType, goal_type: Type.String(), time }),
    { summary: 'A goal was marked as reached' },
  ),
  symptomLogged: event(
    1,
    object({
      user_id: uuid(),
      symptom_id: uuid(),
      symptom_name: Type.String(),
      symptom_category: Type.String(),
      severity: Type.Integer({ minimum: 0, maximum: 5 }),
      severity_level: nullable(Type.Number()),
      time,
    }),
    { summary: 'A symptom was written into the diary' },
  ),
}
