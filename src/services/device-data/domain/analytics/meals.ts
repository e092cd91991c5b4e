import { mean } from '../../../../shared/statistics/descriptive.ts'
import type { GlucoseReading } from './glucoseReading.ts'

/** What a meal did to glucose, mg/dL; undefined figures come with a reason. */
export interface MealExcursion {
  readonly atMs: number
  readonly carbsG: number | undefined
  readonly baseline?: number
  readonly peak?: number
  readonly excursion?: number
  readonly minutesToPeak?: number
  /** Area under the rise, mg/dL x min (trapezoid, what lies below the baseline counts against it). */
  readonly area?: number
  readonly reason?: string
}

const MINUTE_MS = 60_000
const BEFORE_MINUTES = 30
const WINDOW_MINUTES = 120
/** Of the readings that the window should hold. */
const LEAST_COVERAGE = 0.7
const LEAST_BEFORE = 2

/**
 * The rise after a meal: baseline is the mean of the 30 minutes before, the window 120 minutes, the excursion peak minus
 * baseline (source-systems 4.4). Readings in order.
 */
export function mealExcursion(
  readings: readonly GlucoseReading[],
  meal: { readonly atMs: number; readonly carbsG?: number },
  intervalMinutes: number,
): MealExcursion {
  const { atMs, carbsG } = meal
  const before = readings.filter((one) => one.ms >= atMs - BEFORE_MINUTES * MINUTE_MS && one.ms < atMs)
  const after = readings.filter((one) => one.ms >= atMs && one.ms <= atMs + WINDOW_MINUTES * MINUTE_MS)
  const common = { atMs, carbsG }
  if (before.length < Math.min(LEAST_BEFORE, BEFORE_MINUTES / intervalMinutes)) {
    return { ...common, reason: 'not enough data: too few readings in the 30 minutes before' }
  }
  if (after.length < (LEAST_COVERAGE * WINDOW_MINUTES) / intervalMinutes) {
    return { ...common, reason: 'not enough data: too few readings in the two hours after' }
  }
  const baseline = mean(before.map((one) => one.mgDl))
  const peak = after.reduce((highest, one) => (one.mgDl > highest.mgDl ? one : highest))
  let area = 0
  for (let index = 1; index < after.length; index++) {
    const from = after[index - 1] as GlucoseReading
    const to = after[index] as GlucoseReading
    area += ((from.mgDl + to.mgDl) / 2 - baseline) * ((to.ms - from.ms) / MINUTE_MS)
  }
  return {
    ...common,
    baseline,
    peak: peak.mgDl,
    excursion: peak.mgDl - baseline,
    minutesToPeak: (peak.ms - atMs) / MINUTE_MS,
    area,
  }
}
