import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openTestPlatform } from '../../testing.ts'

describe('auth: /mobile-auth', () => {
  test('it is closed unless the operator opens it, and says so in the documented word', async () => {
    const platform = await openTestPlatform()
    try {
      for (const name of ['login', 'logout', 'verify']) {
        for (const request of [
          {},
          { body: {} },
          { body: name === 'login' ? { username: 'x' } : { auth_token: 'x' } },
        ]) {
          const answer = await platform.request('POST', `/mobile-auth/${name}`, request)
          assert.deepEqual([answer.status, answer.body.error], [403, 'endpoint_disabled'])
          assert.equal(typeof answer.body.message, 'string')
        }
      }
    } finally {
      await platform.close()
    }
  })

  test('open, it works as documented for a day, and reaches no account that has a password', async () => {
    const platform = await openTestPlatform({ environment: { ALLOW_INSECURE_SESSION_AUTH: 'true' } })
    try {
      const post = (name: string, body: object) => platform.request('POST', `/mobile-auth/${name}`, { body })
      const person = await platform.person('real')
      const login = await post('login', { username: person.email })
      assert.equal(login.status, 200, login.text)
      assert.match(login.body.auth_token, /^session_/)
      assert.equal(typeof login.body.warning, 'string')
      assert.equal(Date.parse(login.body.expires_at) - platform.clock.now().getTime(), 86_400_000)
      assert.notEqual(login.body.user_id, person.accountId)
      assert.equal((await post('login', { username: person.email })).body.user_id, login.body.user_id)
      const token = login.body.auth_token
      assert.deepEqual((await post('verify', { auth_token: token })).body, {
        valid: true,
        user_id: login.body.user_id,
        username: person.email,
      })
      assert.equal((await platform.request('GET', '/auth/me', { token })).body.id, login.body.user_id)
      assert.equal((await platform.request('POST', '/mobile-auth/logout', { token, body: {} })).status, 200)
      assert.equal((await post('verify', { token })).status, 401)
      assert.equal((await post('login', {})).status, 400)
      const other = (await post('login', { username: 'other' })).body.auth_token
      platform.clock.advance({ hours: 25 })
      assert.equal((await post('verify', { token: other })).status, 401)
    } finally {
      await platform.close()
    }
  })
})
