import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import fc from 'fast-check'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { medicalRecords } from './contract.ts'
import { DicomFault, readDicom } from './domain/imaging/dicom.ts'

const STUDIES = '/api/v1/imaging/studies'

/** One element of explicit little endian. */
function element(group: number, number: number, representation: string, value: string | Buffer): Buffer {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.length % 2 === 0 ? value : `${value}\0`)
  const head = Buffer.alloc(8)
  head.writeUInt16LE(group, 0)
  head.writeUInt16LE(number, 2)
  head.write(representation, 4, 'latin1')
  head.writeUInt16LE(bytes.length, 6)
  return Buffer.concat([head, bytes])
}

function dicom(syntax = '1.2.840.10008.1.2.1', extra: readonly Buffer[] = []): Buffer {
  const rows = Buffer.from([0x00, 0x02])
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x0002, 0x0010, 'UI', syntax),
    element(0x0008, 0x0016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element(0x0008, 0x0060, 'CS', 'CT'),
    ...extra,
    element(0x0010, 0x0010, 'PN', 'Rao^Asha'),
    element(0x0018, 0x0015, 'CS', 'CHEST'),
    element(0x0020, 0x000d, 'UI', '1.2.3.4'),
    element(0x0028, 0x0010, 'US', rows),
    element(0x7fe0, 0x0010, 'US', Buffer.alloc(1000)),
  ])
}
/** A sequence of no said length, with an item of no said length. */
const SEQUENCE = Buffer.concat([
  Buffer.from([0x08, 0x00, 0x40, 0x11]),
  Buffer.from('SQ\0\0'),
  Buffer.from([0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff]),
  element(0x0008, 0x1150, 'UI', '1.2'),
  Buffer.from([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]),
])

