import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }
/** Names that stand only in the record of the first person; whatever names one of them has let something out. */
const SECRET = 'secretname'

describe('fhir: two records', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  const bundle = (word: string) => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        resourceType: 'Patient',
        id: 'p',
        name: [{ family: word }],
        generalPractitioner: [{ reference: 'Practitioner/d' }],
      },
      { resourceType: 'Practitioner', id: 'd', name: [{ family: word }] },
      {
        resourceType: 'Observation',
        id: 'o',
        status: 'final',
        code: { coding: [{ system: 'urn:x', code: 'c', display: word }] },
        subject: { reference: 'Patient/p' },
        performer: [{ reference: 'Practitioner/d' }],
        effectiveDateTime: '2024-01-01',
        valueQuantity: { value: 5, code: 'kg', system: 'http://unitsofmeasure.org' },
      },
    ].map((resource) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } })),
  })

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
    for (const [person, word] of [
      [ana, SECRET],
      [ben, 'plain'],
    ] as const) {
      const done = await person.request('POST', '/fhir', { raw: JSON.stringify(bundle(word)), headers: HEADERS })
      assert.equal(done.status, 200, done.text)
    }
  })
  after(() => platform.close())

  const type = fc.constantFrom('Patient', 'Observation', 'Practitioner')
  const part = fc.constantFrom(
    '_id=p,d,o',
    'name=secretname',
    'name:contains=secret',
    'family:exact=secretname',
    'code=urn:x|c',
    'code:text=secretname',
    'code:not=other',
    'subject=Patient/p',
    'patient.name=secretname',
    'subject:Patient.general-practitioner.name=secretname',
    'patient._has:Observation:patient:code=c',
    '_has:Observation:patient:code=c',
    '_has:Observation:performer:code:text=secretname',
    '_has:Patient:general-practitioner:name=secretname',
    'value-quantity=gt1',
    'code-value-quantity=c$5',
    'date=ge2000',
    'identifier:missing=true',
    '_lastUpdated=ge2000',
    '_include=*',
    '_include=Observation:subject',
    '_include:iterate=Patient:general-practitioner',
    '_revinclude=Observation:subject',
    '_revinclude=Observation:performer',
    '_revinclude:iterate=Patient:general-practitioner',
    '_sort=-date',
    '_sort=name',
    '_count=1',
    '_total=accurate',
    '_summary=true',
  )

  test('no search of one names, counts or includes anything of the other', async () => {
    await fc.assert(
      fc.asyncProperty(type, fc.array(part, { maxLength: 5 }), async (of, parts) => {
        const query = parts.map((one) => one.split('=').map(encodeURIComponent).join('=')).join('&')
        const answer = await ben.request('GET', `/fhir/${of}?${query}`, { headers: { prefer: 'handling=lenient' } })
        assert.equal(answer.status, 200, `${of}?${query}: ${answer.text}`)
        const resources = (answer.body.entry ?? []).map((entry: { resource: object }) => JSON.stringify(entry.resource))
        for (const text of resources) if (!text.includes('OperationOutcome')) assert.doesNotMatch(text, /secretname/)
        // A record holds one of each: more would be somebody else's.
        assert.ok((answer.body.total ?? 0) <= 1, answer.text)
        const matches = (answer.body.entry ?? []).filter(
          (entry: { search: { mode: string } }) => entry.search.mode === 'match',
        )
        assert.ok(matches.length <= 1, answer.text)
      }),
      { numRuns: 150 },
    )
  })

  test('no read, history or operation of one shows anything of the other', async () => {
    for (const path of [
      'Patient/p',
      'Observation/o',
      'Practitioner/d',
      'Patient/p/$everything',
      'Patient/p/_history',
      '_history',
      'Patient/p/Observation',
      'Patient/p/_history/1',
    ]) {
      const answer = await ben.get(`/fhir/${path}`)
      assert.equal(answer.status, 200, path)
      assert.doesNotMatch(answer.text, /secretname/)
      assert.equal((await ben.get(`/fhir/${path}?profile_id=${ana.accountId}`)).status, 404, path)
    }
  })

  test('no change of one touches the other', async () => {
    const before = (await ana.get('/fhir/_history')).text
    for (const [method, path] of [
      ['DELETE', 'Patient/p'],
      ['DELETE', 'Practitioner?name=secretname'],
      ['DELETE', 'Observation?code=c'],
    ] as const) {
      assert.equal((await ben.request(method, `/fhir/${path}`, {})).status, 204)
    }
    assert.equal((await ana.get('/fhir/_history')).text, before)
  })
})
