import { addDays, daysBetween } from '../../../shared/dates.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { metricDefinition } from '../../../shared/metrics.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import { medianAbsoluteDeviation } from '../../../shared/statistics/robust.ts'
import { theilSen } from '../../../shared/statistics/trend.ts'
import type { Prediction } from '../contract/analyticsShapes.ts'
import { basisOf, completeDays, type DayPoint, dayMethod, tidy } from './days.ts'
import type { Period } from './times.ts'
import { trendOf } from './trends.ts'

const MINIMUM_DAYS = 14
const MINIMUM_SPAN_DAYS = 21
/** A line is not drawn further ahead than a third of what was seen. */
const SPAN_PER_HORIZON = 3
/** Two-sided 95 % of the normal distribution. */
const Z = 1.96

/**
 * Where a metric is likely to be after `horizonDays`: along its Theil-Sen line where a trend is claimed, else at its
 * median; 95 % interval from the scatter of the days (MAD) and the uncertainty of the slope. Never outside the metric's
 * hard limits. With too little behind it there is no prediction.
 */
export function predict(
  metricType: MetricType,
  all: readonly DayPoint[],
  period: Period,
  horizonDays: number,
): Prediction {
  const points = completeDays(metricType, all, period)
  const trend = trendOf(metricType, all, period)
  const isMoving = trend.direction === 'rising' || trend.direction === 'falling'
  const way = isMoving ? 'Theil-Sen line' : 'median (no trend is claimed)'
  const method = `${dayMethod(metricType)}; ${way}; 95 % interval from the scatter of days and the slope's interval`
  const metric = { metric_type: metricType, unit: metricDefinition(metricType).canonicalUnit }
  const first = points[0]
  const last = points.at(-1)
  const spanDays = first === undefined || last === undefined ? 0 : daysBetween(first.day, last.day)
  const reason = lackOf(points.length, spanDays, horizonDays)
  if (reason !== undefined || first === undefined || last === undefined) {
    const basis = basisOf(method, points.length, period, [reason ?? 'no values'])
    return {
      ...metric,
      status: 'not-enough-data',
      day: null,
      value: null,
      interval: null,
      reason: reason ?? null,
      basis,
    }
  }
  const times = points.map((point) => daysBetween(first.day, point.day))
  const values = points.map((point) => point.value)
  const line = isMoving ? theilSen(times, values) : { slope: 0, intercept: median(values), interval: undefined }
  const scatter = medianAbsoluteDeviation(
    values.map((value, i) => value - line.intercept - line.slope * (times[i] ?? 0)),
  )
  const day = addDays(period.lastDay, horizonDays)
  const at = daysBetween(first.day, day)
  const slopeHalf = line.interval === undefined ? 0 : (line.interval[1] - line.interval[0]) / 2
  const resolution = 10 ** -metricDefinition(metricType).decimals
  const half = Math.hypot(Z * Math.max(scatter, resolution), slopeHalf * (at - median(times)))
  const value = line.intercept + line.slope * at
  const basis = basisOf(method, points.length, period)
  const { hardLimits } = metricDefinition(metricType)
  if (value < (hardLimits?.low ?? -Infinity) || value > (hardLimits?.high ?? Infinity)) {
    const impossible = 'The line leaves what is possible for this metric'
    return { ...metric, status: 'not-enough-data', day: null, value: null, interval: null, reason: impossible, basis }
  }
  const interval = [
    Math.max(value - half, hardLimits?.low ?? -Infinity),
    Math.min(value + half, hardLimits?.high ?? Infinity),
  ].map(tidy)
  return { ...metric, status: 'predicted', day, value: tidy(value), interval, reason: null, basis }
}

function lackOf(n: number, spanDays: number, horizonDays: number): string | undefined {
  if (n < MINIMUM_DAYS) return `${n} of the ${MINIMUM_DAYS} days needed`
  if (spanDays < MINIMUM_SPAN_DAYS) return `The days cover ${spanDays} of the ${MINIMUM_SPAN_DAYS} days needed`
  const needed = horizonDays * SPAN_PER_HORIZON
  return spanDays < needed ? `Looking ${horizonDays} days ahead needs ${needed} days behind` : undefined
}
