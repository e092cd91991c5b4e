import { deepEqual, equal, match, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { baseline, deviation, halvesTrend, halvesTrendOf, robustTrend, type TimedValue } from './trends.ts'

const DAY_MS = 86_400_000
const START_MS = Date.UTC(2026, 0, 1)

function daily(values: readonly number[], stepDays = 1): TimedValue[] {
  return values.map((value, index) => ({ at: START_MS + index * stepDays * DAY_MS, value }))
}

const UP = [70, 70.4, 70.1, 70.9, 71.2, 71, 71.6, 71.5, 72.1, 72]

test('a rise is claimed with its slope a week, interval, p and tau', () => {
  const trend = robustTrend(daily(UP))
  equal(trend.direction, 'rising')
  ok(trend.slopePerWeek !== undefined && trend.slopePerWeek > 1.2 && trend.slopePerWeek < 2)
  ok(trend.interval !== undefined && trend.interval[0] > 0 && trend.p !== undefined && trend.p < 0.05)
  equal(trend.n, 10)
  equal(trend.spanDays, 9)
  equal(trend.reason, undefined)
  equal(robustTrend(daily(UP.map((value) => -value))).direction, 'falling')
})

test('exactly half a unit a day is three and a half a week', () => {
  near(robustTrend(daily([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5])).slopePerWeek, 3.5)
})

test('no direction without evidence, and the reason is given in words', () => {
  const jagged = robustTrend(daily([5, 9, 4, 8, 5, 9, 4, 8, 5, 9]))
  equal(jagged.direction, 'steady')
  match(jagged.reason ?? '', /ups and downs/)
  const constant = robustTrend(daily([5, 5, 5, 5, 5, 5, 5, 5]))
  deepEqual([constant.direction, constant.slopePerWeek, constant.reason], ['steady', 0, 'The value did not change'])
})

test('too little data says how much is lacking', () => {
  for (const [points, reason] of [
    [[], '0 of the 8 values needed'],
    [daily([1]), '1 of the 8 values needed'],
    [daily(UP.slice(0, 7)), '7 of the 8 values needed'],
    [daily(UP, 0.1), 'The values cover 0.9 of the 7 days needed'],
  ] as const) {
    const trend = robustTrend(points)
    deepEqual([trend.direction, trend.reason, trend.slopePerWeek], ['not-enough-data', reason, undefined])
  }
  equal(robustTrend(daily(UP, 0), { minimumSpanDays: 0 }).reason, 'All values are of the same time')
  equal(robustTrend(daily([1, 2, 3, 4, 5]), { minimumPoints: 5, minimumSpanDays: 4 }).direction, 'steady')
  equal(robustTrend(daily([1, 2, 3, 4, 5, 6]), { minimumPoints: 5, minimumSpanDays: 4 }).direction, 'rising')
})

test('texts and milliseconds, any order, one outlier: the same direction', () => {
  const texts = daily(UP).map(({ at, value }) => ({ at: new Date(at).toISOString(), value }))
  deepEqual(robustTrend(texts.toReversed()), robustTrend(daily(UP)))
  equal(
    robustTrend([...texts.slice(0, 4), { at: '2026-01-05T12:00:00', value: 20 }, ...texts.slice(4)]).direction,
    'rising',
  )
})

test('a time that cannot be read and a value that is not finite are refused', () => {
  throws(() => robustTrend([{ at: 'yesterday', value: 1 }]), RangeError)
  throws(() => robustTrend([{ at: Number.NaN, value: 1 }]), RangeError)
  throws(() => baseline([{ at: 0, value: Number.NaN }]), RangeError)
})

test('property: a series and its mirror have mirrored trends, and a claim always has its evidence', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 8, maxLength: 40 }), (values) => {
      const trend = robustTrend(daily(values))
      const mirrored = robustTrend(daily(values.map((value) => -value)))
      const opposite = {
        rising: 'falling',
        falling: 'rising',
        steady: 'steady',
        'not-enough-data': 'not-enough-data',
      } as const
      equal(mirrored.direction, opposite[trend.direction])
      const claimed = trend.direction === 'rising' || trend.direction === 'falling'
      equal(trend.reason === undefined, claimed)
      const [low, high] = trend.interval ?? [-1, 1]
      if (claimed) ok((low > 0 || high < 0) && (trend.p ?? 1) < 0.05)
    }),
  )
})

test('a baseline is the median and a range that outliers hardly move', () => {
  const usual = [60, 61, 59, 60, 62, 58, 60, 61, 59, 60, 62, 58, 60, 61]
  const known = baseline(daily(usual))
  ok(known.status === 'known')
  equal(known.center, 60)
  near(known.spread, 1.4826)
  near(known.usualLow, 60 - 2 * 1.4826)
  const withOutlier = baseline(daily([...usual, 200]))
  ok(withOutlier.status === 'known' && withOutlier.usualHigh < 65)
  deepEqual(deviation(70, known), { position: 'above', spreads: 10 / known.spread })
  equal(deviation(61, known)?.position, 'within')
  equal(deviation(50, known)?.position, 'below')
})

test('no baseline from little data, no deviation without a baseline', () => {
  const lacking = baseline(daily([1, 2, 3]))
  ok(lacking.status === 'not-enough-data')
  equal(lacking.reason, '3 of the 14 values needed')
  equal(deviation(5, lacking), undefined)
})

test('a series that hardly varies takes the resolution of the meter as its spread', () => {
  const flat = daily(new Array<number>(14).fill(98))
  deepEqual(deviation(97, baseline(flat)), { position: 'below', spreads: undefined })
  deepEqual(deviation(97, baseline(flat, { minimumSpread: 1 })), { position: 'within', spreads: -1 })
})

const HALVES: readonly (readonly [readonly number[], string])[] = [
  [[], 'stable'],
  [[1, 9, 9], 'stable'],
  [[5, 5, 5.5, 5.5], 'stable'],
  [[5, 5, 5.5, 5.52], 'improving'],
  [[5.5, 5.5, 5, 5], 'stable'],
  [[5.52, 5.5, 5, 5], 'declining'],
  [[1, 1, 9, 1, 1], 'improving'],
  [[8.5, 7, 6, 8, 9, 8.5], 'improving'],
]
for (const [values, expected] of HALVES)
  test(`the wellness rule calls ${JSON.stringify(values)} ${expected}`, () => equal(halvesTrend(values), expected))

test('the wellness rule puts points in order of time', () => {
  equal(halvesTrendOf(daily([1, 2, 8, 9]).toReversed()), 'improving')
  equal(
    halvesTrendOf([
      { at: '2026-01-15T10:30:00', value: 9 },
      ...daily([9, 9, 2]).slice(0, 2),
      { at: '2026-01-16', value: 2 },
    ]),
    'declining',
  )
})

function near(actual: number | undefined, expected: number): void {
  ok(actual !== undefined && Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`)
}
