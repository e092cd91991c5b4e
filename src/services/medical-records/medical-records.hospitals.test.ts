import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { type FakeHospital, HOSPITAL_CLIENT, openFakeHospital } from './fixtures/hospital.ts'
import { furtherKinds, lab, problemDocument } from './fixtures/hospitalRecords.ts'

const INTEGRATIONS = '/api/v1/ehr/integrations'
const CONNECT = '/api/v1/epic-fhir/connect'
const SUBJECT = { reference: 'Patient/pat-1' }

const records = () => ({
  Patient: [{ resourceType: 'Patient', id: 'pat-1', name: [{ family: 'Example', given: ['Ana'] }], gender: 'female' }],
  Observation: [
    lab('o1', '718-7', 13.5, 'g/dL'),
    lab('o2', '2951-2', 140, 'mmol/L'),
    lab('o3', '718-7', 13.9, 'g/dL'),
    { ...lab('o4', '718-7', 9, 'g/dL'), subject: { reference: 'Patient/somebody-else' } },
  ],
  Condition: [
    {
      resourceType: 'Condition',
      id: 'c1',
      subject: SUBJECT,
      code: { text: 'Asthma' },
      clinicalStatus: { coding: [{ code: 'active' }] },
    },
  ],
  AllergyIntolerance: [],
  Immunization: [],
  Procedure: [],
})

