import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const UCUM = 'http://unitsofmeasure.org'
const LOINC = 'http://loinc.org'
const quantity = (value: number, code: string) => ({ value, unit: code, system: UCUM, code })
const code = (text: string) => ({ coding: [{ system: LOINC, code: text }] })
const reference = (text: string) => ({ reference: text })
const observation = (id: string, more: object) => ({ resourceType: 'Observation', id, status: 'final', ...more })
const sequence = (id: string, referenceSeq: object) => ({
  resourceType: 'MolecularSequence',
  id,
  coordinateSystem: 0,
  referenceSeq: { ...referenceSeq, windowStart: 100, windowEnd: 900 },
  variant: [
    { start: 200, end: 300 },
    { start: 500, end: 800 },
  ],
})
const div = (text: string) => ({ status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>` })

const RECORD: readonly { resourceType: string; id: string; [member: string]: unknown }[] = [
  {
    resourceType: 'Patient',
    id: 'pat',
    gender: 'male',
    meta: { tag: [{ system: 'urn:t', code: 'one' }], source: 'urn:s' },
  },
  { resourceType: 'Patient', id: 'two', gender: 'female' },
  {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    class: { code: 'AMB' },
    subject: reference('Patient/pat'),
  },
  { resourceType: 'Device', id: 'scale' },
  observation('a', { code: code('29463-7'), subject: reference('Patient/two'), valueQuantity: quantity(5.4, 'mg') }),
  observation('b', { code: code('8867-4'), subject: reference('Patient/pat'), valueQuantity: quantity(0.0054, 'g') }),
  observation('c', {
    code: code('1111-1'),
    subject: reference('Patient/pat'),
    encounter: reference('Encounter/visit'),
    device: reference('Device/scale'),
    valueQuantity: quantity(98.6, '[degF]'),
    text: div('A <b>swollen</b> ankle'),
    note: [{ text: 'Seen in the garden' }],
  }),
  { resourceType: 'Condition', id: 'k', subject: reference('Patient/pat'), code: { text: 'swollen knee' } },
  {
    resourceType: 'List',
    id: 'mine',
    status: 'current',
    mode: 'working',
    entry: [{ item: reference('Observation/a') }],
  },
  sequence('gene', { chromosome: { coding: [{ code: '1' }] }, genomeBuild: 'GRCh38' }),
  sequence('other', { referenceSeqId: code('NC_1') }),
]

describe('fhir: more of search', () => {
  let platform: TestPlatform
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    const entry = RECORD.map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    }))
    const done = await ana.request('POST', '/fhir', {
      raw: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }),
      headers: { 'content-type': 'application/fhir+json' },
    })
    assert.equal(done.status, 200, done.text)
  })
  after(() => platform.close())

  async function ids(query: string): Promise<string> {
    const answer = await ana.get(`/fhir${query}`)
    assert.equal(answer.status, 200, `${query}: ${answer.text}`)
    const entries: { resource: { id: string } }[] = answer.body.entry ?? []
    return entries.map((one) => one.resource.id).join(' ')
  }
  const found = async (query: string) => (await ids(query)).split(' ').sort().join(' ')
  const form = (path: string, body: string) =>
    ana.request('POST', `/fhir${path}`, { raw: body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })

  for (const [query, expected] of [
    [`/Observation?value-quantity=5.4|${UCUM}|mg`, 'a b'],
    [`/Observation?value-quantity=5400|${UCUM}|ug`, 'a b'],
    [`/Observation?value-quantity=ge0.0054|${UCUM}|g`, 'a b'],
    [`/Observation?value-quantity=gt0.0054|${UCUM}|g`, ''],
    [`/Observation?value-quantity=37.0|${UCUM}|Cel`, 'c'],
    [`/Observation?value-quantity=5.4|${UCUM}|mL`, ''],
    ['/Observation?value-quantity=5.4||mg', 'a'],
    ['/Observation?_text=swollen', 'c'],
    ['/Observation?_text=garden', ''],
    ['/Observation?_content=garden', 'c'],
    ['/Observation?_content=seen%20Garden', 'c'],
    ['/Observation?_content=valueQuantity', ''],
    ['/Condition?_content=knee', 'k'],
    ['/Observation?_list=mine', 'a'],
    ['/Observation?_list=other', ''],
    ['/Encounter/visit/Observation', 'c'],
    ['/Encounter/visit/*', 'c visit'],
    ['/Device/scale/Observation', 'c'],
    ['/Patient/pat/Observation', 'b c'],
    ['/Patient/pat/*', 'b c k pat visit'],
    ['/?_type=Observation,Condition&patient=pat', 'b c k'],
    ['/?_tag=one', 'pat'],
    ['/?_source=urn:s', 'pat'],
    ['/?_type=Device,List', 'mine scale'],
    ['/?_content=swollen', 'c k'],
    ['/Observation?_id:missing=true', ''],
    ['/Observation?code-value-quantity:missing=true', ''],
    ['/Observation?component-code-value-quantity:missing=false', ''],
    ['/Patient?_tag:missing=true', 'two'],
    ['/MolecularSequence?chromosome-variant-coordinate=1$ge100$le400', 'gene'],
    ['/MolecularSequence?chromosome-variant-coordinate=1$ge250$le400', ''],
    ['/MolecularSequence?chromosome-variant-coordinate=2$ge100$le400', ''],
    ['/MolecularSequence?chromosome-window-coordinate=1$100$900', 'gene'],
    ['/MolecularSequence?referenceseqid-window-coordinate=NC_1$ge1$lt1000', 'other'],
    ['/MolecularSequence?referenceseqid-variant-coordinate=NC_1$gt400$lt900', 'other'],
  ] as const) {
    test(`${query} finds ${expected === '' ? 'nothing' : expected}`, async () =>
      assert.equal(await found(query), expected))
  }

  for (const [query, expected] of [
    ['/Observation?_sort=code', 'c a b'],
    ['/Observation?_sort=-code', 'b a c'],
    ['/Observation?_sort=patient,code', 'c b a'],
    ['/Patient?_sort=gender', 'two pat'],
  ] as const) {
    test(`${query} is in the order ${expected}`, async () => {
      assert.equal(await ids(query), expected)
      let page = await ana.get(`/fhir${query}&_count=1`)
      const walked: string[] = []
      for (;;) {
        walked.push(page.body.entry[0].resource.id)
        const next = page.body.link.find((one: { relation: string }) => one.relation === 'next')
        if (next === undefined) break
        page = await ana.get(next.url.replace(/^.*?\/fhir/, '/fhir'))
      }
      assert.equal(walked.join(' '), expected)
    })
  }

  test('a form searches over several types and within a compartment', async () => {
    const all = await form('/_search', '_type=Device&_total=estimate')
    assert.equal(all.status, 200, all.text)
    assert.equal(all.body.total, 1)
    const within = await form('/Patient/pat/Observation/_search', 'code=8867-4')
    assert.equal(within.body.entry?.[0]?.resource.id, 'b', within.text)
  })

  for (const query of [
    '/?code=1',
    '/?_type=Observation,Patient&code=1',
    '/Encounter/visit/Practitioner',
    '/Observation?_sort=code-value-quantity',
    `/Observation?_text=${'x'.repeat(300)}`,
    '/Observation?_id:missing=maybe',
  ]) {
    test(`${query.slice(0, 50)} is refused`, async () => assert.equal((await ana.get(`/fhir${query}`)).status, 400))
  }

  test('a type or a compartment that does not exist is not found', async () => {
    for (const path of ['/Organization/x/Patient', '/Patient/pat/Nonsense', '/Patient/a/Observation/b/c']) {
      assert.equal((await ana.get(`/fhir${path}`)).status, 404, path)
    }
    assert.equal((await ana.get('/fhir?_type=Nonsense')).status, 400)
  })
})
