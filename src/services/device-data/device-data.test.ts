import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { deviceData } from './contract.ts'

const DEVICES = '/api/v1/devices'
const POINTS = '/api/v1/data/points'

describe('device-data', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(() => platform.close())

  async function device(person: TestPerson, more: object = {}) {
    const made = await person.post(DEVICES, { name: 'Watch', device_type: 'smartwatch', ...more })
    assert.equal(made.status, 201, made.text)
    return made.body
  }

  const at = (text: string) => new Date(Date.parse(`${text}Z`)).toISOString()

  describe('devices', () => {
    test('a device is added, changed, listed and removed, on every form of the path', async () => {
      const made = await device(ana, { battery_level: 80, manufacturer: 'Acme' })
      for (const path of [
        DEVICES,
        '/device-data/api/v1/devices',
        '/device-data/api/v1/device-data/devices',
        `${DEVICES}/`,
      ]) {
        const list = (await ana.get(`${path}?size=10&page=1`)).body
        assert.ok(
          list.items.some((one: { id: string }) => one.id === made.id),
          path,
        )
      }
      const patched = await ana.request('PATCH', `${DEVICES}/${made.id}`, {
        body: { name: 'New name', battery_level: null },
      })
      assert.deepEqual(
        [patched.body.name, patched.body.battery_level, patched.body.manufacturer],
        ['New name', null, 'Acme'],
      )
      assert.equal((await ana.delete(`${DEVICES}/${made.id}`)).status, 204)
      assert.equal((await ana.get(`${DEVICES}/${made.id}`)).status, 404)
    })

    test('one device of a type is the first; another takes its place', async () => {
      const first = await device(ana, { device_type: 'scale', is_primary: true })
      const second = await device(ana, { device_type: 'scale' })
      assert.equal((await ana.post(`${DEVICES}/${second.id}/set-primary`)).body.is_primary, true)
      assert.equal((await ana.get(`${DEVICES}/${first.id}`)).body.is_primary, false)
      assert.notEqual(first.source, second.source)
    })

    test('health says what the device told, and what it did not', async () => {
      const silent = await device(ana)
      const health = (await ana.get(`${DEVICES}/${silent.id}/health`)).body
      assert.deepEqual([health.is_healthy, health.issues, health.unknown], [null, [], ['battery', 'last sync']])
      const flat = await device(ana, { battery_level: 5 })
      assert.equal((await ana.get(`${DEVICES}/${flat.id}/health`)).body.is_healthy, false)
    })

    test('47 types and 8 statuses are known to everybody', async () => {
      const types = (await platform.request('GET', `${DEVICES}/types/supported`)).body
      assert.deepEqual([types.device_types.length, types.statuses.length], [47, 8])
      assert.equal(
        (await platform.request('GET', `${DEVICES}/connection-types/supported`)).body.connection_types.length,
        7,
      )
    })

    for (const [why, body] of [
      ['without a name', { device_type: 'scale' }],
      ['of an unknown type', { name: 'x', device_type: 'toaster' }],
      ['with an interval of a year', { name: 'x', device_type: 'scale', sync_interval_hours: 8760 }],
      ['with an unknown field', { name: 'x', device_type: 'scale', colour: 'red' }],
    ] as const) {
      test(`a device ${why} is refused with 422`, async () => {
        assert.equal((await ana.post(DEVICES, body)).status, 422)
      })
    }

    test('the device of somebody else answers 404 for every verb; nobody signed in, 401', async () => {
      const { id } = await device(ana)
      const answers = await Promise.all([
        ben.get(`${DEVICES}/${id}`),
        ben.put(`${DEVICES}/${id}`, { name: 'mine' }),
        ben.delete(`${DEVICES}/${id}`),
        ben.post(`${DEVICES}/${id}/connect`),
        ben.post(`${DEVICES}/${id}/sync`),
        ben.post(`${DEVICES}/${id}/set-primary`),
        ben.get(`${DEVICES}/${id}/health`),
        ben.get(`/api/v1/data/quality/${id}`),
        ben.get(`/api/v1/data/realtime/${id}/latest`),
        ben.get(`/api/v1/data/stream/${id}`),
        ben.get(`/api/v1/integrations/${id}/info`),
        ben.get(`/api/v1/integrations/${id}/data-export`),
        ben.post(`/api/v1/integrations/${id}/disconnect`),
        ben.post(POINTS, { device_id: id, data_type: 'heart_rate', value: 60 }),
      ])
      for (const [index, answer] of answers.entries()) assert.equal(answer.status, 404, String(index))
      assert.equal((await platform.request('GET', DEVICES)).status, 401)
      assert.equal((await platform.request('POST', POINTS, { body: {} })).status, 401)
    })
  })

  describe('values', () => {
    test('a value comes back in the canonical unit, with what was sent beside it', async () => {
      const watch = await device(ana)
      const body = {
        device_id: watch.id,
        data_type: 'weight',
        value: 165,
        unit: 'lb',
        tags: ['morning'],
        notes: 'after breakfast',
      }
      const made = await ana.post(POINTS, { ...body, timestamp: '2026-06-15T08:00:00+05:30' })
      assert.equal(made.status, 201, made.text)
      const { value, unit, raw_value, raw_unit, offset_minutes, timestamp, loinc, tags } = made.body
      assert.deepEqual([Math.round(value * 100) / 100, unit, raw_value, raw_unit], [74.84, 'kg', 165, 'lb'])
      assert.deepEqual(
        [offset_minutes, timestamp, loinc, tags],
        [330, '2026-06-15T02:30:00.000Z', '29463-7', ['morning']],
      )
      assert.deepEqual((await ana.get(`${POINTS}/${made.body.id}`)).body, made.body)
      assert.equal((await ben.get(`${POINTS}/${made.body.id}`)).status, 404)
      assert.equal((await ben.put(`${POINTS}/${made.body.id}`, { value: 80 })).status, 404)
      assert.equal((await ben.delete(`${POINTS}/${made.body.id}`)).status, 404)
    })

    for (const [why, body, field] of [
      ['an unknown type', { data_type: 'aura', value: 1 }, 'data_type'],
      ['a unit that does not fit', { data_type: 'heart_rate', value: 60, unit: 'kg' }, 'unit'],
      ['a value nobody has', { data_type: 'heart_rate', value: 900 }, 'value'],
      ['words for a number', { data_type: 'heart_rate', value: 'fast' }, 'value'],
      ['a number for words', { data_type: 'workout_type', value: 3 }, 'value'],
      ['the future', { data_type: 'heart_rate', value: 60, timestamp: '2031-01-01T00:00:00Z' }, 'timestamp'],
      ['a day that is none', { data_type: 'heart_rate', value: 60, timestamp: '2026-02-30T00:00:00Z' }, 'timestamp'],
      [
        'an end before the start',
        { data_type: 'steps', value: 6, timestamp: '2026-06-01T10:00', end_timestamp: '2026-06-01T09:00' },
        'end_timestamp',
      ],
    ] as const) {
      test(`a value is refused with 422 for ${why}, naming ${field}`, async () => {
        const answer = await ana.post(POINTS, body)
        assert.equal(answer.status, 422, answer.text)
        assert.equal(answer.body.errors[0].field, field)
      })
    }

    test('a batch keeps what is right and tells what is wrong; again, it is all known', async () => {
      const cleo = await platform.person('cleo')
      const data_points = [
        ...Array.from({ length: 40 }, (_value, index) => ({
          data_type: 'heart_rate',
          value: 60 + (index % 9),
          timestamp: at(`2026-05-01T10:${String(index).padStart(2, '0')}:00`),
        })),
        { data_type: 'heart_rate', value: 999, timestamp: at('2026-05-01T11:00:00') },
      ]
      const first = (await cleo.post(`${POINTS}/batch`, { data_points })).body
      assert.deepEqual([first.created, first.duplicates, first.refused.length, first.ids.length], [40, 0, 1, 40])
      const again = (await cleo.post(`${POINTS}/batch`, { data_points })).body
      assert.deepEqual([again.created, again.duplicates], [0, 40])
      const half = (await cleo.post(`${POINTS}/batch`, { data_points: data_points.slice(20, 30).reverse() })).body
      assert.equal(half.created, 0)
      const { items } = (
        await cleo.get('/api/v1/data/aggregation?data_type=heart_rate&start_date=2026-05-01&end_date=2026-05-02')
      ).body
      assert.equal(items.length, 1)
      assert.deepEqual([items[0].count, items[0].minimum, items[0].maximum], [40, 60, 68])
      const [sealed] = await platform.rows('select n from device_data.chunk where user_id = $1', [cleo.accountId])
      assert.equal(sealed?.n, 40)
      assert.equal((await cleo.post(`${POINTS}/batch`, { data_points: [] })).status, 422)
    })

    test('what a person corrected or removed by hand, sealed or not, no import undoes', async () => {
      const dora = await platform.person('dora')
      const hours = Array.from({ length: 24 }, (_value, hour) => String(hour).padStart(2, '0'))
      for (const day of ['2026-05-02', '2026-06-15']) {
        const data_points = hours
          .slice(0, day === '2026-06-15' ? 10 : 24)
          .map((hour) => ({ data_type: 'heart_rate', value: 70, timestamp: at(`${day}T${hour}:00:00`) }))
        const { ids } = (await dora.post(`${POINTS}/batch`, { data_points })).body
        assert.equal((await dora.put(`${POINTS}/${ids[1]}`, { value: 65 })).body.value, 65)
        assert.equal((await dora.delete(`${POINTS}/${ids[2]}`)).status, 204)
        assert.equal((await dora.get(`${POINTS}/${ids[2]}`)).status, 404)
        const ingest = {
          source: 'manual',
          data_points: data_points.map((one) => ({ metric_type: 'heart_rate', start: one.timestamp, value_json: 70 })),
        }
        assert.equal((await dora.post('/api/v1/health-data/ingest', ingest)).body.accepted, 0)
        assert.equal((await dora.get(`${POINTS}/${ids[1]}`)).body.value, 65)
        const [bucket] = (
          await dora.get(`/api/v1/data/aggregation?data_type=heart_rate&start_date=${day}&end_date=${day}T23:59:59`)
        ).body.items
        assert.deepEqual([bucket.count, bucket.minimum], [data_points.length - 1, 65])
      }
    })

    test('lists go on by cursor, newest first, over rows and sealed days', async () => {
      const emil = await platform.person('emil')
      const points = (day: string, count: number) =>
        Array.from({ length: count }, (_value, index) => ({
          data_type: 'oxygen_saturation',
          value: 90 + (index % 9),
          timestamp: at(`${day}T0${Math.floor(index / 10)}:${10 + (index % 10)}:00`),
        }))
      for (const [day, count] of [
        ['2026-05-01', 30],
        ['2026-05-02', 30],
        ['2026-06-14', 5],
      ] as const) {
        await emil.post(`${POINTS}/batch`, { data_points: points(day, count) })
      }
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page: { items: { timestamp: string }[]; next_cursor: string | null } = (
          await emil.get(`${POINTS}?limit=20${cursor === null ? '' : `&cursor=${cursor}`}`)
        ).body
        seen.push(...page.items.map((item) => item.timestamp))
        cursor = page.next_cursor
      } while (cursor !== null)
      assert.equal(seen.length, 65)
      assert.deepEqual(seen, [...seen].sort().reverse())
      assert.equal((await emil.get(`${POINTS}?cursor=nonsense`)).status, 422)
    })

    test('young rows are sealed when their days are over, and nothing changes for whoever reads', async () => {
      const fay = await platform.person('fay')
      const data_points = Array.from({ length: 50 }, (_value, index) => ({
        data_type: 'heart_rate',
        value: 60 + (index % 7),
        timestamp: at(`2026-06-15T10:${String(index).padStart(2, '0')}:00`),
      }))
      await fay.post(`${POINTS}/batch`, { data_points })
      const path = '/api/v1/data/aggregation?data_type=heart_rate&start_date=2026-06-15&end_date=2026-06-15T23:59:59'
      const list = `${POINTS}?data_type=heart_rate&start_date=2026-06-15&limit=100`
      const [before, listed] = [(await fay.get(path)).body, (await fay.get(list)).body]
      const hours = (await fay.get(`${path}&interval=hour`)).body
      platform.clock.advance({ days: 4 })
      await platform.settle()
      assert.equal(
        (await platform.rows('select 1 from device_data.sample where user_id = $1', [fay.accountId])).length,
        0,
      )
      assert.equal(
        (await platform.rows('select 1 from device_data.chunk where user_id = $1', [fay.accountId])).length,
        1,
      )
      const again = await platform.person('nobody')
      assert.ok(again)
      const fresh = await platform.request('POST', '/api/v1/auth/login', {
        body: { email: fay.email, password: fay.password },
      })
      const token = fresh.body.access_token
      assert.deepEqual((await platform.request('GET', path, { token })).body, before)
      assert.deepEqual((await platform.request('GET', list, { token })).body, listed)
      assert.deepEqual((await platform.request('GET', `${path}&interval=hour`, { token })).body, hours)
      platform.clock.advance({ days: -4 })
    })

    test('today, summary, statistics, latest and quality tell what is there', async () => {
      const gus = await platform.person('gus')
      const watch = await device(gus, { name: 'Oura ring' })
      const phone = await device(gus, { name: 'iPhone' })
      for (const [one, value] of [
        [watch, 7000],
        [phone, 9000],
      ] as const) {
        await gus.post(POINTS, { device_id: one.id, data_type: 'steps', value, timestamp: at('2026-06-15T09:00:00') })
      }
      const today = (await gus.get('/api/v1/data/summary/today')).body
      assert.deepEqual(
        today.items.map((one: { value: number; source_name: string }) => [one.value, one.source_name]),
        [[7000, 'oura-ring']],
      )
      assert.equal((await gus.get('/api/v1/data/summary')).body.total_points, 2)
      const statistics = (await gus.get('/api/v1/data/statistics?data_type=steps')).body
      assert.deepEqual(
        [statistics.enough, statistics.items.length, statistics.items[0].standard_deviation],
        [true, 2, null],
      )
      assert.match((await gus.get('/api/v1/data/statistics?data_type=vo2_max')).body.reason, /not enough data/)
      assert.equal((await gus.get(`/api/v1/data/realtime/${watch.id}/latest`)).body.items[0].value, 7000)
      assert.equal((await gus.get(`/api/v1/data/quality/${watch.id}?days=7`)).body.items[0].coverage_percent, 14.3)
      assert.equal((await gus.get('/api/v1/data/recent/steps')).body.items.length, 2)
      assert.equal((await gus.get(`${DEVICES}/statistics/summary`)).body.total_samples, 2)
    })

    test('a strange day is found and announced; two weeks are the least', async () => {
      const hal = await platform.person('hal')
      const days = (count: number) =>
        Array.from({ length: count }, (_value, index) => ({
          data_type: 'resting_heart_rate',
          value: 55 + (index % 5),
          timestamp: new Date(Date.parse('2026-05-20T07:00:00Z') + index * 86_400_000).toISOString(),
        }))
      await hal.post(`${POINTS}/batch`, { data_points: days(10) })
      const few = (await hal.post('/api/v1/data/anomalies/detect', { data_type: 'resting_heart_rate' })).body
      assert.match(few.reason, /not enough data/)
      await hal.post(`${POINTS}/batch`, { data_points: days(22) })
      await hal.post(POINTS, { data_type: 'resting_heart_rate', value: 95, timestamp: at('2026-06-14T07:00:00') })
      const found = (await hal.post('/api/v1/data/anomalies/detect', { data_type: 'resting_heart_rate' })).body
      assert.deepEqual(
        found.anomalies.map((one: { day: string }) => one.day),
        ['2026-06-14'],
      )
      const event = (await platform.eventsOf(deviceData.events.deviceAnomalyDetected)).at(-1)
      assert.deepEqual(
        [event?.event_type, event?.data_type, event?.value],
        ['device_anomaly_detected', 'resting_heart_rate', 95],
      )
    })

    test('one value is announced with its fields, a delivery with its counts, refusals with their reasons', async () => {
      const watch = await device(ben)
      const made = await ben.post(POINTS, { device_id: watch.id, data_type: 'heart_rate', value: 61 })
      const event = (await platform.eventsOf(deviceData.events.rawDataReceived)).at(-1)
      assert.deepEqual(
        [
          event?.user_id,
          event?.device_id,
          event?.device_name,
          event?.data_point_id,
          event?.data_type,
          event?.value,
          event?.unit,
        ],
        [ben.accountId, watch.id, 'Watch', made.body.id, 'heart_rate', 61, '/min'],
      )
      const [topic] = await platform.rows(
        "select topic from kernel.outbox where type like 'device-data.%' and type not like '%fhir%' limit 1",
      )
      assert.equal(topic?.topic, 'device-data-events')
    })
  })

  describe('streams', () => {
    test('values of a device are streamed, and exported as lines', async () => {
      const watch = await device(ana, { name: 'Streamer' })
      await ana.post(POINTS, {
        device_id: watch.id,
        data_type: 'heart_rate',
        value: 66,
        timestamp: at('2026-06-15T11:00:00'),
      })
      const stream = await ana.request('GET', `/api/v1/data/stream/${watch.id}?seconds=1`, {
        headers: { 'last-event-id': String(Date.parse('2026-06-15T10:00:00Z')) },
      })
      assert.match(String(stream.headers['content-type']), /event-stream/)
      assert.match(stream.text, /event: data_point\ndata: \{.*"value":66/)
      const lines = (await ana.get(`/api/v1/integrations/${watch.id}/data-export`)).text.trim().split('\n')
      assert.deepEqual(
        lines.map((line) => JSON.parse(line).value),
        [66],
      )
      assert.equal((await ana.get(`/api/v1/data/stream/${watch.id}?seconds=9999`)).status, 422)
    })
  })

  test('D36: unconfigured integration refuses; simulated data only in the demo, marked', async () => {
    const ida = await platform.person('ida')
    for (const [name, status] of [
      ['Fitbit', 503],
      ['Dexcom', 503],
      ['Oura', 503],
      ['Withings', 503],
      ['WHOOP', 409],
      ['Garmin', 409],
      ['Polar', 409],
      ['Suunto', 409],
    ] as const) {
      const { id } = await device(ida, { name })
      const answer = await ida.post(`/api/v1/integrations/${id}/connect`)
      assert.equal(answer.status, status, `${name}: ${answer.text}`)
      for (const path of [
        `/api/v1/integrations/${id}/sync`,
        `${DEVICES}/${id}/sync`,
        `/api/v1/integrations/${id}/test`,
      ]) {
        assert.equal((await ida.post(path)).status, 409, path)
      }
    }
    assert.equal((await ida.post('/api/v1/integrations/bulk-sync')).body.queued, 0)
    assert.deepEqual((await ida.post('/api/v1/integrations/discover')).body.items, [])
    await platform.settle()
    assert.equal((await ida.get('/api/v1/data/summary')).body.total_points, 0)
    const supported = (await ida.get('/api/v1/integrations/supported')).body.items as {
      provider: string
      is_configured: boolean
      way: string
    }[]
    assert.deepEqual(
      supported.filter((one) => one.way === 'oauth').map((one) => one.is_configured),
      [false, false, false, false],
    )
    const ingest = await ida.post('/api/v1/health-data/ingest', { source: 'simulated', data_points: [] })
    assert.equal(ingest.status, 422)
  })
})
