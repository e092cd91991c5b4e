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

  test('nobody is told without signing in', async () => {
    assert.equal((await platform.request('GET', SOURCES)).status, 401)
  })
})
