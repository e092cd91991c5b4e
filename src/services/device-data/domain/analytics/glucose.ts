import { mean, median, standardDeviation } from '../../../../shared/statistics/descriptive.ts'
import { gridOf, meanDailyDifference, meanExcursion } from './glucoseGrid.ts'
import type { GlucoseReading } from './glucoseReading.ts'

export type Targets = 'adult' | 'older' | 'pregnancy'

export interface GlucoseBand {
  readonly name: string
  /** Of all readings. */
  readonly percent: number
  readonly target: string | null
  readonly isMet: boolean | null
}

export interface GlucoseFigures {
  readonly mean: number
  readonly standardDeviation: number
  readonly variationPercent: number
  readonly gmiPercent: number
  readonly lowRisk: number
  readonly highRisk: number
  readonly inRange70To180Percent: number
  readonly inRange70To140Percent: number
  readonly above180Percent: number
  readonly above250Percent: number
  readonly below70Percent: number
  readonly below54Percent: number
  /** Glycaemia risk index, 0 to 100. */
  readonly riskIndex: number
  /** Mean difference to the same time of the day before; undefined without two days in a row. */
  readonly dailyDifference: number | undefined
  /** Mean of excursions above one standard deviation; undefined where there is none. */
  readonly excursion: number | undefined
}

const MINUTE_MS = 60_000
/** A receiver and a phone report one reading twice within moments. */
const SAME_READING = 0.5
const GMI_BASE = 3.31
const GMI_SLOPE = 0.02392

/** Readings in order, one for each time the sensor measured: those within half its interval of another are the same. */
export function distinctReadings(readings: readonly GlucoseReading[]): GlucoseReading[] {
  const sorted = [...readings].sort((left, right) => left.ms - right.ms)
  const leastMs = SAME_READING * intervalMinutes(sorted) * MINUTE_MS
  const kept: GlucoseReading[] = []
  for (const reading of sorted) {
    const last = kept.at(-1)
    if (last === undefined || reading.ms - last.ms >= leastMs) kept.push(reading)
  }
  return kept
}

/** How often the sensor measures: 5 minutes for most, 15 for some, judged by the middle of the distances. */
export function intervalMinutes(sorted: readonly GlucoseReading[]): number {
  const distances = sorted
    .slice(1)
    .map((reading, index) => (reading.ms - (sorted[index] as GlucoseReading).ms) / MINUTE_MS)
  const real = distances.filter((minutes) => minutes >= 1)
  return real.length === 0 ? 5 : Math.max(1, Math.round(median(real)))
}

/**
 * All figures of at least two readings. Time in range counts readings, with 70 and 180 mg/dL inside (International
 * Consensus, Diabetes Care 2019;42:1593). GMI: Bergenstal 2018. LBGI and HBGI: Kovatchev 2006. GRI: Klonoff 2023.
 * @param offsetMinutes how far the person's clock is ahead of UTC: days of MODD are theirs
 */
export function glucoseFigures(readings: readonly GlucoseReading[], offsetMinutes = 0): GlucoseFigures {
  const values = readings.map((reading) => reading.mgDl)
  const average = mean(values)
  const deviation = standardDeviation(values)
  const share = (test: (value: number) => boolean) => (100 * values.filter(test).length) / values.length
  const veryLow = share((value) => value < 54)
  const veryHigh = share((value) => value > 250)
  const low = share((value) => value >= 54 && value < 70)
  const high = share((value) => value > 180 && value <= 250)
  const grid = gridOf(readings, intervalMinutes(readings), offsetMinutes)
  return {
    mean: average,
    standardDeviation: deviation,
    variationPercent: (100 * deviation) / average,
    gmiPercent: GMI_BASE + GMI_SLOPE * average,
    lowRisk: risk(values, (transformed) => transformed < 0),
    highRisk: risk(values, (transformed) => transformed > 0),
    inRange70To180Percent: share((value) => value >= 70 && value <= 180),
    inRange70To140Percent: share((value) => value >= 70 && value <= 140),
    above180Percent: share((value) => value > 180),
    above250Percent: veryHigh,
    below70Percent: share((value) => value < 70),
    below54Percent: veryLow,
    riskIndex: Math.min(100, 3 * veryLow + 2.4 * low + 1.6 * veryHigh + 0.8 * high),
    dailyDifference: meanDailyDifference(grid),
    excursion: meanExcursion(values, deviation),
  }
}

/** Ten times the mean of the squares of the transformed values on one side. */
function risk(values: readonly number[], side: (transformed: number) => boolean): number {
  let sum = 0
  for (const value of values) {
    const transformed = 1.509 * (Math.log(value) ** 1.084 - 5.381)
    if (side(transformed)) sum += 10 * transformed ** 2
  }
  return sum / values.length
}

interface BandRule {
  readonly name: string
  readonly of: (figures: GlucoseFigures, values: readonly number[]) => number
  /** Text and test by group; null where the consensus has no target. */
  readonly targets: Readonly<Record<Targets, readonly [text: string, isMet: (percent: number) => boolean] | null>>
}

