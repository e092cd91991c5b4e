import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AdjustMethod, adjustPValues } from './statistics/adjust.ts'
import { kendall, pearson, ranks, spearman } from './statistics/correlation.ts'
import { mean, median, quantile, sampleVariance, standardDeviation } from './statistics/descriptive.ts'
import { normalCdf, normalQuantile, normalTwoSidedP, studentCdf, studentTwoSidedP } from './statistics/distributions.ts'
import { kendallCount } from './statistics/kendall.ts'
import { medianAbsoluteDeviation, orderStatistics } from './statistics/robust.ts'
import { ewma } from './statistics/smoothing.ts'
import { mannKendall, theilSen } from './statistics/trend.ts'

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true })
/** Few different numbers, so that ties are common. */
const tied = fc.integer({ min: 0, max: 6 })

function near(actual: number, expected: number, tolerance = 1e-9): void {
  ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`)
}

test('descriptive statistics of a worked example', () => {
  const values = [2, 4, 4, 4, 5, 5, 7, 9]
  equal(mean(values), 5)
  equal(median(values), 4.5)
  near(sampleVariance(values), 32 / 7)
  near(standardDeviation(values), Math.sqrt(32 / 7))
  equal(quantile([1, 2, 3, 4], 0.25), 1.75)
  equal(quantile([3], 0.9), 3)
  equal(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9], 1), 1)
})

test('too few values and values that are not finite are refused', () => {
  for (const refuse of [
    () => mean([]),
    () => median([Number.NaN]),
    () => standardDeviation([1]),
    () => quantile([1], 1.1),
    () => theilSen([1], [1]),
    () => theilSen([1, 1], [1, 2]),
    () => theilSen([1, 2], [1]),
    () => mannKendall([1]),
    () => pearson([1, 2], [1, 2]),
    () => adjustPValues([1.1], 'holm'),
    () => ewma([1], 0, 0),
    () => normalQuantile(1),
    () => studentTwoSidedP(1, 0),
  ])
    throws(refuse, RangeError)
})

test('normal and t probabilities of printed tables', () => {
  near(normalCdf(0), 0.5)
  near(normalCdf(1.96), 0.9750021048517795, 1e-14)
  near(normalCdf(-3.5), 2.32629079035525e-4, 1e-17)
  near(normalTwoSidedP(6), 1.973175290075396e-9, 1e-22)
  near(normalQuantile(0.975), 1.959963984540054, 1e-12)
  near(normalQuantile(0.001), -3.090232306167814, 1e-12)
  near(studentTwoSidedP(2.228138851986274, 10), 0.05, 1e-12)
  near(studentCdf(1, 1), 0.75, 1e-13)
  near(studentCdf(-6.313751514675041, 1), 0.05, 1e-13)
  near(studentTwoSidedP(1.959963984540054, 1e7), 0.05, 1e-6)
})

test('a perfect order has tau, rho and r of 1, and a list that does not vary has none', () => {
  const rising = [1, 2, 3, 4, 5, 6]
  for (const correlate of [pearson, spearman, kendall]) {
    equal(correlate(rising, rising)?.coefficient, 1)
    equal(correlate(rising, rising.toReversed())?.coefficient, -1)
    equal(correlate(rising, [2, 2, 2, 2, 2, 2]), undefined)
  }
  near(kendall(rising, rising)?.p ?? 0, 2 / 720, 1e-15)
  near(spearman(rising, rising)?.p ?? 0, 2 / 720, 1e-15)
  equal(pearson(rising, rising)?.p, 0)
})

test('ranks share places among equals', () => deepEqual(ranks([10, 20, 10, 5]), [2.5, 4, 2.5, 1]))

test('property: the pair counts are those of looking at every pair, ties included', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(tied, tied), { minLength: 2, maxLength: 40 }), (pairs) => {
      const left = pairs.map(([x]) => x)
      const right = pairs.map(([, y]) => y)
      let concordant = 0
      let discordant = 0
      for (let i = 0; i < pairs.length; i += 1)
        for (let j = 0; j < i; j += 1) {
          const sign = ((left[i] as number) - (left[j] as number)) * ((right[i] as number) - (right[j] as number))
          if (sign > 0) concordant += 1
          if (sign < 0) discordant += 1
        }
      const counted = kendallCount(left, right)
      deepEqual([counted.concordant, counted.discordant], [concordant, discordant])
      ok(counted.varS >= 0)
    }),
  )
})

test('property: selected ranks are those of sorting', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(tied, finite), { minLength: 1, maxLength: 200 }),
      fc.array(fc.nat(), { maxLength: 5 }),
      (values, picks) => {
        const places = picks.map((pick) => pick % values.length).sort((a, b) => a - b)
        const sorted = Float64Array.from(values).sort()
        deepEqual(
          orderStatistics(Float64Array.from(values), places).map((value) => value + 0),
          places.map((place) => (sorted[place] as number) + 0),
        )
      },
    ),
  )
})

test('property: the Theil-Sen slope is the median of all slopes, in any order of the points', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 30 }),
      fc.infiniteStream(tied),
      (times, stream) => {
        const values = times.map(() => stream.next().value)
        const slopes = times.flatMap((time, i) =>
          times.slice(0, i).map((earlier, j) => ((values[i] as number) - (values[j] as number)) / (time - earlier)),
        )
        const line = theilSen(times, values)
        near(line.slope, median(slopes), 1e-12)
        near(theilSen(times.toReversed(), values.toReversed()).slope, line.slope, 1e-12)
        if (line.interval) ok(line.interval[0] <= line.slope && line.slope <= line.interval[1])
      },
    ),
  )
})

test('the interval of a slope covers the true one about as often as it says', () => {
  const random = generator(7)
  let covered = 0
  const runs = 300
  for (let run = 0; run < runs; run += 1) {
    const times = Array.from({ length: 30 }, (_, index) => index)
    const values = times.map((time) => 0.3 * time + normalQuantile(random() * 0.999998 + 1e-6))
    const [low, high] = theilSen(times, values).interval ?? [0, 0]
    if (low <= 0.3 && 0.3 <= high) covered += 1
  }
  ok(covered / runs > 0.91 && covered / runs < 0.99, String(covered / runs))
})

test('no trend is found in pure chance more often than the level says', () => {
  const random = generator(11)
  const runs = 600
  let found = 0
  for (let run = 0; run < runs; run += 1) if (mannKendall(Array.from({ length: 20 }, random)).p < 0.05) found += 1
  ok(found / runs < 0.075, String(found / runs))
})

test('ten thousand points: sampled pairs, the same answer each time, close to the truth', () => {
  const random = generator(3)
  const times = Array.from({ length: 10_000 }, (_, index) => index + random())
  const values = times.map((time) => 2 + 0.01 * time + 20 * (random() - 0.5))
  const line = theilSen(times, values)
  equal(line.method, 'sampled-pairs')
  deepEqual(theilSen(times, values), line)
  ok(line.interval !== undefined && line.interval[0] < 0.01 && 0.01 < line.interval[1])
  near(line.slope, 0.01, 1e-4)
  equal(mannKendall(values, times).n, 10_000)
})

test('property: adjusted p-values are never below the given ones, and keep their order', () => {
  const methods = fc.constantFrom<AdjustMethod>('bonferroni', 'holm', 'benjamini-hochberg', 'benjamini-yekutieli')
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), methods, (given, method) => {
      const adjusted = adjustPValues(given, method)
      for (const [i, p] of given.entries()) {
        ok((adjusted[i] as number) >= p - 1e-15 && (adjusted[i] as number) <= 1)
        for (const [j, q] of given.entries()) if (p < q) ok((adjusted[i] as number) <= (adjusted[j] as number))
      }
    }),
  )
})

/** Park-Miller: the same numbers in every run. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
