import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const SOURCES = '/api/v1/device-data/sources'

interface Source {
  readonly source_name: string
  readonly priority: number
  readonly metrics: readonly string[]
  readonly count: number
}

describe('sources of values', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson
  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(() => platform.close())

  const give = async (person: TestPerson, source: string, dates: readonly string[]) => {
    const data_points = dates.map((date) => ({ metric_type: 'steps', date, value_json: 4000 }))
    const answer = await person.post('/api/v1/health-data/ingest', { source, data_points })
    assert.equal(answer.status, 200, answer.text)
  }
  const sourcesOf = async (person: TestPerson): Promise<readonly Source[]> => (await person.get(SOURCES)).body.items

  test('each tells what it gave and since when, the one that counts most first', async () => {
    assert.deepEqual(await sourcesOf(ana), [])
    await give(ana, 'fitbit', ['2026-01-02', '2026-01-03'])
    await give(ana, 'oura', ['2026-01-05'])
    const items = await sourcesOf(ana)
    assert.deepEqual(
      items.map((one) => [one.source_name, one.priority, one.metrics, one.count]),
      [
        ['oura', 100, ['steps_count'], 1],
        ['fitbit', 70, ['steps_count'], 2],
      ],
    )
    const [, fitbit] = (await ana.get(SOURCES)).body.items
    assert.deepEqual([fitbit.first_day, fitbit.last_day, fitbit.is_simulated], ['2026-01-02', '2026-01-03', false])
  })

  test('one that was removed is gone; those of another person are not seen', async () => {
    assert.deepEqual(await sourcesOf(ben), [])
    assert.equal((await ben.delete('/api/v1/health-data/source/oura')).status, 404)
    assert.equal((await ana.delete('/api/v1/health-data/source/oura')).status, 200)
    assert.deepEqual(
      (await sourcesOf(ana)).map((one) => one.source_name),
      ['fitbit'],
    )
  })

  test('a person puts the sources in an order of their own, and every figure follows it', async () => {
    const cleo = await platform.person('cleo')
    const day = platform.clock.now().toISOString().slice(0, 10)
    for (const [source, value_json] of [
      ['oura', 7000],
      ['fitbit', 9000],
      ['garmin', 8000],
    ] as const) {
      await cleo.post('/api/v1/health-data/ingest', {
        source,
        data_points: [{ metric_type: 'steps', date: day, value_json }],
      })
    }
    const order = '/api/v1/device-data/source-order'
    const figures = async () => {
      const { items } = (await cleo.get('/api/v1/data/summary/today')).body
      const range = `start_date=${day}&end_date=${day}`
      const { items: buckets } = (await cleo.get(`/api/v1/data/aggregation?data_type=steps_count&${range}`)).body
      return [items[0].source_name, items[0].value, buckets[0].value]
    }
    assert.deepEqual(await figures(), ['oura', 7000, 7000])
    const put = await cleo.put(order, { data_type: 'steps', sources: ['Fitbit', 'garmin'] })
    assert.deepEqual([put.status, put.body.data_type, put.body.sources], [200, 'steps_count', ['fitbit', 'garmin']])
    assert.deepEqual(await figures(), ['fitbit', 9000, 9000])
    await cleo.put(order, { sources: ['garmin'] })
    assert.deepEqual(await figures(), ['fitbit', 9000, 9000])
    assert.equal((await cleo.delete(`${order}?data_type=steps`)).status, 204)
    assert.deepEqual(await figures(), ['garmin', 8000, 8000])
    const listed = (await cleo.get(order)).body
    assert.deepEqual(
      listed.items.map((one: { data_type: string | null; sources: string[] }) => [one.data_type, one.sources]),
      [[null, ['garmin']]],
    )
    assert.equal(listed.usual[0].source_name, 'manual')
    assert.deepEqual((await ben.get(order)).body.items, [])
    assert.equal((await ben.delete(order)).status, 404)
    for (const [body, field] of [
      [{ sources: [] }, /sources/],
      [{ sources: ['oura', 'Oura'] }, /twice/],
      [{ sources: ['???'] }, /sources.0/],
      [{ data_type: 'luck', sources: ['oura'] }, /data_type/],
    ] as const) {
      const refused = await cleo.put(order, body)
      assert.equal(refused.status, 422)
      assert.match(refused.text, field)
    }
    assert.equal((await platform.request('PUT', order, { body: { sources: ['oura'] } })).status, 401)
  })

  test('nobody is told without signing in', async () => {
    assert.equal((await platform.request('GET', SOURCES)).status, 401)
  })
})
