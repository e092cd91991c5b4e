import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { ALERT_TYPES } from './contract/alerts.ts'
import { healthTracking } from './contract.ts'

const ALERTS = '/api/v1/alerts'
const RULES = '/api/v1/alert-rules'

describe('health-tracking: alerts', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let minute = 0

  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())
  beforeEach(async () => {
    ana = await platform.person('ana')
    minute = 0
  })

  /** Each reading is a minute later than the one before. */
  async function record(metric_type: string, value: number, more: object = {}) {
    minute += 1
    const timestamp = new Date(platform.clock.now().getTime() - 3_600_000 + minute * 60_000).toISOString()
    const made = await ana.post('/api/v1/metrics', { metric_type, value, timestamp, ...more })
    assert.equal(made.status, 201, made.text)
    return made.body
  }
  const alerts = async (query = '') => (await ana.get(`${ALERTS}${query}`)).body.items
  const states = async () => (await alerts()).map((alert: { state: string }) => alert.state)

  test('D2: an SpO2 of 98 % raises nothing, 89 % raises an alert with its reading, rule and source', async () => {
    await record('oxygen_saturation', 98)
    assert.deepEqual(await alerts(), [])
    const low = await record('oxygen_saturation', 89)
    const [alert] = await alerts()
    assert.deepEqual(
      [alert.alert_type, alert.severity, alert.severity_level, alert.state, alert.status],
      ['vital_sign_anomaly', 'critical', 4, 'raised', 'active'],
    )
    assert.deepEqual([alert.reading.metric_id, alert.reading.value], [low.id, 89])
    assert.deepEqual([alert.rule.threshold, alert.rule.comparison, alert.rule.kind], [90, 'below', 'default'])
    assert.match(alert.rule.source, /oxygen-saturation-adult 1\.0\.0/)
    assert.deepEqual((await ana.get(`${ALERTS}/${alert.id}`)).body, alert)
    const events = await platform.eventsOf(healthTracking.events.alertRaised)
    const own = events.filter((data) => data.user_id === ana.accountId)
    assert.deepEqual(
      own.map((data) => [data.alert_id, data.measurement_id, data.severity]),
      [[alert.id, low.id, 4]],
    )
  })

  test('values at the edge do not flap: one alert, cleared by 92 %, then a second one', async () => {
    for (const value of [89, 90, 89, 91, 88]) await record('oxygen_saturation', value)
    assert.deepEqual(await states(), ['raised'])
    await record('oxygen_saturation', 92)
    const [cleared] = await alerts()
    assert.deepEqual([cleared.state, cleared.cleared_because], ['cleared', 'a reading gave the all-clear'])
    await record('oxygen_saturation', 89)
    assert.deepEqual(await states(), ['raised', 'cleared'])
    assert.equal((await alerts('?state=raised')).length, 1)
    assert.equal((await alerts('?status=resolved')).length, 1)
  })

  test('a vital sign raises alerts as a metric does, in the transaction of the reading', async () => {
    const made = await ana.post('/api/v1/vitals/blood-pressure', { systolic: 190, diastolic: 125 })
    assert.equal(made.status, 201)
    assert.equal((await alerts()).length, 2)
  })

  test('a reading of a device is judged as one of a hand, once however often it is announced; old ones raise nothing', async () => {
    const at = (minutes: number) => new Date(platform.clock.now().getTime() - minutes * 60_000).toISOString()
    const send = async (value: number, minutes: number, more: object = {}) => {
      const point = { data_type: 'oxygen_saturation', value, timestamp: at(minutes), source: 'device_sync', ...more }
      const made = await ana.post('/api/v1/data/points', point)
      assert.ok(made.status < 300, made.text)
      await platform.settle()
    }
    await send(85, 5000)
    assert.deepEqual(await states(), [])
    await send(88, 30)
    await send(88, 30)
    const [alert, ...others] = await alerts()
    assert.deepEqual([alert.state, alert.reading.value, others.length], ['raised', 88, 0])
    await send(97, 10)
    assert.deepEqual(await states(), ['cleared'])
  })

  test('a batch raises what its last reading leaves raised, and clears what it cleared on the way', async () => {
    const at = (minutes: number) => new Date(platform.clock.now().getTime() - minutes * 60_000).toISOString()
    const items = [85, 95, 84].map((value, index) => ({
      metric_type: 'oxygen_saturation',
      value,
      timestamp: at(30 - index),
    }))
    assert.equal((await ana.post('/api/v1/metrics/batch', { items })).status, 201)
    assert.deepEqual((await states()).sort(), ['cleared', 'raised'])
    const events = await platform.eventsOf(healthTracking.events.alertRaised)
    assert.equal(events.filter((data) => data.user_id === ana.accountId).length, 1)
  })

  test('a correction or deletion of the reading takes its alert along', async () => {
    const typo = await record('oxygen_saturation', 80)
    assert.equal((await ana.put(`/api/v1/metrics/${typo.id}`, { value: 98 })).status, 200)
    const [alert] = await alerts()
    assert.deepEqual(
      [alert.state, alert.cleared_because, alert.reading.value],
      ['cleared', 'the reading was corrected', 98],
    )
    const low = await record('oxygen_saturation', 85)
    assert.equal((await alerts('?state=raised')).length, 1)
    assert.equal((await ana.delete(`/api/v1/metrics/${low.id}`)).status, 204)
    const [deleted] = await alerts()
    assert.deepEqual(
      [deleted.state, deleted.cleared_because, deleted.reading],
      ['cleared', 'the reading was deleted', null],
    )
  })

  test('a correction to a dangerous value raises, one back to safety after another alert clears', async () => {
    const reading = await record('oxygen_saturation', 98)
    assert.equal((await ana.put(`/api/v1/metrics/${reading.id}`, { value: 85 })).status, 200)
    assert.deepEqual(await states(), ['raised'])
    const second = await record('oxygen_saturation', 86)
    assert.equal((await ana.put(`/api/v1/metrics/${second.id}`, { value: 97 })).status, 200)
    assert.deepEqual(await states(), ['cleared'])
  })

  test('readings of long ago and heart rates in exercise raise nothing', async () => {
    await record('oxygen_saturation', 80, { timestamp: '2026-06-01T08:00:00Z' })
    await record('heart_rate', 190, { metric_metadata: { activity: 'exercise' } })
    assert.deepEqual(await alerts(), [])
    await record('heart_rate', 190)
    assert.equal((await alerts()).length, 1)
  })

  test('the rules for adults are not held against a child', async () => {
    assert.equal((await ana.put('/api/v1/profile', { date_of_birth: '2021-01-01' })).status, 200)
    await record('heart_rate', 190)
    assert.deepEqual(await alerts(), [])
    await record('blood_glucose', 45)
    assert.equal((await alerts()).length, 1)
  })

  test('a default rule can be switched off and on, changed in nothing else, and not deleted', async () => {
    const { items } = (await ana.get(`${RULES}?metric_type=oxygen_saturation`)).body
    assert.deepEqual(
      items.map((rule: { kind: string; is_active: boolean }) => [rule.kind, rule.is_active]),
      [['default', true]],
    )
    const url = `${RULES}/${items[0].id}`
    await record('oxygen_saturation', 85)
    const off = await ana.put(url, { is_active: false })
    assert.deepEqual([off.status, off.body.is_active], [200, false])
    assert.deepEqual(await states(), ['cleared'])
    await record('oxygen_saturation', 84)
    assert.deepEqual(await states(), ['cleared'])
    assert.equal((await ana.put(url, { threshold: 80 })).status, 409)
    assert.equal((await ana.delete(url)).status, 409)
    assert.equal(
      (await ana.request('PUT', url, { body: { is_active: true }, headers: { 'if-match': '"1"' } })).status,
      412,
    )
    assert.equal((await ana.put(url, { is_active: true })).body.is_active, true)
    await record('oxygen_saturation', 83)
    assert.deepEqual(await states(), ['raised', 'cleared'])
  })

  test('an own rule watches in its unit, after as many readings in a row as it says', async () => {
    const made = await ana.post(RULES, {
      metric_type: 'weight',
      comparison: 'above',
      threshold: 180,
      unit: 'lbs',
      clear_threshold: 175,
      consecutive: 2,
      severity: 'high',
      name: 'Too heavy',
    })
    assert.equal(made.status, 201, made.text)
    assert.deepEqual([made.body.kind, made.body.severity_level, made.body.source], ['own', 3, 'Set by the person'])
    await record('weight', 82)
    assert.deepEqual(await alerts(), [])
    await record('weight', 83)
    const [alert] = await alerts()
    assert.deepEqual([alert.severity, alert.title], ['high', 'Weight above 180 lbs'])
    await record('weight', 79)
    assert.deepEqual(await states(), ['cleared'])
  })

  test('changing or deleting an own rule clears its alert and lets it start anew', async () => {
    const { id } = (await ana.post(RULES, { metric_type: 'mood', comparison: 'below', threshold: 3, severity: 'low' }))
      .body
    await record('mood', 2)
    assert.deepEqual(await states(), ['raised'])
    const changed = await ana.put(`${RULES}/${id}`, { threshold: 2 })
    assert.deepEqual([changed.status, changed.body.threshold, changed.body.version], [200, 2, 2])
    assert.deepEqual(await states(), ['cleared'])
    await record('mood', 1)
    assert.equal((await ana.delete(`${RULES}/${id}`)).status, 204)
    assert.deepEqual(await states(), ['cleared', 'cleared'])
    for (const answer of [
      await ana.get(`${RULES}/${id}`),
      await ana.delete(`${RULES}/${id}`),
      await ana.put(`${RULES}/${id}`, { is_active: true }),
    ]) {
      assert.equal(answer.status, 404)
    }
  })

  for (const [body, field] of [
    [{ metric_type: 'weight', comparison: 'above', threshold: 80, unit: 'bpm' }, 'unit'],
    [{ metric_type: 'weight', comparison: 'above', threshold: 9000 }, 'threshold'],
    [{ metric_type: 'weight', comparison: 'above', threshold: 80, clear_threshold: 81 }, 'clear_threshold'],
    [{ metric_type: 'weight', comparison: 'below', threshold: 80, clear_threshold: 80 }, 'clear_threshold'],
    [{ metric_type: 'weight', comparison: 'around', threshold: 80 }, 'comparison'],
    [{ metric_type: 'weight', comparison: 'above' }, 'threshold'],
    [{ metric_type: 'custom', comparison: 'above', threshold: 1 }, 'metric_type'],
    [{ metric_type: 'weight', comparison: 'above', threshold: 80, consecutive: 0 }, 'consecutive'],
    [{ metric_type: 'weight', comparison: 'above', threshold: 80, severity: 'dire' }, 'severity'],
  ] as const) {
    test(`a rule ${JSON.stringify(body)} is refused at ${field}`, async () => {
      const answer = await ana.post(RULES, body)
      assert.equal(answer.status, 422, answer.text)
      assert.match(answer.text, new RegExp(`"field":"${field}"`))
      assert.ok((await ana.get(RULES)).body.items.every((rule: { kind: string }) => rule.kind === 'default'))
    })
  }

  test('a person has at most a hundred own rules', async () => {
    await platform.rows(
      `insert into health_tracking.alert_rule select gen_random_uuid(), $1, 'r', 'mood', 'below', 1, 2, 'score', 1, 2, false, 1,
        1, true, now(), now(), 1 from generate_series(1, 100)`,
      [ana.accountId],
    )
    assert.equal((await ana.post(RULES, { metric_type: 'mood', comparison: 'below', threshold: 3 })).status, 409)
  })

  for (const alert_type of ALERT_TYPES) {
    test(`D3: an alert of the type ${alert_type} can be made`, async () => {
      const made = await ana.post(ALERTS, { alert_type, title: 'Look', message: 'Please', severity: 'medium' })
      assert.deepEqual(
        [made.status, made.body.alert_type, made.body.severity, made.body.state],
        [201, alert_type, 'medium', 'raised'],
      )
    })
  }

  test('an own alert is changed, acknowledged, cleared and deleted', async () => {
    const made = await ana.post(ALERTS, {
      alert_type: 'other',
      title: 'Drink',
      message: 'Water',
      scheduled_for: '2026-07-01T08:00:00Z',
      alert_metadata: { a: 1 },
    })
    const url = `${ALERTS}/${made.body.id}`
    const put = await ana.put(url, { title: 'Drink more', severity: 'emergency', expires_at: '2026-07-02T08:00:00Z' })
    assert.deepEqual([put.body.title, put.body.severity_level, put.body.version], ['Drink more', 5, 2])
    assert.equal((await ana.put(url, { expires_at: '2026-06-01T08:00:00Z' })).status, 422)
    assert.equal((await ana.request('PUT', url, { body: { title: 'x' }, headers: { 'if-match': '"1"' } })).status, 412)
    const seen = await ana.post(`${url}/acknowledge`)
    assert.deepEqual([seen.status, seen.body.state, seen.body.status], [200, 'acknowledged', 'acknowledged'])
    assert.equal(seen.body.acknowledged_by.account_id, ana.accountId)
    assert.equal((await ana.post(`${url}/acknowledge`)).status, 200)
    assert.equal((await ana.put(url, { state: 'cleared' })).body.cleared_because, 'the person cleared it')
    assert.equal((await ana.post(`${url}/acknowledge`)).status, 409)
    assert.equal((await ana.request('DELETE', url, { headers: { 'if-match': '"1"' } })).status, 412)
    assert.equal((await ana.delete(url)).status, 204)
    for (const answer of [
      await ana.get(url),
      await ana.delete(url),
      await ana.put(url, { title: 'x' }),
      await ana.post(`${url}/acknowledge`),
    ]) {
      assert.equal(answer.status, 404)
    }
  })

  test('of an alert that a rule raised only the state can be changed; acknowledged, it is not raised again', async () => {
    await record('oxygen_saturation', 85)
    const [alert] = await alerts()
    assert.equal((await ana.put(`${ALERTS}/${alert.id}`, { title: 'Fine' })).status, 409)
    assert.equal((await ana.post(`${ALERTS}/${alert.id}/acknowledge`)).status, 200)
    await record('oxygen_saturation', 84)
    assert.deepEqual(await states(), ['acknowledged'])
    await record('oxygen_saturation', 96)
    assert.deepEqual(await states(), ['cleared'])
  })

  for (const [body, field] of [
    [{ alert_type: 'aura', title: 'x', message: 'y' }, 'alert_type'],
    [{ alert_type: 'other', message: 'y' }, 'title'],
    [{ alert_type: 'other', title: 'x'.repeat(256), message: 'y' }, 'title'],
    [{ alert_type: 'other', title: 'x', message: 'y', scheduled_for: '2026-02-30T00:00:00Z' }, 'scheduled_for'],
    [{ alert_type: 'other', title: 'x', message: 'y', scheduled_for: '2019-02-20T00:00:00Z' }, 'scheduled_for'],
    [{ alert_type: 'other', title: 'x', message: 'y', expires_at: '2126-02-20T00:00:00Z' }, 'expires_at'],
    [{ alert_type: 'other', title: 'x', message: 'y', rule_id: 'x' }, 'rule_id'],
  ] as const) {
    test(`an alert is refused at ${field} for ${JSON.stringify(body).slice(0, 60)}`, async () => {
      const answer = await ana.post(ALERTS, body)
      assert.equal(answer.status, 422, answer.text)
      assert.match(answer.text, new RegExp(`"field":"${field}"`))
      assert.deepEqual(await alerts(), [])
    })
  }

  test('alerts page by cursor and filter by type and time', async () => {
    for (let index = 0; index < 5; index += 1) {
      await ana.post(ALERTS, { alert_type: index === 0 ? 'security' : 'other', title: `n${index}`, message: 'm' })
    }
    const first = (await ana.get(`${ALERTS}?limit=3`)).body
    const second = (await ana.get(`${ALERTS}?limit=3&cursor=${first.next_cursor}`)).body
    const titles = [...first.items, ...second.items].map((alert: { title: string }) => alert.title)
    assert.deepEqual([titles.sort(), second.next_cursor], [['n0', 'n1', 'n2', 'n3', 'n4'], null])
    assert.equal((await alerts('?alert_type=security')).length, 1)
    assert.equal((await alerts('?to=2026-01-01')).length, 0)
    assert.equal((await ana.get(`${ALERTS}?page=1&size=2`)).body.total, 5)
  })
})
