import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../src/testing.ts'

describe('D28: FHIR of another person', () => {
  let platform: TestPlatform
  let owner: TestPerson
  let doctor: TestPerson
  let patient = ''

  before(async () => {
    platform = await openTestPlatform()
    owner = await platform.person('owner')
    doctor = await platform.person('doctor', { roles: ['patient', 'clinician'] })
    const made = await owner.request('POST', '/fhir/Patient', {
      body: { resourceType: 'Patient', active: true },
      headers: { 'content-type': 'application/fhir+json' },
    })
    assert.equal(made.status, 201, made.text)
    patient = made.body.id
  })
  after(() => platform.close())

  const read = (path: string) => doctor.get(`${path}${path.includes('?') ? '&' : '?'}profile_id=${owner.accountId}`)
  const grant = async () => {
    const until = new Date(platform.clock.now().getTime() + 86_400_000)
    const id = '01890000-0000-7000-8000-00000000d028'
    const values = [doctor.accountId, owner.accountId, 'health_records', 'read', until, 'grant', id]
    await platform.rows('select kernel.write_access_right($1, $2, $3, $4, $5, $6, $7)', values)
    return () => platform.rows('select kernel.end_access_right($1)', [id])
  }
  const audited = async () => {
    await platform.settle()
    const answer = await owner.get('/api/v1/audit/my?limit=100')
    assert.equal(answer.status, 200, answer.text)
    return answer.text
  }

  test('without a grant every read, search and the whole bundle are refused as OperationOutcome', async () => {
    for (const path of [`/fhir/Patient/${patient}`, '/fhir/Patient', `/fhir/Patient/${patient}/$everything`]) {
      const answer = await read(path)
      assert.equal(answer.status, 404, `${path}: ${answer.text}`)
      assert.equal(answer.body.resourceType, 'OperationOutcome')
      assert.match(String(answer.headers['content-type']), /application\/fhir/)
    }
  })

  test('with a grant they answer, and from its withdrawal on they are refused again', async () => {
    const withdraw = await grant()
    assert.equal((await read(`/fhir/Patient/${patient}`)).status, 200)
    assert.equal((await read(`/fhir/Patient/${patient}/$everything`)).status, 200)
    await withdraw()
    assert.equal((await read(`/fhir/Patient/${patient}`)).status, 404)
    assert.equal((await read(`/fhir/Patient/${patient}/$everything`)).status, 404)
  })

  test('every read and every refusal stands in the owner’s audit', async () => {
    const before = (await audited()).length
    const withdraw = await grant()
    await read(`/fhir/Patient/${patient}`)
    await withdraw()
    await read(`/fhir/Patient/${patient}`)
    const after = await audited()
    assert.ok(after.length > before)
    assert.match(after, /fhir/i)
    assert.match(after, /refused/i)
  })
})
