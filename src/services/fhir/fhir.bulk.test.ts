import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { newId } from '../../kernel/ids.ts'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'
import { appToken } from './fixtures/testing/appToken.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }
const ASYNC = { prefer: 'respond-async' }

interface Resource {
  resourceType: string
  id: string
  meta?: { versionId?: string; lastUpdated?: string; tag?: { code: string }[] }
  [member: string]: unknown
}

interface Output {
  type: string
  url: string
  count: number
}

describe('fhir: bulk export', () => {
  let platform: TestPlatform
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    const put = (resource: Resource) => store(ana, resource)
    await put({ resourceType: 'Organization', id: 'ward', name: 'Ward' })
    await put({ resourceType: 'Organization', id: 'unrelated', name: 'Nobody refers to it' })
    for (const id of ['p1', 'p2']) {
      const managingOrganization = { reference: 'Organization/ward' }
      await put({ resourceType: 'Patient', id, name: [{ family: id }], managingOrganization })
      for (const code of ['a', 'b']) {
        const subject = { reference: `Patient/${id}` }
        await put({ resourceType: 'Observation', id: `${id}-${code}`, status: 'final', code: coding(code), subject })
      }
    }
    const member = [{ entity: { reference: 'Patient/p2' } }, { entity: { reference: 'Patient/p1' }, inactive: true }]
    await put({ resourceType: 'Group', id: 'g', type: 'person', actual: true, member })
  })
  after(() => platform.close())

  const coding = (code: string) => ({ coding: [{ system: 'http://example.test/codes', code }] })

  async function store(person: TestPerson, resource: Resource): Promise<void> {
    const address = `/fhir/${resource.resourceType}/${resource.id}`
    const answer = await person.request('PUT', address, { raw: JSON.stringify(resource), headers: HEADERS })
    assert.ok(answer.status < 300, answer.text)
  }

  const pathOf = (url: string) => url.replace(/^.*?\/fhir\//, '/fhir/')

  async function begun(path: string, person = ana, body?: unknown): Promise<string> {
    const answer =
      body === undefined
        ? await person.request('GET', path, { headers: ASYNC })
        : await person.request('POST', path, { raw: JSON.stringify(body), headers: { ...ASYNC, ...HEADERS } })
    assert.equal(answer.status, 202, answer.text)
    return pathOf(String(answer.headers['content-location']))
  }

  async function finished(path: string, person = ana, body?: unknown): Promise<TestAnswer> {
    const job = await begun(path, person, body)
    await platform.settle()
    const answer = await person.get(job)
    assert.equal(answer.status, 200, answer.text)
    return answer
  }

  async function linesOf(outputs: readonly Output[], person = ana): Promise<Resource[]> {
    const lines: Resource[] = []
    for (const { url, type, count } of outputs) {
      const answer = await person.request('GET', pathOf(url), { headers: { accept: 'application/fhir+ndjson' } })
      assert.equal(answer.status, 200)
      assert.match(String(answer.headers['content-type']), /application\/fhir\+ndjson/)
      const own = answer.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Resource)
      assert.equal(own.length, count)
      assert.ok(own.every((one) => one.resourceType === type))
      lines.push(...own)
    }
    return lines
  }

  const exported = async (path: string, body?: unknown) =>
    (await linesOf((await finished(path, ana, body)).body.output)).map((one) => `${one.resourceType}/${one.id}`).sort()

  const P1 = ['Observation/p1-a', 'Observation/p1-b', 'Patient/p1']
  const P2 = ['Observation/p2-a', 'Observation/p2-b', 'Patient/p2']

  test('the whole record, the compartments of its patients, or those of a group', async () => {
    const all = ['Group/g', ...P1, ...P2, 'Organization/unrelated', 'Organization/ward'].sort()
    assert.deepEqual(await exported('/fhir/$export'), all)
    assert.deepEqual(await exported('/fhir/Patient/$export'), ['Group/g', ...P1, ...P2, 'Organization/ward'].sort())
    const group = await exported('/fhir/Group/g/$export')
    assert.ok([...P2, 'Organization/ward'].every((one) => group.includes(one)))
    assert.ok(!P1.some((one) => group.includes(one)))
  })

  test('types, queries and members narrow it, by GET and by POST', async () => {
    assert.deepEqual(await exported('/fhir/$export?_type=Organization'), [
      'Organization/unrelated',
      'Organization/ward',
    ])
    const filter = encodeURIComponent('Observation?code=http://example.test/codes|a')
    assert.deepEqual(await exported(`/fhir/$export?_type=Observation&_typeFilter=${filter}`), [
      'Observation/p1-a',
      'Observation/p2-a',
    ])
    const body = {
      resourceType: 'Parameters',
      parameter: [
        { name: '_type', valueString: 'Patient,Observation' },
        { name: 'patient', valueReference: { reference: 'Patient/p1' } },
      ],
    }
    assert.deepEqual(await exported('/fhir/Patient/$export', body), P1)
    const { output } = (await finished('/fhir/$export?_type=Patient&_elements=Patient.name')).body
    const [patient] = await linesOf(output)
    assert.deepEqual(Object.keys(patient ?? {}).sort(), ['id', 'meta', 'name', 'resourceType'])
    assert.ok(patient?.meta?.tag?.some((tag) => tag.code === 'SUBSETTED'))
  })

  test('the manifest says what was asked and when; while the work waits, how far it is', async () => {
    const job = await begun('/fhir/$export?_type=Patient')
    const waiting = await ana.get(job)
    assert.equal(waiting.status, 202)
    assert.equal(waiting.text, '')
    assert.ok(waiting.headers['x-progress'] !== undefined && waiting.headers['retry-after'] !== undefined)
    await platform.settle()
    const done = await ana.get(job)
    assert.match(String(done.headers['content-type']), /^application\/json/)
    assert.ok(Date.parse(String(done.headers.expires)) > platform.clock.now().getTime())
    assert.equal(done.body.transactionTime, platform.clock.now().toISOString())
    assert.match(done.body.request, /\/fhir\/\$export\?_type=Patient$/)
    assert.equal(done.body.requiresAccessToken, true)
    assert.deepEqual([done.body.deleted, done.body.error], [[], []])
  })

  test('files come packed to whoever takes gzip', async () => {
    const { output } = (await finished('/fhir/$export?_type=Patient')).body
    const address = await platform.listen()
    const answer = await fetch(`${address}${pathOf(output[0].url)}`, {
      headers: { authorization: `Bearer ${ana.token}`, 'accept-encoding': 'gzip' },
    })
    assert.equal(answer.headers.get('content-encoding'), 'gzip')
    assert.equal((await answer.text()).trimEnd().split('\n').length, 2)
  })

  test('since a time: what changed after it, and what was deleted', async () => {
    await store(ana, { resourceType: 'Organization', id: 'gone', name: 'Soon gone' })
    platform.clock.advance({ minutes: 1 })
    const since = platform.clock.now().toISOString()
    await ana.delete('/fhir/Organization/gone')
    await store(ana, { resourceType: 'Organization', id: 'new', name: 'New' })
    const { body } = await finished(`/fhir/$export?_since=${encodeURIComponent(since)}`)
    assert.deepEqual(
      (await linesOf(body.output)).map((one) => one.id),
      ['new'],
    )
    const [bundle] = await linesOf(body.deleted)
    assert.deepEqual(bundle?.entry, [{ request: { method: 'DELETE', url: 'Organization/gone' } }])
    await ana.delete('/fhir/Organization/new')
  })

  test('an export shows the record as it was when it was asked for', async () => {
    const job = await begun('/fhir/$export?_type=Organization')
    platform.clock.advance({ seconds: 5 })
    await store(ana, { resourceType: 'Organization', id: 'ward', name: 'Renamed since' })
    await store(ana, { resourceType: 'Organization', id: 'later', name: 'Later' })
    await platform.settle()
    const lines = await linesOf((await ana.get(job)).body.output)
    assert.equal(lines.find((one) => one.id === 'ward')?.name, 'Ward')
    assert.ok(!lines.some((one) => one.id === 'later'))
    await ana.delete('/fhir/Organization/later')
  })

  test('an interrupted export goes on behind its last file', async () => {
    const job = await begun('/fhir/$export?_type=Observation,Organization')
    await platform.rows(
      `update fhir.bulk_job set state = 'running', attempts = 1, step = 0,
         position = '{"type":"Observation","after":"p2-a","ordinal":0}' where id = $1`,
      [job.split('/').at(-1)],
    )
    await platform.settle()
    const lines = await linesOf((await ana.get(job)).body.output)
    assert.deepEqual(
      lines.filter((one) => one.resourceType === 'Observation').map((one) => one.id),
      ['p2-b'],
    )
  })

  test('a job that was cancelled or belongs to somebody else is not there', async () => {
    const ben = await platform.person('ben')
    const job = await begun('/fhir/$export?_type=Patient')
    await platform.settle()
    const file = pathOf((await ana.get(job)).body.output[0].url)
    for (const path of [job, file]) {
      assert.equal((await ben.get(path)).status, 404)
      assert.equal((await ben.get(`${path}?profile_id=${ana.accountId}`)).status, 404)
      assert.equal((await platform.request('GET', path)).status, 401)
    }
    assert.equal((await ana.delete(job)).status, 202)
    for (const path of [job, file]) assert.equal((await ana.get(path)).status, 404)
    assert.equal((await ana.delete(job)).status, 404)
  })

  test('what is not understood is refused, or left out when asked so, and told', async () => {
    const status = async (path: string, headers: Record<string, string> = ASYNC) =>
      (await ana.request('GET', path, { headers })).status
    assert.equal(await status('/fhir/$export', {}), 400)
    assert.equal(await status('/fhir/$export?colour=blue'), 400)
    assert.equal(await status('/fhir/$export?_outputFormat=text/csv'), 400)
    assert.equal(await status('/fhir/$export?_since=yesterday'), 400)
    assert.equal(await status('/fhir/$export?_type=Nothing'), 400)
    assert.equal(await status('/fhir/$export?_type=Patient&_typeFilter=Observation%3Fcode%3Da'), 400)
    assert.equal(await status('/fhir/$export?patient=p1'), 400)
    assert.equal(await status('/fhir/Group/none/$export'), 404)
    assert.equal(await status('/fhir/$bulk/none'), 404)
    const lenient = { prefer: 'respond-async, handling=lenient' }
    const answer = await ana.request('GET', '/fhir/$export?_type=Patient&colour=blue', { headers: lenient })
    assert.equal(answer.status, 202)
    await platform.settle()
    const { body } = await ana.get(pathOf(String(answer.headers['content-location'])))
    assert.match(body.extension.ignored[0], /colour/)
  })

  test('a third export at once waits, and is told how long', async () => {
    const carl = await platform.person('carl')
    const first = await begun('/fhir/$export', carl)
    await begun('/fhir/$export', carl)
    const third = await carl.request('GET', '/fhir/$export', { headers: ASYNC })
    assert.equal(third.status, 429)
    assert.ok(Number(third.headers['retry-after']) > 0)
    await carl.delete(first)
    assert.equal((await carl.request('GET', '/fhir/$export', { headers: ASYNC })).status, 202)
    await platform.settle()
  })

  test('another record is exported as far as it is shared, and no longer than that', async () => {
    const dora = await platform.person('dora')
    const whose = `profile_id=${ana.accountId}`
    assert.equal((await dora.request('GET', `/fhir/Patient/$export?${whose}`, { headers: ASYNC })).status, 404)
    await platform.rows(
      `select kernel.write_access_right($1, $2, 'health_records', 'read', '2100-01-01', 'grant', $1)`,
      [dora.accountId, ana.accountId],
    )
    assert.equal((await dora.request('GET', `/fhir/$export?${whose}`, { headers: ASYNC })).status, 403)
    const manifest = await finished(`/fhir/Patient/$export?_type=Patient&${whose}`, dora)
    assert.equal((await linesOf(manifest.body.output, dora)).length, 2)
    const job = await begun(`/fhir/Patient/$export?_type=Patient&${whose}`, dora)
    await platform.rows('select kernel.end_access_right($1)', [dora.accountId])
    await platform.settle()
    assert.equal((await dora.get(job)).status, 404)
    const rows = await platform.rows('select count from fhir.bulk_file where job = $1', [
      job.replace(/\?.*$/, '').split('/').at(-1),
    ])
    assert.deepEqual(rows, [])
  })

  const open = (accountId: string, personId: string, id = newId()) =>
    platform
      .rows(`select kernel.write_access_right($1, $2, 'health_records', 'read', '2100-01-01', 'grant', $3)`, [
        accountId,
        personId,
        id,
      ])
      .then(() => id)

  test('a service that names no record exports each that let it in, and nothing once it is closed', async () => {
    const [hana, iris, jo] = await Promise.all(['hana', 'iris', 'jo'].map((name) => platform.person(name)))
    assert.ok(hana && iris && jo)
    for (const one of [hana, iris, jo])
      await store(one, { resourceType: 'Patient', id: 'p', name: [{ family: one.email }] })
    const service = newId()
    await open(service, hana.accountId)
    const right = await open(service, iris.accountId)
    const scopes = ['system/Patient.rs']
    const token = await appToken(platform, { accountId: service, scopes })
    const ask = (path: string, headers = {}) => platform.request('GET', path, { token, headers })
    const begin = async (path: string) => {
      const answer = await ask(path, ASYNC)
      assert.equal(answer.status, 202, answer.text)
      return pathOf(String(answer.headers['content-location']))
    }
    const job = await begin('/fhir/$export')
    assert.equal((await ask(job)).status, 202)
    await platform.settle()
    const { body } = await ask(job)
    const records = body.output.map((one: { extension: { record: string } }) => one.extension.record)
    assert.deepEqual(records.sort(), [hana.accountId, iris.accountId].sort())
    const names = []
    for (const { url } of body.output as Output[]) names.push(JSON.parse((await ask(pathOf(url))).text).name[0].family)
    assert.deepEqual(names.sort(), [hana.email, iris.email].sort())
    await platform.settle()
    assert.match((await iris.get('/api/v1/audit/my?limit=100')).text, /fhir_export/)
    assert.equal((await hana.get(job)).status, 404, 'the job is the service’s own')

    await platform.rows('select kernel.end_access_right($1)', [right])
    const left = (await ask(job)).body.output as (Output & { extension: { record: string } })[]
    assert.deepEqual(
      left.map((one) => one.extension.record),
      [hana.accountId],
    )
    const closed = (body.output as (Output & { extension: { record: string } })[]).find(
      (one) => one.extension.record === iris.accountId,
    )
    assert.equal((await ask(pathOf(String(closed?.url)))).status, 404)
    assert.equal((await platform.request('DELETE', job, { token })).status, 202)
    assert.equal((await ask(job)).status, 404)
    assert.equal((await ask(pathOf(String(left[0]?.url)))).status, 404)
    const files = await platform.rows(
      'select f.id from fhir.bulk_file f join fhir.bulk_job j on j.id = f.job where j.requester = $1',
      [service],
    )
    assert.deepEqual(files, [])
    const none = await ask(await begin('/fhir/Patient/$export?_type=Patient'))
    assert.equal(none.status, 202)
    const stranger = await appToken(platform, { accountId: newId(), scopes })
    const empty = await platform.request('GET', '/fhir/$export', { token: stranger, headers: ASYNC })
    await platform.settle()
    const nothing = await platform.request('GET', pathOf(String(empty.headers['content-location'])), {
      token: stranger,
    })
    assert.deepEqual(nothing.body.output, [])
    assert.equal((await platform.request('GET', '/fhir/Group/g/$export', { token, headers: ASYNC })).status, 404)
  })

  test('a Group spans the records of its members, as far as they are open', async () => {
    const [kim, lee, max] = await Promise.all(['kim', 'lee', 'max'].map((name) => platform.person(name)))
    assert.ok(kim && lee && max)
    for (const one of [lee, max])
      await store(one, { resourceType: 'Patient', id: one.accountId, name: [{ family: 'F' }] })
    await store(kim, { resourceType: 'Patient', id: 'k', name: [{ family: 'K' }] })
    const member = ['k', lee.accountId, max.accountId].map((id) => ({ entity: { reference: `Patient/${id}` } }))
    await store(kim, { resourceType: 'Group', id: 'home', type: 'person', actual: true, member })
    await open(kim.accountId, lee.accountId)
    await platform.rows(
      `select kernel.write_access_right($1, $2, 'personal_info', 'read', '2100-01-01', 'grant', $3)`,
      [kim.accountId, lee.accountId, newId()],
    )
    const { body } = await finished('/fhir/Group/home/$export?_type=Patient', kim)
    const ids = (await linesOf(body.output, kim)).map((one) => one.id)
    assert.deepEqual(ids.sort(), ['k', lee.accountId].sort())
    const service = newId()
    for (const one of [kim, max]) await open(service, one.accountId)
    const token = await appToken(platform, { accountId: service, scopes: ['system/*.rs'] })
    const begun = await platform.request('GET', '/fhir/Group/home/$export?_type=Patient', { token, headers: ASYNC })
    assert.equal(begun.status, 202, begun.text)
    await platform.settle()
    const manifest = await platform.request('GET', pathOf(String(begun.headers['content-location'])), { token })
    assert.equal(manifest.status, 200, manifest.text)
    const records = manifest.body.output.map((one: { extension: { record: string } }) => one.extension.record)
    assert.ok(records.includes(kim.accountId) && !records.includes(lee.accountId))
  })

  test('provenance comes along where it is asked for: all of it, or the newest', async () => {
    const nia = await platform.person('nia')
    await store(nia, { resourceType: 'Organization', id: 'o', name: 'O' })
    await store(nia, { resourceType: 'Patient', id: 'p', name: [{ family: 'N' }] })
    const agent = [{ who: { display: 'somebody' } }]
    for (const [id, target] of [
      ['first', 'Patient/p'],
      ['second', 'Patient/p'],
      ['other', 'Organization/o'],
    ] as const) {
      platform.clock.advance({ seconds: 1 })
      await store(nia, {
        resourceType: 'Provenance',
        id,
        target: [{ reference: target }],
        recorded: '2026-01-01T00:00:00Z',
        agent,
      })
    }
    const ids = async (query: string) =>
      (await linesOf((await finished(`/fhir/$export?_type=Patient${query}`, nia)).body.output, nia))
        .map((one) => one.id)
        .sort()
    assert.deepEqual(await ids('&includeAssociatedData=RelevantProvenanceResources'), ['first', 'p', 'second'])
    assert.deepEqual(await ids('&includeAssociatedData=LatestProvenanceResources'), ['p', 'second'])
    assert.deepEqual(await ids(''), ['p'])
    const strange = '/fhir/$export?includeAssociatedData=Everything'
    assert.equal((await nia.request('GET', strange, { headers: ASYNC })).status, 400)
  })

  test('the person’s own export and erasure know the jobs', async () => {
    const eva = await platform.person('eva')
    await store(eva, { resourceType: 'Patient', id: 'p', name: [{ family: 'E' }] })
    await finished('/fhir/$export', eva)
    const own = await platform.exportAll(eva.accountId)
    assert.equal(own.fhir?.bulk_job?.length, 1)
    assert.equal(own.fhir?.bulk_file?.length, 1)
    await platform.erase(eva.accountId)
    const left = await platform.rows('select 1 from fhir.bulk_job where user_id = $1', [eva.accountId])
    assert.deepEqual(left, [])
  })

  const folder = fileURLToPath(new URL('../../../../shared/data/synthea/', import.meta.url))
  const skip = existsSync(folder) ? false : 'the sample data is not here'

  test('synthetic records come out of $everything and $export as they went in', { skip }, async () => {
    const fay = await platform.person('fay')
    const smallest = readdirSync(folder)
      .filter((name) => name.endsWith('.json.gz'))
      .map((name) => gunzipSync(readFileSync(`${folder}${name}`)))
      .sort((a, b) => a.length - b.length)
      .slice(0, 3)
    const given = new Map<string, string>()
    for (const text of smallest) {
      const bundle = conditional(JSON.parse(text.toString('utf8')))
      const first = await fay.request('POST', '/fhir', { raw: JSON.stringify(bundle), headers: HEADERS })
      assert.equal(first.status, 200, first.text.slice(0, 500))
      const again = await fay.request('POST', '/fhir', { raw: JSON.stringify(bundle), headers: HEADERS })
      const statuses = new Set(again.body.entry.map((one: { response: { status: string } }) => one.response.status))
      assert.deepEqual([...statuses], ['200'])
      const links = new Map<string, string>()
      bundle.entry.forEach((entry, index) => {
        const location: string = first.body.entry[index].response.location
        links.set(entry.fullUrl, pathOf(location).split('/').slice(2, 4).join('/'))
      })
      for (const entry of bundle.entry) given.set(links.get(entry.fullUrl) as string, plain(entry.resource, links))
    }
    const lines = await linesOf((await finished('/fhir/$export', fay)).body.output, fay)
    assert.equal(lines.length, given.size)
    for (const line of lines) assert.equal(plain(line), given.get(`${line.resourceType}/${line.id}`))
    const patients = lines.filter((one) => one.resourceType === 'Patient')
    assert.equal(patients.length, smallest.length)
    const everything = new Set<string>()
    for (const { id } of patients) {
      const { body } = await fay.get(`/fhir/Patient/${id}/$everything`)
      for (const { resource } of body.entry as { resource: Resource }[]) {
        const name = `${resource.resourceType}/${resource.id}`
        assert.equal(plain(resource), given.get(name))
        everything.add(name)
      }
    }
    assert.equal(everything.size, given.size)
  })

  test('what an export made is gone a day later', async () => {
    const gil = await platform.person('gil')
    await store(gil, { resourceType: 'Patient', id: 'p', name: [{ family: 'G' }] })
    const job = await begun('/fhir/$export', gil)
    await platform.settle()
    platform.clock.advance({ hours: 25 })
    const { email, password } = gil
    const session = await platform.request('POST', '/api/v1/auth/login', { body: { email, password } })
    const token = session.body.access_token
    assert.equal((await platform.request('GET', job, { token })).status, 404)
    await platform.settle()
    assert.deepEqual(await platform.rows('select id from fhir.bulk_file'), [])
    assert.deepEqual(await platform.rows('select id from fhir.bulk_job'), [])
  })
})

interface Bundle {
  entry: { fullUrl: string; resource: Resource; request: { method: string; url: string; ifNoneExist?: string } }[]
}

/** Every create under a condition: the address that the entry has in its Bundle, as an identifier or a tag. */
function conditional(bundle: Bundle): Bundle {
  for (const { fullUrl, resource, request } of bundle.entry) {
    const code = fullUrl.slice('urn:uuid:'.length)
    const tag = [{ system: 'http://example.test/origin', code }]
    resource.meta = { ...resource.meta, tag } as never
    request.ifNoneExist = `_tag=${encodeURIComponent(`http://example.test/origin|${code}`)}`
  }
  return bundle
}

/** A resource without what the server adds, its links as they are stored. */
function plain({ meta, id: _id, ...rest }: Resource, links: ReadonlyMap<string, string> = new Map()): string {
  const { versionId: _version, lastUpdated: _updated, ...kept } = meta ?? {}
  const text = JSON.stringify([kept, Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))])
  return text.replaceAll(/"(urn:uuid:[0-9a-f-]+)"/g, (_all, urn: string) => JSON.stringify(links.get(urn) ?? urn))
}
