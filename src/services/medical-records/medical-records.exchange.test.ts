import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const IMPORTS = '/api/v1/medical-records/imports'
const UPLOAD = '/api/v1/lab-results/upload'
const LABS = '/api/v1/lab-results'

const HEADER = 'MSH|^~\\&|LAB|CITY|SALUS|ME|20260601080000||ORU^R01^ORU_R01|42|P|2.5.1'
function oru(results: readonly string[], order = 'A77') {
  const observed = results.map((one, index) => `OBX|${index + 1}|NM|${one}`)
  return [
    HEADER,
    'PID|1||9||Rao^Asha||19880412|F',
    `OBR|1||${order}|CBC^Blood count^L|||20260601073000`,
    ...observed,
  ].join('\r')
}
const HEMOGLOBIN = '718-7^Hemoglobin^LN||13.2|g/dL|12.0-15.5|N|||F'
const POTASSIUM = '2823-3^Potassium^LN||4.1|mmol/L|3.5-5.1|N|||F'

const CCDA = `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody>
<component><section><code code="11450-4"/><entry><act><statusCode code="active"/><entryRelationship><observation><id root="1.2.3"/>
<effectiveTime><low value="20150501"/></effectiveTime><value code="44054006" displayName="Type 2 diabetes" codeSystem="2.16.840.1.113883.6.96"/>
</observation></entryRelationship></act></entry></section></component></structuredBody></component></ClinicalDocument>`

