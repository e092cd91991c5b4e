import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }

interface Entry {
  readonly resource?: { readonly id: string; readonly meta: { readonly versionId: string } }
  readonly request: { readonly method: string; readonly url: string }
  readonly response: { readonly status: string; readonly etag: string; readonly lastModified: string }
}

/** The entries of a history; not the person's own Patient, which is always there. */
const entriesOf = (answer: TestAnswer): Entry[] => {
  assert.equal(answer.status, 200, answer.text)
  const entries = (answer.body.entry ?? []) as Entry[]
  return entries.filter(({ request }) => request?.url.startsWith('Patient/') !== true)
}
const shownOf = (answer: TestAnswer) =>
  entriesOf(answer).map(
    ({ request, response }) => `${request.method} ${request.url.split('/').at(-1)} ${response.etag}`,
  )

describe('fhir: the history of what is stored and of what other services hold', () => {
  let platform: TestPlatform
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
  })
  beforeEach(async () => {
    ana = await platform.person('ana')
    // The index is whole before anything is written: what comes is announced.
    await ana.get('/fhir/Observation')
  })
  after(() => platform.close())

  /** Each write at a second of its own. */
  const later = () => platform.clock.advance({ seconds: 1 })
  const get = (path: string) => ana.get(`/fhir/${path}`)

  async function stored(id: string, status = 'final'): Promise<void> {
    later()
    const raw = JSON.stringify({ resourceType: 'Observation', id, status, code: { text: 'stored here' } })
    const answer = await ana.request('PUT', `/fhir/Observation/${id}`, { raw, headers: HEADERS })
    assert.ok(answer.status < 300, answer.text)
  }

  async function measured(value: number): Promise<string> {
    later()
    const made = await ana.post('/api/v1/metrics', { metric_type: 'heart_rate', value, unit: 'bpm' })
    assert.equal(made.status, 201, made.text)
    await platform.settle()
    return made.body.id as string
  }

  test('of a type and of the record holds both in one order of time, page by page and all at once', async () => {
    const names: string[] = []
    for (let round = 0; round < 4; round += 1) {
      await stored(`s${round}`)
      names.unshift(`PUT s${round} W/"1"`)
      names.unshift(`PUT ${await measured(60 + round)} W/"1"`)
    }
    await stored('s1', 'amended')
    names.unshift('PUT s1 W/"2"')
    for (const path of ['Observation/_history', '_history']) {
      const whole = await get(path)
      assert.deepEqual(shownOf(whole), names, path)
      assert.equal(whole.body.total, whole.body.entry.length)
      const times = entriesOf(whole).map((one) => one.response.lastModified)
      assert.deepEqual(times, times.toSorted().reverse())
      for (const count of [1, 2, 3]) {
        const seen: string[] = []
        let next: string | undefined = `${path}?_count=${count}`
        while (next !== undefined) {
          const page: TestAnswer = await get(next)
          seen.push(...shownOf(page))
          const link = page.body.link.find((one: { relation: string }) => one.relation === 'next')?.url as string
          next = link?.replace(/^.*?\/fhir\//, '')
        }
        assert.deepEqual(seen, names, `${path} by ${count}`)
      }
    }
    assert.equal((await get('_history?_cursor=nonsense')).status, 400)
    assert.equal((await get('Condition/_history')).body.total, 0)
  })

  test('_since gives what came at or after an instant, _at what was current at some moment of a time', async () => {
    await stored('a')
    const first = platform.clock.now()
    const rate = await measured(61)
    const second = platform.clock.now()
    await stored('a', 'amended')
    const since = (at: Date) => get(`_history?_since=${at.toISOString()}`)
    const at = (time: Date) => get(`_history?_at=${time.toISOString()}`)
    assert.deepEqual(shownOf(await since(second)), ['PUT a W/"2"', `PUT ${rate} W/"1"`])
    assert.deepEqual(shownOf(await at(first)), ['PUT a W/"1"'])
    assert.deepEqual(shownOf(await at(second)), [`PUT ${rate} W/"1"`, 'PUT a W/"1"'])
    assert.deepEqual(shownOf(await at(platform.clock.now())), ['PUT a W/"2"', `PUT ${rate} W/"1"`])
    assert.deepEqual(shownOf(await get('_history?_at=1999')), [])
    const year = platform.clock.now().getUTCFullYear()
    assert.equal(shownOf(await get(`Observation/_history?_at=${year}`)).length, 3)
    for (const wrong of ['_at=soon', '_since=soon', '_at=2026-02-30'])
      assert.equal((await get(`_history?${wrong}`)).status, 400, wrong)
  })

  test('what its owner changed is there once, as it is now; what its owner removed is a removal, and gone', async () => {
    const [kept, removed] = [await measured(62), await measured(63)]
    later()
    assert.equal((await ana.put(`/api/v1/metrics/${kept}`, { value: 66 })).status, 200)
    later()
    assert.equal((await ana.delete(`/api/v1/metrics/${removed}`)).status, 204)
    await platform.settle()
    const names = [`DELETE ${removed} W/"2"`, `PUT ${kept} W/"2"`]
    assert.deepEqual(shownOf(await get('_history')), names)
    const [gone] = entriesOf(await get('Observation/_history'))
    assert.deepEqual([gone?.resource, gone?.response.status], [undefined, '204'])
    assert.deepEqual(shownOf(await get(`Observation/${removed}/_history`)), names.slice(0, 1))
    assert.equal((await get(`Observation/${removed}`)).status, 410)
    assert.equal((await get(`Observation/${removed}/_history/2`)).status, 410)
    assert.equal((await get(`Observation/${removed}/_history/1`)).status, 404)
    const day = platform.clock.now().toISOString().slice(0, 10)
    assert.equal(shownOf(await get(`_history?_at=${day}`)).length, 2)
    platform.clock.advance({ minutes: 5 })
    assert.deepEqual(shownOf(await get(`_history?_at=${platform.clock.now().toISOString()}`)), names.slice(1))
    const { history = [] } = (await platform.exportAll(ana.accountId)).fhir ?? {}
    assert.equal(history.length, 1)
  })

  test('rows that vanished without a word are removals as soon as somebody finds them missing', async () => {
    const [first, second] = [await measured(64), await measured(65)]
    const vanish = (id: string) => platform.rows('delete from health_tracking.measurement where id = $1', [id])
    await vanish(first)
    assert.equal(entriesOf(await get('Observation?code=8867-4')).length, 1)
    await platform.settle()
    assert.equal((await get(`Observation/${first}`)).status, 410)
    await vanish(second)
    const data = { user_id: ana.accountId, projection: 'vitals', resources: [] }
    await platform.rows(
      `select kernel.publish(gen_random_uuid(), 'health-tracking', 'health-tracking.fhir-changed.v1', 'health-events',
        $1, $2::jsonb, null, $3)`,
      [ana.accountId, JSON.stringify(data), platform.clock.now()],
    )
    await platform.settle()
    assert.deepEqual(shownOf(await get('_history')).sort(), [`DELETE ${first} W/"2"`, `DELETE ${second} W/"2"`].sort())
  })

  test('the newest come first over both, page by page, and what has no date comes last', async () => {
    const dated = (id: string, effectiveDateTime?: string) => ({
      resourceType: 'Observation',
      id,
      status: 'final',
      code: { text: 'dated' },
      ...(effectiveDateTime === undefined ? {} : { effectiveDateTime }),
    })
    const timestamp = '2025-06-02T08:00:00Z'
    const rate = (await ana.post('/api/v1/metrics', { metric_type: 'heart_rate', value: 61, unit: 'bpm', timestamp }))
      .body
    await platform.settle()
    for (const one of [
      dated('none'),
      dated('old', '2024'),
      dated('new', '2025-06-03'),
      dated('mid', '2025-06-02T07:00:00Z'),
    ])
      await ana.request('PUT', `/fhir/Observation/${one.id}`, { raw: JSON.stringify(one), headers: HEADERS })
    const seen: string[] = []
    let next: string | undefined = 'Observation?_sort=-date&_count=2'
    while (next !== undefined) {
      const { body } = await get(next)
      seen.push(...(body.entry ?? []).map((one: { resource: { id: string } }) => one.resource.id))
      const link = body.link.find((one: { relation: string }) => one.relation === 'next')?.url as string | undefined
      next = link?.replace(/^.*?\/fhir\//, '')
    }
    assert.deepEqual(seen, ['new', rate.id, 'mid', 'old', 'none'])
  })
})
