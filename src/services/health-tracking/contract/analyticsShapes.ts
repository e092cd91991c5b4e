import { date, nullable, object, oneOf, type Static, Type } from '../../../kernel/fields.ts'
import { Basis, count, metricType, nullableNumber, nullableText, time } from './common.ts'

export const interval = nullable(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }))

/** A direction claimed only with evidence, per metric. */
export const RobustTrend = object({
  metric_type: metricType,
  unit: Type.String(),
  direction: oneOf(['rising', 'falling', 'steady', 'not-enough-data']),
  slope_per_week: nullableNumber,
  interval_per_week: interval,
  p_value: nullableNumber,
  median: nullableNumber,
  span_days: Type.Number(),
  reason: nullableText,
  basis: Basis,
})
export type RobustTrend = Static<typeof RobustTrend>

export const Baseline = object({
  metric_type: metricType,
  unit: Type.String(),
  status: oneOf(['known', 'not-enough-data']),
  center: nullableNumber,
  spread: nullableNumber,
  usual_low: nullableNumber,
  usual_high: nullableNumber,
  reason: nullableText,
  basis: Basis,
})
export type Baseline = Static<typeof Baseline>

export const Anomaly = object({
  metric_type: metricType,
  unit: Type.String(),
  value: Type.Number(),
  day: date(),
  at: nullable(time),
  metric_id: nullableText,
  robust_z: Type.Number(),
  position: oneOf(['below', 'above']),
  usual_low: Type.Number(),
  usual_high: Type.Number(),
})
export type Anomaly = Static<typeof Anomaly>

export const Correlation = object({
  first: metricType,
  second: metricType,
  lag_days: Type.Integer({ description: 'days by which `second` follows `first`; negative: it goes before' }),
  coefficient: Type.Number(),
  p_value: Type.Number(),
  adjusted_p_value: Type.Number(),
  n: count,
  effective_n: Type.Number(),
})
export type Correlation = Static<typeof Correlation>

export const Pattern = object({
  metric_type: metricType,
  unit: Type.String(),
  kind: oneOf(['time_of_day', 'day_of_week']),
  bucket: Type.String(),
  direction: oneOf(['higher', 'lower']),
  typical_difference: Type.Number({ description: 'median difference from the rest of the same day or week' }),
  n: count,
  adjusted_p_value: Type.Number(),
})
export type Pattern = Static<typeof Pattern>

export const Prediction = object({
  metric_type: metricType,
  unit: Type.String(),
  status: oneOf(['predicted', 'not-enough-data']),
  day: nullable(date()),
  value: nullableNumber,
  interval: interval,
  reason: nullableText,
  basis: Basis,
})
export type Prediction = Static<typeof Prediction>
