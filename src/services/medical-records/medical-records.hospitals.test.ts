import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { type FakeHospital, HOSPITAL_CLIENT, openFakeHospital } from './fixtures/hospital.ts'

const INTEGRATIONS = '/api/v1/ehr/integrations'
const CONNECT = '/api/v1/epic-fhir/connect'
const LOINC = 'http://loinc.org'
const SUBJECT = { reference: 'Patient/pat-1' }

function lab(id: string, code: string, value: number, unit: string) {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    category: [{ coding: [{ code: 'laboratory' }] }],
    code: { coding: [{ system: LOINC, code }], text: code === '718-7' ? 'Hemoglobin' : 'Sodium' },
    subject: SUBJECT,
    effectiveDateTime: '2026-03-12T08:00:00Z',
    valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit },
  }
}

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

  test('a page on another server gets no token: the reading stops and says so', async () => {
    hospital.nextLink = 'http://127.0.0.1:9/steal'
    await ana.post(`${INTEGRATIONS}/epic/sync`)
    await platform.settle()
    hospital.nextLink = undefined
    const connection = (await ana.get(`${INTEGRATIONS}/epic`)).body
    assert.deepEqual(
      [connection.status, connection.last_error],
      ['error', 'The hospital’s server names a next page on another server'],
    )
  })

  test('a right that the person ended at the hospital ends the connection and says so', async () => {
    const dora = await platform.person('dora')
    await connected(dora)
    hospital.endRight()
    await dora.post(`${INTEGRATIONS}/epic/sync`)
    await platform.settle()
    assert.equal((await dora.get(`${INTEGRATIONS}/epic`)).body.status, 'expired')
    assert.equal((await dora.post(`${INTEGRATIONS}/epic/sync`)).status, 409)
    assert.equal((await dora.get('/api/v1/epic-fhir/my/conditions')).status, 409)
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
    hospital.records.Observation?.push(lab('o5', '2951-2', 139, 'mmol/L'))
    platform.clock.advance({ days: 1, minutes: 1 })
    // The first run finds what is due, the second reads it.
    await platform.settle()
    await platform.settle()
    const [connection] = ((await platform.exportAll(flo.accountId))['medical-records']?.hospitals ?? []) as Record<
      string,
      unknown
    >[]
    assert.deepEqual([connection?.status, connection?.last_error, connection?.taken], ['connected', null, 1])
  })
})
