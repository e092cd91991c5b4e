import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

describe('auth: API keys', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())

  const withKey = (key: string, method = 'GET', path = '/auth/me') =>
    platform.request(method, path, { headers: { 'x-api-key': key }, ...(method === 'GET' ? {} : { body: {} }) })
  const makeKey = async (person: TestPerson, body: object = { name: 'script' }) =>
    (await person.post('/auth/api-keys', body)).body

  test('a key is shown once, kept as a hash, listed by its preview, and ends when its holder says so', async () => {
    const person = await platform.person('keyed')
    const made = await person.post('/auth/api-keys', { name: 'script' })
    assert.equal(made.status, 201, made.text)
    const { seq } = (await person.get('/auth/me')).body
    assert.match(made.body.key, new RegExp(`^usr_${seq}_[\\w-]{43}$`))
    assert.deepEqual([made.body.prefix, made.body.preview], [`usr_${seq}_`, `usr_${seq}_****`])
    assert.equal((await withKey(made.body.key)).status, 200)
    const listed = await person.get('/auth/profile')
    assert.deepEqual([listed.body.api_keys[0].usage_count, listed.body.api_keys[0].is_active], [1, true])
    assert.equal(listed.text.includes(made.body.key), false)
    const stored = await platform.rows('select * from auth.api_key')
    assert.equal(JSON.stringify(stored).includes(made.body.key.split('_')[2]), false)
    const stranger = await platform.person('strange')
    assert.equal((await stranger.delete(`/auth/api-keys/${made.body.id}`)).status, 404)
    assert.equal((await person.delete(`/auth/api-keys/${made.body.id}`)).status, 200)
    assert.equal((await withKey(made.body.key)).status, 401)
    assert.equal((await withKey('usr_123_xyz')).status, 401)
  })

  test('a key reaches what its scopes name, and never the account itself', async () => {
    const person = await platform.person('scoped')
    const { key } = await makeKey(person, { name: 'reader', scopes: ['auth:read'] })
    assert.equal((await withKey(key)).status, 200)
    assert.equal((await withKey(key, 'PUT', '/auth/preferences')).status, 403)
    const all = await makeKey(person)
    for (const path of ['/auth/api-keys', '/auth/mfa/setup', '/auth/verify-email/request']) {
      const refused = await withKey(all.key, 'POST', path)
      assert.deepEqual([refused.status, refused.body.code], [403, 'insufficient_scope'], path)
    }
    assert.equal((await withKey(all.key, 'DELETE', '/auth/me')).status, 403)
    assert.equal((await person.post('/auth/api-keys', { scopes: ['everything'] })).status, 422)
  })

  test('a key ends when it was meant to', async () => {
    const person = await platform.person('ending')
    const { key } = await makeKey(person, { name: 'brief', expires_in_days: 1 })
    assert.equal((await withKey(key)).status, 200)
    platform.clock.advance({ days: 1, seconds: 1 })
    assert.equal((await withKey(key)).status, 401)
    const login = await platform.request('POST', '/auth/login', {
      body: { email: person.email, password: person.password },
    })
    const token = login.body.access_token
    const past = { name: 'past', expires_at: '2020-01-01' }
    assert.equal((await platform.request('POST', '/auth/api-keys', { token, body: past })).status, 422)
  })

  test('an account has twenty keys at most', async () => {
    const person = await platform.person('many')
    for (let n = 0; n < 20; n += 1) assert.equal((await person.post('/auth/api-keys', {})).status, 201)
    assert.equal((await person.post('/auth/api-keys', {})).status, 409)
  })

  test('D16: the 101st call of a free month is refused with when it resets; a session is not counted', async () => {
    const person = await platform.person('metered')
    const { key } = await makeKey(person)
    const calls = await Promise.all(Array.from({ length: 105 }, () => withKey(key)))
    assert.equal(calls.filter((one) => one.status === 200).length, 100)
    const refused = calls.find((one) => one.status !== 200)
    assert.deepEqual([refused?.status, refused?.body.code, refused?.body.limit], [402, 'quota_exceeded', 100])
    assert.ok(Number(refused?.headers['retry-after']) > 0)
    assert.ok(refused?.body.resets_at.endsWith('-01T00:00:00.000Z'))
    assert.equal((await person.get('/auth/me')).body.api_calls_month, 100)

    const administrator = await platform.person('planner', { roles: ['administrator'] })
    assert.equal((await person.put(`/auth/users/${person.accountId}/plan`, { plan: 'pro' })).status, 403)
    const upgraded = await administrator.put(`/auth/users/${person.accountId}/plan`, { plan: 'pro' })
    assert.equal(upgraded.body.plan, 'pro')
    assert.equal((await withKey(key)).status, 200)
    assert.equal((await person.get('/auth/api-keys')).body.monthly_limit, 10_000)
    await administrator.put(`/auth/users/${person.accountId}/plan`, { plan: 'enterprise' })
    assert.equal((await withKey(key)).status, 200)
    await administrator.put(`/auth/users/${person.accountId}/plan`, { plan: 'free' })
    assert.equal((await withKey(key)).status, 402)
    platform.clock.advance({ days: 31 })
    assert.equal((await withKey(key)).status, 200)
  })
})
