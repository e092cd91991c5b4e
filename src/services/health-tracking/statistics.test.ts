import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { addDays } from '../../shared/dates.ts'
import { METRIC_TYPES } from '../../shared/metrics/metricDefinition.ts'
import { seededRandom } from '../../shared/random.ts'
import { correlationsOf } from './domain/correlations.ts'
import { type DayPoint, withoutWeek } from './domain/days.ts'
import { type PartPoint, patternsOf, signTestP, weekParts } from './domain/patterns.ts'
import { predict } from './domain/predictions.ts'
import { lastDays } from './domain/times.ts'
import { anomaliesOf, trendOf } from './domain/trends.ts'

const PERIOD = lastDays(90, new Date('2026-06-15T12:00:00Z'), 'UTC')

function days(values: readonly number[], last = '2026-06-15'): DayPoint[] {
  return values.map((value, index) => ({ day: addDays(last, index - values.length + 1), value, n: 1 }))
}

describe('statistics', () => {
  test('D4: 200 pairs of random series of 60 days report at most a handful', () => {
    let found = 0
    for (let run = 0; run < 200; run += 1) {
      const random = seededRandom(1000 + run)
      const series = (['mood', 'weight'] as const).map((metricType) => ({
        metricType,
        points: days(Array.from({ length: 60 }, () => random())),
      }))
      found += correlationsOf(series, 1).found.length
    }
    assert.ok(found <= 30, `${found} of 200 scans of one pair`)
    // As one question of 200 pairs, which is how a person asks it: the correction holds.
    const random = seededRandom(7)
    const types = METRIC_TYPES.filter((type) => type !== 'custom').slice(0, 21)
    const many = types.map((metricType) => ({ metricType, points: days(Array.from({ length: 60 }, () => random())) }))
    const scan = correlationsOf(many, 1)
    assert.equal(scan.pairs, 210)
    assert.ok(scan.found.length <= 2, `${scan.found.length} of ${scan.tests} tests`)
  })

  test('D4: two walks without a link, each remembering yesterday, are not called linked', () => {
    let found = 0
    for (let run = 0; run < 50; run += 1) {
      const random = seededRandom(50 + run)
      const walk = () => {
        let at = 0
        return Array.from({ length: 120 }, () => {
          at = 0.8 * at + random() - 0.5
          return at
        })
      }
      const series = [
        { metricType: 'mood' as const, points: days(walk()) },
        { metricType: 'weight' as const, points: days(walk()) },
      ]
      found += correlationsOf(series, 0).found.length
    }
    assert.ok(found <= 12, `${found} of 50`)
  })

  test('D4: a planted effect of yesterday on today is found at its lag, paired by date', () => {
    const random = seededRandom(3)
    const cause = Array.from({ length: 90 }, () => random())
    const effect = cause.map((_, index) => 2 * (cause[index - 1] ?? 0.5) + 0.4 * random())
    const gaps = new Set([5, 17, 40, 41])
    const series = [
      { metricType: 'sleep_duration' as const, points: days(cause) },
      { metricType: 'resting_heart_rate' as const, points: days(effect).filter((_, index) => !gaps.has(index)) },
    ]
    const [found] = correlationsOf(series, 2).found
    assert.deepEqual([found?.first, found?.second, found?.lag_days], ['sleep_duration', 'resting_heart_rate', 1])
    assert.ok((found?.coefficient ?? 0) > 0.8)
  })

  test('a trend needs eight days over two weeks, and noise has none', () => {
    assert.equal(trendOf('weight', days([80, 79, 78, 77, 76, 75, 74, 73]), PERIOD).direction, 'not-enough-data')
    const falling = days(Array.from({ length: 30 }, (_, index) => 80 - 0.1 * index))
    const trend = trendOf('weight', falling, PERIOD)
    assert.equal(trend.direction, 'falling')
    assert.ok(Math.abs((trend.slope_per_week ?? 0) + 0.7) < 1e-6)
    const random = seededRandom(5)
    assert.equal(trendOf('weight', days(Array.from({ length: 30 }, () => 80 + random())), PERIOD).direction, 'steady')
  })

  test('busy weekends are no trend, and the running day is no fall', () => {
    const steps = Array.from({ length: 42 }, (_, index) => (index % 7 > 4 ? 12_000 : 6000))
    assert.equal(trendOf('steps', days([...steps, 3]), PERIOD).direction, 'steady')
    assert.equal(withoutWeek(days(steps)).isDone, true)
  })

  test('a day far outside the usual is found, and nothing is without a baseline', () => {
    const usual = Array.from({ length: 30 }, (_, index) => 60 + (index % 3))
    const found = anomaliesOf('resting_heart_rate', days([...usual, 95]), PERIOD, '2026-06-01')
    assert.deepEqual([found.length, found[0]?.position, found[0]?.day], [1, 'above', '2026-06-15'])
    assert.deepEqual(anomaliesOf('resting_heart_rate', days([60, 60, 95]), PERIOD, '2026-06-01'), [])
  })

  test('a higher evening is found from enough days, and chance is not', () => {
    const points: PartPoint[] = Array.from({ length: 20 }, (_, index) => addDays('2026-05-01', index)).flatMap(
      (unit) => [
        { unit, bucket: 1, value: 120 },
        { unit, bucket: 3, value: 131 },
      ],
    )
    const pressure = { metricType: 'blood_pressure_systolic', kind: 'time_of_day' } as const
    const found = patternsOf([{ ...pressure, points }])
    assert.deepEqual(
      found.map((one) => [one.bucket.slice(0, 7), one.direction, one.typical_difference]),
      [
        ['morning', 'lower', -11],
        ['evening', 'higher', 11],
      ],
    )
    assert.deepEqual(patternsOf([{ ...pressure, points: points.slice(0, 10) }]), [])
  })

  test('weekdays of chance are called a pattern in about one series of twenty', () => {
    let found = 0
    for (let run = 0; run < 200; run += 1) {
      const random = seededRandom(900 + run)
      const points = weekParts(days(Array.from({ length: 91 }, () => random())))
      found += Math.min(1, patternsOf([{ metricType: 'mood', kind: 'day_of_week', points }]).length)
    }
    assert.ok(found <= 20, `${found} of 200`)
  })

  test('the sign test is exact', () => {
    assert.ok(Math.abs(signTestP([1, 1, 1, 1, 1, 1, 1, 1]) - 2 / 256) < 1e-12)
    assert.equal(signTestP([0, 0]), 1)
    assert.equal(signTestP([1, -1]), 1)
  })

  test('a prediction holds most of what comes, and nothing is said from little', () => {
    let inside = 0
    for (let run = 0; run < 100; run += 1) {
      const random = seededRandom(200 + run)
      const noise = () => (random() + random() + random() - 1.5) * 2
      const seen = days(Array.from({ length: 60 }, (_, index) => 80 - 0.05 * index + noise()))
      const { interval } = predict('weight', seen, PERIOD, 7)
      const came = 80 - 0.05 * 66 + noise()
      if (interval !== null && came >= (interval[0] as number) && came <= (interval[1] as number)) inside += 1
    }
    assert.ok(inside >= 85, `${inside} of 100 inside a 95 % interval`)
    assert.equal(predict('weight', days([80, 79, 78]), PERIOD, 7).status, 'not-enough-data')
    const thirty = days(Array.from({ length: 30 }, () => 80))
    assert.match(predict('weight', thirty, PERIOD, 20).reason ?? '', /needs 60 days/)
  })
})
