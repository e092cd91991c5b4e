import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'

const STATUS = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical'
const ACTIVE = { coding: [{ system: STATUS, code: 'active' }] }
const HOSPITAL = { 'x-hospital-id': 'city-clinic', 'x-doctor-id': 'dr-7', 'x-purpose': 'treatment' }
const SOS = { 'x-ambulance-id': 'amb-1', 'x-sos-event-id': 'sos-9' }

describe('fhir: a hospital asks', () => {
  let platform: TestPlatform
  let owner: TestPerson
  let doctor: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    owner = await platform.person('owner')
    doctor = await platform.person('doctor', { roles: ['patient', 'clinician'] })
    const about = { subject: { reference: 'Patient/pat' } }
    const resources = [
      { resourceType: 'Patient', id: 'pat', active: true },
      { resourceType: 'Condition', id: 'c', ...about, code: { text: 'Asthma' } },
      {
        resourceType: 'AllergyIntolerance',
        id: 'a',
        patient: { reference: 'Patient/pat' },
        code: { text: 'Nuts' },
        clinicalStatus: ACTIVE,
      },
      { resourceType: 'Observation', id: 'o', status: 'final', ...about, code: { text: 'private' } },
    ]
    const entry = resources.map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    }))
    const done = await owner.request('POST', '/fhir', {
      raw: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }),
      headers: { 'content-type': 'application/fhir+json' },
    })
    assert.equal(done.status, 200, done.text)
    const until = new Date(platform.clock.now().getTime() + 86_400_000)
    const id = '01890000-0000-7000-8000-00000000d029'
    const values = [doctor.accountId, owner.accountId, 'health_records', 'read', until, 'grant', id]
    await platform.rows('select kernel.write_access_right($1, $2, $3, $4, $5, $6, $7)', values)
  })
  after(() => platform.close())

  const ask = (path: string, headers: Record<string, string> = HOSPITAL, person = doctor) =>
    person.request('GET', `/fhir${path}${path.includes('?') ? '&' : '?'}profile_id=${owner.accountId}`, { headers })
  const consent = async (isGiven: boolean) => {
    const body = { data_category: 'health_records', purpose: 'sharing', granted_to: 'hospital' }
    const answer = await owner.post(`/api/v1/consent/${isGiven ? 'grant' : 'revoke'}`, body)
    assert.ok(answer.status < 300, answer.text)
    await platform.settle()
  }
  const refused = (answer: TestAnswer, status: number) => {
    assert.equal(answer.status, status, answer.text)
    assert.equal(answer.body.resourceType, 'OperationOutcome')
  }

  test('D28: no consent to share with hospitals is 403 as OperationOutcome, also for the whole bundle', async () => {
    for (const path of [
      '/Patient/pat',
      '/Observation?patient=pat',
      '/Bundle/pat?include=all',
      '/Patient/pat/$everything',
    ]) {
      refused(await ask(path), 403)
    }
  })

  test('D28: with consent it answers with its headers, and every read is in the audit', async () => {
    await consent(true)
    const answer = await ask('/Patient/pat')
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.headers['x-dpdp-compliant'], 'true')
    assert.equal(answer.headers['x-fhir-version'], '4.0.1')
    assert.match(String(answer.headers['content-type']), /application\/fhir\+json/)
    const whole = await ask('/Bundle/pat?include=Condition')
    assert.deepEqual(whole.body.entry.map((one: { resource: { id: string } }) => one.resource.id).sort(), ['c', 'pat'])
    await platform.settle()
    const audit = await owner.get('/api/v1/audit/my?limit=100')
    assert.match(audit.text, /city-clinic/)
    assert.match(audit.text, /shared_with_hospital/)
    await consent(false)
    refused(await ask('/Patient/pat'), 403)
  })

  test('the emergency bundle needs a right and its headers, no consent, and is in the audit', async () => {
    const answer = await ask('/Bundle/emergency/pat', SOS)
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(answer.body.entry.map((one: { resource: { id: string } }) => one.resource.id).sort(), [
      'a',
      'c',
      'pat',
    ])
    assert.equal(answer.headers['x-dpdp-compliant'], 'true')
    refused(await ask('/Bundle/emergency/pat', {}), 400)
    refused(await ask('/Bundle/emergency/none', SOS), 404)
    assert.equal((await ask('/Bundle/emergency/pat', {}, owner)).status, 200)
    const stranger = await platform.person('stranger')
    refused(await ask('/Bundle/emergency/pat', SOS, stranger), 404)
    await platform.settle()
    assert.match((await owner.get('/api/v1/audit/my?limit=100')).text, /emergency_read/)
  })

  test('a header that is malformed, or names another patient, is refused', async () => {
    refused(await ask('/Patient/pat', { 'x-hospital-id': 'a<b' }), 400)
    await consent(true)
    refused(await ask('/Patient/pat', { ...HOSPITAL, 'x-patient-id': 'other' }), 400)
  })
})
