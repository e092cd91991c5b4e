import { parseInstant } from './dates.ts'
import { mean, median } from './statistics/descriptive.ts'
import { medianAbsoluteDeviation } from './statistics/robust.ts'
import { mannKendall, theilSen } from './statistics/trend.ts'

/** A value at a time: ISO 8601 (naive = UTC, a bare date = its midnight UTC) or epoch milliseconds. */
export interface TimedValue {
  readonly at: string | number
  readonly value: number
}

export interface TrendOptions {
  /** Fewest points a direction is claimed from; 8 by default. */
  readonly minimumPoints?: number
  /** Shortest time from first to last point a direction is claimed from; 7 by default. */
  readonly minimumSpanDays?: number
}

export interface RobustTrend {
  readonly direction: 'rising' | 'falling' | 'steady' | 'not-enough-data'
  /** Change of the value in a week; undefined without enough data, as the next three. */
  readonly slopePerWeek?: number
  /** 95 % interval of the slope per week. */
  readonly interval?: readonly [number, number]
  /** Two-sided Mann-Kendall p. */
  readonly p?: number
  readonly tau?: number
  readonly method: 'theil-sen+mann-kendall'
  /** Whether every pair of points was looked at (long series use a fixed sample of pairs). */
  readonly pairs?: 'all-pairs' | 'sampled-pairs'
  readonly n: number
  readonly spanDays: number
  /** Why no direction is claimed, in words. */
  readonly reason?: string
}

export type Baseline =
  | {
      readonly status: 'known'
      /** Median of the points. */
      readonly center: number
      /** Scaled median absolute deviation: reads like a standard deviation. */
      readonly spread: number
      readonly usualLow: number
      readonly usualHigh: number
      readonly n: number
      readonly spanDays: number
    }
  | { readonly status: 'not-enough-data'; readonly n: number; readonly spanDays: number; readonly reason: string }

export interface BaselineOptions extends TrendOptions {
  /** Half-width of the usual range in spreads; 2 by default, about 95 % of normal days. */
  readonly width?: number
  /** Smallest spread taken, in the values' unit (the meter's resolution), for series that hardly vary; 0 by default. */
  readonly minimumSpread?: number
}

export interface Deviation {
  readonly position: 'below' | 'within' | 'above'
  /** Distance from the center in spreads, signed; undefined when the baseline has no spread. */
  readonly spreads?: number
}

export type HalvesTrend = 'improving' | 'declining' | 'stable'

const DAY_MS = 86_400_000
const WEEK_MS = 7 * DAY_MS
const SIGNIFICANCE = 0.05
const DEFAULT_MINIMUM_POINTS = 8
const DEFAULT_BASELINE_POINTS = 14
const DEFAULT_MINIMUM_SPAN_DAYS = 7
const HALVES_MINIMUM = 4
const HALVES_STEP = 0.5

/**
 * Direction of a series, claimed only when the 95 % interval of its Theil-Sen slope excludes zero and the Mann-Kendall
 * test has p below 0.05; otherwise steady, or not enough data, with the reason. Irregular times and any order are fine.
 * Both methods take the points as independent: points minutes apart should be made daily first.
 * @throws RangeError for a time that cannot be read or a value that is not finite
 */
export function robustTrend(points: readonly TimedValue[], options: TrendOptions = {}): RobustTrend {
  const { times, values, spanDays } = series(points)
  const base = { method: 'theil-sen+mann-kendall', n: points.length, spanDays } as const
  const lacking = lackOf(points.length, spanDays, options, DEFAULT_MINIMUM_POINTS)
  if (lacking) return { ...base, direction: 'not-enough-data', reason: lacking }
  const line = theilSen(
    times.map((time) => (time - (times[0] as number)) / WEEK_MS),
    values,
  )
  const { p, tau } = mannKendall(values, times)
  const found = { ...base, slopePerWeek: line.slope, interval: line.interval, p, tau, pairs: line.method }
  const [low, high] = line.interval ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  if (p < SIGNIFICANCE && low > 0) return { ...found, direction: 'rising' }
  if (p < SIGNIFICANCE && high < 0) return { ...found, direction: 'falling' }
  return { ...found, direction: 'steady', reason: steadyReason(values, low, high) }
}

