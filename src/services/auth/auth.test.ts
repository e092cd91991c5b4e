import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPlatform } from '../../testing.ts'
import { auth } from './contract.ts'

describe('auth: e-mail and password', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())

  test('the documented registration, its repetition and the documented login', async () => {
    for (const path of ['/api/v1/auth', '/auth', '/auth/api/v1/auth']) {
      const body = { email: `t${path.length}@example.test`, password: 'Test123!', full_name: 'Test' }
      const made = await platform.request('POST', `${path}/register`, { body })
      assert.equal(made.status, 201, made.text)
      assert.equal((await platform.request('POST', `${path}/register`, { body })).status, 409)
      const login = await platform.request('POST', `${path}/login`, {
        body: { email: body.email, password: body.password },
      })
      assert.equal(login.status, 200, login.text)
      assert.equal(login.body.token_type, 'bearer')
      assert.equal(login.text.includes('\n'), false)
      const me = await platform.request('GET', `${path}/me`, { token: login.body.access_token })
      assert.equal(me.body.email, body.email)
    }
    const events = await platform.eventsOf(auth.events.accountCreated)
    assert.equal(events.length, 3)
  })
})
