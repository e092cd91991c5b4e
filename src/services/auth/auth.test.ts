import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPlatform } from '../../testing.ts'
import { auth } from './contract.ts'

describe('auth: e-mail and password', () => {
  let platform: TestPlatform
  const post = (path: string, body: unknown) => platform.request('POST', path, { body })
  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())

  test('the documented registration, its repetition and the documented login, under every path', async () => {
    for (const [index, path] of ['/api/v1/auth', '/auth', '/auth/api/v1/auth'].entries()) {
      const body = { email: `test${index}@example.test`, password: 'Test123!', full_name: 'Test' }
      const made = await post(`${path}/register`, body)
      assert.equal(made.status, 201, made.text)
      const again = await post(`${path}/register`, { ...body, email: body.email.toUpperCase() })
      assert.equal(again.status, 409)
      assert.equal(again.body.error, again.body.detail)
      const login = await post(`${path}/login/`, { email: body.email, password: body.password })
      assert.equal(login.status, 200, login.text)
      assert.equal(login.text.includes('\n'), false)
      for (const name of ['access_token', 'refresh_token', 'expires_at', 'message']) {
        assert.equal(typeof login.body[name], 'string', name)
      }
      assert.deepEqual([login.body.token_type, login.body.expires_in], ['bearer', 1800])
      const me = await platform.request('GET', `${path}/me`, { token: login.body.access_token })
      assert.deepEqual([me.body.email, me.body.name, me.body.roles], [body.email, 'Test', ['patient']])
    }
    const events = await platform.eventsOf(auth.events.accountCreated)
    assert.deepEqual(events.at(-1)?.email, 'test2@example.test')
  })

  test('every documented body registers', async () => {
    const bodies = [
      { email: 'a@example.test', password: 'TestPass123!', full_name: 'Test User' },
      {
        email: 'b@example.test',
        password: 'TestPass123!',
        confirm_password: 'TestPass123!',
        first_name: 'Test',
        last_name: 'User',
        user_type: 'patient',
      },
      { email: 'c@example.test', password: 'TestPass123!' },
    ]
    for (const body of bodies) assert.equal((await post('/auth/register', body)).status, 201)
  })

  test('D16: the plan, the type and the roles are not the client’s to choose', async () => {
    const made = await post('/auth/register', {
      email: 'd@example.test',
      password: 'TestPass123!',
      company: 'Acme',
      plan: 'enterprise',
      user_type: 'admin',
      role: 'administrator',
    })
    assert.equal(made.status, 201)
    assert.deepEqual([made.body.user.plan, made.body.user.roles], ['free', ['patient']])
    assert.match(made.body.api_key, /^usr_\d+_[\w-]{43}$/)
    assert.equal(
      (await platform.request('GET', '/auth/me', { headers: { 'x-api-key': made.body.api_key } })).status,
      200,
    )
  })

  test('a form, JSON with a user name and HTTP Basic sign in alike', async () => {
    const credentials = { username: 'a@example.test', password: 'TestPass123!' }
    const form = await platform.request('POST', '/auth/login', { form: { ...credentials, grant_type: 'password' } })
    assert.equal(form.status, 200, form.text)
    assert.equal((await post('/auth/login', credentials)).status, 200)
    const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')
    const headers = { authorization: `Basic ${basic}` }
    assert.equal((await platform.request('POST', '/auth/login', { headers })).status, 200)
  })

  test('a wrong password, an unknown account and a user name nobody has answer the same 401', async () => {
    const answers = [
      await post('/auth/login', { email: 'a@example.test', password: 'Wrong123!' }),
      await post('/auth/login', { email: 'nobody@example.test', password: 'Wrong123!' }),
      await platform.request('POST', '/auth/login', { form: { username: 'test', password: 'test' } }),
    ]
    const seen = answers.map(({ status, body }) => [status, body.code, body.detail])
    assert.equal(seen[0]?.[0], 401)
    assert.deepEqual(seen[1], seen[0])
    assert.deepEqual(seen[2], seen[0])
  })

  test('a weak password, a differing repetition, an unknown field and an empty login are refused by name', async () => {
    const body = { email: 'e@example.test', password: 'TestPass123!' }
    const refusals = [
      ['password', { ...body, password: 'short1' }],
      ['password', { ...body, password: ' TestPass123! ' }],
      ['confirm_password', { ...body, confirm_password: 'Other123!' }],
      ['email', { ...body, email: 'not an address' }],
      ['surprise', { ...body, surprise: 1 }],
    ] as const
    for (const [field, given] of refusals) {
      const answer = await post('/auth/register', given)
      assert.deepEqual([answer.status, answer.body.errors[0].field], [422, field])
    }
    assert.equal((await post('/auth/login', {})).status, 400)
    assert.equal((await platform.request('POST', '/auth/login', { raw: '{', headers: json })).status, 400)
    const large = await post('/auth/register', { ...body, full_name: 'x'.repeat(300_000) })
    assert.equal(large.status, 413)
  })

  test('a common password is warned about', async () => {
    const made = await post('/auth/register', { email: 'f@example.test', password: 'Password1' })
    assert.equal(made.status, 201)
    assert.equal(made.body.warnings.length, 1)
  })

  test('D14: an identity that the client types is refused, and nothing without a credential is answered', async () => {
    const { token, accountId } = await platform.person('spoofed')
    const as = (headers: Record<string, string>) => platform.request('GET', '/auth/me', { token, headers })
    assert.equal((await as({ 'x-user-id': '00000000-0000-7000-8000-000000000000' })).status, 403)
    assert.equal((await as({ 'x-user-id': accountId })).status, 200)
    const nobody = await platform.request('GET', '/auth/me', { headers: { 'x-user-id': accountId } })
    assert.equal(nobody.status, 401)
    assert.equal(nobody.body.error, 'Authorization header is required')
  })

  test('two registrations of one address at once make one account', async () => {
    const body = { email: 'twice@example.test', password: 'TestPass123!' }
    const answers = await Promise.all([1, 2, 3].map(() => post('/auth/register', body)))
    assert.deepEqual(answers.map((one) => one.status).sort(), [201, 409, 409])
  })

  test('no secret is stored as it is', async () => {
    const { password, token, refreshToken } = await platform.person('stored')
    for (const table of ['account', 'password', 'session', 'refresh_token', 'identity']) {
      const rows = JSON.stringify(await platform.rows(`select * from auth.${table}`))
      for (const secret of [password, token, refreshToken]) assert.equal(rows.includes(secret), false, table)
    }
  })
})

const json = { 'content-type': 'application/json' }