const under = (limit: number) => [`< ${limit} %`, (percent: number) => percent < limit] as const
const over = (limit: number) => [`> ${limit} %`, (percent: number) => percent > limit] as const
const between = (low: number, high: number) => (_figures: GlucoseFigures, values: readonly number[]) =>
  (100 * values.filter((value) => value >= low && value <= high).length) / values.length

const BANDS: readonly BandRule[] = [
  {
    name: 'below 54 mg/dL',
    of: (one) => one.below54Percent,
    targets: { adult: under(1), older: null, pregnancy: under(1) },
  },
  {
    name: 'below 70 mg/dL',
    of: (one) => one.below70Percent,
    targets: { adult: under(4), older: under(1), pregnancy: null },
  },
  {
    name: 'below 63 mg/dL',
    of: (_one, values) => (100 * values.filter((value) => value < 63).length) / values.length,
    targets: { adult: null, older: null, pregnancy: under(4) },
  },
  { name: '63 to 140 mg/dL', of: between(63, 140), targets: { adult: null, older: null, pregnancy: over(70) } },
  {
    name: '70 to 180 mg/dL',
    of: (one) => one.inRange70To180Percent,
    targets: { adult: over(70), older: over(50), pregnancy: null },
  },
  {
    name: 'above 140 mg/dL',
    of: (_one, values) => (100 * values.filter((value) => value > 140).length) / values.length,
    targets: { adult: null, older: null, pregnancy: under(25) },
  },
  {
    name: 'above 180 mg/dL',
    of: (one) => one.above180Percent,
    targets: { adult: under(25), older: null, pregnancy: null },
  },
  {
    name: 'above 250 mg/dL',
    of: (one) => one.above250Percent,
    targets: { adult: under(5), older: under(10), pregnancy: null },
  },
]

/** Shares of readings in the bands that matter for a group, each with the consensus target of that group. */
export function glucoseBands(
  readings: readonly GlucoseReading[],
  figures: GlucoseFigures,
  group: Targets,
): GlucoseBand[] {
  const values = readings.map((reading) => reading.mgDl)
  const isPregnancyBand = (rule: BandRule) => /63|140/.test(rule.name)
  return BANDS.filter((rule) => rule.targets[group] !== null || (group !== 'pregnancy' && !isPregnancyBand(rule))).map(
    (rule) => {
      const percent = rule.of(figures, values)
      const target = rule.targets[group]
      return {
        name: rule.name,
        percent: Math.round(percent * 100) / 100,
        target: target?.[0] ?? null,
        isMet: target?.[1](percent) ?? null,
      }
    },
  )
}

export interface GlucoseEpisode {
  readonly kind: 'very_low' | 'low' | 'high' | 'very_high'
  readonly startMs: number
  readonly minutes: number
  readonly isProlonged: boolean
}

const EPISODES: readonly (readonly [kind: GlucoseEpisode['kind'], isBeyond: (mgDl: number) => boolean])[] = [
  ['very_low', (mgDl) => mgDl < 54],
  ['low', (mgDl) => mgDl < 70],
  ['high', (mgDl) => mgDl > 180],
  ['very_high', (mgDl) => mgDl > 250],
]
const EPISODE_MINUTES = 15
const PROLONGED_MINUTES = 120

/**
 * Episodes: at least 15 minutes beyond a threshold, ended by 15 minutes back (consensus 2019). Where readings are missing
 * for longer than three intervals an episode ends with the last one seen: a gap is no reading.
 */
export function glucoseEpisodes(readings: readonly GlucoseReading[]): GlucoseEpisode[] {
  const gapMs = 3 * intervalMinutes(readings) * MINUTE_MS
  return EPISODES.flatMap(([kind, isBeyond]) => episodesOf(readings, kind, isBeyond, gapMs)).sort(
    (left, right) => left.startMs - right.startMs,
  )
}

function episodesOf(
  readings: readonly GlucoseReading[],
  kind: GlucoseEpisode['kind'],
  isBeyond: (mgDl: number) => boolean,
  gapMs: number,
): GlucoseEpisode[] {
  const episodes: GlucoseEpisode[] = []
  let startMs: number | undefined
  let lastBeyondMs = 0
  let previousMs = 0
  const close = () => {
    if (startMs === undefined) return
    const minutes = (lastBeyondMs - startMs) / MINUTE_MS
    if (minutes >= EPISODE_MINUTES) episodes.push({ kind, startMs, minutes, isProlonged: minutes >= PROLONGED_MINUTES })
    startMs = undefined
  }
  for (const { ms, mgDl } of readings) {
    if (ms - previousMs > gapMs) close()
    previousMs = ms
    if (isBeyond(mgDl)) {
      startMs ??= ms
      lastBeyondMs = ms
    } else if (ms - lastBeyondMs >= EPISODE_MINUTES * MINUTE_MS) close()
  }
  close()
  return episodes
}
