import { event, query } from '../../../kernel/contract.ts'
import { date, integer, list, nullable, object, oneOf, optional, Type, text, uuid } from '../../../kernel/fields.ts'
import { metricType, service, time, vitalsOfPerson } from './common.ts'

/** As far as a course of days goes at once. */
export const LONGEST_COURSE_DAYS = 366

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

const courses = {
  input: object({
    metric_types: list(metricType, 12),
    from: date('first local day'),
    until: date(`last local day, at most ${LONGEST_COURSE_DAYS} after the first`),
    zone: text(50, { description: 'whose days they are; an IANA name' }),
  }),
  output: object({
    courses: list(
      object({
        metric_type: metricType,
        unit: Type.String({ description: 'canonical, UCUM' }),
        days: list(
          object({ day: date(), value: Type.Number(), n: Type.Integer() }, { description: 'oldest first' }),
          LONGEST_COURSE_DAYS + 1,
        ),
      }),
      12,
    ),
  }),
}

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
  dayCourses: query({
    summary: 'One figure a local day of several metrics: entered, and by devices where the caller may see devices',
    access: vitalsOfPerson,
    ...courses,
  }),
  deviceCourses: query({
    summary: 'One figure a local day of several metrics as devices measured them, for whoever may see devices',
    access: { kind: 'person', category: 'devices' },
    ...courses,
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
