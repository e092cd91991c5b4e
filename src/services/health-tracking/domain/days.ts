import { addDays } from '../../../shared/dates.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { metricDefinition } from '../../../shared/metrics.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import type { Basis } from '../contract/common.ts'
import type { Period } from './times.ts'

/** One local day of a metric, in the canonical unit: the median of its values, or their sum where values add up. */
export interface DayPoint {
  readonly day: string
  readonly value: number
  /** Measurements behind it. */
  readonly n: number
}

/** Whether a metric's values of one day add up. */
export function isSummed(metricType: MetricType): boolean {
  return metricDefinition(metricType).dayTotal === 'sum'
}

/** Without the day that is still running, whose sum would look like a fall. */
export function completeDays(metricType: MetricType, points: readonly DayPoint[], period: Period): readonly DayPoint[] {
  return isSummed(metricType) ? points.filter((point) => point.day < period.lastDay) : points
}

/** `daily medians` or `daily sums`, for the method every answer names. */
export function dayMethod(metricType: MetricType): string {
  return isSummed(metricType) ? 'sums of complete local days (the largest source of a day)' : 'medians of local days'
}

/** How a statistic was made: its method, number of values, period, and what was missing. */
export function basisOf(method: string, n: number, period: Period, missing: readonly string[] = []): Basis {
  return {
    method,
    n,
    period_from: period.firstDay,
    period_to: period.lastDay,
    time_zone: period.zone,
    missing: [...missing],
  }
}

/** Monday to Sunday as 0 to 6. */
export function weekdayOf(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7
}

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
  return addDays(day, -weekdayOf(day))
}

const WEEKLY_SEASON_MINIMUM_DAYS = 28

/**
 * Takes the usual shape of the week out of daily sums, so that a month of busy weekends is no trend: each value less its
 * weekday's median, plus the median of all. Shorter series are left as they are.
 */
export function withoutWeek(points: readonly DayPoint[]): {
  readonly points: readonly DayPoint[]
  readonly isDone: boolean
} {
  if (points.length < WEEKLY_SEASON_MINIMUM_DAYS) return { points, isDone: false }
  const byWeekday = new Map<number, number[]>()
  for (const { day, value } of points) {
    const weekday = weekdayOf(day)
    byWeekday.set(weekday, [...(byWeekday.get(weekday) ?? []), value])
  }
  const center = median(points.map((point) => point.value))
  const usual = new Map([...byWeekday].map(([weekday, values]) => [weekday, median(values)]))
  return {
    points: points.map((point) => ({
      ...point,
      value: point.value - (usual.get(weekdayOf(point.day)) ?? center) + center,
    })),
    isDone: true,
  }
}

/** Twelve significant digits: enough for every meter, without the noise of binary fractions. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12))
}
