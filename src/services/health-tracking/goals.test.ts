import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { healthTracking } from './contract.ts'

const GOALS = '/api/v1/goals'
const SYMPTOMS = '/api/v1/symptoms'

describe('health-tracking: goals and symptoms', () => {
  let platform: TestPlatform
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())
  beforeEach(async () => {
    ana = await platform.person('ana')
  })

  async function record(metric_type: string, value: number, timestamp: string, more: object = {}) {
    const made = await ana.post('/api/v1/metrics', { metric_type, value, timestamp, ...more })
    assert.equal(made.status, 201, made.text)
  }
  async function goal(body: object) {
    const made = await ana.post(GOALS, { title: 'A goal', ...body })
    assert.equal(made.status, 201, made.text)
    return made.body
  }
  const progress = async (id: string) => (await ana.get(`${GOALS}/progress/${id}`)).body

  for (const goal_type of ['target', 'improvement', 'reduction'] as const) {
    test(`D3: a ${goal_type} goal from 90 to 80 kg stands at 50 % at 85 kg, in either unit`, async () => {
      await record('weight', 90, '2026-06-01T07:00:00Z')
      const made = await goal({
        metric_type: 'weight',
        goal_type,
        target_value: 80,
        unit: 'kg',
        start_date: '2026-06-01',
      })
      await record('weight', 187.39, '2026-06-10T07:00:00Z', { unit: 'lbs' })
      const now = await progress(made.id)
      assert.ok(Math.abs(now.progress_percent - 50) < 0.1, JSON.stringify(now))
      assert.deepEqual([now.baseline_value, now.is_reached, now.status], [90, false, 'known'])
      const inPounds = await goal({
        metric_type: 'weight',
        goal_type,
        target_value: 176.37,
        unit: 'lbs',
        start_date: '2026-06-01',
      })
      assert.ok(Math.abs(inPounds.progress - 50) < 0.1)
      assert.ok(Math.abs(inPounds.current_value - 187.39) < 0.01)
    })
  }

  test('D3: a maintenance goal counts the days that kept the value', async () => {
    for (const [day, value] of [
      ['10', 70],
      ['11', 70.5],
      ['12', 75],
      ['13', 69.8],
    ] as const) {
      await record('weight', value, `2026-06-${day}T07:00:00Z`)
    }
    const made = await goal({
      metric_type: 'weight',
      goal_type: 'maintenance',
      target_value: 70,
      tolerance: 1,
      unit: 'kg',
      start_date: '2026-06-10',
    })
    assert.deepEqual([made.progress, made.progress_detail.periods_met, made.progress_detail.is_reached], [75, 3, true])
  })

  test('steps of a local day add up in the person’s zone, the larger of two sources counting', async () => {
    assert.equal((await ana.put('/api/v1/profile', { timezone: 'Asia/Kolkata' })).status, 200)
    const made = await goal({ metric_type: 'steps', target_value: 8000, start_date: '2026-06-13' })
    assert.equal(made.frequency, 'daily')
    // 20:00 UTC is 01:30 of the next day in Kolkata; the clock stands at 17:30 of the 15th there.
    await record('steps', 5000, '2026-06-13T20:00:00Z', { source: 'phone' })
    await record('steps', 4000, '2026-06-14T10:00:00Z', { source: 'phone' })
    await record('steps', 7000, '2026-06-14T11:00:00Z', { source: 'watch' })
    await record('steps', 2000, '2026-06-15T01:00:00Z', { source: 'phone' })
    const now = await progress(made.id)
    assert.deepEqual([now.current_value, now.progress_percent, now.periods_met, now.periods_counted], [2000, 25, 1, 1])
    assert.equal(now.basis.time_zone, 'Asia/Kolkata')
  })

  test('without measurements the progress is "not enough data", never 0', async () => {
    const made = await goal({ metric_type: 'weight', target_value: 80, unit: 'kg' })
    assert.deepEqual([made.progress, made.progress_detail.status], [null, 'not-enough-data'])
    await record('weight', 90, '2026-06-15T08:00:00Z')
    assert.deepEqual(
      [(await progress(made.id)).status, (await progress(made.id)).progress_percent],
      ['not-enough-data', null],
    )
  })

  test('a goal is paused, resumed, completed once and announced', async () => {
    const made = await goal({ metric_type: 'steps', target_value: 8000 })
    const url = `${GOALS}/${made.id}`
    assert.equal((await ana.put(url, { status: 'paused' })).body.status, 'paused')
    assert.equal((await ana.put(url, { status: 'active', target_value: 9000 })).body.target_value, 9000)
    const done = await ana.post(`${url}/complete`)
    assert.deepEqual([done.status, done.body.status, typeof done.body.completed_at], [200, 'completed', 'string'])
    assert.equal((await ana.post(`${url}/complete`)).status, 200)
    const events = await platform.eventsOf(healthTracking.events.goalCompleted)
    assert.equal(events.filter((data) => data.goal_id === made.id).length, 1)
    const cancelled = await goal({ metric_type: 'steps', target_value: 8000 })
    await ana.put(`${GOALS}/${cancelled.id}`, { status: 'cancelled' })
    assert.equal((await ana.post(`${GOALS}/${cancelled.id}/complete`)).status, 409)
  })

  test('goals are listed with their progress, filtered and paged; 404 and 412 as elsewhere', async () => {
    for (let index = 0; index < 3; index += 1) await goal({ metric_type: 'steps', target_value: 8000 + index })
    const weight = await goal({ metric_type: 'weight', target_value: 70 })
    const first = (await ana.get(`${GOALS}?limit=3`)).body
    const second = (await ana.get(`${GOALS}?limit=3&cursor=${first.next_cursor}`)).body
    assert.deepEqual([first.items.length, second.items.length, second.next_cursor], [3, 1, null])
    assert.equal((await ana.get(`${GOALS}?metric_type=weight&status=active&goal_type=target`)).body.items.length, 1)
    assert.equal((await ana.get(`${GOALS}?page=2&size=3`)).body.total, 4)
    const url = `${GOALS}/${weight.id}`
    assert.equal((await ana.request('PUT', url, { body: { title: 'x' }, headers: { 'if-match': '"7"' } })).status, 412)
    assert.equal((await ana.request('DELETE', url, { headers: { 'if-match': '"7"' } })).status, 412)
    assert.equal((await ana.delete(url)).status, 204)
    for (const answer of [
      await ana.get(url),
      await ana.put(url, { title: 'x' }),
      await ana.delete(url),
      await ana.post(`${url}/complete`),
      await ana.get(`${GOALS}/progress/${weight.id}`),
    ]) {
      assert.equal(answer.status, 404)
    }
    assert.equal((await ana.get(`${GOALS}/types/list`)).body.goal_types.length, 4)
  })

  for (const [body, field] of [
    [{ metric_type: 'weight' }, 'target_value'],
    [{ metric_type: 'weight', target_value: 9000 }, 'target_value'],
    [{ metric_type: 'weight', target_value: 70, unit: 'bpm' }, 'unit'],
    [{ metric_type: 'steps', target_value: -1 }, 'target_value'],
    [{ metric_type: 'steps', target_value: 5000, unit: 'kg' }, 'unit'],
    [{ metric_type: 'weight', target_value: 70, goal_type: 'hope' }, 'goal_type'],
    [{ metric_type: 'weight', target_value: 70, start_date: '2026-02-30' }, 'start_date'],
    [{ metric_type: 'weight', target_value: 70, start_date: '2026-06-10', target_date: '2026-06-01' }, 'target_date'],
    [{ metric_type: 'weight', target_value: 70, target_date: '2026-02-30' }, 'target_date'],
    [{ metric_type: 'weight', target_value: 70, start_date: '2020-01-01', target_date: '2021-01-01' }, 'target_date'],
    [{ metric_type: 'custom', target_value: 70 }, 'metric_type'],
    [{ metric_type: 'weight', target_value: 70, tolerance: 0 }, 'tolerance'],
    [{ metric_type: 'weight', target_value: 70, title: '' }, 'title'],
  ] as const) {
    test(`a goal ${JSON.stringify(body)} is refused at ${field}, and nothing is stored`, async () => {
      const answer = await ana.post(GOALS, { title: 'A goal', ...body })
      assert.equal(answer.status, 422, answer.text)
      assert.match(answer.text, new RegExp(`"field":"${field}"`))
      assert.deepEqual((await ana.get(GOALS)).body.items, [])
    })
  }

  test('a weekly sum may lie beyond what one entry holds', async () => {
    assert.equal(
      (await goal({ metric_type: 'steps', target_value: 400_000, frequency: 'monthly' })).target_value,
      400_000,
    )
  })

  test('a symptom keeps all its words; level and word give each other', async () => {
    const body = {
      symptom_name: 'Headache',
      symptom_category: 'neurological',
      severity_level: 7,
      description: 'behind the eyes',
      frequency: 'occasionally',
      frequency_count: 2,
      frequency_period: 'per week',
      duration: 'episodic',
      duration_hours: 3,
      start_time: '2026-06-14T08:00:00Z',
      end_time: '2026-06-14T11:00:00Z',
      body_location: 'head',
      body_side: 'left',
      triggers: ['stress', 'sleep_deprivation'],
      medications_taken: ['paracetamol'],
      sleep_impact: 'mild',
      requires_medical_attention: false,
      medical_attention_urgency: 'none',
      symptom_metadata: { diary: 1 },
    }
    const made = await ana.post(SYMPTOMS, body)
    assert.equal(made.status, 201, made.text)
    assert.deepEqual([made.body.severity, made.body.severity_ordinal], ['severe', 3])
    for (const [field, value] of Object.entries(body)) {
      const seen = made.body[field]
      assert.deepEqual(
        field.endsWith('_time') ? Date.parse(seen) : seen,
        field.endsWith('_time') ? Date.parse(String(value)) : value,
        field,
      )
    }
    assert.deepEqual((await ana.get(`${SYMPTOMS}/${made.body.id}`)).body, made.body)
    const word = await ana.post('/api/v1/symptoms/journal', {
      symptom_name: 'Cough',
      symptom_category: 'respiratory',
      severity: 'mild',
    })
    assert.deepEqual([word.status, word.body.severity_level, word.body.severity_ordinal], [201, null, 1])
    const events = await platform.eventsOf(healthTracking.events.symptomLogged)
    assert.equal(events.filter((data) => data.user_id === ana.accountId).length, 2)
  })

  test('symptoms are corrected, filtered, paged and deleted', async () => {
    const made: string[] = []
    for (const [name, category, severity, day] of [
      ['Cough', 'respiratory', 'mild', '10'],
      ['Headache', 'neurological', 'severe', '11'],
      ['Cough', 'respiratory', 'moderate', '12'],
    ] as const) {
      const answer = await ana.post(SYMPTOMS, {
        symptom_name: name,
        symptom_category: category,
        severity,
        start_time: `2026-06-${day}T08:00:00Z`,
      })
      made.push(answer.body.id)
    }
    const count = async (query: string) => (await ana.get(`${SYMPTOMS}?${query}`)).body.items.length
    assert.deepEqual(
      [
        await count('symptom_category=respiratory'),
        await count('severity=severe'),
        await count('from=2026-06-11'),
        await count('to=2026-06-11'),
      ],
      [2, 1, 2, 2],
    )
    const first = (await ana.get(`/health-tracking/api/v1/symptoms/journal?limit=2`)).body
    assert.equal((await ana.get(`${SYMPTOMS}?limit=2&cursor=${first.next_cursor}`)).body.items[0].id, made[0])
    const url = `${SYMPTOMS}/${made[0]}`
    const put = await ana.put(url, { severity_level: 5, context: 'after a run', end_time: '2026-06-10T09:00:00Z' })
    assert.deepEqual([put.body.severity, put.body.context, put.body.version], ['moderate', 'after a run', 2])
    assert.equal((await ana.put(url, { end_time: null })).body.end_time, null)
    assert.equal((await ana.put(url, { end_time: '2026-06-09T09:00:00Z' })).status, 422)
    assert.equal(
      (await ana.request('PUT', url, { body: { context: 'x' }, headers: { 'if-match': '"1"' } })).status,
      412,
    )
    assert.equal((await ana.request('DELETE', url, { headers: { 'if-match': '"1"' } })).status, 412)
    assert.equal((await ana.delete(url)).status, 204)
    for (const answer of [await ana.get(url), await ana.put(url, { context: 'x' }), await ana.delete(url)]) {
      assert.equal(answer.status, 404)
    }
    const words = (await ana.get(`${SYMPTOMS}/categories/list`)).body
    assert.deepEqual([words.categories.length, words.triggers.length, words.severities.length], [20, 21, 4])
  })

  for (const [body, field] of [
    [{ symptom_category: 'pain', severity: 'mild' }, 'symptom_name'],
    [{ symptom_name: 'x', symptom_category: 'aura', severity: 'mild' }, 'symptom_category'],
    [{ symptom_name: 'x', symptom_category: 'pain' }, 'severity'],
    [{ symptom_name: 'x', symptom_category: 'pain', severity: 'mild', severity_level: 9 }, 'severity_level'],
    [{ symptom_name: 'x', symptom_category: 'pain', severity_level: 11 }, 'severity_level'],
    [{ symptom_name: 'x'.repeat(201), symptom_category: 'pain', severity: 'mild' }, 'symptom_name'],
    [
      { symptom_name: 'x', symptom_category: 'pain', severity: 'mild', start_time: '2027-01-01T00:00:00Z' },
      'start_time',
    ],
    [
      {
        symptom_name: 'x',
        symptom_category: 'pain',
        severity: 'mild',
        start_time: '2026-06-02',
        end_time: '2026-06-01',
      },
      'end_time',
    ],
    [
      { symptom_name: 'x', symptom_category: 'pain', severity: 'mild', medical_attention_date: '2026-02-30' },
      'medical_attention_date',
    ],
    [{ symptom_name: 'x', symptom_category: 'pain', severity: 'mild', triggers: ['moon'] }, 'triggers.0'],
  ] as const) {
    test(`a symptom is refused at ${field} for ${JSON.stringify(body).slice(0, 90)}`, async () => {
      const answer = await ana.post(SYMPTOMS, body)
      assert.equal(answer.status, 422, answer.text)
      assert.match(answer.text, new RegExp(`"field":"${field}"`))
      assert.deepEqual((await ana.get(SYMPTOMS)).body.items, [])
    })
  }
})
