import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { medicalRecords } from './contract.ts'
import { multipartOf, REPORT_TEXT, reportPdf } from './fixtures/documents.ts'

const DOCUMENTS = '/api/v1/documents'
const RECORDS = '/health-records/api/v1/health-records'

const DOUBTED = `City Laboratory
Collected: 12 Mar 2026
Test                     Result     Unit        Reference range
Hemoglobin               135        g/dL        12.0 - 16.0
Potassium                4.1        mmol/L      3.5 - 5.1
Glucose, fasting         9.4        mmol/L      3.9 - 5.6
Sodium                   128   H    mmol/L      135 - 145
`

interface Value {
  readonly id: string
  readonly state: string
  readonly doubts: readonly string[]
  readonly read: { readonly test_name?: string; readonly value?: number }
}

describe('medical-records: reading and review', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform({ environment: { TESSERACT_PATH: 'off' } })
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(() => platform.close())

  async function uploaded(person: TestPerson, text: string): Promise<{ id: string; values: Value[] }> {
    const added = await person.request('POST', `${DOCUMENTS}/upload?file_name=report.txt`, {
      raw: text,
      headers: { 'content-type': 'text/plain' },
    })
    assert.equal(added.status, 201, added.text)
    await platform.settle()
    const review = await person.get(`${DOCUMENTS}/${added.body.id}/review`)
    assert.equal(review.status, 200, review.text)
    return { id: added.body.id, values: review.body.values }
  }

  const named = (values: readonly Value[], name: string) => values.find((one) => one.read.test_name === name) as Value
  const resultsOf = async (person: TestPerson, name: string) => {
    const { items } = (await person.get('/api/v1/lab-results')).body
    return items.filter((one: { test_name: string }) => one.test_name === name)
  }

  test('a document written by hand is listed, changed and removed, and one list shows it under every name', async () => {
    const made = await ana.post(DOCUMENTS, { title: 'Vaccination card', document_type: 'other', tags: [' a ', 'a'] })
    assert.equal(made.status, 201, made.text)
    assert.deepEqual(made.body.tags, ['a'])
    for (const path of ['/api/v1/records', '/medical-records/api/v1/records', DOCUMENTS]) {
      const list = await ana.get(path)
      assert.deepEqual([list.status, list.body.items[0].id, list.body.pages], [200, made.body.id, 1])
    }
    assert.equal((await ana.get('/health-records/records')).body.records[0].record_id, made.body.id)
    const changed = await ana.put(`${DOCUMENTS}/${made.body.record_id}`, {
      notes: 'yellow',
      document_date: '2026-01-02',
    })
    assert.deepEqual(
      [changed.body.notes, changed.body.document_date, changed.body.title],
      ['yellow', '2026-01-02', 'Vaccination card'],
    )
    const emptied = await ana.request('PATCH', `${DOCUMENTS}/${made.body.id}`, { body: { notes: null } })
    assert.equal(emptied.body.notes, null)
    assert.equal((await ana.put(`${DOCUMENTS}/${made.body.id}`, { document_date: '2030-01-01' })).status, 422)
    assert.equal((await ben.put(`${DOCUMENTS}/${made.body.id}`, { title: 'mine' })).status, 404)
    assert.equal((await ana.get(`${DOCUMENTS}?tag=a&document_type=other&status=validated`)).body.total, 1)
    assert.equal((await ana.get(`${DOCUMENTS}?tag=b`)).body.total, 0)
    assert.equal((await ana.get(`${DOCUMENTS}?size=101`)).status, 422)
    assert.equal((await ana.delete(`${DOCUMENTS}/${made.body.id}`)).status, 204)
    assert.equal((await ana.delete(`${DOCUMENTS}/${made.body.id}`)).status, 404)
  })

  test('values wait with page, place and line, and none counts before the person takes it', async () => {
    const { id, values } = await uploaded(ana, REPORT_TEXT)
    assert.equal(values.length, 6)
    assert.ok(values.every((one) => one.state === 'unconfirmed'))
    const glucose = (await ana.get(`${DOCUMENTS}/${id}/review`)).body.values[1]
    assert.deepEqual(
      [glucose.page, glucose.box.length, glucose.line],
      [1, 4, 'Glucose, fasting  5.4  mmol/L  3.9 - 5.6'],
    )
    const { document } = (await ana.get(`${DOCUMENTS}/${id}/review`)).body
    assert.deepEqual(
      [
        document.document_type,
        document.document_date,
        document.doctor_name,
        document.hospital_name,
        document.reading_method,
      ],
      ['lab_report', '2026-03-12', 'Dr. Meera Rao', 'City Diagnostics Laboratory', 'text'],
    )
    assert.deepEqual(await resultsOf(ana, 'Glucose, fasting'), [])
    const processed = await platform.eventsOf(medicalRecords.events.documentProcessed)
    assert.deepEqual([processed.at(-1)?.event_type, processed.at(-1)?.user_id], ['document_processed', ana.accountId])
  })

  test('a name that is not the person’s is a warning, not a refusal', async () => {
    const { id } = await uploaded(ben, REPORT_TEXT)
    assert.deepEqual((await ben.get(`${DOCUMENTS}/${id}`)).body.warnings, ['patient_name_differs'])
  })

  test('taking all that are certain takes those, and they become results of the record once', async () => {
    const cleo = await platform.person('cleo')
    const { id, values } = await uploaded(cleo, REPORT_TEXT)
    const certain = values.filter((one) => one.doubts.length === 0).length
    const taken = await cleo.post(`${DOCUMENTS}/${id}/review/accept-certain`)
    assert.deepEqual(taken.body, { accepted: certain, waiting: values.length - certain })
    assert.deepEqual((await cleo.post(`${DOCUMENTS}/${id}/review/accept-certain`)).body.accepted, 0)
    const [glucose, ...more] = await resultsOf(cleo, 'Glucose, fasting')
    assert.deepEqual(more, [])
    assert.equal(glucose.value, 5.4)
    assert.equal((await cleo.get(`${DOCUMENTS}/${id}/status`)).body.status, 'validated')
    await cleo.delete(`${DOCUMENTS}/${id}`)
    assert.deepEqual(await resultsOf(cleo, 'Glucose, fasting'), [])
  })

  test('a doubted value needs a look: it is left by take-all, refused plainly, and taken when confirmed', async () => {
    const { id, values } = await uploaded(ana, DOUBTED)
    const [hemoglobin, glucose, sodium] = ['Hemoglobin', 'Glucose, fasting', 'Sodium'].map((name) =>
      named(values, name),
    )
    assert.ok(hemoglobin?.doubts.includes('impossible'))
    assert.ok(sodium?.doubts.includes('flag_contradicts'))
    assert.ok(glucose?.doubts.includes('flag_contradicts'))
    assert.deepEqual((await ana.post(`${DOCUMENTS}/${id}/review/accept-certain`)).body, { accepted: 1, waiting: 3 })
    const at = (value: Value | undefined) => `${DOCUMENTS}/${id}/review/${value?.id}`
    const refused = await ana.post(`${at(glucose)}/accept`)
    assert.equal(refused.status, 409)
    assert.deepEqual(refused.body.doubts, glucose?.doubts)
    const taken = await ana.post(`${at(glucose)}/accept`, { confirm_doubts: true })
    assert.deepEqual([taken.status, taken.body.state, taken.body.confirmed.value], [200, 'accepted', 9.4])
    assert.equal((await ana.post(`${at(hemoglobin)}/accept`, { confirm_doubts: true })).status, 422)
    assert.equal((await ana.post(`${at(hemoglobin)}/correct`, { value: 1350 })).status, 422)
    const corrected = await ana.post(`${at(hemoglobin)}/correct`, { value: 13.5 })
    assert.deepEqual(
      [corrected.body.state, corrected.body.read.value, corrected.body.confirmed.value],
      ['corrected', 135, 13.5],
    )
    assert.equal((await resultsOf(ana, 'Hemoglobin'))[0].value, 13.5)
    const rejected = await ana.post(`${at(hemoglobin)}/reject`)
    assert.deepEqual([rejected.body.state, rejected.body.confirmed], ['rejected', null])
    assert.deepEqual(await resultsOf(ana, 'Hemoglobin'), [])
  })

  test('a correction of nothing, of another kind of value, or of somebody else’s value is refused', async () => {
    const { id, values } = await uploaded(ana, `${DOUBTED}\nBlood Group: B positive`)
    const potassium = `${DOCUMENTS}/${id}/review/${named(values, 'Potassium').id}`
    for (const body of [
      {},
      { dosage: '5 mg' },
      { reference_low: 9, reference_high: 3 },
      { value: 'a lot' },
      { mood: 1 },
    ]) {
      assert.equal((await ana.post(`${potassium}/correct`, body)).status, 422, JSON.stringify(body))
    }
    for (const verb of ['accept', 'correct', 'reject']) {
      const body = verb === 'correct' ? { value: 4 } : {}
      assert.equal((await ben.post(`${potassium}/${verb}`, body)).status, 404)
      assert.equal((await platform.request('POST', `${potassium}/${verb}`, { body })).status, 401)
      assert.equal(
        (await ana.post(`${DOCUMENTS}/${id}/review/01890000-0000-7000-8000-000000000000/${verb}`, body)).status,
        404,
      )
    }
    const group = values.find((one) => 'info_type' in one.read) as Value
    const taken = await ana.post(`${DOCUMENTS}/${id}/review/${group.id}/correct`, { info_value: 'B-' })
    assert.equal(taken.body.confirmed.value, 'B-')
    const emergency = await ana.get(`${RECORDS}/emergency/${ana.accountId}`)
    assert.deepEqual([emergency.body.blood_group, emergency.body.allergies], ['B-', []])
    assert.equal((await ben.get(`${RECORDS}/emergency/${ana.accountId}`)).status, 404)
  })

  test('a document is a DocumentReference with the facts of its file, and none once it is removed', async () => {
    const { id } = await uploaded(ana, `${REPORT_TEXT}\nfor FHIR`)
    await platform.settle()
    const read = await ana.get(`/fhir/DocumentReference/${id}`)
    assert.equal(read.status, 200, read.text)
    assert.deepEqual(
      [read.body.type.coding[0].code, read.body.content[0].attachment.contentType, read.body.author[0].display],
      ['11502-2', 'text/plain', 'Dr. Meera Rao'],
    )
    assert.match(read.body.content[0].attachment.url, new RegExp(`/api/v1/documents/${id}/download$`))
    assert.equal((await ben.get(`/fhir/DocumentReference/${id}`)).status, 404)
    await ana.delete(`${DOCUMENTS}/${id}`)
    await platform.settle()
    assert.ok([404, 410].includes((await ana.get(`/fhir/DocumentReference/${id}`)).status))
  })

  test('a DocumentReference that brings its file becomes a document that is stored, read, and gone with its resource', async () => {
    const resource = (text: string) => ({
      resourceType: 'DocumentReference',
      status: 'current',
      type: { coding: [{ system: 'http://loinc.org', code: '11502-2' }] },
      subject: { reference: `Patient/${ana.accountId}` },
      author: [{ display: 'Dr. Elsewhere' }],
      content: [
        { attachment: { contentType: 'text/plain', title: 'From afar', data: Buffer.from(text).toString('base64') } },
      ],
    })
    const sent = resource(`${REPORT_TEXT}\nfrom FHIR`)
    const made = await ana.post('/fhir/DocumentReference', sent)
    assert.equal(made.status, 201, made.text)
    await platform.settle()
    const [document] = (await ana.get(`${DOCUMENTS}?size=1`)).body.items
    assert.deepEqual(
      [document.title, document.document_type, document.doctor_name, document.status],
      ['From afar', 'lab_report', 'Dr. Elsewhere', 'metadata_extracted'],
    )
    assert.equal((await ana.get(`${DOCUMENTS}/${document.id}/download`)).text, `${REPORT_TEXT}\nfrom FHIR`)
    const refused = await ana.post('/fhir/DocumentReference', resource('<!doctype html><script>x</script>'))
    assert.ok([201, 422].includes(refused.status), refused.text)
    assert.equal((await ana.get(`${DOCUMENTS}?size=1`)).body.items[0].id, document.id)
    assert.ok([200, 204].includes((await ana.delete(`/fhir/DocumentReference/${made.body.id}`)).status))
    await platform.settle()
    assert.equal((await ana.get(`${DOCUMENTS}/${document.id}`)).status, 404)
  })

  test('a DiagnosticReport and an ImagingStudy written as FHIR are a report and a study of the record', async () => {
    const subject = { reference: `Patient/${ana.accountId}` }
    const report = {
      resourceType: 'DiagnosticReport',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '18842-5' }], text: 'Discharge summary' },
      subject,
      effectiveDateTime: '2026-03-12T08:00:00Z',
      presentedForm: [{ contentType: 'text/plain', data: Buffer.from('Grüße ✓').toString('base64') }],
    }
    const made = await ana.post('/fhir/DiagnosticReport', report)
    assert.equal(made.status, 201, made.text)
    const [kept] = (await ana.get('/api/v1/clinical-reports')).body.items
    assert.deepEqual([kept.report_type, kept.status, kept.content], ['DISCHARGE_SUMMARY', 'PUBLISHED', 'Grüße ✓'])
    const study = {
      resourceType: 'ImagingStudy',
      status: 'available',
      modality: [{ system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'MR' }],
      subject,
      started: '2026-03-12T08:00:00Z',
      description: 'Knee',
    }
    const imaged = await ana.post('/fhir/ImagingStudy', study)
    assert.equal(imaged.status, 201, imaged.text)
    const changed = await ana.put(`/fhir/ImagingStudy/${imaged.body.id}`, {
      ...study,
      id: imaged.body.id,
      description: 'Left knee',
    })
    assert.equal(changed.status, 200, changed.text)
    const [row] = (await ana.get('/api/v1/imaging/studies')).body.items
    assert.deepEqual([row.modality, row.description, row.status], ['MRI', 'Left knee', 'COMPLETED'])
    assert.ok([200, 204].includes((await ana.delete(`/fhir/ImagingStudy/${imaged.body.id}`)).status))
    assert.equal((await ana.get('/api/v1/imaging/studies')).body.total, 0)
  })

  test('the paths to hospitals’ systems say that none is connected, and pretend nothing', async () => {
    assert.equal((await ana.get('/api/v1/epic-fhir/config')).body.configured, false)
    assert.deepEqual((await ana.get('/api/v1/ehr/integrations')).body.items, [])
    for (const [method, url] of [
      ['POST', '/api/v1/epic-fhir/connect'],
      ['GET', '/api/v1/epic-fhir/authorize'],
      ['GET', '/api/v1/epic-fhir/my/observations'],
      ['POST', '/medical-records/api/v1/ehr/integrations'],
    ] as const) {
      const answer = await ana.request(method, url, method === 'POST' ? { body: {} } : {})
      assert.deepEqual([answer.status, answer.body.error_code], [503, 'EXTERNAL_SERVICE_UNAVAILABLE'], url)
    }
  })

  describe('as S001 knows it', () => {
    test('analyze, review, save: a draft is shown, needs consent to be kept, and ends after a day otherwise', async () => {
      const given = multipartOf(
        { storage_type: 'permanent', user_id: ana.accountId },
        reportPdf([`${REPORT_TEXT}\nAllergies: Penicillin`]),
        'x.pdf',
      )
      const analysis = await ana.request('POST', `${RECORDS}/analyze`, given)
      assert.equal(analysis.status, 200, analysis.text)
      const { record_id, test_results, critical_info, save_before, overall_confidence } = analysis.body
      assert.ok(test_results.length === 6 && save_before !== null && overall_confidence > 0)
      assert.deepEqual(critical_info, [{ info_type: 'allergy', value: 'Penicillin', severity: null, confirmed: false }])
      const isListed = async () =>
        (await ana.get(`${RECORDS}/list?limit=200`)).body.records.some(
          (one: { record_id: string }) => one.record_id === record_id,
        )
      assert.equal(await isListed(), false)
      assert.equal((await ana.post(`${RECORDS}/save`, { record_id })).status, 403)
      assert.equal((await ben.post(`${RECORDS}/save`, { record_id, consent_given: true })).status, 404)
      const saved = await ana.post(`${RECORDS}/save`, {
        consent_given: true,
        record_id,
        storage_type: 'temporary',
        doctor: 'Dr. Other',
        test_results: [{ test_name: 'Sodium', result_value: '139', unit: 'mmol/L', reference_range: '135 - 145' }],
      })
      assert.equal(saved.status, 201, saved.text)
      assert.equal(await isListed(), true)
      assert.deepEqual(
        [
          saved.body.doctor,
          saved.body.storage_policy,
          saved.body.test_results.length,
          saved.body.test_results[0].confirmed,
        ],
        ['Dr. Other', 'temporary', 1, true],
      )
      assert.equal(
        (await resultsOf(ana, 'Sodium')).some((one: { value: number }) => one.value === 139),
        true,
      )
      const revoked = await ana.post(`${RECORDS}/${saved.body.id}/revoke-consent`)
      assert.deepEqual([revoked.body.revoked, revoked.body.deleted], [true, true])
      assert.equal((await ana.get(`${RECORDS}/${saved.body.id}`)).status, 404)
    })

    test('an analysis that comes back unchanged is kept, and its values still wait for the review', async () => {
      const given = multipartOf({ storage_type: 'permanent' }, reportPdf([`${REPORT_TEXT}\nAllergies: Latex`]), 'y.pdf')
      const { body } = await ana.request('POST', `${RECORDS}/analyze`, given)
      const saved = await ana.post(`${RECORDS}/save`, { ...body, consent_given: true })
      assert.equal(saved.status, 201, saved.text)
      assert.equal(saved.body.test_results.length, 6)
      assert.ok([...saved.body.test_results, ...saved.body.critical_info].every((one) => one.confirmed === false))
      const [first, ...others] = body.test_results
      const test_results = [{ ...first, result_value: '13.9' }, ...others]
      const corrected = await ana.post(`${RECORDS}/save`, { ...body, test_results, consent_given: true })
      assert.ok(corrected.body.test_results.every((one: { confirmed: boolean }) => one.confirmed))
      assert.ok(corrected.body.critical_info.every((one: { confirmed: boolean }) => !one.confirmed))
      assert.equal((await ana.post(`${RECORDS}/${saved.body.id}/revoke-consent`)).status, 200)
    })

    test('a record written by hand is found by its words, its medicine and its time', async () => {
      const dora = await platform.person('dora')
      const saved = await dora.post(`${RECORDS}/save`, {
        consent_given: true,
        document_type: 'prescription',
        date: '2026-02-03',
        doctor: 'Dr. Rao',
        hospital: 'City Hospital',
        diagnosis: 'Asthma',
        medications: [{ name: 'Salbutamol', dosage: '100 mcg', frequency: 'as needed' }],
        critical_info: [{ info_type: 'chronic_condition', value: 'Asthma' }],
      })
      assert.equal(saved.status, 201, saved.text)
      const found = async (body: object) => (await dora.post(`${RECORDS}/search`, body)).body.total_count
      assert.equal(await found({ medicine: 'salbut', doctor: 'rao', document_type: 'prescription' }), 1)
      assert.equal(await found({ query: 'asthma', date_from: '2026-01-01', date_to: '2026-03-01' }), 1)
      assert.equal(await found({ query: 'asthma', date_from: '2026-03-01' }), 0)
      assert.equal(await found({ medicine: 'asthma medicine that is not there' }), 0)
      const timeline = (await dora.get(`${RECORDS}/timeline`)).body
      assert.deepEqual(
        [timeline.total_count, timeline.entries[0].date, timeline.entries[0].doctor_name],
        [1, '2026-02-03', 'Dr. Rao'],
      )
      const verified = await dora.post(`${RECORDS}/${saved.body.id}/verify`, { diagnosis: 'Mild asthma' })
      assert.deepEqual(
        [verified.body.diagnosis, verified.body.medications.length, verified.body.verified],
        ['Mild asthma', 1, true],
      )
      assert.equal((await dora.post(`${RECORDS}/${saved.body.id}/verify`, {})).status, 422)
      assert.equal((await ben.post(`${RECORDS}/${saved.body.id}/verify`, { diagnosis: 'x' })).status, 404)
      const opened = await dora.post(`${RECORDS}/${saved.body.id}/emergency-access`, { reason: 'unconscious' })
      assert.equal(opened.body.critical_info[0].value, 'Asthma')
      assert.deepEqual((await dora.post(`${RECORDS}/cleanup-expired`)).body, { deleted_count: 0 })
    })

    test('an impossible number, a policy that keeps nothing, or a date to come is refused and nothing is kept', async () => {
      const before = (await ana.get(`${RECORDS}/list`)).body.total_count
      for (const body of [
        { test_results: [{ test_name: 'Potassium', result_value: '41', unit: 'mmol/L' }] },
        { storage_type: 'do_not_store' },
        { date: '2031-01-01' },
        { document_type: 'poem' },
      ]) {
        assert.equal(
          (await ana.post(`${RECORDS}/save`, { consent_given: true, ...body })).status,
          422,
          JSON.stringify(body),
        )
      }
      assert.equal((await ana.get(`${RECORDS}/list`)).body.total_count, before)
    })
  })
})
