import { median } from '../../../shared/statistics/descriptive.ts'
import { medianAbsoluteDeviation } from '../../../shared/statistics/robust.ts'

export interface DayValue {
  readonly day: string
  readonly value: number
}

export interface Anomaly extends DayValue {
  /** How many robust standard deviations from the usual. */
  readonly score: number
  readonly direction: 'high' | 'low'
}

export type AnomalyResult =
  | { readonly enough: false; readonly n: number; readonly reason: string }
  | {
      readonly enough: true
      readonly n: number
      readonly usual: number
      readonly spread: number
      readonly anomalies: readonly Anomaly[]
    }

/** Fewer days say nothing of what is usual. */
export const LEAST_DAYS = 14
export const ANOMALY_METHOD =
  'robust z-score of local days: distance from the median in median absolute deviations x 1.4826'

/**
 * Days far from the person's own usual, judged by median and median absolute deviation (Iglewicz and Hoaglin 1993), which a
 * few strange days don't move. Says that there is not enough data below 14 days or where the days don't vary.
 */
export function findAnomalies(days: readonly DayValue[], threshold: number): AnomalyResult {
  const n = days.length
  if (n < LEAST_DAYS)
    return { enough: false, n, reason: `not enough data: ${LEAST_DAYS} days are needed, there are ${n}` }
  const values = days.map((day) => day.value)
  const usual = median(values)
  const spread = medianAbsoluteDeviation(values)
  if (spread === 0)
    return { enough: false, n, reason: 'not enough variation: half of the days or more have the same value' }
  const anomalies = days.flatMap((day): Anomaly[] => {
    const score = (day.value - usual) / spread
    return Math.abs(score) < threshold ? [] : [{ ...day, score, direction: score > 0 ? 'high' : 'low' }]
  })
  return { enough: true, n, usual, spread, anomalies }
}
