import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Statement, sql } from '../../kernel/sql.ts'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'
import { engines } from './handlers/engines.ts'
import { listHistory } from './store/history.ts'
import { searchPage } from './store/search.ts'

const FIRST_MS = Date.parse('2025-01-01T00:00:00Z')
const MANY = 2100

const totalOf = (answer: TestAnswer): number => {
  assert.equal(answer.status, 200, answer.text)
  return answer.body.total
}

describe('fhir: the index of what other services hold', () => {
  let platform: TestPlatform
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    for (let start = 0; start < MANY; start += 700) {
      const items = Array.from({ length: 700 }, (_one, index) => ({
        metric_type: 'heart_rate',
        value: 60 + ((start + index) % 40),
        unit: 'bpm',
        timestamp: new Date(FIRST_MS + (start + index) * 60_000).toISOString(),
      }))
      assert.equal((await ana.post('/api/v1/metrics/batch', { items })).status, 201)
    }
  })
  after(() => platform.close())

  test('a large record is read in by a job, and until then every search says that it is not whole', async () => {
    const first = await ana.get('/fhir/Observation?code=8867-4&_count=1')
    const outcome = first.body.entry.find((one: { search: { mode: string } }) => one.search.mode === 'outcome')
    assert.equal(outcome.resource.issue[0].code, 'incomplete', first.text)
    await platform.settle()
    const later = await ana.get('/fhir/Observation?code=8867-4&_count=1')
    assert.equal(later.body.entry.length, 1)
    assert.equal(totalOf(await ana.get('/fhir/Observation?code=8867-4&_summary=count')), MANY)
  })

  test('pages of histories and of the newest are read along indexes, never the whole record', async () => {
    const { db } = platform.platformOf('fhir').systemContext('fhir', ana.accountId)
    const plans: string[] = []
    const explaining = {
      many: async (statement: Statement) => {
        const rows = await db.many<{ 'QUERY PLAN': string }>(sql`explain ${statement}`)
        plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
        return []
      },
    } as never
    const page = { after: { ms: FIRST_MS + 1e9, source: 0, key: 1 }, since: undefined, at: undefined, limit: 21 }
    await listHistory(explaining, ana.accountId, { type: 'Observation' }, page, undefined)
    await listHistory(explaining, ana.accountId, {}, page, undefined)
    const query = engines().reader.read('Observation', [['_sort', '-date']])
    await searchPage(explaining, query, {
      personId: ana.accountId,
      now: platform.clock.now(),
      base: '',
      reach: undefined,
    })
    const [ofType, ofRecord, newest] = plans as [string, string, string]
    assert.match(ofType, /resource_owned_type_time/)
    assert.match(ofRecord, /resource_owned_(type_)?time/)
    assert.match(newest, /resource_dated/)
    for (const plan of plans) assert.doesNotMatch(plan, /Seq Scan/, plan)
    assert.doesNotMatch(newest, /Sort Key/, newest)
  })

  test('an owner that says that anything may have changed is read anew', async () => {
    await platform.rows(`delete from fhir.resource where user_id = $1 and keys <> '{}' and pk % 3 = 0`, [ana.accountId])
    assert.ok(totalOf(await ana.get('/fhir/Observation?code=8867-4&_summary=count')) < MANY)
    const data = { user_id: ana.accountId, projection: 'vitals', resources: [] }
    await platform.rows(
      `select kernel.publish(gen_random_uuid(), 'health-tracking', 'health-tracking.fhir-changed.v1', 'health-events',
        $1, $2::jsonb, null, $3)`,
      [ana.accountId, JSON.stringify(data), platform.clock.now()],
    )
    await platform.settle()
    assert.equal(totalOf(await ana.get('/fhir/Observation?code=8867-4&_summary=count')), MANY)
  })

  test('nothing is indexed of a person whose record nobody asks for', async () => {
    const ben = await platform.person('ben')
    await ben.post('/api/v1/metrics', { metric_type: 'heart_rate', value: 61, unit: 'bpm' })
    await platform.settle()
    const rows = await platform.rows('select 1 from fhir.resource where user_id = $1', [ben.accountId])
    assert.equal(rows.length, 0)
    assert.equal(totalOf(await ben.get('/fhir/Observation?_summary=count')), 1)
  })
})

describe('fhir: an owner that fails', () => {
  let platform: TestPlatform
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    const body = { metric_type: 'heart_rate', value: 61, unit: 'bpm', timestamp: '2026-01-01T08:00:00Z' }
    assert.equal((await ana.post('/api/v1/metrics', body)).status, 201)
    const headers = { 'content-type': 'application/fhir+json' }
    const raw = JSON.stringify({ resourceType: 'Basic', id: 'b', code: { text: 'stored here' } })
    assert.equal((await ana.request('PUT', '/fhir/Basic/b', { headers, raw })).status, 201)
    await platform.rows('alter table health_tracking.measurement rename to away')
  })
  after(() => platform.close())

  test('answers 503 with an OperationOutcome instead of half a page; what is stored here is served', async () => {
    const page = await ana.get('/fhir/Observation?code=8867-4')
    assert.equal(page.status, 503, page.text)
    assert.equal(page.body.resourceType, 'OperationOutcome')
    assert.equal(totalOf(await ana.get('/fhir/Observation?code=8867-4&_summary=count')), 1)
    assert.equal((await ana.get('/fhir/Basic/b')).status, 200)
  })
})
