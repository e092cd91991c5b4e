import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import fc from 'fast-check'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { medicalRecords } from './contract.ts'
import { DicomFault, openDicom } from './domain/imaging/dataset.ts'
import { readDicom } from './domain/imaging/dicom.ts'
import { dicomFrame } from './domain/imaging/pixels.ts'

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

const number = (value: number) => Buffer.from([value & 255, value >> 8])

/** A picture of four pixels, 16 bits each, as a scanner says it is looked at. */
function scan(
  options: { readonly window?: boolean; readonly name?: string; readonly uid?: string; readonly frames?: Buffer } = {},
): Buffer {
  const { window = true, name = 'Ana', uid = '1.2.3.4', frames } = options
  const pixels = Buffer.alloc(8)
  for (const [at, value] of [0, 1000, 1040, 4000].entries()) pixels.writeUInt16LE(value, at * 2)
  const jpeg =
    frames === undefined
      ? undefined
      : Buffer.concat([long(0x7fe0, 0x0010, 'OB', 0xffffffff), item(Buffer.alloc(0)), item(frames)])
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x0002, 0x0010, 'UI', jpeg === undefined ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2.4.50'),
    element(0x0008, 0x0016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element(0x0008, 0x0020, 'DA', '20260301'),
    element(0x0008, 0x0060, 'CS', 'MR'),
    element(0x0008, 0x0080, 'LO', 'City Hospital'),
    element(0x0008, 0x1030, 'LO', `Knee, left${frames === undefined ? '' : ' again'}`),
    element(0x0010, 0x0010, 'PN', name),
    element(0x0018, 0x0015, 'CS', 'KNEE'),
    element(0x0020, 0x000d, 'UI', uid),
    element(0x0028, 0x0002, 'US', number(1)),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', number(2)),
    element(0x0028, 0x0011, 'US', number(2)),
    element(0x0028, 0x0100, 'US', number(jpeg === undefined ? 16 : 8)),
    element(0x0028, 0x0101, 'US', number(jpeg === undefined ? 12 : 8)),
    ...(window ? [element(0x0028, 0x1050, 'DS', '1024'), element(0x0028, 0x1051, 'DS', '101')] : []),
    jpeg ?? Buffer.concat([long(0x7fe0, 0x0010, 'OW', 8), pixels]),
  ])
}

function long(group: number, of: number, representation: string, length: number): Buffer {
  const head = element(group, of, representation, Buffer.alloc(4))
  head.writeUInt16LE(0, 6)
  head.writeUInt32LE(length, 8)
  return head
}

function item(bytes: Buffer): Buffer {
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0])
  head.writeUInt32LE(bytes.length, 4)
  return Buffer.concat([head, bytes])
}

const PIXELS = 0x7fe00010
const greys = (bytes: Buffer) => {
  const frame = dicomFrame(openDicom(bytes, PIXELS), 1, 1e6)
  return frame !== undefined && 'pixels' in frame ? [...frame.pixels] : frame
}

describe('DICOM pixels', () => {
  test('are shown through the window of the file, else from the darkest to the brightest', () => {
    // From 973.5 to 1073.5: 1000 is 26.5 % of it, 1040 66.5 %.
    assert.deepEqual(greys(scan()), [0, 67, 169, 255])
    assert.deepEqual(greys(scan({ window: false })), [0, 63, 66, 255])
    assert.equal(dicomFrame(openDicom(scan(), PIXELS), 2, 1e6), undefined)
    assert.deepEqual(greys(scan({ frames: Buffer.from([1, 2, 3, 4]) })), { jpeg: Buffer.from([1, 2, 3, 4]) })
    assert.throws(() => dicomFrame(openDicom(scan(), PIXELS), 1, 3), DicomFault)
  })
})

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

  for (const [what, sound] of [
    ['headers', dicom('1.2.840.10008.1.2.1', [SEQUENCE])],
    ['pixels', scan()],
    ['packed pixels', scan({ frames: Buffer.alloc(20, 7) })],
  ] as const) {
    test(`hostile bytes of ${what} are read or refused, never worse`, () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 20 }),
          fc.nat(sound.length),
          (changes, length) => {
            const bytes = Buffer.from(sound)
            for (const [at, value] of changes) bytes[at] = value
            try {
              readDicom(bytes.subarray(0, length))
              greys(bytes.subarray(0, length))
            } catch (error) {
              assert.ok(error instanceof DicomFault)
            }
          },
        ),
        { numRuns: 600 },
      )
    })
  }
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

  test('a DICOM paper is read: its study waits for a yes, its picture is drawn, and the same study is one', async () => {
    const upload = async (bytes: Buffer) => {
      const made = await send(ana, '/api/v1/documents/upload', bytes)
      assert.equal(made.status, 201, made.text)
      await platform.settle()
      return (await ana.get(`/api/v1/documents/${made.body.id}/review`)).body
    }
    const { document, values } = await upload(scan())
    const path = `/api/v1/documents/${document.id}`
    assert.deepEqual(
      [document.fault, document.document_type, document.document_date, document.hospital_name, document.warnings],
      [null, 'radiology', '2026-03-01', 'City Hospital', []],
    )
    const [study] = values
    assert.deepEqual(
      [study.kind, study.state, study.read.name, study.read.modality, study.read.body_part],
      ['imaging_study', 'unconfirmed', 'Knee, left', 'MRI', 'KNEE'],
    )
    assert.equal((await ana.get(STUDIES)).body.total, 0)
    const picture = await ana.get(`${path}/pages/1`)
    assert.deepEqual([picture.status, picture.headers['content-type']], [200, 'image/png'])
    assert.equal((await ana.get(`${path}/pages/2`)).status, 404)
    assert.equal((await ben.post(`${path}/review/${study.id}/accept`)).status, 404)
    assert.equal((await ana.post(`${path}/review/${study.id}/accept`)).status, 200)
    const other = await upload(scan({ window: false, name: 'Somebody^Else' }))
    assert.deepEqual(other.document.warnings, ['patient_name_differs'])
    assert.deepEqual(other.values[0].doubts, ['names_another'])
    const accept = `/api/v1/documents/${other.document.id}/review/${other.values[0].id}/accept`
    assert.equal((await ana.post(accept)).status, 409)
    assert.equal((await ana.post(accept, { confirm_doubts: true })).status, 200)
    const { items } = (await ana.get(STUDIES)).body
    assert.deepEqual(
      items.map((one: { study_uid: string; dicom_files: number; facility: string }) => [
        one.study_uid,
        one.dicom_files,
        one.facility,
      ]),
      [['1.2.3.4', 2, 'City Hospital']],
    )
    const exported = JSON.stringify((await platform.exportAll(ana.accountId))['medical-records']?.imaging_files)
    assert.doesNotMatch(exported, /Somebody/, 'whom a picture names is kept with no study')
    for (const id of [other.document.id, document.id])
      assert.equal((await ana.delete(`/api/v1/documents/${id}`)).status, 204)
    assert.equal((await ana.get(STUDIES)).body.total, 0, 'a study made of pictures goes with the last of them')
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