describe('medical-records: files of hospitals', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ben = await platform.person('ben')
  })
  after(() => platform.close())
  beforeEach(async () => {
    ana = await platform.person('ana')
  })

  const upload = (person: TestPerson, raw: string | Buffer, type = 'application/hl7-v2') =>
    person.request('POST', UPLOAD, { raw, headers: { 'content-type': type } })
  const total = async () => (await ana.get(LABS)).body.total

  test('values of an HL7 v2 file wait until the person takes them; then they are results with their origin', async () => {
    const made = await upload(ana, oru([HEMOGLOBIN, POTASSIUM]))
    assert.equal(made.status, 201, made.text)
    assert.deepEqual(
      [made.body.format, made.body.unconfirmed, made.body.patient.birth_date],
      ['hl7v2', 2, '1988-04-12'],
    )
    assert.match(made.body.acknowledgement, /MSA\|AA\|42/)
    assert.equal(await total(), 0)
    const [first] = made.body.items
    const taken = await ana.post(`${IMPORTS}/${made.body.id}/decide`, { accept: [first.id] })
    assert.deepEqual([taken.status, taken.body.accepted, taken.body.unconfirmed], [200, 1, 1], taken.text)
    const [lab] = (await ana.get(LABS)).body.items
    assert.deepEqual(
      [lab.test_name, lab.value, lab.source, lab.external_id, lab.interpretation],
      ['Hemoglobin', 13.2, 'hl7v2', 'A77', 'normal'],
    )
    assert.equal((await ana.post(`${IMPORTS}/${made.body.id}/decide`, { reject: [first.id] })).status, 409)
    assert.equal((await ana.post(`${IMPORTS}/${made.body.id}/decide`, { accept_all: true })).body.accepted, 2)
    assert.equal((await ana.get(`${LABS}/summary?import_id=${made.body.id}`)).body.results, 2)
  })

  test('the same file again, and a file that overlaps, bring nothing twice', async () => {
    const made = await upload(ana, oru([HEMOGLOBIN]))
    await ana.post(`${IMPORTS}/${made.body.id}/decide`, { accept_all: true })
    assert.equal((await upload(ana, oru([HEMOGLOBIN]))).body.id, made.body.id)
    const more = (await upload(ana, oru([HEMOGLOBIN, POTASSIUM]))).body
    assert.deepEqual([more.items.length, more.already_known], [1, 1])
    await ana.post(`${IMPORTS}/${more.id}/decide`, { accept_all: true })
    assert.equal(await total(), 2)
    assert.equal((await ana.get(IMPORTS)).body.total, 2)
  })

  test('a correction of the laboratory waits, and replaces what was taken', async () => {
    const made = await upload(ana, oru([HEMOGLOBIN]))
    await ana.post(`${IMPORTS}/${made.body.id}/decide`, { accept_all: true })
    const fixed = await upload(ana, oru(['718-7^Hemoglobin^LN||12.4|g/dL|12.0-15.5|N|||C']))
    const [correction] = fixed.body.items
    assert.deepEqual([correction.change, correction.was.value, correction.content.value], ['amended', 13.2, 12.4])
    const all = await ana.post(`${IMPORTS}/${fixed.body.id}/decide`, { accept_all: true })
    assert.equal(all.body.accepted, 0, 'a change wants a decision of its own')
    await ana.post(`${IMPORTS}/${fixed.body.id}/decide`, { accept: [correction.id] })
    const labs = (await ana.get(LABS)).body.items.map((lab: { value: number; status: string }) => [
      lab.value,
      lab.status,
    ])
    assert.deepEqual(labs.sort(), [
      [12.4, 'corrected'],
      [13.2, 'entered_in_error'],
    ])
  })

  test('a file within a result becomes a paper once it is taken; what the laboratory takes back waits to be withdrawn', async () => {
    const letter = Buffer.from('Report of the laboratory. Nothing grew.').toString('base64')
    const file = `${oru([HEMOGLOBIN])}\rOBX|9|ED|R^Report^L||LAB^text^plain^Base64^${letter}||||||F`
    const made = (await upload(ana, file)).body
    assert.deepEqual(
      made.items.map(({ kind, content }: { kind: string; content: object }) => [kind, 'data' in content]),
      [
        ['lab', false],
        ['document', false],
      ],
    )
    await ana.post(`${IMPORTS}/${made.id}/decide`, { accept_all: true })
    await platform.settle()
    const [paper] = (await ana.get('/api/v1/documents')).body.items
    assert.deepEqual([paper.title, paper.document_type, paper.mime_type], ['Report', 'lab_report', 'text/plain'])
    const back = (await upload(ana, oru([HEMOGLOBIN.replace(/F$/, 'W'), POTASSIUM]))).body
    const [gone] = back.items.filter((one: { change: string | null }) => one.change !== null)
    assert.deepEqual([back.items.length, gone.change, gone.was.value], [2, 'withdrawn', 13.2])
    await ana.post(`${IMPORTS}/${back.id}/decide`, { reject: [gone.id] })
    assert.equal((await ana.get(LABS)).body.items[0].status, 'final', 'what is kept stands')
  })

  test('what cannot be is kept only as words, and only when the person takes it by itself', async () => {
    const made = await upload(ana, oru(['2823-3^Potassium^LN||41|mmol/L|3.5-5.1|H|||F']))
    const [item] = made.body.items
    assert.deepEqual(item.doubts, ['value is not possible for Potassium in this unit'])
    assert.equal((await ana.post(`${IMPORTS}/${made.body.id}/decide`, { accept_all: true })).body.accepted, 0)
    await ana.post(`${IMPORTS}/${made.body.id}/decide`, { accept: [item.id] })
    const [lab] = (await ana.get(LABS)).body.items
    assert.deepEqual([lab.value, lab.canonical_value, lab.critical], ['as reported: 41 mmol/L', null, false])
  })

  test('a file about somebody else is taken only when the person says that it is theirs', async () => {
    await ana.put('/api/v1/profile', { date_of_birth: '1970-03-01', sex_at_birth: 'male' })
    const made = await upload(ana, oru([HEMOGLOBIN]))
    assert.equal(made.body.warnings.length, 3, 'name, date of birth and sex')
    assert.equal((await ana.post(`${IMPORTS}/${made.body.id}/decide`, { accept_all: true })).status, 422)
    const taken = await ana.post(`${IMPORTS}/${made.body.id}/decide`, { accept_all: true, is_about_me: true })
    assert.equal(taken.body.accepted, 1)
  })

  test('entries of a C-CDA become conditions when they are taken, by file or as text', async () => {
    const made = await ana.post(IMPORTS, { content: CCDA })
    assert.deepEqual(
      [made.status, made.body.format, made.body.items[0].content.display],
      [201, 'ccda', 'Type 2 diabetes'],
      made.text,
    )
    await ana.post(`${IMPORTS}/${made.body.id}/decide`, { accept_all: true })
    const { items } = (await ana.get('/api/v1/medical-records/clinical/conditions')).body
    assert.deepEqual(
      [items[0].code, items[0].code_system, items[0].started_on, items[0].source],
      ['44054006', 'http://snomed.info/sct', '2015-05-01', 'ccda'],
    )
    assert.equal((await upload(ana, Buffer.from(CCDA), 'application/xml')).body.id, made.body.id)
  })

  test('what was given as FHIR comes back as results when it is given again', async () => {
    const lab = {
      resourceType: 'Observation',
      id: 'o1',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '2951-2' }], text: 'Sodium' },
      effectiveDateTime: '2026-06-01',
      valueQuantity: { value: 140, unit: 'mmol/L' },
    }
    const made = await ana.post(IMPORTS, {
      content: JSON.stringify({ resourceType: 'Bundle', entry: [{ resource: lab }] }),
    })
    assert.deepEqual([made.status, made.body.format, made.body.unconfirmed], [201, 'fhir', 1], made.text)
    await ana.post(`${IMPORTS}/${made.body.id}/decide`, { accept_all: true })
    const [kept] = (await ana.get(LABS)).body.items
    assert.deepEqual([kept.analyte, kept.value, kept.source], ['sodium', 140, 'fhir'])
  })

  for (const [why, status, content] of [
    [
      'with entities of its own',
      422,
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><ClinicalDocument>&b;</ClinicalDocument>',
    ],
    ['that is cut off', 422, CCDA.slice(0, 300)],
    ['without separators', 422, 'MSH|'],
    ['of another format', 415, 'test,value\nHb,13'],
    ['that is a PDF', 415, '%PDF-1.7'],
    ['that is empty', 415, ''],
  ] as const) {
    test(`a file ${why} is refused with ${status} and nothing is kept`, async () => {
      assert.equal((await upload(ana, content, 'application/octet-stream')).status, status)
      assert.equal((await ana.get(IMPORTS)).body.total, 0)
    })
  }

  test('a file beyond the limit is refused with 413, a form with 415', async () => {
    assert.equal((await upload(ana, Buffer.alloc(10_000_001, 'x'))).status, 413)
    assert.equal((await upload(ana, 'x', 'multipart/form-data; boundary=a')).status, 415)
  })

  test("another person's import is not found, and nobody unknown gets in", async () => {
    const { id, items } = (await upload(ana, oru([HEMOGLOBIN]))).body
    assert.equal((await ben.get(`${IMPORTS}/${id}`)).status, 404)
    assert.equal((await ben.post(`${IMPORTS}/${id}/decide`, { accept_all: true })).status, 404)
    assert.equal((await ben.delete(`${IMPORTS}/${id}`)).status, 404)
    const own = (await upload(ben, oru([HEMOGLOBIN]))).body
    assert.notEqual(own.id, id)
    assert.equal((await ben.post(`${IMPORTS}/${own.id}/decide`, { accept: [items[0].id] })).status, 404)
    assert.equal((await platform.request('POST', UPLOAD, { raw: oru([HEMOGLOBIN]) })).status, 401)
    assert.equal((await platform.request('GET', IMPORTS)).status, 401)
    assert.equal((await ana.delete(`${IMPORTS}/${id}`)).status, 204)
    assert.equal((await ana.get(`${IMPORTS}/${id}`)).status, 404)
  })

  test('erasure leaves nothing of an import', async () => {
    await upload(ana, oru([HEMOGLOBIN]))
    const counts = await platform.erase(ana.accountId)
    assert.deepEqual([counts['medical-records.import'], counts['medical-records.import_item']], [1, 1])
  })
})