describe('medical-records: hospitals’ systems by SMART on FHIR', () => {
  let platform: TestPlatform
  let hospital: FakeHospital
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    hospital = await openFakeHospital(records())
    platform = await openTestPlatform({
      environment: {
        PUBLIC_URL: 'http://salus.example.test',
        ACCESS_TOKEN_EXPIRE_MINUTES: '1440',
        EPIC_FHIR_URL: `${hospital.baseUrl}/`,
        EPIC_FHIR_CLIENT_ID: HOSPITAL_CLIENT.id,
        EPIC_FHIR_CLIENT_SECRET: HOSPITAL_CLIENT.secret,
      },
    })
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(async () => {
    await platform.close()
    await hospital.close()
  })

  async function begin(person: TestPerson, body: object = {}) {
    const began = await person.post(CONNECT, body)
    assert.equal(began.status, 201, began.text)
    const cookie = String(began.headers['set-cookie']).split(';')[0] as string
    return { back: hospital.signIn(began.body.authorization_url), cookie }
  }

  async function connected(person: TestPerson) {
    const { back, cookie } = await begin(person)
    const page = await platform.request('GET', `${back.pathname}${back.search}`, { headers: { cookie } })
    assert.equal(page.status, 200, page.text)
    await platform.settle()
  }

  test('what the hospital has waits, page by page, and counts once the person takes it', async () => {
    const config = (await ana.get('/api/v1/epic-fhir/config')).body
    assert.deepEqual([config.configured, config.systems[0].system], [true, 'epic'])
    await connected(ana)
    const [connection] = (await ana.get(INTEGRATIONS)).body.items
    assert.deepEqual([connection.status, connection.last_error, connection.new_values], ['connected', null, 4])
    assert.ok(hospital.asked.some((path) => path.includes('category=laboratory') && path.includes('from=2')))
    const waiting = (await ana.get(`/api/v1/medical-records/imports/${connection.last_import_id}`)).body
    assert.match(waiting.sender, /^Epic \(127\.0\.0\.1\)$/)
    assert.deepEqual(
      waiting.items.map((one: { state: string }) => one.state),
      Array(4).fill('unconfirmed'),
    )
    assert.ok(waiting.skipped.some((one: { why: string }) => one.why === 'It is about another patient'))
    assert.equal((await ana.get('/api/v1/lab-results')).body.total, 0)
    const taken = await ana.post(`/api/v1/medical-records/imports/${connection.last_import_id}/decide`, {
      accept_all: true,
      is_about_me: true,
    })
    assert.equal(taken.body.accepted, 4, taken.text)
    const [first] = (await ana.get('/api/v1/lab-results')).body.items
    assert.deepEqual([first.source, first.loinc], ['fhir', '718-7'])
  })

  test('a second reading brings what is new and nothing twice; a token that ended is renewed', async () => {
    hospital.endAccess()
    assert.equal((await ana.post(`${INTEGRATIONS}/epic/sync`)).status, 202)
    await platform.settle()
    assert.deepEqual((await ana.get(`${INTEGRATIONS}/epic`)).body.new_values, 0)
    assert.equal((await ana.get(`${INTEGRATIONS}/epic`)).body.status, 'connected')
  })

  test('what is there now is shown as it is, and kept nowhere', async () => {
    const seen = await ana.get('/api/v1/epic-fhir/my/conditions')
    assert.deepEqual([seen.status, seen.body.items[0].code.text], [200, 'Asthma'])
    assert.equal((await ana.get('/api/v1/epic-fhir/my/patient')).body.items[0].id, 'pat-1')
    assert.equal((await ana.get('/api/v1/epic-fhir/metadata')).body.fhirVersion, '4.0.1')
    assert.equal((await ana.get('/api/v1/epic-fhir/my/secrets')).status, 422)
    assert.equal((await ben.get('/api/v1/epic-fhir/my/conditions')).status, 409)
  })

  test('a sign-in is finished once, in time, by the browser or the account that began it', async () => {
    const { back, cookie } = await begin(ben)
    const url = `${back.pathname}${back.search}`
    for (const guessed of ['salus_hospital=guessed', 'salus_hospital=']) {
      assert.equal((await platform.request('GET', url, { headers: { cookie: guessed } })).status, 400)
    }
    assert.equal((await platform.request('GET', url, { headers: { cookie } })).status, 400, 'its state was used')
    const late = await begin(ben)
    platform.clock.advance({ minutes: 11 })
    const lateUrl = `${late.back.pathname}${late.back.search}`
    assert.equal((await platform.request('GET', lateUrl, { headers: { cookie: late.cookie } })).status, 400)
    const other = await begin(ben)
    assert.equal((await ana.get(`${other.back.pathname}${other.back.search}`)).status, 400, 'another account')
    const own = await begin(ben, { return_to: '/app/records' })
    const finished = await ben.get(`${own.back.pathname}${own.back.search}`)
    assert.deepEqual([finished.status, finished.headers.location], [303, '/app/records'])
    await platform.settle()
    assert.equal((await ben.get(INTEGRATIONS)).body.total, 1)
  })

  test('a return to another server, an unknown system, a foreign issuer or a system that is not set up is refused', async () => {
    for (const [body, status] of [
      [{ return_to: '//evil.example.test' }, 422],
      [{ system: 'nobody' }, 422],
      [{ system: 'cerner' }, 503],
    ] as const) {
      assert.equal((await ana.post(INTEGRATIONS, body)).status, status)
    }
    assert.equal((await ana.get('/api/v1/epic-fhir/launch?iss=https://evil.example.test&launch=x')).status, 422)
    const launched = await ana.get(`/api/v1/epic-fhir/launch?launch=x1&iss=${encodeURIComponent(hospital.baseUrl)}`)
    assert.equal(launched.status, 302)
    const scope = new URL(launched.headers.location as string).searchParams
    assert.deepEqual([scope.get('launch'), scope.get('scope')?.split(' ').includes('launch')], ['x1', true])
    assert.equal((await platform.request('POST', CONNECT, { body: {} })).status, 401)
    assert.equal((await (await platform.person('cleo')).get(`${INTEGRATIONS}/epic`)).status, 404)
  })

  test('a page on another server gets no token: that kind is left and said', async () => {
    hospital.nextLink = 'http://127.0.0.1:9/steal'
    await ana.post(`${INTEGRATIONS}/epic/sync`, { all: true })
    await platform.settle()
    hospital.nextLink = undefined
    const connection = (await ana.get(`${INTEGRATIONS}/epic`)).body
    assert.deepEqual(
      [connection.status, connection.last_error, connection.error_code],
      ['error', 'The hospital’s server names a next page on another server', 'broken'],
    )
  })

  test('a right that the person ended at the hospital ends the connection and says so; signing in again goes on with what waited', async () => {
    const dora = await platform.person('dora')
    await connected(dora)
    hospital.endRight()
    await dora.post(`${INTEGRATIONS}/epic/sync`)
    await platform.settle()
    const over = (await dora.get(`${INTEGRATIONS}/epic`)).body
    assert.deepEqual([over.status, over.error_code], ['expired', 'refused'])
    const refused = await dora.post(`${INTEGRATIONS}/epic/sync`)
    assert.deepEqual([refused.status, refused.body.hospital_fault], [409, 'refused'])
    assert.equal((await dora.get('/api/v1/epic-fhir/my/conditions')).status, 409)
    const { waiting, last_import_id } = (await dora.get(`${INTEGRATIONS}/epic`)).body
    await connected(dora)
    const again = (await dora.get(`${INTEGRATIONS}/epic`)).body
    assert.ok(waiting > 0)
    assert.deepEqual([again.status, again.waiting, again.last_import_id], ['connected', waiting, last_import_id])
    assert.equal((await dora.delete(`${INTEGRATIONS}/epic`)).body.forgotten, waiting)
  })

  test('disconnecting revokes at the hospital and forgets here; tokens are never exported or told', async () => {
    const eva = await platform.person('eva')
    await connected(eva)
    const exported = JSON.stringify((await platform.exportAll(eva.accountId))['medical-records'])
    assert.match(exported, /"system":"epic"/)
    assert.doesNotMatch(exported, /_token"|pat-1/)
    const ended = await eva.delete(`${INTEGRATIONS}/epic`)
    assert.deepEqual([ended.status, ended.body.revoked_at_hospital], [200, true], ended.text)
    assert.equal(hospital.goodTokens(), 0)
    assert.equal((await eva.get(`${INTEGRATIONS}/epic`)).status, 404)
    await platform.erase(eva.accountId)
  })

  test('each connection is read again every day', async () => {
    const flo = await platform.person('flo')
    await connected(flo)
    hospital.records.Observation?.push({ ...lab('o5', '2951-2', 139, 'mmol/L'), meta: { lastUpdated: '2099' } })
    hospital.asked.length = 0
    platform.clock.advance({ days: 1, minutes: 1 })
    // The first run finds what is due, the second reads it.
    await platform.settle()
    await platform.settle()
    const [connection] = ((await platform.exportAll(flo.accountId))['medical-records']?.hospitals ?? []) as Record<
      string,
      unknown
    >[]
    assert.deepEqual([connection?.status, connection?.last_error, connection?.taken], ['connected', null, 1])
    assert.ok(
      hospital.asked.some((path) => path.includes('_lastUpdated=gt')),
      'only what changed is asked for',
    )
  })

  test('a kind that fails keeps no other from being taken; what is not open, busy or broken is told of each', async () => {
    const gil = await platform.person('gil')
    hospital.failing.set('Condition', 500)
    hospital.failing.set('Procedure', 429)
    hospital.scopes = 'patient/Observation.rs patient/Condition.read patient/Procedure.rs offline_access'
    await connected(gil)
    hospital.failing.clear()
    const at = await gil.get(`${INTEGRATIONS}/epic`)
    const outcomes = new Map(at.body.kinds.map((one: { kind: string; outcome: string }) => [one.kind, one.outcome]))
    assert.deepEqual(
      ['laboratory', 'Condition', 'Goal', 'Procedure'].map((kind) => outcomes.get(kind)),
      ['taken', 'failed', 'not_open', 'later'],
      at.text,
    )
    assert.deepEqual([at.body.status, at.body.new_values, at.body.waiting], ['error', 4, 4])
    assert.equal(at.body.last_error, 'The hospital’s server answered 500')
    assert.equal((await gil.post(`${INTEGRATIONS}/epic/sync`)).status, 202)
    await platform.settle()
    const after = (await gil.get(`${INTEGRATIONS}/epic`)).body
    assert.deepEqual(
      [after.status, after.new_values, after.waiting],
      ['connected', 1, 5],
      'the condition came by itself',
    )
    const ended = await gil.delete(`${INTEGRATIONS}/epic`)
    assert.equal(ended.body.forgotten, 5, 'what waited goes with the connection')
    assert.equal((await gil.get('/api/v1/medical-records/imports')).body.total, 0)
    hospital.scopes = 'patient/*.read offline_access'
  })

  test('a hospital of another version of FHIR than R4 is refused in words before anybody signs in', async () => {
    hospital.fhirVersion = '1.0.2'
    const refused = await (await platform.person('ida')).post(CONNECT, {})
    hospital.fhirVersion = '4.0.1'
    assert.deepEqual([refused.status, refused.body.hospital_fault], [502, 'version'])
    assert.match(refused.text, /speaks FHIR 1\.0\.2; only R4 is read here/)
  })

  test('vital signs, reports, papers, visits, plans and the family wait, and go to where each is kept', async () => {
    const [hal, ida] = [await platform.person('hal'), await platform.person('ida')]
    hospital.records = furtherKinds()
    hospital.unknownParameters.add('_include')
    hospital.files.set('Binary/b1', {
      type: 'text/plain',
      bytes: Buffer.from('Discharge summary\nHemoglobin 13.5 g/dL'),
    })
    await connected(hal)
    hospital.unknownParameters.clear()
    const connection = (await hal.get(`${INTEGRATIONS}/epic`)).body
    assert.deepEqual([connection.status, connection.last_error], ['connected', null])
    const path = `/api/v1/medical-records/imports/${connection.last_import_id}`
    const waiting = (await hal.get(path)).body
    const kinds = waiting.items.map((one: { kind: string; content: { display: string } }) => [
      one.kind,
      one.content.display,
    ])
    assert.deepEqual(kinds, [
      ['vital', 'Heart rate'],
      ['vital', 'Blood pressure'],
      ['resource', 'Tobacco smoking status'],
      ['medication', 'Metformin 500 mg'],
      ['report', 'Chest X-ray'],
      ['document', 'Discharge letter'],
      ['document', 'Lost letter'],
      ['resource', 'Office visit'],
      ['resource', 'Asthma plan'],
      ['resource', 'Walk every day'],
      ['family_history', 'Diabetes'],
      ['family_history', 'Asthma'],
      ['resource', 'Pacemaker'],
    ])
    assert.equal((await hal.get('/api/v1/documents')).body.total, 0, 'nothing is fetched before it is taken')
    const taken = await hal.post(`${path}/decide`, { accept_all: true, is_about_me: true })
    assert.equal(taken.body.accepted, 13, taken.text)
    await platform.settle()
    const of = async (address: string) => (await hal.get(`/api/v1/${address}`)).body
    const [letter] = (await of('documents')).items
    assert.deepEqual(
      [letter.title, letter.document_type, letter.document_date, letter.hospital_name],
      ['Discharge letter', 'discharge_summary', '2026-03-01', 'City Hospital'],
    )
    assert.match((await of(`documents/${letter.id}/text`)).ocr_text, /Hemoglobin 13\.5/)
    const after = (await of(`medical-records/imports/${connection.last_import_id}`)).items
    const [lost] = after.filter((one: { state: string }) => one.state === 'unconfirmed')
    assert.equal(lost.content.display, 'Lost letter', 'what could not be had waits again')
    assert.match(lost.doubts[0], /answered 404/)
    assert.equal((await of('clinical-reports')).items[0].content, 'Lungs are clear.')
    assert.deepEqual(
      (await of('medical-records/clinical/family-history')).items.map((one: { detail: object }) => one.detail),
      Array(2).fill({ relationship: 'mother' }),
    )
    const fhir = async (query: string) => (await of(`fhir/${query}`)).entry ?? []
    assert.deepEqual(
      (await fhir('Observation?code=8867-4,85354-9,72166-2&_elements=code')).length,
      3,
      'measurements, and a way of life as it came',
    )
    const [visit] = await fhir('Encounter')
    assert.deepEqual(
      [visit.resource.subject.reference, visit.resource.participant],
      [`Patient/${hal.accountId}`, undefined],
    )
    const carried = await of('medical-records/carried')
    assert.deepEqual(
      [carried.total, (await ida.delete(`/api/v1/medical-records/carried/${carried.items[0].id}`)).status],
      [5, 404],
    )
    assert.equal((await hal.delete(`/api/v1/medical-records/carried/${visit.resource.id}`)).status, 204)
    assert.deepEqual(await fhir('Encounter'), [])
    assert.equal((await platform.erase(hal.accountId))['medical-records.carried_resource'], 4)
  })

  /** What waits of the last reading, as name, change, what was taken and what it is now. */
  async function waitingFor(person: TestPerson) {
    await person.post(`${INTEGRATIONS}/epic/sync`)
    await platform.settle()
    const { last_import_id, last_error } = (await person.get(`${INTEGRATIONS}/epic`)).body
    assert.equal(last_error, null)
    const path = `/api/v1/medical-records/imports/${last_import_id}`
    const items: Waiting[] = (await person.get(path)).body.items
    return { path, items: items.filter(({ state }) => state === 'unconfirmed') }
  }
  interface Waiting {
    readonly id: string
    readonly kind: string
    readonly state: string
    readonly change: string | null
    readonly content: Record<string, unknown>
    readonly was: Record<string, unknown> | null
  }
  /** A resource at the hospital as it is from now on. */
  function change(type: string, id: string, by: object) {
    const all = hospital.records[type] ?? []
    const at = all.findIndex((one) => (one as { id: string }).id === id)
    const [before] = all.splice(at, 1)
    all.push({ ...before, ...by, meta: { versionId: '2', lastUpdated: '2099' } })
  }

  test('what changes at the hospital after it was taken waits beside it, and is taken or kept; nothing else is asked again', async () => {
    const ira = await platform.person('ira')
    hospital.records = {
      ...records(),
      ...furtherKinds(),
      Observation: [...records().Observation, ...(furtherKinds().Observation ?? [])],
    }
    hospital.records.DocumentReference = []
    await connected(ira)
    const first = await waitingFor(ira)
    const taken = await ira.post(`${first.path}/decide`, { accept: first.items.map(({ id }) => id), is_about_me: true })
    assert.equal(taken.body.unconfirmed, 0, taken.text)
    await platform.settle()
    hospital.tellsChanges = false
    assert.deepEqual((await waitingFor(ira)).items, [], 'a reading of everything brings nothing twice')
    hospital.tellsChanges = true

    change('Observation', 'o1', { status: 'corrected', valueQuantity: { value: 12.4, unit: 'g/dL', code: 'g/dL' } })
    change('Observation', 'o2', { note: [{ text: 'not fasting' }] })
    change('Observation', 'v1', { valueQuantity: { value: 75, unit: '/min', code: '/min' } })
    change('Condition', 'c1', { clinicalStatus: { coding: [{ code: 'resolved' }] } })
    change('DiagnosticReport', 'r1', { conclusion: 'A shadow on the left.' })
    change('Encounter', 'e1', { type: [{ text: 'Emergency visit' }] })
    change('Goal', 'g1', {})
    const later = await waitingFor(ira)
    const seen = later.items.map(({ kind, change, was, content }) => [
      kind,
      change,
      ...[was, content].map((one) => one?.value ?? one?.text ?? one?.status),
    ])
    assert.deepEqual(seen.map(([kind]) => kind).sort(), ['condition', 'lab', 'lab', 'report', 'resource', 'vital'])
    assert.ok(seen.every((one) => one[1] === 'amended'))
    assert.deepEqual(
      seen.find((one) => one[2] === 13.5),
      ['lab', 'amended', 13.5, 12.4],
    )
    assert.deepEqual((await waitingFor(ira)).items.length, 6, 'it waits once')
    assert.equal((await ira.get('/api/v1/medical-records/clinical/conditions')).body.items[0].status, 'active')
    const kept = later.items.filter(({ kind }) => kind === 'resource').map(({ id }) => id)
    const mine = later.items.map(({ id }) => id).filter((id) => !kept.includes(id))
    const decided = await ira.post(`${later.path}/decide`, { accept: mine, reject: kept, is_about_me: true })
    assert.equal(decided.body.unconfirmed, 0, decided.text)
    await platform.settle()
    const labs = (await ira.get('/api/v1/lab-results?test_name=Hemoglobin')).body.items
    assert.deepEqual(labs.map((one: { value: number; status: string }) => [one.value, one.status]).sort(), [
      [12.4, 'corrected'],
      [13.5, 'entered_in_error'],
      [13.9, 'final'],
    ])
    const [sodium] = (await ira.get('/api/v1/lab-results?test_name=Sodium')).body.items
    assert.deepEqual([sodium.notes, sodium.version], ['not fasting', 2], 'the same value is the same result')
    assert.equal((await ira.get('/api/v1/medical-records/clinical/conditions')).body.items[0].status, 'resolved')
    const reports = (await ira.get('/api/v1/clinical-reports')).body.items
    assert.deepEqual(reports.map((one: { status: string }) => one.status).sort(), ['PUBLISHED', 'SUPERSEDED'])
    const pulse = (await ira.get('/api/v1/fhir/Observation?code=8867-4')).body.entry
    assert.deepEqual([pulse.length, pulse[0].resource.valueQuantity.value], [1, 75])
    const visits = (await ira.get('/api/v1/fhir/Encounter')).body.entry
    assert.equal(visits[0].resource.type[0].text, 'Office visit', 'what the person keeps stays')
    assert.deepEqual((await waitingFor(ira)).items, [], 'what was decided is not asked again')
  })

  test('what the hospital withdraws or removes is shown as that, and counts no more once that is taken', async () => {
    const jon = await platform.person('jon')
    hospital.records = {
      ...furtherKinds(),
      Observation: [lab('o1', '718-7', 13.5, 'g/dL'), ...(furtherKinds().Observation ?? [])],
    }
    hospital.files.set('Binary/b1', { type: 'text/plain', bytes: Buffer.from('Potassium 4.1 mmol/L') })
    hospital.records.DocumentReference?.pop()
    await connected(jon)
    const first = await waitingFor(jon)
    await jon.post(`${first.path}/decide`, { accept: first.items.map(({ id }) => id), is_about_me: true })
    await platform.settle()
    change('Observation', 'o1', { status: 'entered-in-error' })
    change('Observation', 'v1', { status: 'entered-in-error' })
    change('DiagnosticReport', 'r1', { status: 'entered-in-error' })
    change('DocumentReference', 'd1', { status: 'entered-in-error' })
    change('FamilyMemberHistory', 'f1', { condition: [{ code: { text: 'Asthma' } }] })
    hospital.records.MedicationRequest = []
    hospital.records.Goal = []
    const later = await waitingFor(jon)
    const said = later.items.map(({ kind, change, was }) => [kind, change, was?.display ?? was?.test_name])
    assert.deepEqual(said.sort(), [
      ['document', 'withdrawn', 'Discharge letter'],
      ['family_history', 'withdrawn', 'Diabetes'],
      ['lab', 'withdrawn', 'Hemoglobin'],
      ['medication', 'withdrawn', 'Metformin 500 mg'],
      ['report', 'withdrawn', 'Chest X-ray'],
      ['resource', 'withdrawn', 'Walk every day'],
      ['vital', 'withdrawn', 'Heart rate'],
    ])
    const of = async (address: string) => (await jon.get(`/api/v1/${address}`)).body
    assert.equal((await of('medical-records/clinical/medications')).total, 1, 'nothing goes by itself')
    await jon.post(`${later.path}/decide`, { accept: later.items.map(({ id }) => id), is_about_me: true })
    await platform.settle()
    assert.equal((await of('lab-results?test_name=Hemoglobin')).items[0].status, 'entered_in_error')
    assert.equal((await of('medical-records/clinical/medications')).total, 0)
    assert.deepEqual(
      (await of('medical-records/clinical/family-history')).items.map((one: { display: string }) => one.display),
      ['Asthma'],
    )
    assert.equal((await of('clinical-reports')).items[0].status, 'RETRACTED')
    assert.deepEqual((await of('documents')).items[0].warnings, ['withdrawn'])
    assert.deepEqual((await of('fhir/Goal')).entry ?? [], [])
    assert.deepEqual((await of('fhir/Observation?code=8867-4')).entry ?? [], [])
    assert.deepEqual((await waitingFor(jon)).items, [])
    assert.match(JSON.stringify(await platform.exportAll(jon.accountId)), /"change":"withdrawn"/)
  })

  test('a C-CDA that a hospital keeps as a paper, or that is added as a document, is offered entry by entry', async () => {
    const kim = await platform.person('kim')
    const [letter] = furtherKinds().DocumentReference as { content: object[] }[]
    const attachment = { contentType: 'application/hl7-cda+xml', url: 'Binary/c1', title: 'Summary' }
    hospital.records = { Patient: records().Patient, DocumentReference: [{ ...letter, content: [{ attachment }] }] }
    hospital.files.set('Binary/c1', {
      type: 'application/hl7-cda+xml',
      bytes: problemDocument('Asthma'),
      isPacked: true,
    })
    await connected(kim)
    const { path, items } = await waitingFor(kim)
    await kim.post(`${path}/decide`, { accept: items.map(({ id }) => id), is_about_me: true })
    await platform.settle()
    const of = async (address: string) => (await kim.get(`/api/v1/${address}`)).body
    const [paper] = (await of('documents')).items
    assert.deepEqual([paper.mime_type, paper.fault, paper.status], ['application/xml', null, 'metadata_extracted'])
    const offered = await of(`medical-records/imports/${paper.import_id}`)
    assert.deepEqual([offered.format, offered.unconfirmed, offered.items[0].content.display], ['ccda', 1, 'Asthma'])
    assert.equal((await of('medical-records/clinical/conditions')).total, 0, 'nothing counts before it is taken')

    const add = (raw: Buffer) =>
      kim.request('POST', '/api/v1/documents/upload?file_name=a.xml', { raw, headers: { 'content-type': 'text/xml' } })
    const own = (await add(problemDocument('Gout'))).body
    const other = (await add(Buffer.from('<?xml version="1.0"?><letter>Hello</letter>'))).body
    await platform.settle()
    const added = await of(`documents/${own.id}`)
    assert.equal((await of(`medical-records/imports/${added.import_id}`)).items[0].content.display, 'Gout')
    const { fault, import_id } = await of(`documents/${other.id}`)
    assert.deepEqual([fault, import_id], ['type_not_read', null])
    assert.equal((await kim.delete(`/api/v1/documents/${own.id}`)).status, 204)
    assert.equal((await kim.get(`/api/v1/medical-records/imports/${added.import_id}`)).status, 404)
  })
})
