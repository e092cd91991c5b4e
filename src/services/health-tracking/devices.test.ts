import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { healthTracking } from './contract.ts'
import { tidy as tidied } from './domain/days.ts'

const DAY_MS = 86_400_000

describe('health-tracking: what devices measured', () => {
  let platform: TestPlatform
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())
  beforeEach(async () => {
    ana = await platform.person('ana')
  })

  const ago = (minutes: number) => new Date(platform.clock.now().getTime() - minutes * 60_000).toISOString()
  const dayBefore = (days: number) =>
    new Date(platform.clock.now().getTime() - days * DAY_MS).toISOString().slice(0, 10)
  async function send(source: string, data_points: readonly object[]) {
    const made = await ana.post('/api/v1/data/points/batch', {
      data_points: data_points.map((one) => ({ ...one, source_name: source })),
    })
    assert.ok(made.status < 300 && made.body.refused.length === 0, made.text)
    await platform.settle()
  }
  const point = (data_type: string, value: number, timestamp: string) => ({ data_type, value, timestamp })
  const tiles = async (person = ana, query = '') => (await person.get(`/api/v1/dashboard/summary${query}`)).body
  const tileOf = async (type: string) =>
    (await tiles()).metrics.find((one: { metric_type: string }) => one.metric_type === type)
  const alerts = async () => (await ana.get('/api/v1/alerts')).body.items

  test('a reading stands once, at device-data, and is the newest that the dashboard shows, with its source', async () => {
    const events = async () => (await platform.eventsOf(healthTracking.events.measurementRecorded)).length
    const before = await events()
    await ana.post('/api/v1/metrics', { metric_type: 'blood_glucose', value: 90, unit: 'mg/dL', timestamp: ago(60) })
    for (const [minutes, value] of [
      [20, 110],
      [15, 118],
      [10, 126],
    ] as const) {
      await send('dexcom', [point('continuous_glucose', value, ago(minutes))])
    }
    assert.equal((await ana.get('/api/v1/metrics')).body.items.length, 1)
    assert.equal(await events(), before + 1)
    const tile = await tileOf('blood_glucose')
    assert.deepEqual([tile.value, tile.unit, tile.source, tile.at], [126, 'mg/dL', 'dexcom', ago(10)])
    assert.deepEqual([tile.label, tile.device_type], ['Blood glucose (sensor)', 'continuous_glucose'])
    await ana.post('/api/v1/metrics', { metric_type: 'blood_glucose', value: 101, unit: 'mg/dL', timestamp: ago(5) })
    const entered = await tileOf('blood_glucose')
    assert.deepEqual([entered.value, entered.source], [101, 'manual'])
    assert.deepEqual([entered.label, entered.device_type], ['Blood glucose (meter)', null])
    await send('dexcom', [point('continuous_glucose', 48, ago(0))])
    const [alert] = await alerts()
    assert.deepEqual([alert.state, alert.reading.value, alert.rule.metric_type], ['raised', 48, 'blood_glucose'])
    assert.deepEqual(
      [alert.title, alert.reading.label, alert.reading.device_type],
      ['Blood glucose below 54 mg/dL', 'Blood glucose (sensor)', 'continuous_glucose'],
    )
    await send('contour', [point('blood_glucose', 99, ago(2))])
    const { items } = (await ana.get('/api/v1/metrics/of-devices?metric_type=blood_glucose')).body
    const ofDay = new Map(items.map((one: { label: string; source: string }) => [one.label, one.source]))
    assert.equal(ofDay.get('Blood glucose (sensor)'), 'dexcom')
    assert.equal(ofDay.get('Blood glucose (meter)'), 'contour')
  })

  test('sums of days reach the dashboard, trends and usual ranges; of a day that was counted twice the larger stands', async () => {
    const days = Array.from({ length: 20 }, (_one, index) => index)
    await send(
      'garmin',
      days.map((day) => point('steps', 4000 + 100 * day, `${dayBefore(day)}T00:00:00Z`)),
    )
    await ana.post('/api/v1/metrics', { metric_type: 'steps', value: 9000, timestamp: `${dayBefore(3)}T06:00:00Z` })
    const tile = await tileOf('steps')
    assert.deepEqual([tile.day_total, tile.value, tile.source, tile.baseline.status], [4000, 4000, 'garmin', 'known'])
    const [trend] = (await ana.get('/api/v1/analytics/trends?metric_type=steps&days=30')).body.trends
    assert.equal(trend.basis.n, 19)
    const { items } = (await ana.get(`/api/v1/metrics/of-devices?metric_type=steps&from=${dayBefore(4)}`)).body
    assert.deepEqual(
      items.map((one: { value: number }) => one.value),
      [4000, 4100, 4200, 4300, 4400],
    )
    const anomalies = (await ana.get('/api/v1/analytics/anomalies?metric_type=steps')).body.anomalies
    assert.deepEqual(
      anomalies.map((one: { value: number; day: string }) => [one.value, one.day]),
      [[9000, dayBefore(3)]],
    )
    assert.equal((await ana.get('/api/v1/metrics/of-devices?metric_type=mood')).body.items.length, 0)
    assert.equal((await ana.get('/api/v1/metrics/of-devices?metric_type=walks')).status, 422)
  })

  test('figures of a period are of what was entered and of what devices measured, and say what they are of', async () => {
    const path = `/api/v1/metrics/summary/stats?from=${dayBefore(6)}&to=${dayBefore(1)}`
    const sugar = (value: number, day: number, time: string) =>
      point('continuous_glucose', value, `${dayBefore(day)}T${time}:00Z`)
    await send('dexcom', [
      sugar(60, 2, '06:00'),
      sugar(180, 2, '12:00'),
      sugar(120, 3, '06:00'),
      sugar(300, 0, '00:10'),
    ])
    const entered = { metric_type: 'blood_glucose', value: 100, unit: 'mg/dL' }
    await ana.post('/api/v1/metrics', { ...entered, timestamp: `${dayBefore(2)}T20:00:00Z` })
    await send(
      'garmin',
      [1, 2].map((day) => point('steps', 4000 * day, `${dayBefore(day)}T00:00:00Z`)),
    )
    await ana.post('/api/v1/metrics', { metric_type: 'steps', value: 9000, timestamp: `${dayBefore(2)}T06:00:00Z` })
    const { metrics, left_out } = (await ana.get(path)).body
    const { first_at: _first, ...glucose } = metrics[0]
    assert.deepEqual(glucose, {
      ...{ metric_type: 'blood_glucose', unit: 'mg/dL', count: 4, minimum: 60, maximum: 180, mean: 115 },
      ...{ median: tidied((340 / 3 + 120) / 2), latest_value: 100, latest_at: `${dayBefore(2)}T20:00:00.000Z` },
      method: 'of single values; the median of local days',
    })
    const steps = metrics[1]
    assert.deepEqual(
      [steps.minimum, steps.maximum, steps.mean, steps.latest_value, metrics.length, left_out],
      [4000, 9000, 6500, 4000, 2, []],
    )
    assert.match(steps.method, /sums/)
    const byHand = (await ana.get(`${path}&source=manual`)).body
    assert.deepEqual(
      byHand.metrics.map((one: { count: number; method: string }) => [one.count, one.method]),
      [
        [1, 'of single values'],
        [1, 'of single values'],
      ],
    )
    assert.deepEqual(byHand.left_out, ['devices'])
    const long = (await ana.get('/api/v1/metrics/summary/stats?days=3000')).body.left_out
    assert.deepEqual(long, [`devices before ${dayBefore(800)}`])
  })

  test('the summary of vital signs and their trends know what a device measured later than what was entered', async () => {
    await ana.post('/api/v1/vitals/heart-rate', { heart_rate: 72, timestamp: ago(60) })
    await ana.post('/api/v1/vitals/oxygen-saturation', { oxygen_saturation: 97, timestamp: ago(5) })
    await send('omron', [
      point('heart_rate', 135, ago(30)),
      point('oxygen_saturation', 80, ago(30)),
      point('blood_pressure_systolic', 118, ago(30)),
      point('blood_pressure_diastolic', 76, ago(30)),
      point('body_temperature', 41, ago(60 * 24 * 40)),
    ])
    const summary = (await ana.get('/api/v1/vitals/summary/recent')).body
    assert.deepEqual(
      summary.of_devices.map((one: { vital_sign_type: string; readings: { value: number }[] }) => [
        one.vital_sign_type,
        one.readings.map(({ value }) => value),
      ]),
      [
        ['blood_pressure', [118, 76, 135]],
        ['heart_rate', [135]],
      ],
    )
    assert.deepEqual([summary.vitals.length, summary.worst_level, summary.left_out], [2, 3, []])
    assert.ok(summary.not_recorded.includes('body_temperature') && !summary.not_recorded.includes('blood_pressure'))
    const { trends } = (await ana.get('/api/v1/vitals/trends/blood_pressure')).body
    assert.deepEqual(
      trends.map((one: { basis: { n: number } }) => one.basis.n),
      [1, 1, 1],
    )
  })

  test('parts of the day say that devices tell no hours', async () => {
    await send('dexcom', [point('continuous_glucose', 110, ago(20))])
    const { bases, left_out } = (await ana.get('/api/v1/analytics/patterns')).body
    assert.deepEqual(left_out, ['blood_glucose: time of day of what devices measured'])
    assert.match(bases[0].method, /parts of the day of entered values alone/)
  })

  test('a night told in stages is a night: their sum, where the source tells no whole', async () => {
    const night = `${dayBefore(1)}T02:00:00Z`
    const stage = (type: string, hours: number, from: number) => ({
      ...point(type, hours * 60, new Date(Date.parse(night) + from * 3_600_000).toISOString()),
    })
    await send('apple-watch', [stage('light_sleep', 3, 0), stage('deep_sleep', 1.5, 3), stage('rem_sleep', 2, 4.5)])
    const tile = await tileOf('sleep_duration')
    assert.deepEqual([tile.day_total, tile.unit], [6.5, 'h'])
  })

  test('goals count what devices measured: sums of days, and the way of a weight', async () => {
    const goal = async (body: object) => (await ana.post('/api/v1/goals', { title: 'g', ...body })).body
    await send('garmin', [
      point('steps', 8000, `${dayBefore(0)}T00:00:00Z`),
      point('steps', 12_000, `${dayBefore(1)}T00:00:00Z`),
    ])
    await send('withings', [
      point('body_weight', 90, `${dayBefore(12)}T06:00:00Z`),
      point('body_weight', 85, `${dayBefore(1)}T06:00:00Z`),
    ])
    const start_date = dayBefore(10)
    const common = { frequency: 'daily', start_date }
    const steps = await goal({
      ...common,
      metric_type: 'steps',
      goal_type: 'target',
      target_value: 10_000,
      unit: 'steps',
    })
    assert.deepEqual([steps.current_value, steps.progress_detail.periods_met], [8000, 1])
    const weight = await goal({ ...common, metric_type: 'weight', goal_type: 'target', target_value: 80, unit: 'kg' })
    assert.deepEqual([weight.progress, weight.progress_detail.baseline_value], [50, 90])
    assert.equal((await tiles()).goals.length, 2)
  })

  test('a corrected reading takes its alert along and is judged anew; a removed one too', async () => {
    const made = await ana.post('/api/v1/data/points', point('oxygen_saturation', 85, ago(30)))
    await platform.settle()
    const { id } = made.body
    const [raised] = await alerts()
    assert.deepEqual([raised.state, raised.reading.value, raised.reading.metric_id], ['raised', 85, id])
    const [event] = (await platform.eventsOf(healthTracking.events.alertRaised)).slice(-1)
    assert.equal(event?.measurement_id, id)
    await ana.put(`/api/v1/data/points/${id}`, { value: 97 })
    await platform.settle()
    const [cleared] = await alerts()
    assert.deepEqual([cleared.state, cleared.cleared_because], ['cleared', 'the reading was corrected'])
    assert.equal(cleared.reading.value, 97)
    await ana.put(`/api/v1/data/points/${id}`, { value: 84 })
    await platform.settle()
    assert.equal((await alerts())[0].reading.value, 84)
    await ana.delete(`/api/v1/data/points/${id}`)
    await platform.settle()
    const [gone] = await alerts()
    assert.deepEqual([gone.state, gone.reading], ['cleared', null])
  })

  test('leave to see vital signs is none to see devices', async () => {
    await ana.post('/api/v1/metrics', { metric_type: 'weight', value: 70 })
    await send('dexcom', [point('continuous_glucose', 126, ago(10))])
    const ben = await platform.person('ben')
    const share = async (category: string) => {
      const ends_at = new Date(platform.clock.now().getTime() + 30 * DAY_MS).toISOString()
      const body = { account_id: ben.accountId, categories: [category], ends_at }
      const { id } = (await ana.post('/api/v1/sharing/grants', body)).body
      assert.equal((await ben.post(`/api/v1/sharing/grants/${id}/accept`)).status, 200)
    }
    await share('vitals')
    const look = async () => {
      const answer = await ben.get(`/api/v1/dashboard/summary?profile_id=${ana.accountId}`)
      assert.equal(answer.status, 200, answer.text)
      return [answer.body.metrics.map((one: { metric_type: string }) => one.metric_type), answer.body.left_out]
    }
    assert.deepEqual(await look(), [['weight'], ['goals', 'symptoms', 'devices']])
    await share('devices')
    assert.deepEqual(await look(), [
      ['weight', 'blood_glucose'],
      ['goals', 'symptoms'],
    ])
  })

  test('measurements that were copied from a device go where the device’s value stands; all others stay', async () => {
    const copied = [point('heart_rate', 200, ago(30)), point('heart_rate', 71, ago(20))]
    await send('fitbit', copied)
    const enter = async (value: number, minutes: number, source = 'fitbit') => {
      const body = { metric_type: 'heart_rate', value, unit: '/min', timestamp: ago(minutes), source }
      return (await ana.post('/api/v1/metrics', body)).body.id
    }
    const copies = [await enter(200, 30), await enter(71, 20)]
    const others = [await enter(72, 20), await enter(71, 19), await enter(71, 20, 'polar')]
    await platform.rows('update health_tracking.measurement set perhaps_copied = true where user_id = $1', [
      ana.accountId,
    ])
    platform.clock.advance({ hours: 2 })
    await platform.settle()
    const left = await platform.rows('select id, perhaps_copied from health_tracking.measurement where user_id = $1', [
      ana.accountId,
    ])
    assert.deepEqual(left.map((one) => one.id).sort(), others.sort())
    assert.ok(left.every((one) => one.perhaps_copied === null))
    const deleted = (await platform.eventsOf(healthTracking.events.measurementDeleted)).map((one) => one.measurement_id)
    assert.deepEqual(deleted.sort(), copies.sort())
  })
})
