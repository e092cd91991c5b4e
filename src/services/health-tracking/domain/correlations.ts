import { addDays } from '../../../shared/dates.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { adjustPValues } from '../../../shared/statistics/adjust.ts'
import { pearson, spearman } from '../../../shared/statistics/correlation.ts'
import { studentTwoSidedP } from '../../../shared/statistics/distributions.ts'
import type { Correlation } from '../contract/analyticsShapes.ts'
import { type DayPoint, tidy } from './days.ts'

/** Clinical reference 8: at least 20 paired days, findings at a false discovery rate of 10 %. */
export const CORRELATION_MINIMUM_DAYS = 20
export const FALSE_DISCOVERY_RATE = 0.1
/** Days that count after their likeness to the day before is allowed for. */
const MINIMUM_EFFECTIVE_DAYS = 12

export const CORRELATION_METHOD =
  "Spearman's rank correlation of local days paired by date; p from the effective number of days (autocorrelation of " +
  'both series); Benjamini-Hochberg over all pairs and lags, 10 %. Together does not mean because.'

export interface DaySeries {
  readonly metricType: MetricType
  readonly points: readonly DayPoint[]
}

export interface CorrelationScan {
  readonly found: readonly Correlation[]
  readonly tests: number
  readonly pairs: number
}

interface Test {
  readonly first: DaySeries
  readonly second: DaySeries
  readonly lag: number
  readonly coefficient: number
  readonly p: number
  readonly n: number
  readonly effectiveN: number
}

/**
 * Looks at every pair of series and every lag; a day without a value in either takes no part (defect D4). Reports, of each
 * pair, the strongest lag that survives the correction for everything that was asked.
 * @param only look at the pairs of one metric; by that fewer questions are asked
 */
export function correlationsOf(
  series: readonly DaySeries[],
  maximumLagDays: number,
  only?: MetricType,
): CorrelationScan {
  const usable = series.filter((one) => one.points.length >= CORRELATION_MINIMUM_DAYS)
  const tests: Test[] = []
  let pairs = 0
  for (const [index, first] of usable.entries()) {
    for (const second of usable.slice(index + 1)) {
      if (only !== undefined && first.metricType !== only && second.metricType !== only) continue
      pairs += 1
      for (let lag = -maximumLagDays; lag <= maximumLagDays; lag += 1) {
        const test = testPair(first, second, lag)
        if (test !== undefined) tests.push(test)
      }
    }
  }
  const adjusted = adjustPValues(
    tests.map((test) => test.p),
    'benjamini-hochberg',
  )
  const strongest = new Map<string, Correlation>()
  for (const [index, test] of tests.entries()) {
    const adjustedP = adjusted[index] as number
    if (adjustedP > FALSE_DISCOVERY_RATE) continue
    const key = `${test.first.metricType} ${test.second.metricType}`
    const known = strongest.get(key)
    if (known !== undefined && known.p_value <= test.p) continue
    strongest.set(key, {
      first: test.first.metricType,
      second: test.second.metricType,
      lag_days: test.lag,
      coefficient: tidy(test.coefficient),
      p_value: test.p,
      adjusted_p_value: adjustedP,
      n: test.n,
      effective_n: tidy(test.effectiveN),
    })
  }
  return { found: [...strongest.values()].sort((a, b) => a.p_value - b.p_value), tests: tests.length, pairs }
}

function testPair(first: DaySeries, second: DaySeries, lag: number): Test | undefined {
  const later = new Map(second.points.map((point) => [point.day, point.value]))
  const left: DayPoint[] = []
  const right: DayPoint[] = []
  for (const point of first.points) {
    const value = later.get(addDays(point.day, lag))
    if (value === undefined) continue
    left.push(point)
    right.push({ ...point, value })
  }
  const n = left.length
  if (n < CORRELATION_MINIMUM_DAYS) return undefined
  const found = spearman(
    left.map((point) => point.value),
    right.map((point) => point.value),
  )
  if (found === undefined) return undefined
  // Bartlett: series that both remember yesterday hold fewer independent days than they have.
  const memory = Math.max(0, dayMemory(left)) * Math.max(0, dayMemory(right))
  const effectiveN = (n * (1 - memory)) / (1 + memory)
  if (effectiveN < MINIMUM_EFFECTIVE_DAYS) return undefined
  const { coefficient } = found
  const t = coefficient * Math.sqrt((effectiveN - 2) / Math.max(1e-12, 1 - coefficient ** 2))
  return { first, second, lag, coefficient, p: studentTwoSidedP(t, effectiveN - 2), n, effectiveN }
}

/** Correlation of each day's value with that of the day before. */
function dayMemory(points: readonly DayPoint[]): number {
  const byDay = new Map(points.map((point) => [point.day, point.value]))
  const pairs = points.flatMap((point) => {
    const next = byDay.get(addDays(point.day, 1))
    return next === undefined ? [] : [[point.value, next] as const]
  })
  if (pairs.length < 8) return 0
  const found = pearson(
    pairs.map(([value]) => value),
    pairs.map(([, next]) => next),
  )
  return found?.coefficient ?? 0
}
