import { median, requirePairs, requireValues } from './descriptive.ts'
import { normalQuantile, normalTwoSidedP } from './distributions.ts'
import { kendallCount } from './kendall.ts'
import { orderStatistics } from './robust.ts'

export interface TheilSenLine {
  /** Values per unit of time. */
  readonly slope: number
  /** Median of value - slope x time. */
  readonly intercept: number
  /** Sen's interval of the slope; undefined when the points are too few for that confidence. */
  readonly interval?: readonly [number, number]
  readonly pairCount: number
  readonly method: 'all-pairs' | 'sampled-pairs'
}

export interface MannKendallTest {
  readonly n: number
  readonly s: number
  readonly varS: number
  readonly z: number
  /** Two-sided. */
  readonly p: number
  /** s / (n (n - 1) / 2). */
  readonly tau: number
}

/** Up to here every pair is looked at (719,400 pairs, 6 MB); beyond it a fixed pseudo-random sample of pairs. */
const EXACT_POINTS = 1200
const SAMPLED_PAIRS = 400_000
const SAMPLE_SEED = 0x5a1f05

/**
 * Theil-Sen line (Sen 1968): slope = median of the slopes of all pairs of points at different times, regular or not,
 * with Sen's confidence interval from the tie-corrected variance of Kendall's S.
 * Above 1,200 points, 400,000 pairs drawn with a fixed seed stand for all (same input, same answer); the rank error of a
 * quantile is then about 0.08 percentage points, and the interval is widened by it.
 * @param times in any unit, in any order
 * @param confidence 0.95 by default
 * @throws RangeError for unequal lengths, fewer than 2 distinct times, values that are not finite
 */
export function theilSen(times: readonly number[], values: readonly number[], confidence = 0.95): TheilSenLine {
  requirePairs(times, values, 2)
  if (!(confidence > 0 && confidence < 1)) throw new RangeError('A confidence lies strictly between 0 and 1')
  const exact = times.length <= EXACT_POINTS
  const slopes = exact ? allSlopes(times, values) : sampledSlopes(times, values)
  const count = slopes.length
  if (count === 0) throw new RangeError('A slope needs two different times')
  const { varS, tiedLeft, n } = kendallCount(times, values)
  const pairCount = (n * (n - 1)) / 2 - tiedLeft
  const z = normalQuantile((1 + confidence) / 2)
  const kendallHalf = (z * Math.sqrt(varS) * (count / pairCount)) / 2
  const halfWidth = exact ? kendallHalf : Math.hypot(kendallHalf, (z * Math.sqrt(count)) / 2)
  const lowRank = Math.floor(count / 2 - halfWidth) - 1
  const highRank = Math.ceil(count / 2 + halfWidth)
  const ranks = [Math.max(lowRank, 0), (count - 1) >> 1, count >> 1, Math.min(highRank, count - 1)]
  const [low, middleLow, middleHigh, high] = orderStatistics(slopes, ranks) as [number, number, number, number]
  const slope = (middleLow + middleHigh) / 2
  const intercept = median(values.map((value, index) => value - slope * (times[index] as number)))
  const interval: readonly [number, number] | undefined = lowRank >= 0 && highRank < count ? [low, high] : undefined
  return { slope, intercept, interval, pairCount, method: exact ? 'all-pairs' : 'sampled-pairs' }
}

/**
 * Mann-Kendall test for a monotonic trend: normal approximation with ties corrected and a continuity correction.
 * @param values in order of time; with `times`, in any order, pairs of equal time counting as ties
 * @throws RangeError for fewer than 2 values, unequal lengths or values that are not finite
 */
export function mannKendall(values: readonly number[], times?: readonly number[]): MannKendallTest {
  requireValues(values, 2)
  const { n, s, varS } = kendallCount(times ?? values.map((_, index) => index), values)
  const z = s === 0 || varS <= 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(varS)
  return { n, s, varS, z, p: normalTwoSidedP(z), tau: s / ((n * (n - 1)) / 2) }
}

function allSlopes(times: readonly number[], values: readonly number[]): Float64Array {
  const slopes = new Float64Array((times.length * (times.length - 1)) / 2)
  let count = 0
  for (let later = 1; later < times.length; later += 1) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      const elapsed = (times[later] as number) - (times[earlier] as number)
      if (elapsed === 0) continue
      slopes[count] = ((values[later] as number) - (values[earlier] as number)) / elapsed
      count += 1
    }
  }
  return slopes.subarray(0, count)
}

function sampledSlopes(times: readonly number[], values: readonly number[]): Float64Array {
  const slopes = new Float64Array(SAMPLED_PAIRS)
  const draw = fixedGenerator()
  let count = 0
  for (let attempt = 0; attempt < SAMPLED_PAIRS; attempt += 1) {
    const first = Math.floor(draw() * times.length)
    const second = Math.floor(draw() * times.length)
    const elapsed = (times[second] as number) - (times[first] as number)
    if (elapsed === 0) continue
    slopes[count] = ((values[second] as number) - (values[first] as number)) / elapsed
    count += 1
  }
  return slopes.subarray(0, count)
}

/** Numbers in [0, 1) that are the same in every run: Marsaglia's xorshift with 32 bits. */
function fixedGenerator(): () => number {
  let state = SAMPLE_SEED
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 4_294_967_296
  }
}
