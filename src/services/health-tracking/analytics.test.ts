import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { addDays } from '../../shared/dates.ts'
import { seededRandom } from '../../shared/random.ts'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'

const TODAY = '2026-06-15'
const ANALYTICS = '/api/v1/analytics'

interface Row {
  readonly metric_type: string
  readonly value: number
  readonly timestamp: string
}

describe('health-tracking: analytics and dashboard', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let newcomer: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    newcomer = await platform.person('newcomer')
    await store(history())
  })
  after(() => platform.close())

  /** Sixty days: weight falls, sleep drives tomorrow's pulse, evenings raise the pressure, mood is chance. */
  function history(): Row[] {
    const random = seededRandom(11)
    const rows: Row[] = []
    let sleptBefore = 7
    for (let index = 0; index < 60; index += 1) {
      const day = addDays(TODAY, index - 60)
      const add = (metric_type: string, value: number, hour: string) =>
        rows.push({ metric_type, value: Number(value.toFixed(2)), timestamp: `${day}T${hour}:00:00Z` })
      const slept = 6 + 2 * random()
      add('weight', 84 - 0.05 * index + 0.4 * random(), '07')
      add('resting_heart_rate', 90 - 4 * sleptBefore + random(), '06')
      add('sleep_duration', slept, '05')
      add('mood', Math.round(10 * random()), '20')
      add('blood_pressure_systolic', 118 + random(), '08')
      add('blood_pressure_systolic', 128 + random(), '21')
      add('steps', 5000 + 1000 * random(), '18')
      sleptBefore = slept
    }
    return rows
  }

  async function store(items: readonly Row[], person = ana) {
    const made = await person.post('/api/v1/metrics/batch', { items })
    assert.equal(made.status, 201, made.text.slice(0, 500))
  }
  const get = async (path: string, person = ana) => {
    const answer = await person.get(path)
    assert.equal(answer.status, 200, answer.text.slice(0, 500))
    return answer.body
  }
  const of = (items: TestAnswer['body'], type: string): TestAnswer['body'] =>
    items.find((item: { metric_type: string }) => item.metric_type === type)

  test('a trend says direction, interval, method, n and period, and claims nothing for chance', async () => {
    const { trends } = await get(`${ANALYTICS}/trends?days=90`)
    const weight = of(trends, 'weight')
    assert.equal(weight.direction, 'falling')
    assert.ok(weight.interval_per_week[0] < -0.2 && weight.interval_per_week[1] > -0.5)
    assert.match(weight.basis.method, /Theil-Sen.*Mann-Kendall/)
    assert.deepEqual([weight.basis.n, weight.basis.period_to, weight.basis.time_zone], [60, TODAY, 'UTC'])
    assert.equal(of(trends, 'mood').direction, 'steady')
    const [only] = (await get(`${ANALYTICS}/trends?metric_type=height`)).trends
    assert.deepEqual([only.direction, only.basis.missing.length], ['not-enough-data', 1])
  })

  test('D4: sleep of one night shows in the pulse of the next day, and nothing else is reported of chance', async () => {
    const answer = await get(`${ANALYTICS}/correlations?max_lag_days=2`)
    const [best] = answer.correlations
    assert.deepEqual([best.first, best.second].sort(), ['resting_heart_rate', 'sleep_duration'])
    assert.equal(Math.abs(best.lag_days), 1)
    assert.ok(best.coefficient < -0.8 && best.n >= 58 && best.adjusted_p_value < 0.01)
    assert.ok(answer.tests >= answer.pairs && answer.pairs === 15)
    assert.ok(answer.correlations.length <= 3, JSON.stringify(answer.correlations))
    assert.match(answer.rule, /Benjamini-Hochberg/)
  })

  test('patterns name the part of the day, with n and an adjusted p', async () => {
    const { patterns, bases } = await get(`${ANALYTICS}/patterns?metric_type=blood_pressure_systolic`)
    const evening = patterns.find((one: { bucket: string }) => one.bucket.startsWith('evening'))
    assert.deepEqual([evening.direction, evening.n], ['higher', 60])
    assert.ok(Math.abs(evening.typical_difference - 10) < 1 && evening.adjusted_p_value < 0.001)
    assert.match(bases[0].method, /sign test/)
    const { patterns: none } = await get(`${ANALYTICS}/patterns?metric_type=mood`)
    assert.ok(none.every((one: { kind: string }) => one.kind === 'day_of_week'))
  })

  test('predictions carry an interval, or the reason why there is none', async () => {
    const { predictions } = await get(`${ANALYTICS}/predictions?metric_type=weight&horizon_days=7`)
    const [weight] = predictions
    assert.deepEqual([weight.status, weight.day], ['predicted', '2026-06-22'])
    assert.ok(weight.interval[0] < weight.value && weight.value < weight.interval[1])
    assert.ok(weight.value > 79 && weight.value < 82)
    const [none] = (await get(`${ANALYTICS}/predictions?metric_type=weight`, newcomer)).predictions
    assert.deepEqual([none.status, none.value, none.reason], ['not-enough-data', null, '0 of the 14 days needed'])
    assert.equal((await ana.get(`${ANALYTICS}/predictions?horizon_days=31`)).status, 422)
  })

  test('an anomaly is a day outside the person’s own range; without a baseline there is none', async () => {
    assert.deepEqual((await get(`${ANALYTICS}/anomalies`)).anomalies, [])
    const person = await platform.person('odd')
    const rows = Array.from({ length: 30 }, (_, index) => ({
      metric_type: 'resting_heart_rate',
      value: 60 + (index % 3),
      timestamp: `${addDays(TODAY, index - 30)}T06:00:00Z`,
    }))
    await store([...rows, { metric_type: 'resting_heart_rate', value: 88, timestamp: `${TODAY}T06:00:00Z` }], person)
    const { anomalies, baselines } = await get(`${ANALYTICS}/anomalies`, person)
    assert.deepEqual(
      anomalies.map((one: { day: string; position: string }) => [one.day, one.position]),
      [[TODAY, 'above']],
    )
    assert.equal(baselines[0].center, 61)
    const posted = await person.post('/api/v1/agents/anomaly-detection', { metric_type: 'resting_heart_rate' })
    assert.deepEqual([posted.status, posted.body.anomalies], [200, anomalies])
  })

  test('baselines and the summary say what is known of each metric, and what is missing', async () => {
    const { baselines } = await get('/api/v1/baselines')
    const weight = of(baselines, 'weight')
    assert.equal(weight.status, 'known')
    assert.ok(weight.usual_low < weight.center && weight.center < weight.usual_high)
    const { metrics } = await get(`${ANALYTICS}/summary?days=90`)
    assert.deepEqual([of(metrics, 'blood_pressure_systolic').measurements, of(metrics, 'mood').days], [120, 60])
    const [unknown] = (await get('/api/v1/baselines?metric_type=weight', newcomer)).baselines
    assert.deepEqual(
      [unknown.status, unknown.center, unknown.reason],
      ['not-enough-data', null, '0 of the 14 values needed'],
    )
  })

  test('the analysis of goals expects a day only from a trend that leads there', async () => {
    const goal = async (target_value: number) =>
      (await ana.post('/api/v1/goals', { title: 'w', metric_type: 'weight', target_value, start_date: '2026-05-01' }))
        .body.id
    const [down, up] = [await goal(78), await goal(95)]
    const { goals } = await get(`${ANALYTICS}/goal-analysis`)
    const byId = (id: string) => goals.find((one: { goal_id: string }) => one.goal_id === id)
    assert.ok(byId(down).expected_from > TODAY && byId(down).expected_from <= byId(down).expected_to)
    assert.deepEqual([byId(up).expected_from, byId(up).reason], [null, 'The present trend does not lead to the target'])
  })

  test('the dashboard shows latest value, trend, usual range, level, open alerts and goals', async () => {
    await ana.post('/api/v1/vitals/oxygen-saturation', { oxygen_saturation: 88 })
    await ana.post('/api/v1/symptoms', { symptom_name: 'Cough', symptom_category: 'respiratory', severity: 'mild' })
    const board = await get('/api/v1/dashboard/summary')
    const weight = of(board.metrics, 'weight')
    assert.equal(weight.trend.direction, 'falling')
    assert.ok(['below', 'within', 'above'].includes(weight.position))
    assert.deepEqual(
      [board.open_alerts.length, board.worst_level, board.recent_symptoms, board.left_out],
      [1, 4, 1, []],
    )
    assert.equal(of(board.metrics, 'oxygen_saturation').assessment.band, 'very-low')
    assert.ok(of(board.metrics, 'steps').day_total > 0)
    assert.ok(board.goals.length >= 2)
    const empty = await get('/api/v1/dashboard/summary', newcomer)
    assert.deepEqual([empty.metrics, empty.open_alerts, empty.goals, empty.worst_level], [[], [], [], null])
  })

  test('of two readings noted for the same minute the one written last is the latest, both numbers of one pressure', async () => {
    const timestamp = `${TODAY}T00:01:00Z`
    const pair = ({ metrics }: TestAnswer['body']) =>
      ['blood_pressure_systolic', 'blood_pressure_diastolic'].map((type) => of(metrics, type).value)
    const pressures = [
      [131, 70],
      [118, 84],
    ]
    for (const [systolic, diastolic] of pressures) {
      const made = await newcomer.post('/api/v1/vitals/blood-pressure', { systolic, diastolic, timestamp })
      assert.equal(made.status, 201, made.text)
      assert.deepEqual(pair(await get('/api/v1/dashboard/summary', newcomer)), [systolic, diastolic])
    }
  })

  test('the old agents answer what the analytics say; those that could not be honest are not there', async () => {
    const trends = await ana.post('/api/v1/agents/trend-analysis', { metric_type: 'weight', days: 90 })
    assert.deepEqual(trends.body.trends, (await get(`${ANALYTICS}/trends?metric_type=weight&days=90`)).trends)
    const patterns = await ana.post('/api/v1/agents/pattern-recognition', {})
    assert.equal(patterns.status, 200)
    assert.equal((await platform.request('GET', '/api/v1/agents/health')).body.status, 'healthy')
    assert.equal((await ana.post('/api/v1/agents/risk-assessment', {})).status, 404)
  })

  for (const path of [
    'analytics/trends',
    'analytics/anomalies',
    'analytics/correlations',
    'analytics/patterns',
    'analytics/predictions',
    'analytics/summary',
    'baselines',
  ]) {
    test(`${path} is refused for a period too short or too long`, async () => {
      assert.equal((await ana.get(`/api/v1/${path}?days=6`)).status, 422)
      assert.equal((await ana.get(`/api/v1/${path}?days=731`)).status, 422)
      assert.equal((await ana.get(`/api/v1/${path}?days=many`)).status, 422)
      assert.equal((await platform.request('GET', `/api/v1/${path}`)).status, 401)
    })
  }
})
