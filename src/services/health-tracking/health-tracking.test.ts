import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { PlatformError } from '../../kernel/errors.ts'
import type { Context } from '../../kernel/service.ts'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { healthTracking } from './contract.ts'
import { demo } from './demo.ts'
import { factsOf, personAt } from './handlers/facts.ts'

const METRICS = '/api/v1/metrics'
const { operations } = healthTracking

describe('health-tracking: whose data it is', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(() => platform.close())

  /** One of everything, by the address it is read at. */
  async function everythingOf(person: TestPerson): Promise<string[]> {
    const make = async (path: string, body: object) => {
      const made = await person.post(path, body)
      assert.equal(made.status, 201, made.text)
      return `${path.replace('/heart-rate', '')}/${made.body.id}`
    }
    return [
      await make(METRICS, { metric_type: 'weight', value: 70 }),
      await make('/api/v1/vitals/heart-rate', { heart_rate: 66 }),
      await make('/api/v1/symptoms', { symptom_name: 'Cough', symptom_category: 'respiratory', severity: 'mild' }),
      await make('/api/v1/goals', { title: 'Walk', metric_type: 'steps', target_value: 8000 }),
      await make('/api/v1/alerts', { alert_type: 'other', title: 'x', message: 'y' }),
      await make('/api/v1/alert-rules', { metric_type: 'weight', comparison: 'above', threshold: 80 }),
    ]
  }

  test('what one person keeps is 404 for every verb of another, and nothing happens to it', async () => {
    const mine = await everythingOf(ana)
    for (const path of mine) {
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
        const answer = await ben.request(
          method,
          path,
          method === 'GET' || method === 'DELETE' ? {} : { body: { notes: null } },
        )
        assert.ok([404, 422].includes(answer.status), `${method} ${path} ${answer.status}`)
        const asked = await ben.request(
          method,
          `${path}?profile_id=${ana.accountId}`,
          method === 'GET' || method === 'DELETE' ? {} : { body: {} },
        )
        assert.equal(asked.status, 404, `${method} ${path}`)
      }
      assert.equal((await ben.get(path)).status, 404)
      assert.equal((await ana.get(path)).status, 200, path)
    }
    for (const list of ['metrics', 'vitals', 'symptoms', 'goals', 'alerts']) {
      assert.deepEqual((await ben.get(`/api/v1/${list}`)).body.items, [], list)
    }
    assert.equal((await ben.get(`${METRICS}/export`)).text.split('\r\n').length, 2)
    assert.equal((await ben.post(`${mine[4]}/acknowledge`)).status, 404)
    assert.equal((await ben.post(`${mine[3]}/complete`)).status, 404)
  })

  test('while the profile is away readings are kept, and no level is given', async () => {
    const away = { personId: ana.accountId, call: () => Promise.reject(new PlatformError('unavailable', 'away')) }
    const facts = await factsOf(away as unknown as Context)
    assert.deepEqual([facts.isReachable, facts.zone, personAt(facts, new Date())], [false, 'UTC', undefined])
    const broken = { ...away, call: () => Promise.reject(new PlatformError('internal', 'broken')) }
    await assert.rejects(factsOf(broken as unknown as Context), /broken/)
  })

  test('nothing is answered without a credential', async () => {
    for (const [method, path] of [
      ['POST', METRICS],
      ['GET', METRICS],
      ['GET', `${METRICS}/export`],
      ['POST', '/api/v1/vitals/heart-rate'],
      ['GET', '/api/v1/symptoms'],
      ['GET', '/api/v1/goals'],
      ['GET', '/api/v1/alert-rules'],
      ['GET', '/api/v1/dashboard/summary'],
    ] as const) {
      assert.equal((await platform.request(method, path, method === 'POST' ? { body: {} } : {})).status, 401, path)
    }
  })

  test('403 for a key without the scope', async () => {
    const key = await ana.post('/api/v1/auth/api-keys', { name: 'wellness only', scopes: ['wellness:read'] })
    assert.equal(key.status, 201, key.text)
    const headers = { 'x-api-key': (key.body.key ?? key.body.api_key) as string }
    assert.equal((await platform.request('GET', METRICS, { headers })).status, 403)
    assert.equal(
      (await platform.request('POST', METRICS, { headers, body: { metric_type: 'mood', value: 5 } })).status,
      403,
    )
  })

  test('a family profile has its own record, with its own age and zone', async () => {
    const child = await ana.post('/api/v1/profiles', {
      display_name: 'Mia',
      relationship: 'child',
      date_of_birth: '2021-03-01',
    })
    assert.equal(child.status, 201, child.text)
    const at = `profile_id=${child.body.id}`
    const made = await ana.post(`${METRICS}?${at}`, { metric_type: 'heart_rate', value: 190 })
    assert.deepEqual([made.status, made.body.user_id], [201, child.body.id])
    assert.deepEqual((await ana.get(`/api/v1/alerts?${at}`)).body.items, [])
    const vital = (await ana.get(`/api/v1/vitals/${made.body.id}?${at}`)).body
    assert.equal(vital.assessment.reason, 'age-outside-rule')
    assert.equal((await ana.get(`${METRICS}/${made.body.id}`)).status, 404)
    assert.equal((await ben.get(`${METRICS}?${at}`)).status, 404)
    assert.equal((await ana.get(`${METRICS}/export?${at}`)).text.split('\r\n').length, 3)
    const board = (await ana.get(`/api/v1/dashboard/summary?${at}`)).body
    assert.deepEqual([board.metrics.length, board.goals, board.left_out], [1, null, ['goals', 'symptoms']])
  })

  test('the export streams every row, in order, safe for spreadsheets, as CSV and JSON', async () => {
    const cleo = await platform.person('cleo')
    const items = Array.from({ length: 1000 }, (_, index) => ({
      metric_type: 'steps',
      value: index,
      timestamp: new Date(Date.parse('2026-01-01T00:00:00Z') + index * 3_600_000).toISOString(),
    }))
    await cleo.post(`${METRICS}/batch`, { items })
    await cleo.post(`${METRICS}/batch`, { items: items.map((item) => ({ ...item, source: 'watch' })) })
    await cleo.post(METRICS, { metric_type: 'weight', value: 70, notes: '=HYPERLINK("http://x","y"), "quoted"\nline' })
    const csv = await cleo.get(`${METRICS}/export?format=csv`)
    assert.match(String(csv.headers['content-type']), /^text\/csv/)
    assert.match(String(csv.headers['content-disposition']), /metrics\.csv/)
    assert.equal(csv.text.split('\r\n').length, 2003)
    assert.ok(csv.text.includes(`"'=HYPERLINK(""http://x"",""y""), ""quoted""\nline"`))
    const json = await cleo.get(`${METRICS}/export?format=json`)
    assert.equal(json.body.length, 2001)
    const times = json.body.map((row: { timestamp: string }) => row.timestamp)
    assert.deepEqual(times, [...times].sort())
    assert.equal(new Set(json.body.map((row: { id: string }) => row.id)).size, 2001)
    assert.equal((await cleo.get(`${METRICS}/export?format=json&metric_type=weight`)).body.length, 1)
    assert.equal((await cleo.get(`${METRICS}/export?format=json&from=2026-01-01&to=2026-01-01`)).body.length, 48)
    assert.equal((await cleo.get(`/health-tracking${METRICS}/export?format=json&metric_type=mood`)).text, '[]')
  })

  for (const query of ['format=xml', 'metric_type=aura', 'from=soon', 'from=2026-02-02&to=2026-02-01', 'colour=red']) {
    test(`an export is refused with 422 for ${query}`, async () => {
      assert.equal((await ana.get(`${METRICS}/export?${query}`)).status, 422)
    })
  }

  test('other services read the latest values and a series; nobody else does', async () => {
    const dora = await platform.person('dora')
    for (const [value, day] of [
      [70, '10'],
      [72, '10'],
      [69, '12'],
    ] as const) {
      await dora.post(METRICS, { metric_type: 'weight', value, timestamp: `2026-06-${day}T0${value - 65}:00:00Z` })
    }
    const { items } = await platform.call(operations.latest, { metric_types: ['weight', 'steps'] }, dora.accountId)
    assert.deepEqual(
      items.map((item) => [item.metric_type, item.value]),
      [['weight', 69]],
    )
    const series = await platform.call(
      operations.series,
      { metric_type: 'weight', days: 30, resolution: 'day' },
      dora.accountId,
    )
    assert.deepEqual(series.points, [
      { at: '2026-06-10', value: 71, n: 2 },
      { at: '2026-06-12', value: 69, n: 1 },
    ])
    const raw = await platform.call(
      operations.series,
      { metric_type: 'weight', days: 30, resolution: 'raw', limit: 2 },
      dora.accountId,
    )
    assert.deepEqual(
      raw.points.map((point) => point.value),
      [72, 69],
    )
    assert.equal((await platform.call(operations.latest, { metric_types: ['weight'] }, ben.accountId)).items.length, 0)
  })

  test('a measurement is announced with its canonical value and its person', async () => {
    const eve = await platform.person('eve')
    const { id } = (await eve.post(METRICS, { metric_type: 'weight', value: 150, unit: 'lbs', source: 'scale' })).body
    const events = await platform.eventsOf(healthTracking.events.measurementRecorded)
    const own = events.filter((data) => data.user_id === eve.accountId)
    assert.deepEqual(own, [
      {
        user_id: eve.accountId,
        measurement_id: id,
        metric_type: 'weight',
        value: 68.0388555,
        unit: 'kg',
        time: platform.clock.now().toISOString(),
        source: 'scale',
      },
    ])
  })

  test('hostile bodies store nothing, and every 422 names a field', async () => {
    const person = await platform.person('hostile')
    const value = fc.oneof(
      fc.double(),
      fc.string({ unit: 'binary' }),
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.array(fc.integer()),
      fc.dictionary(fc.string(), fc.string()),
    )
    const body = fc.record(
      {
        metric_type: fc.oneof(fc.constantFrom('weight', 'heart_rate', 'custom', '__proto__', 'constructor'), value),
        value: fc.oneof(fc.constantFrom(-1e308, 1e308, -0.0001, 1e12, 5e-324), value),
        unit: fc.oneof(fc.constantFrom('kg', 'bpm', "'; drop table measurement; --"), value),
        timestamp: fc.oneof(fc.constantFrom('9999-12-31T23:59:59Z', '0000-00-00', '2026-06-15T24:00:00Z'), value),
        metric_metadata: value,
        extra: value,
      },
      { requiredKeys: ['extra'] },
    )
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.constantFrom(
          METRICS,
          '/api/v1/goals',
          '/api/v1/symptoms',
          '/api/v1/vitals/heart-rate',
          '/api/v1/alert-rules',
        ),
        async (given, path) => {
          const answer = await person.post(path, given)
          assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${answer.text}`)
          if (answer.status === 422) assert.ok(answer.body.errors.length > 0, answer.text)
        },
      ),
      { numRuns: 200 },
    )
    for (const table of ['measurement', 'goal', 'symptom', 'alert', 'alert_rule']) {
      assert.deepEqual(
        await platform.rows(`select 1 from health_tracking.${table} where user_id = $1`, [person.accountId]),
        [],
      )
    }
  })

  test('any finite value of any metric is stored as given or refused with its limits, never clamped', async () => {
    const person = await platform.person('numbers')
    let minute = 0
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('weight', 'heart_rate', 'temperature', 'steps', 'mood'),
        fc.double({ min: -1000, max: 1e6, noNaN: true }),
        async (metric_type, value) => {
          minute += 1
          const timestamp = new Date(Date.parse('2026-01-01T00:00:00Z') + minute * 60_000).toISOString()
          const answer = await person.post(METRICS, { metric_type, value, timestamp })
          if (answer.status === 201) assert.equal(answer.body.value, value === 0 ? 0 : value)
          else assert.match(answer.body.detail, /^value: is outside what is possible/)
        },
      ),
      { numRuns: 120 },
    )
  })

  test('the demo household has months of data, the same each time', async () => {
    const seeded = async () => {
      const person = await platform.person('demo')
      const context = platform.platformOf('health-tracking').systemContext('health-tracking', person.accountId)
      const who = {
        personId: person.accountId,
        accountId: person.accountId,
        key: 'ravi',
        displayName: 'Ravi (demo)',
        birthDate: '1951-06-30',
        sexAtBirth: 'male' as const,
        heightCm: 170,
        weightKg: 77,
        seed: 5,
        today: '2026-06-15',
      }
      const rows = await demo.seed(context, who)
      const stored = await platform.rows(
        'select metric_type, value, at from health_tracking.measurement where user_id = $1 order by at, metric_type',
        [person.accountId],
      )
      return { person, rows, stored }
    }
    const [first, second] = [await seeded(), await seeded()]
    assert.ok(first.stored.length > 600)
    assert.deepEqual([first.rows, first.stored], [second.rows, second.stored])
    const { correlations } = (await first.person.get('/api/v1/analytics/correlations')).body
    assert.ok(correlations.length > 0)
    assert.ok((await first.person.get('/api/v1/vitals?type=blood_pressure')).body.items[0].diastolic > 40)
  })

  test('export gives everything and erasure leaves nothing', async () => {
    const finn = await platform.person('finn')
    await everythingOf(finn)
    await finn.post(METRICS, { metric_type: 'oxygen_saturation', value: 85 })
    const exported = (await platform.exportAll(finn.accountId))['health-tracking'] ?? {}
    const counts = Object.fromEntries(Object.entries(exported).map(([name, rows]) => [name, rows.length]))
    assert.deepEqual(counts, {
      measurements: 3,
      symptoms: 1,
      goals: 1,
      alerts: 2,
      alert_rules: 1,
      alert_rule_switches: 0,
      alert_states: 1,
    })
    const receipt = await platform.erase(finn.accountId)
    assert.equal(receipt['health-tracking.measurement'], 3)
    for (const table of ['measurement', 'symptom', 'goal', 'alert', 'alert_rule', 'alert_rule_switch', 'alert_state']) {
      assert.deepEqual(
        await platform.rows(`select 1 from health_tracking.${table} where user_id = $1`, [finn.accountId]),
        [],
        table,
      )
    }
  })
})
