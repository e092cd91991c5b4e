import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPlatform } from '../../testing.ts'
import { auth } from './contract.ts'

describe('auth: sessions', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())

  const refresh = (refresh_token: string) => platform.request('POST', '/auth/refresh', { body: { refresh_token } })
  const me = async (token: string) => (await platform.request('GET', '/auth/me', { token })).status

  test('D12: an access token ends after thirty minutes, and says so', async () => {
    const { token } = await platform.person('brief')
    assert.equal(await me(token), 200)
    platform.clock.advance({ minutes: 29 })
    assert.equal(await me(token), 200)
    platform.clock.advance({ minutes: 2 })
    const late = await platform.request('GET', '/auth/me', { token })
    assert.deepEqual([late.status, late.body.code, late.body.error_code], [401, 'token_expired', 'TOKEN_EXPIRED'])
  })

  test('a token that was changed, or signed by somebody else, is refused', async () => {
    const { token } = await platform.person('forged')
    const [head, , mac] = token.split('.') as [string, string, string]
    const claims = JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString())
    const other = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 9999 })).toString('base64url')
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    for (const forged of [
      `${head}.${other}.${mac}`,
      `${head}.${other}.`,
      `${none}.${other}.`,
      'nonsense',
      `${token}x`,
    ]) {
      const answer = await platform.request('GET', '/auth/me', { token: forged })
      assert.deepEqual([answer.status, answer.body.code], [401, 'invalid_token'])
    }
    assert.equal((await platform.request('GET', '/auth/me', { headers: { authorization: 'Token x' } })).status, 401)
  })

  test('a refresh token is good once; used twice, it ends the session and the owner is told', async () => {
    const { refreshToken, email } = await platform.person('rotating')
    const first = await refresh(refreshToken)
    assert.equal(first.status, 200, first.text)
    assert.equal(await me(first.body.access_token), 200)
    const second = await refresh(first.body.refresh_token)
    assert.equal(second.status, 200)
    const told = platform.notices.length
    assert.equal((await refresh(refreshToken)).status, 401)
    assert.equal(await me(second.body.access_token), 401)
    assert.equal((await refresh(second.body.refresh_token)).status, 401)
    assert.deepEqual([platform.notices.length, platform.notices.at(-1)?.to], [told + 1, email])
  })

  test('of two refreshes at once with one token, at most one succeeds', async () => {
    const { refreshToken } = await platform.person('racing')
    const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken), refresh(refreshToken)])
    assert.ok(answers.filter((one) => one.status === 200).length <= 1)
  })

  test('a refresh token ends after seven days', async () => {
    const { refreshToken } = await platform.person('weekly')
    platform.clock.advance({ days: 7, seconds: 1 })
    assert.equal((await refresh(refreshToken)).status, 401)
    assert.equal((await refresh('rt_unknown')).status, 401)
  })

  test('sessions are listed, and ended at once: this one, another one, all', async () => {
    const person = await platform.person('listed')
    const login = { email: person.email, password: person.password }
    const other = (await platform.request('POST', '/auth/login', { body: login })).body
    const { sessions } = (await person.get('/auth/sessions')).body
    assert.equal(sessions.length, 3)
    assert.equal(sessions.filter((one: { is_current: boolean }) => one.is_current).length, 1)
    assert.equal(await me(other.access_token), 200)
    assert.equal((await person.delete(`/auth/sessions/${sessions[0].id}`)).status, 200)
    assert.equal(await me(other.access_token), 401)
    assert.equal((await refresh(other.refresh_token)).status, 401)
    assert.equal((await person.delete(`/auth/sessions/${sessions[0].id}`)).status, 404)
    const stranger = await platform.person('stranger')
    assert.equal((await stranger.delete(`/auth/sessions/${sessions[1].id}`)).status, 404)
    assert.equal((await person.post('/auth/logout')).status, 200)
    assert.equal((await person.get('/auth/me')).status, 401)
    const again = (await platform.request('POST', '/auth/login', { body: login })).body.access_token
    const all = await platform.request('POST', '/auth/logout-all', { token: again, body: {} })
    assert.equal(all.body.sessions_ended, 2)
    assert.equal(await me(again), 401)
  })

  test('a request that was recognised a moment ago costs no round trip, and ending the session is seen at once', async () => {
    const { token, accountId } = await platform.person('cached')
    assert.equal(await me(token), 200)
    const pool = platform.platformOf('auth').systemPool
    const asked: string[] = []
    const connect = pool.connect.bind(pool)
    const counted = (...args: []) => {
      asked.push('asked')
      return connect(...args)
    }
    Object.assign(pool, { connect: counted })
    const whoami = { kind: 'bearer', token } as const
    const principal = await platform.call(auth.operations.resolveCredential, whoami)
    assert.deepEqual([principal.accountId, asked.length], [accountId, 0])
    Object.assign(pool, { connect })
    await platform.request('POST', '/auth/logout', { token, body: {} })
    await assert.rejects(platform.call(auth.operations.resolveCredential, whoami), { code: 'invalid_token' })
  })

  test('an account without a name belongs to whoever holds its token', async () => {
    const made = await platform.call(auth.operations.createAnonymousAccount, {})
    const answer = await platform.request('GET', '/auth/me', { token: made.access_token })
    assert.deepEqual([answer.body.id, answer.body.is_anonymous], [made.account_id, true])
    assert.equal((await refresh(made.refresh_token)).status, 200)
  })

  test('what only services may ask is not on HTTP', async () => {
    for (const name of ['resolveCredential', 'createSetupLink', 'createAdministrator', 'createAnonymousAccount']) {
      assert.equal((await platform.request('POST', `/auth/${name}`, { body: {} })).status, 404)
    }
  })

  test('the clean-up removes what can no longer be used', async () => {
    await platform.person('old')
    await platform.request('POST', '/auth/otp/request', { body: { phone_number: '9000000099' } })
    platform.clock.advance({ days: 40 })
    await platform.settle()
    for (const table of ['session', 'refresh_token', 'challenge', 'attempt']) {
      assert.equal((await platform.rows(`select 1 from auth.${table}`)).length, 0, table)
    }
  })
})
