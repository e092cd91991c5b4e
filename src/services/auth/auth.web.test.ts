import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPlatform, type TestRequest } from '../../testing.ts'

const OURS = { origin: 'http://localhost:8000', host: 'localhost:8000' }

describe('auth: sessions of the web client', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    platform.request('POST', path, { body, headers })
  const signIn = async (name: string) => {
    const person = await platform.person(name)
    const answer = await post('/api/v1/auth/web/sign-in', { email: person.email, password: person.password })
    assert.equal(answer.status, 200, answer.text)
    return { person, answer, cookie: String(answer.headers['set-cookie']).split(';')[0] as string }
  }
  const change = (cookie: string, request: TestRequest) =>
    platform.request('PUT', '/api/v1/auth/me', { ...request, headers: { cookie, ...request.headers } })

  test('the cookie is for no script and no other site, and no token is answered', async () => {
    const { answer, cookie, person } = await signIn('cookie')
    assert.match(String(answer.headers['set-cookie']), /; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/)
    assert.doesNotMatch(answer.text, /access_token|refresh_token/)
    assert.equal(answer.body.user.id, person.accountId)
    const me = await platform.request('GET', '/api/v1/auth/me', { headers: { cookie } })
    assert.equal(me.body.id, person.accountId)
    const sessions = await platform.request('GET', '/api/v1/auth/sessions', { headers: { cookie } })
    const current = sessions.body.sessions.filter((session: { is_current: boolean }) => session.is_current)
    assert.equal(current.length, 1)
  })

  test('registering signs in at once, and says what is wrong with each field', async () => {
    const account = { email: 'web.new@example.test', password: 'a Phrase 4 you', full_name: 'Web New' }
    const made = await post('/api/v1/auth/web/register', account)
    assert.equal(made.status, 201, made.text)
    const cookie = String(made.headers['set-cookie']).split(';')[0] as string
    assert.equal((await platform.request('GET', '/api/v1/auth/me', { headers: { cookie } })).body.name, 'Web New')
    assert.equal((await post('/api/v1/auth/web/register', account)).status, 409)
    const weak = await post('/api/v1/auth/web/register', { ...account, email: 'nobody', password: 'x' })
    assert.equal(weak.status, 422)
    assert.equal(weak.body.errors[0].field, 'email')
  })

  test('a wrong password is 401 without a cookie', async () => {
    const person = await platform.person('wrong')
    const refused = await post('/api/v1/auth/web/sign-in', { email: person.email, password: 'not it 1' })
    assert.deepEqual([refused.status, refused.headers['set-cookie']], [401, undefined])
  })

  test('signing out ends the session and takes the cookie back, also twice', async () => {
    const { cookie } = await signIn('leaver')
    const asked = () => platform.request('GET', '/api/v1/auth/web/session', { headers: { cookie } })
    assert.deepEqual((await asked()).body, { signed_in: true })
    const out = await post('/api/v1/auth/web/sign-out', {}, { cookie })
    assert.deepEqual((await asked()).body, { signed_in: false })
    assert.deepEqual((await platform.request('GET', '/api/v1/auth/web/session')).body, { signed_in: false })
    assert.match(String(out.headers['set-cookie']), /^salus_session=; Path=\/; Max-Age=0/)
    assert.equal((await platform.request('GET', '/api/v1/auth/me', { headers: { cookie } })).status, 401)
    assert.equal((await post('/api/v1/auth/web/sign-out', {}, { cookie })).status, 200)
  })

  test('a form of another site signs nobody in or out', async () => {
    for (const path of ['/api/v1/auth/web/sign-in', '/api/v1/auth/web/register', '/api/v1/auth/web/sign-out']) {
      const form = await platform.request('POST', path, { form: { email: 'a@example.test', password: 'x' } })
      assert.equal(form.status, 415)
      const headers = { 'content-type': 'text/plain' }
      assert.equal((await platform.request('POST', path, { raw: '{}', headers })).status, 415)
    }
    assert.equal((await post('/api/v1/auth/web/sign-in', { email: 5, password: 'x' })).status, 422)
    const headers = { 'content-type': 'application/json' }
    const broken = await platform.request('POST', '/api/v1/auth/web/sign-in', { raw: '{', headers })
    assert.equal(broken.status, 400)
  })

  test('with the cookie alone, a change needs to come from a page of ours', async () => {
    const { cookie, person } = await signIn('target')
    const name = { name: 'Changed' }
    const cases: [Record<string, string>, number][] = [
      [{}, 403],
      [{ origin: 'https://evil.example.test' }, 403],
      [{ origin: 'null' }, 403],
      [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example.test' }, 403],
      [{ 'sec-fetch-site': 'same-site', ...OURS }, 403],
      [{ 'sec-fetch-site': 'none' }, 403],
      [OURS, 200],
      [{ 'sec-fetch-site': 'same-origin' }, 200],
    ]
    for (const [headers, status] of cases) {
      const answer = await change(cookie, { body: name, headers })
      assert.equal(answer.status, status, JSON.stringify(headers))
    }
    const form = { form: { name: 'Forged' }, headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' } }
    assert.equal((await change(cookie, form)).status, 403)
    const withToken = await person.request('PUT', '/api/v1/auth/me', { body: name, headers: { cookie } })
    assert.equal(withToken.status, 200)
  })

  test('an origin that the operator allows may change things', async () => {
    const other = await openTestPlatform({ environment: { CORS_ORIGINS: 'https://app.example.test' } })
    try {
      const { email, password } = await other.person('allowed')
      const answer = await other.request('POST', '/api/v1/auth/web/sign-in', { body: { email, password } })
      const cookie = String(answer.headers['set-cookie']).split(';')[0] as string
      const headers = { cookie, origin: 'https://app.example.test', 'sec-fetch-site': 'same-site' }
      assert.equal((await other.request('PUT', '/api/v1/auth/me', { body: { name: 'Yes' }, headers })).status, 200)
    } finally {
      await other.close()
    }
  })
})
