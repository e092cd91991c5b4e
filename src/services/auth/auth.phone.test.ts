import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPlatform } from '../../testing.ts'
import { auth } from './contract.ts'

const consent = (purpose: string, granted = true) => ({ data_category: 'health_records', purpose, granted })
const consents = ['emergency_sharing', 'health_record_storage', 'ai_symptom_checker'].map((one) => consent(one))
const body = (phone_number: string) => ({
  name: 'Asha Example',
  phone_number,
  age: 34,
  gender: 'female',
  blood_group: 'B+',
  allergies: ['penicillin'],
  conditions: [],
  emergency_contact: 'Ravi Example',
  emergency_phone: '9000000001',
  language: 'hi',
  emergency_enabled: true,
  medicine_reminders: true,
  consents,
})

describe('auth: phone', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())

  const post = (path: string, given: unknown) => platform.request('POST', path, { body: given })
  const codeFor = (phone: string) =>
    platform.notices
      .filter((notice) => notice.channel === 'sms' && notice.to === `+91${phone}`)
      .at(-1)
      ?.text.slice(0, 6)

  test('the documented sign-up makes an account with its facts and consents, and tells user-profile', async () => {
    const made = await post('/auth/signup', body('9000000011'))
    assert.equal(made.status, 201, made.text)
    const { user } = made.body
    assert.deepEqual(
      [user.name, user.phone_number, user.age, user.blood_group],
      ['Asha Example', '9000000011', 34, 'B+'],
    )
    assert.equal(user.consents.length, 3)
    assert.equal(user.preferences.language, 'hi')
    const [created] = await platform.eventsOf(auth.events.accountCreated)
    assert.equal(created?.phone, '+919000000011')
    assert.equal((created.facts as { age: number }).age, 34)
    assert.equal((await platform.eventsOf(auth.events.consentsGiven)).length, 1)
    const again = await post('/auth/signup', body('9000000011'))
    assert.deepEqual([again.status, again.body.code], [400, 'already_exists'])
  })

  test('a missing mandatory consent is named, and no account is made', async () => {
    const given = { ...body('9000000012'), consents: [consents[0], consent('health_record_storage', false)] }
    const refused = await post('/auth/signup', given)
    assert.deepEqual(
      [refused.status, refused.body.missing_purposes],
      [400, ['health_record_storage', 'ai_symptom_checker']],
    )
    assert.equal((await post('/auth/signup', { ...body('9000000012'), consents: undefined })).status, 400)
    assert.equal((await post('/auth/signup', { ...body('12'), consents })).status, 422)
  })

  test('a code signs in once, within five minutes', async () => {
    await post('/auth/signup', body('9000000013'))
    const asked = await post('/auth/login', { phone_number: '9000000013' })
    assert.deepEqual([asked.status, asked.body.otp_required], [401, true])
    const otp = codeFor('9000000013')
    const login = await post('/auth/login', { phone_number: '9000000013', otp })
    assert.equal(login.status, 200, login.text)
    assert.equal(login.body.user.phone_verified, true)
    assert.equal((await post('/auth/login', { phone_number: '9000000013', otp })).status, 401)

    platform.clock.advance({ minutes: 1 })
    assert.equal((await post('/auth/otp/request', { phone_number: '9000000013' })).status, 202)
    const late = codeFor('9000000013')
    platform.clock.advance({ minutes: 6 })
    assert.equal((await post('/auth/login', { phone_number: '9000000013', otp: late })).status, 401)
  })

  test('D12: five wrong codes end the challenge, also for the right code; 123456 and no code open nothing', async () => {
    await post('/auth/signup', body('9000000014'))
    const { challenge_id } = (await post('/auth/otp/request', { phone_number: '9000000014' })).body
    const right = codeFor('9000000014') as string
    const wrong = right === '123456' ? '654321' : '123456'
    for (let n = 0; n < 5; n += 1) {
      assert.equal((await post('/auth/login', { phone_number: '9000000014', otp: wrong })).status, 401)
    }
    platform.clock.advance({ minutes: 2 })
    const [row] = await platform.rows('select tries_left, used_at from auth.challenge where id = $1', [challenge_id])
    assert.deepEqual(row, { tries_left: 0, used_at: null })
    const dead = await post('/auth/login', { phone_number: '9000000014', otp: right, challenge_id })
    assert.ok([401, 429].includes(dead.status))
  })

  test('D12: a phone nobody has answers like one that somebody has', async () => {
    await post('/auth/signup', body('9000000015'))
    const sent = platform.notices.length
    const known = await post('/auth/otp/request', { phone_number: '9000000015' })
    assert.equal(platform.notices.length, sent + 1)
    const unknown = await post('/auth/otp/request', { phone_number: '9000099999' })
    assert.equal(platform.notices.length, sent + 1)
    const shape = ({ status, body: given }: typeof known) => [status, given.message, given.expires_in]
    assert.deepEqual(shape(unknown), shape(known))
    const again = await Promise.all(
      ['9000000015', '9000099999'].map((phone_number) => post('/auth/otp/request', { phone_number })),
    )
    assert.deepEqual(
      again.map((one) => one.status),
      [429, 429],
    )
    const logins = await Promise.all(
      ['9000000015', '9000099999'].map((phone_number) => post('/auth/login', { phone_number, otp: '000000' })),
    )
    assert.deepEqual(logins[0]?.body.detail, logins[1]?.body.detail)
    assert.deepEqual(
      logins.map((one) => one.status),
      [401, 401],
    )
    for (const path of ['/auth/users', '/auth/users/1', '/auth/users/phone/9000000015']) {
      assert.equal((await platform.request('GET', path)).status, 401)
      const { token } = (await platform.person('curious')) as { token: string }
      assert.equal((await platform.request('GET', path, { token })).status, 403)
    }
  })

  test('whoever signed up with somebody’s number loses the account when the owner proves it', async () => {
    const stranger = (await post('/auth/signup', body('9000000016'))).body.access_token as string
    const key = (await platform.request('POST', '/auth/api-keys', { token: stranger, body: { name: 'kept' } })).body.key
    await post('/auth/otp/request', { phone_number: '9000000016' })
    const owner = await post('/auth/login', { phone_number: '9000000016', otp: codeFor('9000000016') })
    assert.equal(owner.status, 200)
    assert.equal((await platform.request('GET', '/auth/me', { token: stranger })).status, 401)
    assert.equal((await platform.request('GET', '/auth/me', { headers: { 'x-api-key': key } })).status, 401)
    assert.equal((await platform.request('GET', '/auth/me', { token: owner.body.access_token })).status, 200)
  })

  test('facts, preferences and consents are read and changed by their holder only', async () => {
    const token = (await post('/auth/signup', body('9000000017'))).body.access_token as string
    const call = (method: string, path: string, given?: unknown) =>
      platform.request(method, path, { token, ...(given === undefined ? {} : { body: given }) })
    const changed = await call('PUT', '/auth/me', { name: 'Asha Other', age: 35, dark_mode: true })
    assert.deepEqual([changed.body.name, changed.body.age, changed.body.blood_group], ['Asha Other', 35, 'B+'])
    const [given] = await platform.eventsOf(auth.events.factsGiven)
    assert.deepEqual(given?.facts, { age: 35 })
    assert.equal((await call('PUT', '/auth/preferences', { language: 'en' })).body.language, 'en')
    assert.equal((await call('GET', '/auth/preferences')).body.dark_mode, true)
    assert.equal((await call('GET', '/auth/validate')).body.access_token, token)
    const [first] = (await call('GET', '/auth/consents')).body
    assert.equal(first.is_mandatory, true)
    const withdrawn = await call('PUT', `/auth/consents/${first.id}`, { granted: false })
    assert.deepEqual([withdrawn.status, withdrawn.body.granted], [200, false])
    assert.equal(typeof withdrawn.body.consequence, 'string')
    const other = await platform.person('other')
    assert.equal((await other.put(`/auth/consents/${first.id}`, { granted: true })).status, 404)
  })

  test('without a way to send text messages the answer is an honest 503', async () => {
    const silent = await openTestPlatform({ channelsOff: ['sms', 'email'] })
    try {
      const ask = (path: string, given: unknown) => silent.request('POST', path, { body: given })
      assert.equal((await ask('/auth/otp/request', { phone_number: '9000000018' })).status, 503)
      assert.equal((await ask('/auth/login', { phone_number: '9000000018' })).status, 503)
      assert.equal((await ask('/auth/reset-password/request', { email: 'a@example.test' })).status, 503)
    } finally {
      await silent.close()
    }
  })
})
