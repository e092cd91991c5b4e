import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }

interface Entry {
  fullUrl?: string
  resource?: { resourceType: string; id?: string; [member: string]: unknown }
  request?: { method: string; url: string; ifNoneExist?: string; ifMatch?: string }
  response?: { status: string; location?: string; outcome?: { resourceType: string } }
}

describe('fhir: bundles', () => {
  let platform: TestPlatform
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
  })
  after(() => platform.close())

  const post = (type: string, entry: readonly Entry[], person = ana, headers: Record<string, string> = {}) =>
    person.request('POST', '/fhir', {
      raw: JSON.stringify({ resourceType: 'Bundle', type, entry }),
      headers: { ...HEADERS, ...headers },
    })
  const statuses = (answer: { body: { entry: Entry[] } }) => answer.body.entry.map((entry) => entry.response?.status)

  test('a transaction does all, in its order, and links its entries', async () => {
    const answer = await post(
      'transaction',
      [
        { request: { method: 'GET', url: 'Observation?patient.family=Iyer' } },
        {
          resource: {
            resourceType: 'Observation',
            status: 'final',
            code: { text: 'x' },
            subject: { reference: 'urn:uuid:11111111-1111-4111-8111-111111111111' },
          },
          request: { method: 'POST', url: 'Observation' },
        },
        {
          fullUrl: 'urn:uuid:11111111-1111-4111-8111-111111111111',
          resource: { resourceType: 'Patient', name: [{ family: 'Iyer' }] },
          request: { method: 'POST', url: 'Patient' },
        },
        {
          resource: { resourceType: 'Organization', id: 'org', name: 'O' },
          request: { method: 'PUT', url: 'Organization/org' },
        },
      ],
      ana,
      { prefer: 'return=representation' },
    )
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.body.type, 'transaction-response')
    assert.deepEqual(statuses(answer), ['200', '201', '201', '201'])
    const [found, observation, patient] = answer.body.entry
    assert.equal(observation.resource.subject.reference, `Patient/${patient.resource.id}`)
    assert.equal(found.resource.entry.length, 1)
  })

  test('links in narratives, and addresses that entries had elsewhere, become those of here', async () => {
    const [patient, organization] = [
      'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a',
      'http://example.test/fhir/Organization/o9',
    ]
    const div = `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${patient}">of ${patient}</a></div>`
    const entries = [
      {
        resource: {
          resourceType: 'Basic',
          code: { text: 'x' },
          subject: { reference: patient },
          text: { status: 'generated', div },
        },
        request: { method: 'POST', url: 'Basic' },
      },
      {
        fullUrl: patient,
        resource: { resourceType: 'Patient', managingOrganization: { reference: 'Organization/o9' } },
        request: { method: 'POST', url: 'Patient' },
      },
      {
        fullUrl: organization,
        resource: { resourceType: 'Organization', name: 'A' },
        request: { method: 'POST', url: 'Organization' },
      },
    ]
    const { body, text } = await post('transaction', entries)
    const names = body.entry.map(
      ({ response }: { response: { location: string } }) => /([A-Z]\w+\/[^/]+)\/_history/.exec(response.location)?.[1],
    )
    const [basic, person] = await Promise.all(names.slice(0, 2).map((name: string) => ana.get(`/fhir/${name}`)))
    assert.ok(basic?.body.text.div.includes(`<a href="${names[1]}">of ${patient}</a>`), text)
    assert.equal(person?.body.managingOrganization.reference, names[2])
  })

  test('a transaction of which one entry is refused leaves nothing', async () => {
    const before = (await ana.get('/fhir/Patient?_summary=count')).body.total
    const good = { resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } }
    for (const [bad, status] of [
      [{ resource: { resourceType: 'Patient', gender: 'x' }, request: { method: 'POST', url: 'Patient' } }, 422],
      [
        {
          resource: { resourceType: 'Organization', id: 'org', name: 'O' },
          request: { method: 'PUT', url: 'Organization/org', ifMatch: 'W/"99"' },
        },
        412,
      ],
      [
        {
          resource: {
            resourceType: 'Observation',
            status: 'final',
            code: { text: 'x' },
            subject: { reference: 'Patient?identifier=nobody' },
          },
          request: { method: 'POST', url: 'Observation' },
        },
        412,
      ],
      [{ request: { method: 'GET', url: 'Patient/unknown' } }, 404],
      [{ request: { method: 'POST', url: 'Nonsense' } }, 400],
      [{}, 400],
    ] as const) {
      const answer = await post('transaction', [good, bad])
      assert.equal(answer.status, status, answer.text)
      assert.equal(answer.body.resourceType, 'OperationOutcome')
    }
    assert.equal((await ana.get('/fhir/Patient?_summary=count')).body.total, before)
  })

  test('a link to an entry of the wrong type is refused, naming the entry', async () => {
    const fullUrl = 'urn:uuid:22222222-2222-4222-8222-222222222222'
    const answer = await post('transaction', [
      { fullUrl, resource: { resourceType: 'Medication' }, request: { method: 'POST', url: 'Medication' } },
      {
        resource: {
          resourceType: 'Observation',
          status: 'final',
          code: { text: 'x' },
          subject: { reference: fullUrl },
        },
        request: { method: 'POST', url: 'Observation' },
      },
    ])
    assert.equal(answer.status, 422, answer.text)
    assert.deepEqual(answer.body.issue[0].expression, ['Bundle.entry[1].resource'])
  })

  test('one resource is changed only once in a transaction', async () => {
    const put = {
      resource: { resourceType: 'Organization', id: 'twice', name: 'O' },
      request: { method: 'PUT', url: 'Organization/twice' },
    }
    assert.equal((await post('transaction', [put, put])).status, 400)
  })

  test('conditional references find what is there', async () => {
    const organization = { resourceType: 'Organization', identifier: [{ system: 'urn:o', value: '1' }], name: 'Clinic' }
    const made = await ana.request('POST', '/fhir/Organization', {
      raw: JSON.stringify(organization),
      headers: HEADERS,
    })
    const answer = await post(
      'transaction',
      [
        {
          resource: { resourceType: 'Patient', managingOrganization: { reference: 'Organization?identifier=urn:o|1' } },
          request: { method: 'POST', url: 'Patient' },
        },
      ],
      ana,
      { prefer: 'return=representation' },
    )
    assert.equal(answer.body.entry[0].resource.managingOrganization.reference, `Organization/${made.body.id}`)
  })

  test('of a batch each entry stands for itself', async () => {
    const answer = await post('batch', [
      { resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
      { resource: { resourceType: 'Patient', gender: 'x' }, request: { method: 'POST', url: 'Patient' } },
      { request: { method: 'GET', url: 'Patient/unknown' } },
      { request: { method: 'GET', url: 'metadata' } },
      { request: { method: 'DELETE', url: 'Patient/unknown' } },
    ])
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(statuses(answer), ['201', '422', '404', '200', '204'])
    assert.equal(answer.body.entry[1].response.outcome.resourceType, 'OperationOutcome')
  })

  test('what is no batch and no transaction is refused', async () => {
    for (const body of ['{', '[]', '{"resourceType":"Patient"}', '{"resourceType":"Bundle","type":"searchset"}']) {
      const answer = await ana.request('POST', '/fhir', { raw: body, headers: HEADERS })
      assert.equal(answer.status, 400, answer.text)
      assert.equal(answer.body.resourceType, 'OperationOutcome')
    }
  })
})