describe('DICOM headers', () => {
  test('say modality, part, ids and size, and nothing of the person', () => {
    const header = readDicom(dicom('1.2.840.10008.1.2.1', [SEQUENCE]))
    assert.deepEqual(
      [header.modality, header.body_part, header.study_uid, header.rows],
      ['CT', 'CHEST', '1.2.3.4', 512],
    )
    assert.equal(JSON.stringify(header).includes('Rao'), false)
  })

  for (const [why, bytes] of [
    ['no DICOM', Buffer.alloc(400)],
    ['cut off', dicom().subarray(0, 180)],
    ['big-endian', dicom('1.2.840.10008.1.2.2')],
    ['deflated', dicom('1.2.840.10008.1.2.1.99')],
    ['without transfer syntax', dicom('x')],
    [
      'nested without end',
      Buffer.concat([dicom().subarray(0, 220), ...Array.from({ length: 400 }, () => SEQUENCE.subarray(0, 20))]),
    ],
  ] as const) {
    test(`${why} is refused`, () => assert.throws(() => readDicom(bytes), DicomFault))
  }

  test('hostile bytes are read or refused, never worse', () => {
    const sound = dicom('1.2.840.10008.1.2.1', [SEQUENCE])
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 20 }),
        fc.nat(sound.length),
        (changes, length) => {
          const bytes = Buffer.from(sound)
          for (const [at, value] of changes) bytes[at] = value
          try {
            readDicom(bytes.subarray(0, length))
          } catch (error) {
            assert.ok(error instanceof DicomFault)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('medical-records: imaging', () => {
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

  const add = async (more: object = {}) => {
    const made = await ana.post(STUDIES, { modality: 'CT', body_part: 'Chest', study_date: '2026-05-01', ...more })
    assert.equal(made.status, 201, made.text)
    return made.body
  }
  const send = (person: TestPerson, path: string, raw: Buffer | string) =>
    person.request('POST', path, { raw, headers: { 'content-type': 'application/octet-stream' } })

  test('a study is written, read, listed by what it is, changed and deleted', async () => {
    const study = await add({ impression: 'Normal', status: 'COMPLETED' })
    await add({ modality: 'MRI', study_date: '2026-04-01' })
    assert.deepEqual((await ana.get(`${STUDIES}/${study.id}`)).body, study)
    assert.equal((await ana.get(STUDIES)).body.total, 2)
    const { body } = await ana.get(`${STUDIES}?modality=CT&body_part=che&from=2026-04-15&status=COMPLETED`)
    assert.deepEqual([body.total, body.items[0].id, body.pages], [1, study.id, 1])
    const changed = await ana.put(`${STUDIES}/${study.id}`, { findings: 'Clear', version: 1 })
    assert.deepEqual(
      [changed.status, changed.body.findings, changed.body.impression, changed.body.version],
      [200, 'Clear', 'Normal', 2],
    )
    assert.equal((await ana.put(`${STUDIES}/${study.id}`, { findings: 'x', version: 1 })).status, 412)
    assert.equal((await ana.delete(`${STUDIES}/${study.id}`)).status, 204)
    assert.equal((await ana.get(`${STUDIES}/${study.id}`)).status, 404)
  })

  for (const [why, body] of [
    ['an unknown modality', { modality: 'PHOTO', study_date: '2026-05-01' }],
    ['no date', { modality: 'CT' }],
    ['a day that does not exist', { modality: 'CT', study_date: '2026-02-31' }],
    ['an unknown status', { modality: 'CT', study_date: '2026-05-01', status: 'LOST' }],
    ['an id of other signs', { modality: 'CT', study_date: '2026-05-01', study_uid: 'a.b' }],
  ] as const) {
    test(`${why} is refused with 422`, async () => assert.equal((await ana.post(STUDIES, body)).status, 422))
  }

  test('a DICOM file is kept as a document of the record, and its header can be read', async () => {
    const study = await add()
    const file = await send(ana, `${STUDIES}/${study.id}/dicom`, dicom())
    assert.deepEqual([file.status, file.body.header.modality, file.body.kind], [201, 'CT', 'dicom'], file.text)
    const { items } = (await ana.get(`${STUDIES}/${study.id}/dicom`)).body
    assert.deepEqual(
      items.map((one: { id: string }) => one.id),
      [file.body.id],
    )
    assert.equal((await ana.get(`/api/v1/documents/${file.body.document_id}`)).body.mime_type, 'application/dicom')
    assert.equal((await send(ana, `${STUDIES}/${study.id}/dicom`, dicom())).body.id, file.body.id)
    assert.equal((await ana.get(`${STUDIES}/${study.id}`)).body.dicom_files, 1)
    assert.deepEqual((await ana.get(`${STUDIES}/${study.id}/images`)).body.items, [])
  })

  test('files of other kinds are refused with 415 and nothing is kept', async () => {
    const study = await add()
    assert.equal((await send(ana, `${STUDIES}/${study.id}/dicom`, 'no dicom')).status, 415)
    assert.equal((await send(ana, `${STUDIES}/${study.id}/images`, dicom())).status, 415)
    assert.equal((await ana.get('/api/v1/documents')).body.total, 0)
  })

  test("another person's study is not found, and nobody unknown gets in", async () => {
    const { id } = await add()
    for (const path of ['', '/images', '/dicom']) assert.equal((await ben.get(`${STUDIES}/${id}${path}`)).status, 404)
    assert.equal((await ben.put(`${STUDIES}/${id}`, { notes: 'x' })).status, 404)
    assert.equal((await ben.delete(`${STUDIES}/${id}`)).status, 404)
    assert.equal((await send(ben, `${STUDIES}/${id}/dicom`, dicom())).status, 404)
    assert.equal((await send(ben, `${STUDIES}/nothing/dicom`, dicom())).status, 404)
    assert.equal((await platform.request('GET', STUDIES)).status, 401)
  })

  test('a study is given to FHIR, exported, and erased', async () => {
    const { id } = await add({ study_uid: '1.2.3', findings: 'Clear' })
    const { items } = await platform.call(medicalRecords.operations.recordsFhirResources, { ids: [id] }, ana.accountId)
    const resource = JSON.parse(items[0]?.content ?? '{}')
    assert.deepEqual(
      [resource.resourceType, resource.modality[0].code, resource.identifier[0].value],
      ['ImagingStudy', 'CT', 'urn:oid:1.2.3'],
    )
    assert.equal((await platform.exportAll(ana.accountId))['medical-records']?.imaging_studies?.length, 1)
    assert.equal((await platform.erase(ana.accountId))['medical-records.imaging_study'], 1)
  })
})