/**
 * What is usual for this person: the median, and a range of `width` scaled median absolute deviations around it.
 * Single outliers hardly move it. Defaults: 14 points over 7 days.
 * @throws RangeError as `robustTrend`
 */
export function baseline(points: readonly TimedValue[], options: BaselineOptions = {}): Baseline {
  const { values, spanDays } = series(points)
  const n = points.length
  const reason = lackOf(n, spanDays, options, DEFAULT_BASELINE_POINTS)
  if (reason) return { status: 'not-enough-data', n, spanDays, reason }
  const center = median(values)
  const spread = Math.max(medianAbsoluteDeviation(values), options.minimumSpread ?? 0)
  const half = (options.width ?? 2) * spread
  return { status: 'known', center, spread, usualLow: center - half, usualHigh: center + half, n, spanDays }
}

/** Where a value lies against a baseline; undefined when there is no baseline, or the value is not finite. */
export function deviation(value: number, usual: Baseline): Deviation | undefined {
  if (usual.status === 'not-enough-data' || !Number.isFinite(value)) return undefined
  const position = value < usual.usualLow ? 'below' : value > usual.usualHigh ? 'above' : 'within'
  return { position, spreads: usual.spread > 0 ? (value - usual.center) / usual.spread : undefined }
}

/**
 * The wellness endpoint's contract rule (source-systems 3.2, 4.14; defect D35): mean of the later half minus mean of the
 * earlier half, above 0.5 improving, below -0.5 declining, else stable; fewer than 4 values are stable. An odd middle
 * value belongs to the later half. For any other purpose use `robustTrend`.
 * @param values oldest first
 * @throws RangeError for a value that is not finite
 */
export function halvesTrend(values: readonly number[]): HalvesTrend {
  if (values.length < HALVES_MINIMUM) return 'stable'
  const middle = Math.floor(values.length / 2)
  const difference = mean(values.slice(middle)) - mean(values.slice(0, middle))
  if (difference > HALVES_STEP) return 'improving'
  return difference < -HALVES_STEP ? 'declining' : 'stable'
}

/** `halvesTrend` of points in any order: they are put in order of time first, equal times as given. */
export function halvesTrendOf(points: readonly TimedValue[]): HalvesTrend {
  return halvesTrend(series(points).values)
}

/** Times (ms) and values in order of time. */
function series(points: readonly TimedValue[]): { times: number[]; values: number[]; spanDays: number } {
  const ordered = points.map(({ at, value }) => ({ time: instantMs(at), value })).sort((a, b) => a.time - b.time)
  if (!ordered.every((point) => Number.isFinite(point.value)))
    throw new RangeError('Every value must be a finite number')
  const times = ordered.map((point) => point.time)
  const spanDays = times.length === 0 ? 0 : ((times.at(-1) as number) - (times[0] as number)) / DAY_MS
  return { times, values: ordered.map((point) => point.value), spanDays }
}

function instantMs(at: string | number): number {
  const ms = typeof at === 'number' ? at : parseInstant(at, { naive: 'utc', dateOnly: true })?.getTime()
  if (ms === undefined || !Number.isFinite(ms))
    throw new RangeError('Every time must be ISO 8601 or epoch milliseconds')
  return ms
}

function lackOf(n: number, spanDays: number, options: TrendOptions, defaultPoints: number): string | undefined {
  const minimumPoints = Math.max(options.minimumPoints ?? defaultPoints, 2)
  const minimumSpanDays = options.minimumSpanDays ?? DEFAULT_MINIMUM_SPAN_DAYS
  if (n < minimumPoints) return `${n} of the ${minimumPoints} values needed`
  if (spanDays < minimumSpanDays) return `The values cover ${spanDays.toFixed(1)} of the ${minimumSpanDays} days needed`
  return spanDays > 0 ? undefined : 'All values are of the same time'
}

function steadyReason(values: readonly number[], low: number, high: number): string {
  if (values.every((value) => value === values[0])) return 'The value did not change'
  if (low <= 0 && high >= 0) return 'The change is no larger than the ups and downs of the values'
  return 'The order of the values could be chance'
}