const SYNTHEA = fileURLToPath(new URL('../../../../shared/data/synthea/', import.meta.url))
const isThere = existsSync(SYNTHEA)

describe('fhir: twenty synthetic patients', {
  skip: isThere ? false : 'the sample data is not beside the repository',
}, () => {
  let platform: TestPlatform
  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())

  const files = isThere ? readdirSync(SYNTHEA).filter((file) => file.endsWith('.json.gz')) : []
  const read = (file: string) =>
    JSON.parse(gunzipSync(readFileSync(SYNTHEA + file)).toString('utf8')) as { entry: Entry[] }

  test('each is imported by one transaction, comes back whole by $everything, and is imported only once', async () => {
    for (const [index, file] of files.entries()) {
      const person = await platform.person(`synthea-${index}`)
      const bundle = read(file)
      for (const entry of bundle.entry) {
        const name = `${entry.resource?.resourceType}?_tag=urn:import|${entry.resource?.id}`
        // Nothing in these resources says for sure which they are: the import marks them.
        Object.assign(entry.resource as object, {
          meta: { ...(entry.resource?.meta as object), tag: [{ system: 'urn:import', code: entry.resource?.id }] },
        })
        entry.request = {
          method: 'POST',
          url: String(entry.resource?.resourceType),
          ifNoneExist: name.split('?')[1] as string,
        }
      }
      const raw = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: bundle.entry })
      const first = await person.request('POST', '/fhir', { raw, headers: HEADERS })
      assert.equal(first.status, 200, first.text.slice(0, 2000))
      assert.ok(first.body.entry.every((entry: Entry) => entry.response?.status === '201'))
      const patient = first.body.entry.find((entry: Entry) => entry.response?.location?.includes('/Patient/'))
      const id = patient.response.location.split('/').at(-3)
      const everything = await person.request('GET', `/fhir/Patient/${id}/$everything`)
      assert.equal(everything.status, 200)
      assert.deepEqual(
        contentsOf(everything.body.entry, first.body.entry, bundle.entry),
        sorted(bundle.entry.map((entry) => withoutMeta(entry.resource))),
      )
      if (index >= 3) continue
      const again = await person.request('POST', '/fhir', { raw, headers: HEADERS })
      assert.ok(again.body.entry.every((entry: Entry) => entry.response?.status === '200'))
      const history = await person.request('GET', '/fhir/_history?_count=1')
      assert.equal(history.status, 200)
    }
  })

  /** What came back, in the words of what went in: ids and links as they were. */
  function contentsOf(found: Entry[], written: Entry[], given: Entry[]): string[] {
    const names = new Map(
      written.map((entry, index) => {
        const [, type, id] = /([A-Za-z]+)\/([^/]+)\/_history\/\d+$/.exec(entry.response?.location ?? '') ?? []
        return [`${type}/${id}`, given[index] as Entry]
      }),
    )
    const contents = found.map(({ resource }) => {
      const source = names.get(`${resource?.resourceType}/${resource?.id}`)
      const text = JSON.stringify({ ...resource, id: source?.resource?.id }).replaceAll(
        /"reference":"([A-Za-z]+\/[^"]+)"/g,
        (match, name: string) => (names.has(name) ? `"reference":"${names.get(name)?.fullUrl}"` : match),
      )
      return withoutMeta(JSON.parse(text))
    })
    return sorted(contents)
  }

  function withoutMeta(resource: object | undefined): string {
    const { meta: _meta, ...rest } = (resource ?? {}) as Record<string, unknown>
    return JSON.stringify(Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))))
  }

  const sorted = (texts: readonly string[]) => [...texts].sort()
})
