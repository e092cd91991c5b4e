import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { healthTracking } from './contract.ts'

const VITALS = '/api/v1/vitals'

describe('health-tracking: vital signs', () => {
  let platform: TestPlatform
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())
  beforeEach(async () => {
    ana = await platform.person('ana')
  })

  const record = async (path: string, body: object) => {
    const answer = await ana.post(`${VITALS}/${path}`, body)
    assert.equal(answer.status, 201, answer.text)
    return answer.body
  }

  for (const [path, body, metric, band] of [
    [
      'blood-pressure',
      { systolic: 118, diastolic: 76, measurement_method: 'manual' },
      'blood_pressure_systolic',
      'normal',
    ],
    [
      'heart-rate',
      { heart_rate: 72, heart_rate_variability: 48, irregular_heartbeat_detected: 'no' },
      'heart_rate',
      'normal',
    ],
    ['temperature', { temperature: 101.5, unit: '°F', temperature_method: 'oral' }, 'temperature', 'fever'],
    ['oxygen-saturation', { oxygen_saturation: 98, perfusion_index: 4 }, 'oxygen_saturation', 'normal'],
    ['respiratory-rate', { respiratory_rate: 14, respiratory_pattern: 'normal' }, 'respiratory_rate', 'normal'],
    [
      'blood-glucose',
      { blood_glucose: 5.2, glucose_unit: 'mmol/L', glucose_context: 'fasting' },
      'blood_glucose',
      'normal',
    ],
    ['body-composition', { weight: 70, height: 175, body_fat_percentage: 20 }, 'weight', 'normal'],
  ] as const) {
    test(`${path} is recorded with its level and rule, and is a metric too`, async () => {
      const made = await record(path, body)
      assert.equal(made.assessment.band, band)
      assert.match(made.assessment.rule.version, /^\d/)
      assert.ok(made.assessment.source.length > 10)
      for (const [field, value] of Object.entries(body)) assert.equal(made[field], value, field)
      assert.deepEqual((await ana.get(`${VITALS}/${made.id}`)).body, made)
      const metric_rows = (await ana.get(`/api/v1/metrics?metric_type=${metric}`)).body.items
      assert.deepEqual([metric_rows.length, metric_rows[0].id, metric_rows[0].vital_id], [1, made.id, made.id])
    })
  }

  test('the mean pressure is derived; a severe pressure with warning symptoms is an emergency', async () => {
    const made = await record('blood-pressure', { systolic: 185, diastolic: 100, has_warning_symptoms: true })
    assert.deepEqual([made.mean_arterial_pressure, made.assessment.band, made.assessment.level], [128.3, 'severe', 5])
    const metrics = (await ana.get('/api/v1/metrics')).body.items
    assert.deepEqual(metrics.map((item: { metric_type: string }) => item.metric_type).sort(), [
      'blood_pressure_diastolic',
      'blood_pressure_systolic',
    ])
  })

  test('D2: BMI comes from the height of the profile or the body, else it is unknown', async () => {
    const without = await record('body-composition', { weight: 70 })
    assert.deepEqual(
      [without.bmi, without.assessment.level_word, without.assessment.missing[0]],
      [null, 'unknown', 'height'],
    )
    assert.equal((await ana.put('/api/v1/profile', { height_cm: 175, date_of_birth: '1980-01-01' })).status, 200)
    const withProfile = (await ana.get(`${VITALS}/${without.id}`)).body
    assert.deepEqual([withProfile.bmi, withProfile.assessment.band], [22.9, 'normal'])
  })

  test('a rule for adults says nothing about a child', async () => {
    assert.equal((await ana.put('/api/v1/profile', { date_of_birth: '2020-01-01' })).status, 200)
    const made = await record('heart-rate', { heart_rate: 110 })
    assert.deepEqual([made.assessment.status, made.assessment.reason], ['unknown', 'age-outside-rule'])
  })

  for (const [path, body, field] of [
    ['blood-pressure', { systolic: 80, diastolic: 120 }, 'diastolic'],
    ['blood-pressure', { systolic: 301, diastolic: 80 }, 'systolic'],
    ['blood-pressure', { systolic: 120 }, 'diastolic'],
    ['heart-rate', { heart_rate: 301 }, 'heart_rate'],
    ['heart-rate', { heart_rate: 72, temperature: 37 }, 'temperature'],
    ['temperature', { temperature: 50 }, 'temperature'],
    ['temperature', { temperature: 37, unit: 'bpm' }, 'unit'],
    ['oxygen-saturation', { oxygen_saturation: 101 }, 'oxygen_saturation'],
    ['respiratory-rate', { respiratory_rate: 100 }, 'respiratory_rate'],
    ['blood-glucose', { blood_glucose: 90 }, 'glucose_unit'],
    ['blood-glucose', { blood_glucose: 9, glucose_unit: 'mg/dL' }, 'blood_glucose'],
    ['body-composition', {}, 'weight'],
    ['body-composition', { bmi: 22 }, 'weight'],
    ['body-composition', { weight: 700 }, 'weight'],
    ['heart-rate', { heart_rate: 72, timestamp: '2031-01-01T00:00:00Z' }, 'timestamp'],
    ['heart-rate', { heart_rate: 72, vital_sign_type: 'blood_pressure' }, 'vital_sign_type'],
    ['heart-rate', { heart_rate: 72, measurement_quality: 'superb' }, 'measurement_quality'],
  ] as const) {
    test(`${path} ${JSON.stringify(body)} is refused at ${field}, and nothing is stored`, async () => {
      const answer = await ana.post(`${VITALS}/${path}`, body)
      assert.equal(answer.status, 422, answer.text)
      assert.ok(
        answer.body.errors.some((fault: { field: string }) => fault.field === field),
        answer.text,
      )
      assert.deepEqual((await ana.get('/api/v1/metrics')).body.items, [])
    })
  }

  test('a correction changes the numbers in both views, adds and removes parts, and keeps the order of pressures', async () => {
    const made = await record('blood-pressure', {
      systolic: 150,
      diastolic: 90,
      heart_rate: 70,
      measurement_notes: 'left arm',
    })
    const url = `${VITALS}/${made.id}`
    const corrected = await ana.put(url, { systolic: 140, measurement_quality: 'good' })
    assert.equal(corrected.status, 200, corrected.text)
    assert.deepEqual(
      [corrected.body.systolic, corrected.body.diastolic, corrected.body.heart_rate, corrected.body.version],
      [140, 90, 70, 2],
    )
    assert.deepEqual([corrected.body.measurement_notes, corrected.body.measurement_quality], ['left arm', 'good'])
    assert.equal((await ana.get(`/api/v1/metrics/${made.id}`)).body.value, 140)
    assert.equal((await ana.put(url, { diastolic: 145 })).status, 422)
    const without = await ana.request('PATCH', url, { body: { heart_rate: null } })
    assert.equal(without.status, 200, without.text)
    assert.deepEqual([without.body.heart_rate, without.body.readings.length], [null, 2])
    assert.equal(
      (await ana.request('PUT', url, { body: { systolic: 139 }, headers: { 'if-match': '"1"' } })).status,
      412,
    )
    const changed = await platform.eventsOf(healthTracking.events.measurementCorrected)
    assert.ok(changed.some((data) => data.measurement_id === made.id && data.value === 140))
  })

  test('a part of a vital sign is changed there only: 409 under /metrics', async () => {
    const made = await record('blood-pressure', { systolic: 150, diastolic: 90 })
    for (const { metric_id } of made.readings) {
      const put = await ana.put(`/api/v1/metrics/${metric_id}`, { value: 100 })
      assert.deepEqual([put.status, put.body.vital_id], [409, made.id])
      assert.equal((await ana.delete(`/api/v1/metrics/${metric_id}`)).status, 409)
    }
  })

  test('deleting takes all readings along; what never was answers 404', async () => {
    const made = await record('blood-pressure', { systolic: 150, diastolic: 90 })
    const diastolic = made.readings[1].metric_id
    assert.equal((await ana.get(`${VITALS}/${diastolic}`)).status, 404)
    assert.equal((await ana.delete(`${VITALS}/${made.id}`)).status, 204)
    assert.deepEqual((await ana.get('/api/v1/metrics')).body.items, [])
    for (const answer of [
      await ana.get(`${VITALS}/${made.id}`),
      await ana.delete(`${VITALS}/${made.id}`),
      await ana.put(`${VITALS}/${made.id}`, { systolic: 1 }),
    ]) {
      assert.equal(answer.status, 404)
    }
  })

  test('the same pressure again is one row; one that shares a number with another is 409', async () => {
    const body = { systolic: 130, diastolic: 80, timestamp: '2026-06-14T08:00:00Z' }
    const first = await record('blood-pressure', body)
    const again = await record('blood-pressure', body)
    assert.deepEqual([again.id, again.duplicate_of], [first.id, first.id])
    assert.equal((await ana.post(`${VITALS}/blood-pressure`, { ...body, diastolic: 81 })).status, 409)
    assert.equal((await ana.get('/api/v1/metrics')).body.items.length, 2)
  })

  test('a metric that is a whole vital sign shows among the vital signs, and lists page by cursor', async () => {
    await ana.post('/api/v1/metrics', { metric_type: 'heart_rate', value: 61, timestamp: '2026-06-01T08:00:00Z' })
    await ana.post('/api/v1/metrics', { metric_type: 'steps', value: 61 })
    for (const day of ['02', '03', '04']) {
      await record('blood-pressure', { systolic: 120, diastolic: 80, timestamp: `2026-06-${day}T08:00:00Z` })
    }
    const first = (await ana.get(`${VITALS}?limit=2`)).body
    const second = (await ana.get(`${VITALS}?limit=2&cursor=${first.next_cursor}`)).body
    const seen = [...first.items, ...second.items].map((item: { timestamp: string }) => item.timestamp.slice(8, 10))
    assert.deepEqual([seen, second.next_cursor], [['04', '03', '02', '01'], null])
    assert.equal(first.items[0].diastolic, 80)
    assert.equal((await ana.get(`${VITALS}?vital_sign_type=heart_rate`)).body.items.length, 1)
    assert.equal((await ana.get(`${VITALS}?type=blood_pressure&from=2026-06-03&to=2026-06-03`)).body.items.length, 1)
    assert.equal((await ana.get(`${VITALS}?page=1&size=3`)).body.total, 4)
    assert.equal((await ana.get(`${VITALS}?type=aura`)).status, 422)
  })

  test('the summary holds the newest of each kind, what is missing and the worst level', async () => {
    await record('heart-rate', { heart_rate: 72, timestamp: '2026-06-01T08:00:00Z' })
    await record('heart-rate', { heart_rate: 135, timestamp: '2026-06-02T08:00:00Z' })
    await record('oxygen-saturation', { oxygen_saturation: 98 })
    const summary = (await ana.get(`${VITALS}/summary/recent`)).body
    assert.deepEqual([summary.vitals.length, summary.worst_level], [2, 3])
    assert.ok(summary.not_recorded.includes('blood_pressure'))
  })

  test('a trend of a vital sign has one line a number, and says when there is too little', async () => {
    await record('blood-pressure', { systolic: 120, diastolic: 80 })
    const { trends } = (await ana.get(`${VITALS}/trends/blood_pressure`)).body
    assert.deepEqual(
      trends.map((trend: { metric_type: string; direction: string }) => [trend.metric_type, trend.direction]),
      [
        ['blood_pressure_systolic', 'not-enough-data'],
        ['blood_pressure_diastolic', 'not-enough-data'],
        ['heart_rate', 'not-enough-data'],
      ],
    )
    assert.equal((await ana.get(`${VITALS}/trends/aura`)).status, 422)
  })
})
