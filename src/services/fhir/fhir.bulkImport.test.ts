import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'

interface Resource {
  resourceType: string
  id?: string
  [member: string]: unknown
}

describe('fhir: import', () => {
  let platform: TestPlatform

  before(async () => {
    platform = await openTestPlatform({ environment: { FHIR_PRIVATE_ENDPOINTS: 'true' } })
  })
  after(() => platform.close())

  const ASYNC = { prefer: 'respond-async' }
  const NDJSON = { ...ASYNC, 'content-type': 'application/fhir+ndjson' }
  const JSON_TYPE = { ...ASYNC, 'content-type': 'application/fhir+json' }
  const pathOf = (url: unknown) => String(url).replace(/^.*?\/fhir\//, '/fhir/')
  const linesOf = (resources: readonly object[]) => resources.map((one) => `${JSON.stringify(one)}\n`).join('')

  async function finished(person: TestPerson, kickOff: TestAnswer): Promise<TestAnswer> {
    assert.equal(kickOff.status, 202, kickOff.text)
    await platform.settle()
    return person.get(pathOf(kickOff.headers['content-location']))
  }

  async function imported(person: TestPerson, raw: string, headers: Record<string, string> = NDJSON, query = '') {
    const done = await finished(person, await person.request('POST', `/fhir/$import${query}`, { raw, headers }))
    assert.equal(done.status, 200, done.text)
    const [notes] = done.body.error
    const told = notes === undefined ? '' : (await person.get(pathOf(notes.url))).text
    return { counts: done.body.extension.counts as Record<string, number>, told }
  }

  async function recordOf(person: TestPerson): Promise<Resource[]> {
    const rows = await platform.rows(
      `select content from fhir.resource where user_id = $1 and type <> 'Provenance' and content <> '' order by pk`,
      [person.accountId],
    )
    return rows.map((row) => JSON.parse(row.content as string) as Resource)
  }

  const patient = (id: string, family: string, identifier?: string): Resource => ({
    resourceType: 'Patient',
    id,
    name: [{ family }],
    ...(identifier === undefined ? {} : { identifier: [{ system: 'urn:hospital', value: identifier }] }),
  })
  const observation = (id: string, subject: string, more: object = {}): Resource => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: id },
    subject: { reference: subject },
    ...more,
  })

  test('lines keep their ids and links, whatever their order; a second import changes nothing', async () => {
    const ana = await platform.person('ana')
    const lines = linesOf([observation('o', 'Patient/p', { valueQuantity: { value: 1 } }), patient('p', 'A')]).replace(
      '"value":1}',
      '"value":1.00}',
    )
    assert.deepEqual((await imported(ana, lines)).counts, { taken: 2 })
    const read = await ana.get('/fhir/Observation/o')
    assert.equal(read.body.subject.reference, 'Patient/p')
    assert.match(read.text, /"value":1\.00/)
    const before = await platform.rows('select count(*) from fhir.history where user_id = $1', [ana.accountId])
    const again = await imported(ana, lines)
    assert.deepEqual(again.counts, { skipped: 2 })
    assert.match(again.told, /is the same/)
    assert.deepEqual(
      await platform.rows('select count(*) from fhir.history where user_id = $1', [ana.accountId]),
      before,
    )
  })

  test('what changed since is a new version; what it says of its origin stands beside it', async () => {
    const ana = await platform.person('ana')
    const from = '?source=https://hospital.example'
    await imported(ana, linesOf([patient('p', 'Before')]), NDJSON, from)
    assert.deepEqual((await imported(ana, linesOf([patient('p', 'After')]), NDJSON, from)).counts, { updated: 1 })
    const { body } = await ana.get('/fhir/Patient/p')
    assert.deepEqual([body.name[0].family, body.meta.versionId], ['After', '2'])
    const found = await ana.get('/fhir/Provenance?target=Patient/p')
    assert.equal(found.body.entry.length, 2)
    assert.equal(found.body.entry[0].resource.entity[0].what.display, 'https://hospital.example')
  })

  test('Patient/1 of two hospitals are two people, each with their own', async () => {
    const ana = await platform.person('ana')
    for (const name of ['first', 'second']) {
      const lines = linesOf([patient('1', name), observation('o', 'Patient/1')])
      assert.deepEqual((await imported(ana, lines, NDJSON, `?source=${name}`)).counts, { taken: 2 })
    }
    const record = await recordOf(ana)
    const families = new Map(
      record
        .filter((one) => one.resourceType === 'Patient')
        .map((one) => [one.id, (one.name as [{ family: string }])[0].family]),
    )
    assert.deepEqual([...families.values()].sort(), ['first', 'second'])
    const subjects = record
      .filter((one) => one.resourceType === 'Observation')
      .map((one) => (one.subject as { reference: string }).reference)
    assert.deepEqual(subjects.sort(), [...families.keys()].map((id) => `Patient/${id}`).sort())
  })

  test('a Bundle of any type is taken, its links are written as they are here', async () => {
    for (const type of ['collection', 'document', 'searchset', 'transaction', 'history']) {
      const ben = await platform.person('ben')
      const entry = [
        { fullUrl: 'urn:uuid:b0', resource: { ...observation('x', 'urn:uuid:a0'), id: undefined } },
        { fullUrl: 'urn:uuid:a0', resource: { ...patient('y', 'B'), id: undefined } },
        { fullUrl: 'https://h.example/fhir/Encounter/7', resource: encounter('7', 'urn:uuid:a0') },
        {
          fullUrl: 'https://h.example/fhir/Observation/8',
          resource: { ...observation('8', 'urn:uuid:a0'), encounter: { reference: 'Encounter/7' } },
        },
      ]
      const raw = JSON.stringify({ resourceType: 'Bundle', type, entry }, undefined, 2)
      assert.deepEqual((await imported(ben, raw, JSON_TYPE)).counts, { taken: 4 }, type)
      const [x, b, , y] = (await recordOf(ben)) as [Resource, Resource, Resource, Resource]
      assert.equal((x.subject as { reference: string }).reference, `Patient/${b.id}`)
      assert.equal((y.encounter as { reference: string }).reference, 'Encounter/7')
      assert.deepEqual((await imported(ben, raw, JSON_TYPE)).counts, { skipped: 4 }, type)
    }
  })

  const encounter = (id: string, subject: string): Resource => ({
    resourceType: 'Encounter',
    id,
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: subject },
  })

  test('what is here under one of its identifiers stands for it, and is not changed', async () => {
    const carl = await platform.person('carl')
    const own = await carl.request('POST', '/fhir/Patient', {
      raw: JSON.stringify({
        ...patient('x', 'Own'),
        id: undefined,
        identifier: [{ system: 'urn:hospital', value: '77' }],
      }),
      headers: JSON_TYPE,
    })
    const lines = linesOf([patient('elsewhere', 'Theirs', '77'), observation('o', 'Patient/elsewhere')])
    const { counts, told } = await imported(carl, lines)
    assert.deepEqual(counts, { taken: 1, skipped: 1 })
    assert.match(told, /is here already/)
    assert.equal((await carl.get(`/fhir/Patient/${own.body.id}`)).body.name[0].family, 'Own')
    assert.equal((await carl.get('/fhir/Observation/o')).body.subject.reference, `Patient/${own.body.id}`)
  })

  test('what breaks the specification is left out, and told with the place of the fault', async () => {
    const dora = await platform.person('dora')
    const wrong = { ...patient('w', 'W'), gender: 'neither' }
    const subscription = {
      resourceType: 'Subscription',
      status: 'active',
      reason: 'x',
      criteria: 'Patient?',
      channel: { type: 'rest-hook', endpoint: 'https://elsewhere.example' },
    }
    const raw = `${linesOf([wrong, subscription])}{"resourceType":\nnothing\n${linesOf([patient('good', 'G')])}`
    const { counts, told } = await imported(dora, raw)
    assert.deepEqual(counts, { taken: 1, refused: 4 })
    assert.match(told, /Patient\.gender/)
    assert.match(told, /Subscription is not imported/)
    assert.equal(told.trimEnd().split('\n').length, 4)
    assert.deepEqual(await platform.rows('select 1 from fhir.subscription where user_id = $1', [dora.accountId]), [])
  })

  test('an interrupted import goes on where it was', async () => {
    const eva = await platform.person('eva')
    const raw = linesOf(Array.from({ length: 600 }, (_one, index) => patient(`p${index}`, 'E')))
    const kickOff = await eva.request('POST', '/fhir/$import', { raw, headers: NDJSON })
    const id = pathOf(kickOff.headers['content-location']).split('/').at(-1)
    await platform.rows(
      `update fhir.bulk_job set state = 'running', position = '{"pass":"names","file":1,"line":250}' where id = $1`,
      [id],
    )
    const done = await finished(eva, kickOff)
    // The first 250 were not named: they are told so, and nothing is half-written.
    assert.deepEqual(done.body.extension.counts, { taken: 350, refused: 250 })
  })

  test('files of a manifest are fetched; one that is not there ends the import', async () => {
    const fay = await platform.person('fay')
    const server: Server = createServer((request, response) => {
      if (request.url === '/patients') response.end(linesOf([patient('p', 'F')]))
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const manifest = (path: string) =>
      JSON.stringify({
        inputFormat: 'application/fhir+ndjson',
        inputSource: address,
        input: [{ type: 'Patient', url: `${address}${path}` }],
      })
    assert.deepEqual((await imported(fay, manifest('/patients'), JSON_TYPE)).counts, { taken: 1 })
    const kickOff = await fay.request('POST', '/fhir/$import', { raw: manifest('/nothing'), headers: JSON_TYPE })
    const failed = await finished(fay, kickOff)
    assert.equal(failed.status, 500)
    assert.match(failed.text, /answered 404/)
    server.close()
  })

  test('what can not be read, is not one’s own or says nothing of coming back is refused', async () => {
    const gil = await platform.person('gil')
    const hana = await platform.person('hana')
    const status = async (raw: string, headers: Record<string, string>, path = '/fhir/$import', who = gil) =>
      (await who.request('POST', path, { raw, headers })).status
    assert.equal(await status(linesOf([patient('p', 'G')]), { 'content-type': 'application/fhir+ndjson' }), 400)
    assert.equal(await status('[]', JSON_TYPE), 400)
    assert.equal(await status('{"input":[]}', JSON_TYPE), 422)
    assert.equal(await status('{"input":[{"url":"file:///etc/passwd"}]}', JSON_TYPE), 422)
    assert.equal(await status('a', { ...ASYNC, 'content-type': 'text/csv' }), 415)
    assert.equal((await platform.request('POST', '/fhir/$import', { raw: '', headers: NDJSON })).status, 401)
    const shared = `/fhir/$import?profile_id=${gil.accountId}`
    assert.equal(await status(linesOf([patient('p', 'G')]), NDJSON, shared, hana), 404)
    await platform.rows(
      `select kernel.write_access_right($1, $2, 'health_records', 'write', '2100-01-01', 'grant', $1)`,
      [hana.accountId, gil.accountId],
    )
    assert.equal(await status(linesOf([patient('p', 'G')]), NDJSON, shared, hana), 403)
  })
})
