import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import { type DayPoint, dayMethod, isSummed } from './days.ts'
import { type DeviceDay, joinDays } from './deviceReadings.ts'

/** Figures of one metric in a period, in the canonical unit. */
export interface Figures {
  readonly count: number
  readonly minimum: number
  readonly maximum: number
  readonly mean: number
  readonly median: number
  readonly latest_value: number
  readonly latest_at: Date
  readonly first_at: Date
}

/** How the figures were made where nothing but entered values went into them. */
export const VALUES_METHOD = 'of single values'

/**
 * Figures of what was entered and of what devices measured in the same period. Of what adds up all are of local days, of which
 * the larger sum stands; otherwise the median is of local days, and all others of the single values.
 * @param enteredDays the days of `entered`
 * @param device at least one day, oldest first
 */
export function withDeviceDays(
  metricType: MetricType,
  entered: Figures | undefined,
  enteredDays: readonly DayPoint[],
  device: readonly DeviceDay[],
): Figures & { readonly method: string } {
  const days = joinDays(metricType, enteredDays, device)
  const values = days.map((day) => day.value)
  const newest = device.at(-1) as DeviceDay
  const oldest = device[0] as DeviceDay
  const isNewest = entered === undefined || newest.lastAt > entered.latest_at
  const isOldest = entered === undefined || oldest.lastAt < entered.first_at
  const common = {
    count: days.reduce((sum, day) => sum + day.n, 0),
    median: median(values),
    latest_at: isNewest ? newest.lastAt : entered.latest_at,
    first_at: isOldest ? oldest.lastAt : entered.first_at,
  }
  if (isSummed(metricType)) {
    return {
      ...common,
      minimum: Math.min(...values),
      maximum: Math.max(...values),
      mean: values.reduce((sum, value) => sum + value, 0) / values.length,
      latest_value: values.at(-1) as number,
      method: `of local days: ${dayMethod(metricType)}`,
    }
  }
  const own = entered === undefined ? [] : [{ ...entered, n: entered.count }]
  const all = [...own, ...device]
  const total = all.reduce((sum, one) => sum + one.mean * one.n, 0)
  return {
    ...common,
    minimum: Math.min(...all.map((one) => one.minimum)),
    maximum: Math.max(...all.map((one) => one.maximum)),
    mean: total / common.count,
    latest_value: isNewest ? newest.lastValue : entered.latest_value,
    method: 'of single values; the median of local days',
  }
}
