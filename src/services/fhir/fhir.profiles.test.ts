import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import type { Json, Resource } from './domain/json.ts'
import { engines, profiles } from './handlers/engines.ts'

const HL7 = 'http://hl7.org/fhir/StructureDefinition'
const IPS = 'http://hl7.org/fhir/uv/ips/StructureDefinition'
const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition'
const coded = (system: string, code: string) => ({ coding: [{ system, code }] })
const loinc = (code: string) => coded('http://loinc.org', code)
const VITAL = [coded('http://terminology.hl7.org/CodeSystem/observation-category', 'vital-signs')]
const quantity = (value: number, code: string) => ({ value, unit: code, system: 'http://unitsofmeasure.org', code })
const pressure = (code: string, value: number) => ({ code: loinc(code), valueQuantity: quantity(value, 'mm[Hg]') })

const BLOOD_PRESSURE = {
  resourceType: 'Observation',
  status: 'final',
  category: VITAL,
  code: loinc('85354-9'),
  subject: { reference: 'Patient/p' },
  effectiveDateTime: '2024-01-01',
  component: [pressure('8480-6', 120), pressure('8462-4', 80)],
}

describe('fhir: profiles', () => {
  const faults = (resource: object, url: string) => profiles().check(resource as unknown as Resource, url)

  for (const url of [`${HL7}/bp`, `${US_CORE}/us-core-blood-pressure`, `${HL7}/vitalsigns`]) {
    test(`a blood pressure keeps ${url}`, () => assert.deepEqual(faults(BLOOD_PRESSURE, url), []))
  }

  for (const [why, more, pattern] of [
    ['without the diastolic component', { component: [pressure('8480-6', 120)] }, /DiastolicBP.*at least 1/],
    ['under another code', { code: loinc('29463-7') }, /BPCode.*at least 1/],
    ['of another category', { category: [coded('urn:x', 'y')] }, /VSCat.*at least 1/],
    ['without a time', { effectiveDateTime: undefined }, /effective.*at least 1/],
    ['with a value of its own', { valueQuantity: quantity(1, 'mm[Hg]') }, /valueQuantity.*at most 0/],
    [
      'in another unit',
      { component: [{ code: loinc('8480-6'), valueQuantity: quantity(1, 'kPa') }, pressure('8462-4', 80)] },
      /code: must be "mm\[Hg\]"/,
    ],
    ['with an empty component', { component: [{ code: loinc('8480-6') }, pressure('8462-4', 80)] }, /vs-3 is not kept/],
  ] as const) {
    test(`a blood pressure ${why} does not`, () => {
      const found = faults({ ...BLOOD_PRESSURE, ...more }, `${HL7}/bp`).map((issue) => issue.text)
      assert.ok(
        found.some((text) => pattern.test(text)),
        found.join('\n'),
      )
    })
  }

  test('a patient of the summary has a name and a date of birth', () => {
    const patient = { resourceType: 'Patient', name: [{ text: 'Asha' }], birthDate: '1980' }
    assert.deepEqual(faults(patient, `${IPS}/Patient-uv-ips`), [])
    assert.equal(faults({ ...patient, name: [{ use: 'usual' }] }, `${IPS}/Patient-uv-ips`).length, 1)
    assert.equal(faults({ resourceType: 'Patient' }, `${IPS}/Patient-uv-ips|2.0.0`).length, 2)
    assert.equal(faults(patient, `${HL7}/bp`).length, 1)
    assert.deepEqual(faults(patient, 'urn:unknown'), [])
  })

  test('no input stops the validator, and none takes it long', () => {
    const names = fc.constantFrom(
      'code',
      'coding',
      'component',
      'valueQuantity',
      'extension',
      'contained',
      '__proto__',
      'id',
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.jsonValue(),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(names, tie('tree'), { noNullPrototype: true }),
      ),
    }))
    fc.assert(
      fc.property(
        fc.dictionary(names, tree),
        fc.constantFrom('Observation', 'Patient', 'Bundle', 'Questionnaire'),
        (given, type) => {
          const resource = { ...(given as object), resourceType: type } as Resource
          assert.ok(Array.isArray(engines().validator.validate(resource as Json)))
          assert.ok(Array.isArray(profiles().check(resource, `${HL7}/bp`)))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('a large resource is checked in steps, with the same faults', async () => {
    const item = (index: number) => ({ linkId: String(index), text: 'x', type: index === 700 ? 'nonsense' : 'string' })
    const questionnaire = {
      resourceType: 'Questionnaire',
      status: 'active',
      item: Array.from({ length: 1500 }, (_one, index) => item(index)),
    }
    let pauses = 0
    const pause = async () => {
      pauses += 1
    }
    const inSteps = await engines().validator.validateInSteps(questionnaire as unknown as Json, pause)
    assert.deepEqual(inSteps, engines().validator.validate(questionnaire as unknown as Json))
    assert.equal(inSteps.length, 1)
    assert.ok(pauses >= 1500)
  })
})

describe('fhir: checking, packing and provenance', () => {
  let platform: TestPlatform
  let ana: TestPerson
  const headers = { 'content-type': 'application/fhir+json' }
  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
  })
  after(() => platform.close())
  const send = (method: string, path: string, body: string | Buffer | object, more: Record<string, string> = {}) =>
    ana.request(method, `/fhir${path}`, {
      raw: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
      headers: { ...headers, ...more },
    })

  test('$validate checks a profile that is named, and knows create, update and delete', async () => {
    const check = async (path: string, body: object) => {
      const answer = await send('POST', path, body)
      assert.equal(answer.status, 200, answer.text)
      return answer.body.issue[0].severity
    }
    assert.equal(await check(`/Observation/$validate?profile=${HL7}/bp`, BLOOD_PRESSURE), 'information')
    assert.equal(await check(`/Observation/$validate?profile=${HL7}/bmi`, BLOOD_PRESSURE), 'error')
    assert.equal(await check('/Observation/$validate?profile=urn:unknown', BLOOD_PRESSURE), 'error')
    const parameter = [
      { name: 'resource', resource: BLOOD_PRESSURE },
      { name: 'profile', valueUri: `${US_CORE}/us-core-body-weight` },
    ]
    assert.equal(await check('/Observation/$validate', { resourceType: 'Parameters', parameter }), 'error')
    assert.equal(await check('/Observation/$validate?mode=update', BLOOD_PRESSURE), 'error')
    assert.equal(await check('/Observation/x/$validate?mode=update', { ...BLOOD_PRESSURE, id: 'x' }), 'information')
    assert.equal(await check('/Observation/x/$validate?mode=update', { ...BLOOD_PRESSURE, id: 'y' }), 'error')
    assert.equal(await check('/Patient/$validate', BLOOD_PRESSURE), 'error')
    assert.equal((await send('POST', '/Observation/$validate?mode=nonsense', BLOOD_PRESSURE)).status, 400)
    assert.equal((await ana.get('/fhir/Observation/none/$validate')).status, 404)
  })

  test('a resource that claims a profile must keep it; one that is not known is nobody’s fault', async () => {
    const claiming = (url: string) => ({ ...BLOOD_PRESSURE, component: undefined, meta: { profile: [url] } })
    const refused = await send('POST', '/Observation', claiming(`${HL7}/bp`))
    assert.equal(refused.status, 422, refused.text)
    assert.equal(
      (await send('POST', '/Observation', { ...BLOOD_PRESSURE, meta: { profile: [`${HL7}/bp`] } })).status,
      201,
    )
    const value = { ...claiming('urn:unknown'), valueString: 'x' }
    assert.equal((await send('POST', '/Observation', value)).status, 201)
  })

  test('bodies come packed, and long answers go packed', async () => {
    const text = { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${'x'.repeat(5000)}</div>` }
    const body = JSON.stringify({ resourceType: 'Patient', id: 'zip', text })
    const made = await send('PUT', '/Patient/zip', gzipSync(body), { 'content-encoding': 'gzip' })
    assert.equal(made.status, 201, made.text)
    const read = await ana.request('GET', '/fhir/Patient/zip', { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(read.status, 200)
    assert.equal(read.headers['content-encoding'], 'gzip')
    assert.ok(read.text.length < 2000)
    assert.match((await ana.get('/fhir/Patient/zip')).text, /x{5000}/)
    assert.match(String(read.headers.vary), /accept-encoding/)
    assert.equal((await send('POST', '/Patient', 'not packed', { 'content-encoding': 'gzip' })).status, 400)
    assert.equal((await send('POST', '/Patient', body, { 'content-encoding': 'zstd' })).status, 415)
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024, 0x20))
    assert.equal((await send('POST', '/Patient', bomb, { 'content-encoding': 'gzip' })).status, 413)
  })

  test('X-Provenance is stored with what it is about, or neither is', async () => {
    const agent = [{ who: { display: 'a clinic' } }]
    const provenance = { resourceType: 'Provenance', recorded: '2024-01-01T00:00:00Z', agent }
    const made = await send(
      'POST',
      '/Patient',
      { resourceType: 'Patient' },
      { 'x-provenance': JSON.stringify(provenance) },
    )
    assert.equal(made.status, 201, made.text)
    const found = await ana.get(`/fhir/Provenance?target=Patient/${made.body.id}`)
    assert.equal(found.body.entry?.length, 1, found.text)
    const bad = { ...provenance, agent: undefined }
    const before = (await ana.get('/fhir/Patient?_summary=count')).body.total
    const refused = await send('POST', '/Patient', { resourceType: 'Patient' }, { 'x-provenance': JSON.stringify(bad) })
    assert.equal(refused.status, 422, refused.text)
    assert.equal((await send('POST', '/Patient', { resourceType: 'Patient' }, { 'x-provenance': '{}' })).status, 400)
    assert.equal((await ana.get('/fhir/Patient?_summary=count')).body.total, before)
  })

  test('XML is not acceptable, and a method that does not fit is 405, both as OperationOutcome', async () => {
    for (const answer of [
      await ana.get('/fhir/Patient?_format=xml'),
      await ana.request('GET', '/fhir/Patient', { headers: { accept: 'application/fhir+xml' } }),
    ]) {
      assert.equal(answer.status, 406, answer.text)
      assert.equal(answer.body.resourceType, 'OperationOutcome')
    }
    assert.equal((await ana.get('/fhir/Patient?_format=json')).status, 200)
    const posted = await send('POST', '/Patient/zip', { resourceType: 'Patient' })
    assert.equal(posted.status, 405, posted.text)
    assert.equal(posted.body.resourceType, 'OperationOutcome')
  })
})
