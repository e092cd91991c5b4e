import { mean, median, standardDeviation } from '../../../../shared/statistics/descriptive.ts'

/** Heart rate variability of normal beats (Task Force of the ESC and NASPE, 1996); milliseconds. */
export interface HrvFigures {
  readonly meanNn: number
  readonly medianNn: number
  readonly sdnn: number
  readonly rmssd: number
  readonly nn50: number
  readonly nn20: number
  /** Of the successive differences. */
  readonly pnn50Percent: number
  readonly meanHeartRate: number
}

/** Beats without artefacts, in runs: between two runs a beat was left out, and no difference is taken across. */
export interface CleanBeats {
  readonly runs: readonly (readonly number[])[]
  readonly artefacts: number
}

const SHORTEST_MS = 300
const LONGEST_MS = 2000
/** A beat that differs more from the one before is ectopic or a mistake (Malik 1989). */
const LARGEST_CHANGE = 0.2

/** Leaves out what is no normal beat: outside 300 to 2000 ms, or more than 20 % from the one before. */
export function cleanBeats(intervalsMs: readonly number[]): CleanBeats {
  const runs: number[][] = [[]]
  let artefacts = 0
  for (const interval of intervalsMs) {
    const run = runs.at(-1) as number[]
    const before = run.at(-1)
    const isNormal = interval >= SHORTEST_MS && interval <= LONGEST_MS
    const isSteady = before === undefined || Math.abs(interval - before) <= LARGEST_CHANGE * before
    if (isNormal && isSteady) run.push(interval)
    else {
      artefacts++
      if (run.length > 0) runs.push([])
    }
  }
  return { runs: runs.filter((run) => run.length > 0), artefacts }
}

/** All figures of runs of normal beats; undefined without two beats in a row. */
export function hrvFigures(runs: readonly (readonly number[])[]): HrvFigures | undefined {
  const beats = runs.flat()
  const differences = runs.flatMap((run) => run.slice(1).map((beat, index) => beat - (run[index] as number)))
  if (beats.length < 2 || differences.length === 0) return undefined
  const count = (limit: number) => differences.filter((difference) => Math.abs(difference) > limit).length
  return {
    meanNn: mean(beats),
    medianNn: median(beats),
    sdnn: standardDeviation(beats),
    rmssd: Math.sqrt(mean(differences.map((difference) => difference ** 2))),
    nn50: count(50),
    nn20: count(20),
    pnn50Percent: (100 * count(50)) / differences.length,
    meanHeartRate: mean(beats.map((beat) => 60_000 / beat)),
  }
}

/** The least days of before that say what is usual. */
export const BALANCE_DAYS = 14

/**
 * How today's figure lies against the own last 30 days: its distance from their mean in standard deviations. Undefined
 * below 14 days or where they don't vary. Not clamped: a value beyond 3 is told as it is.
 */
export function hrvBalance(today: number, before: readonly number[]): number | undefined {
  if (before.length < BALANCE_DAYS) return undefined
  const deviation = standardDeviation(before)
  return deviation === 0 ? undefined : (today - mean(before)) / deviation
}
