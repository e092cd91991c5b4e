import type { GlucoseReading } from './glucoseReading.ts'

/** Values on a grid of the day, one row a day; NaN where nothing was measured. */
export interface GlucoseGrid {
  readonly stepsADay: number
  readonly values: Float64Array
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Between readings further apart than this nothing is assumed. */
const LARGEST_GAP_MINUTES = 45

/**
 * Readings in order on a grid of local days, straight lines between neighbours up to 45 minutes apart. For measures that
 * compare the same time of days; time in range is never taken from it.
 */
export function gridOf(readings: readonly GlucoseReading[], stepMinutes: number, offsetMinutes: number): GlucoseGrid {
  const shiftMs = offsetMinutes * MINUTE_MS
  const stepsADay = Math.floor(1440 / stepMinutes)
  const first = readings[0]
  const last = readings.at(-1)
  if (first === undefined || last === undefined) return { stepsADay, values: new Float64Array(0) }
  const startMs = Math.floor((first.ms + shiftMs) / DAY_MS) * DAY_MS - shiftMs
  const days = Math.floor((last.ms - startMs) / DAY_MS) + 1
  const values = new Float64Array(days * stepsADay).fill(Number.NaN)
  let at = 0
  for (let index = 0; index < values.length; index++) {
    const day = Math.floor(index / stepsADay)
    const ms = startMs + day * DAY_MS + ((index % stepsADay) + 1) * stepMinutes * MINUTE_MS
    while (at + 1 < readings.length && (readings[at + 1] as GlucoseReading).ms <= ms) at++
    values[index] = valueAt(readings, at, ms)
  }
  return { stepsADay, values }
}

function valueAt(readings: readonly GlucoseReading[], at: number, ms: number): number {
  const before = readings[at] as GlucoseReading
  if (before.ms === ms) return before.mgDl
  const after = readings[at + 1]
  if (before.ms > ms || after === undefined) return Number.NaN
  if (after.ms - before.ms > LARGEST_GAP_MINUTES * MINUTE_MS) return Number.NaN
  return before.mgDl + ((after.mgDl - before.mgDl) * (ms - before.ms)) / (after.ms - before.ms)
}

/** MODD: the mean difference between a value and that of 24 hours before (Molnar 1972); undefined without any pair. */
export function meanDailyDifference({ stepsADay, values }: GlucoseGrid): number | undefined {
  let sum = 0
  let pairs = 0
  for (let index = stepsADay; index < values.length; index++) {
    const difference = Math.abs((values[index] as number) - (values[index - stepsADay] as number))
    if (Number.isNaN(difference)) continue
    sum += difference
    pairs++
  }
  return pairs === 0 ? undefined : sum / pairs
}

/**
 * MAGE: the mean of excursions larger than one standard deviation, from turning point to turning point, in the direction of
 * the first one (Service 1970). Undefined where there is none.
 */
export function meanExcursion(values: readonly number[], deviation: number): number | undefined {
  const turns = turningPoints(values, deviation)
  const excursions = turns.slice(1).map((value, index) => value - (turns[index] as number))
  const first = excursions[0]
  if (first === undefined) return undefined
  const same = excursions.filter((one) => Math.sign(one) === Math.sign(first)).map(Math.abs)
  return same.reduce((sum, one) => sum + one, 0) / same.length
}

/** Peaks and nadirs that lie further apart than the threshold, in turn. */
function turningPoints(values: readonly number[], threshold: number): number[] {
  const turns: number[] = []
  let lowest = values[0] ?? 0
  let highest = lowest
  let direction = 0
  for (const value of values) {
    if (direction >= 0) highest = Math.max(highest, value)
    if (direction <= 0) lowest = Math.min(lowest, value)
    if (direction <= 0 && value - lowest > threshold) {
      turns.push(lowest)
      direction = 1
      highest = value
    } else if (direction >= 0 && highest - value > threshold) {
      turns.push(highest)
      direction = -1
      lowest = value
    }
  }
  if (direction > 0) turns.push(highest)
  else if (direction < 0) turns.push(lowest)
  return turns
}
