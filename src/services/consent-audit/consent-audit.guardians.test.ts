import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const GUARDIAN = '/api/v1/consent/guardian'

describe('consenting for a child', () => {
  let platform: TestPlatform
  let parent: TestPerson
  let staff: TestPerson
  let child = ''

  before(async () => {
    platform = await openTestPlatform()
    parent = await platform.person('parent')
    staff = await platform.person('staff', { roles: ['operator'] })
    child = await keep(parent, { display_name: 'Little one', relationship: 'child', date_of_birth: '2019-03-01' })
  })
  after(() => platform.close())

  async function keep(person: TestPerson, profile: object): Promise<string> {
    const made = await person.post('/api/v1/profiles', profile)
    assert.equal(made.status, 201, made.text)
    await platform.settle()
    return made.body.id
  }
  const consent = (person: TestPerson, whose: string, purpose = 'storage') =>
    person.post(`/api/v1/consent/grant?profile_id=${whose}`, { data_category: 'vitals', purpose })
  const declare = (person: TestPerson, whose: string, password?: string) => {
    const declaration = { relationship: 'parent', declaration: true, ...(password === undefined ? {} : { password }) }
    return person.post(`${GUARDIAN}?profile_id=${whose}`, declaration)
  }
  const verifyEmail = (person: TestPerson) =>
    platform.rows('update auth.identity set verified_at = now() where user_id = $1', [person.accountId])

  test('is refused, as is sharing, until the guardian is proved', async () => {
    const refused = await consent(parent, child)
    assert.deepEqual([refused.status, refused.body.prove_at], [403, GUARDIAN])
    const share = { categories: ['vitals'], expires_days: 1 }
    assert.equal((await parent.post(`/api/v1/share?profile_id=${child}`, share)).status, 403)
    const grant = { email: 'aunt@example.test', categories: ['vitals'], ends_at: '2026-08-01' }
    assert.equal((await parent.post(`/api/v1/sharing/grants?profile_id=${child}`, grant)).status, 403)
    assert.equal((await parent.get(`${GUARDIAN}?profile_id=${child}`)).body.status, 'needed')
  })

  test('an adult whose address is verified and whose password is right is proved at once', async () => {
    assert.equal((await declare(parent, child)).status, 401)
    assert.equal((await declare(parent, child, 'Wrong-passw0rd')).status, 401)
    assert.equal(
      (await declare(parent, child, parent.password)).body.status,
      'waiting',
      'nothing is known of the parent',
    )
    await verifyEmail(parent)
    await parent.put('/api/v1/profile', { date_of_birth: '1988-01-01' })
    const proved = await declare(parent, child, parent.password)
    assert.deepEqual([proved.body.status, proved.body.method], ['verified', 'verified-account'])
    assert.equal((await consent(parent, child)).status, 200)
  })

  test('data of a child are used for no marketing, analytics or research, whoever consents', async () => {
    for (const purpose of ['marketing', 'analytics', 'research']) {
      const answer = await consent(parent, child, purpose)
      assert.deepEqual([answer.status, answer.body.error_code], [403, 'DPDP_PURPOSE_NOT_ALLOWED'], purpose)
    }
  })

  test('a birth date that is left out makes nobody an adult; an adult who is kept needs no proof', async () => {
    const unknown = await keep(parent, { display_name: 'Somebody', relationship: 'other' })
    assert.equal((await consent(parent, unknown)).status, 403)
    const father = await keep(parent, { display_name: 'Father', relationship: 'parent', date_of_birth: '1950-01-01' })
    assert.equal((await consent(parent, father)).status, 200)
    assert.equal((await parent.get(`${GUARDIAN}?profile_id=${father}`)).body.status, 'not_needed')
  })

  test('a child with an account of its own consents to nothing and is nobody’s guardian', async () => {
    const pupil = await platform.person('pupil')
    await pupil.put('/api/v1/profile', { date_of_birth: '2012-01-01' })
    assert.equal((await consent(pupil, pupil.accountId)).status, 403)
    assert.equal((await declare(pupil, pupil.accountId, pupil.password)).status, 403)
  })

  test('what the account doesn’t prove an operator checks, and may refuse', async () => {
    const uncle = await platform.person('uncle')
    const niece = await keep(uncle, { display_name: 'Niece', relationship: 'child', date_of_birth: '2018-01-01' })
    await uncle.put(`/api/v1/my-data/jurisdiction?profile_id=${niece}`, { jurisdiction: 'US' })
    await verifyEmail(uncle)
    await uncle.put('/api/v1/profile', { date_of_birth: '1980-01-01' })
    assert.equal((await declare(uncle, niece, uncle.password)).body.status, 'waiting')
    assert.equal((await uncle.get('/api/v1/consent/guardians/waiting')).status, 403)
    const { items } = (await staff.get('/api/v1/consent/guardians/waiting')).body
    assert.deepEqual(
      items
        .filter((one: { person_id: string }) => one.person_id === niece)
        .map((one: { account_id: string }) => one.account_id),
      [uncle.accountId],
    )
    const decide = (accepted: boolean, whose = niece) => {
      const decision = { account_id: uncle.accountId, accepted }
      return staff.post(`/api/v1/consent/guardians/${whose}/decide`, decision)
    }
    assert.equal((await decide(false, uncle.accountId)).status, 404)
    assert.equal((await decide(false)).body.status, 'refused')
    assert.equal((await consent(uncle, niece)).status, 403)
    assert.equal((await decide(true)).body.status, 'verified')
    assert.equal((await consent(uncle, niece)).status, 200)
  })

  test('nobody declares for a record they don’t keep, and a declaration is more than a false', async () => {
    const stranger = await platform.person('stranger')
    assert.equal((await declare(stranger, child, stranger.password)).status, 404)
    const half = await parent.post(`${GUARDIAN}?profile_id=${child}`, { relationship: 'parent', declaration: false })
    assert.deepEqual([half.status, half.body.errors[0].field], [422, 'declaration'])
    assert.equal((await platform.request('GET', GUARDIAN)).status, 401)
  })
})
