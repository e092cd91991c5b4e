import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { metricDefinition } from '../../../shared/metrics.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import { baseline, robustTrend, type Baseline as Usual } from '../../../shared/trends.ts'
import type { Anomaly, Baseline, RobustTrend } from '../contract/analyticsShapes.ts'
import { basisOf, completeDays, type DayPoint, dayMethod, isSummed, tidy, withoutWeek } from './days.ts'
import type { Period } from './times.ts'

/** Clinical reference 8: a trend needs 8 points over 14 days. */
export const TREND_MINIMUM = { minimumPoints: 8, minimumSpanDays: 14 } as const
/** Clinical reference 8: |robust z| above 3.5 (Iglewicz and Hoaglin). */
export const ANOMALY_Z = 3.5

/** The trend of one metric's days: Theil-Sen with its interval and Mann-Kendall, in the canonical unit a week. */
export function trendOf(metricType: MetricType, all: readonly DayPoint[], period: Period): RobustTrend {
  const complete = completeDays(metricType, all, period)
  const { points, isDone } = isSummed(metricType) ? withoutWeek(complete) : { points: complete, isDone: false }
  const trend = robustTrend(
    points.map((point) => ({ at: point.day, value: point.value })),
    TREND_MINIMUM,
  )
  const season = isDone ? ', usual shape of the week taken out' : ''
  const method = `${dayMethod(metricType)}${season}; Theil-Sen slope with 95 % interval; Mann-Kendall test, p < 0.05`
  const lacking = trend.direction === 'not-enough-data' && trend.reason !== undefined ? [trend.reason] : []
  return {
    metric_type: metricType,
    unit: metricDefinition(metricType).canonicalUnit,
    direction: trend.direction,
    slope_per_week: trend.slopePerWeek === undefined ? null : tidy(trend.slopePerWeek),
    interval_per_week: trend.interval === undefined ? null : trend.interval.map(tidy),
    p_value: trend.p ?? null,
    median: points.length === 0 ? null : tidy(median(points.map((point) => point.value))),
    span_days: trend.spanDays,
    reason: trend.reason ?? null,
    basis: basisOf(method, points.length, period, lacking),
  }
}

/** What is usual for the person: median and scaled MAD of the days, from 14 days over a week. */
export function usualOf(metricType: MetricType, all: readonly DayPoint[], period: Period): Usual {
  const points = completeDays(metricType, all, period)
  return baseline(
    points.map((point) => ({ at: point.day, value: point.value })),
    { minimumSpread: 10 ** -metricDefinition(metricType).decimals },
  )
}

/** The usual range of a metric as an answer, or why there is none. */
export function baselineOf(metricType: MetricType, all: readonly DayPoint[], period: Period): Baseline {
  const usual = usualOf(metricType, all, period)
  const method = `${dayMethod(metricType)}; median and 1.4826 x MAD; usual range of 2 spreads either side`
  const unit = metricDefinition(metricType).canonicalUnit
  if (usual.status === 'not-enough-data') {
    return {
      metric_type: metricType,
      unit,
      status: 'not-enough-data',
      center: null,
      spread: null,
      usual_low: null,
      usual_high: null,
      reason: usual.reason,
      basis: basisOf(method, usual.n, period, [usual.reason]),
    }
  }
  return {
    metric_type: metricType,
    unit,
    status: 'known',
    center: tidy(usual.center),
    spread: tidy(usual.spread),
    usual_low: tidy(usual.usualLow),
    usual_high: tidy(usual.usualHigh),
    reason: null,
    basis: basisOf(method, usual.n, period),
  }
}

/** Days since `fromDay` whose value lies more than 3.5 spreads from the usual; none without a baseline. */
export function anomaliesOf(
  metricType: MetricType,
  all: readonly DayPoint[],
  period: Period,
  fromDay: string,
): Anomaly[] {
  const usual = usualOf(metricType, all, period)
  if (usual.status === 'not-enough-data') return []
  return completeDays(metricType, all, period)
    .filter((point) => point.day >= fromDay)
    .map((point) => ({ point, z: (point.value - usual.center) / usual.spread }))
    .filter(({ z }) => Math.abs(z) > ANOMALY_Z)
    .map(({ point, z }) => ({
      metric_type: metricType,
      unit: metricDefinition(metricType).canonicalUnit,
      value: tidy(point.value),
      day: point.day,
      at: null,
      metric_id: null,
      robust_z: tidy(z),
      position: z < 0 ? ('below' as const) : ('above' as const),
      usual_low: tidy(usual.usualLow),
      usual_high: tidy(usual.usualHigh),
    }))
}
