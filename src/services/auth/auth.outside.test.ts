import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPlatform } from '../../testing.ts'
import { authorizePath, baseOf, newPkce, registerApp, TestBrowser } from './fixtures/testing/app.ts'
import { type LocalIssuer, startIssuer } from './fixtures/testing/issuer.ts'

const AUDIENCE = 'https://api.example.test'

describe('auth: tokens of an outside issuer', () => {
  let platform: TestPlatform
  let issuer: LocalIssuer
  before(async () => {
    issuer = await startIssuer('client')
    platform = await openTestPlatform({ environment: { OIDC_ISSUER: issuer.url, AUTH0_AUDIENCE: AUDIENCE } })
  })
  after(async () => {
    await platform.close()
    await issuer.close()
  })

  const seconds = () => Math.floor(platform.clock.now().getTime() / 1000)
  const claims = (more: object = {}) => ({
    sub: 'auth0|123',
    aud: AUDIENCE,
    exp: seconds() + 3600,
    name: 'Outside',
    ...more,
  })
  const get = (path: string, token: string) => platform.request('GET', path, { token })

  test('the documented answers of /api/me, /api/userinfo and /api/protected/test', async () => {
    const token = await issuer.sign(claims())
    const me = await get('/api/me', token)
    assert.equal(me.status, 200, me.text)
    assert.deepEqual([me.body.user_id, me.body.user.sub, me.body.user.name], ['auth0|123', 'auth0|123', 'Outside'])
    const userinfo = await get('/api/userinfo', token)
    assert.deepEqual([userinfo.body.nickname, userinfo.body.seen], ['from the issuer', `Bearer ${token}`])
    const ok = await get('/api/protected/test', token)
    assert.deepEqual([ok.body.authenticated, ok.body.user_id], [true, 'auth0|123'])
    for (const path of ['/api/me', '/api/userinfo', '/api/protected/test']) {
      const refused = await platform.request('GET', path)
      assert.deepEqual([refused.status, refused.body.error], [401, 'Authorization header is required'])
      assert.equal(typeof refused.body.message, 'string')
    }
  })

  test('one subject is one account, made when it first comes; the keys are fetched once', async () => {
    const ids = await Promise.all(
      Array.from({ length: 6 }, async (_, n) => {
        const token = await issuer.sign(claims({ sub: 'auth0|same', n }))
        return (await get('/auth/me', token)).body.id
      }),
    )
    assert.equal(new Set(ids).size, 1)
    assert.equal(issuer.keyFetches(), 1)
  })

  test('a token that is expired, for another audience, of another issuer, or signed by another key is refused', async () => {
    const cases = [
      [await issuer.sign(claims({ exp: seconds() - 60 })), 'token_expired'],
      [await issuer.sign(claims({ aud: 'https://other.example.test' })), 'invalid_token'],
      [await issuer.sign(claims({ iss: 'https://other.example.test' })), 'invalid_token'],
      [await issuer.sign(claims({ exp: undefined })), 'invalid_token'],
      [await issuer.sign(claims(), { foreignKey: true }), 'invalid_token'],
    ] as const
    for (const [token, code] of cases) {
      const answer = await get('/api/me', token)
      assert.deepEqual([answer.status, answer.body.code, answer.body.error], [401, code, 'authentication_failed'])
    }
  })

  test('tokens of ours work on the same paths', async () => {
    const { token, accountId, email } = await platform.person('own')
    const me = await get('/api/me', token)
    assert.deepEqual([me.body.user_id, me.body.user.email], [accountId, email])
    assert.deepEqual([(await get('/api/userinfo', token)).body.sub], [accountId])
    assert.equal((await get('/api/protected/test', token)).status, 200)
  })

  test('an account of ours is joined only when both sides proved the address', async () => {
    const person = await platform.person('joined')
    const token = () =>
      issuer.sign(claims({ sub: `auth0|${Math.random()}`, email: person.email, email_verified: true }))
    assert.notEqual((await get('/auth/me', await token())).body.id, person.accountId)
    await platform.rows('update auth.identity set verified_at = now() where value = $1', [person.email])
    assert.equal((await get('/auth/me', await token())).body.id, person.accountId)
    const unproven = await issuer.sign(claims({ sub: 'auth0|unproven', email: person.email, email_verified: false }))
    assert.notEqual((await get('/auth/me', unproven)).body.id, person.accountId)
  })

  test('without an issuer set up, such a token answers 500 not_configured, and tokens of ours still work', async () => {
    const plain = await openTestPlatform()
    try {
      const refused = await plain.request('GET', '/api/me', { token: await issuer.sign(claims()) })
      assert.deepEqual([refused.status, refused.body.code], [500, 'not_configured'])
      const { token } = await plain.person('still')
      assert.equal((await plain.request('GET', '/api/me', { token })).status, 200)
    } finally {
      await plain.close()
    }
  })

  test('an issuer that cannot be reached is said so', async () => {
    const lost = await openTestPlatform({
      environment: { OIDC_ISSUER: 'http://127.0.0.1:9', AUTH0_AUDIENCE: AUDIENCE },
    })
    try {
      assert.equal((await lost.request('GET', '/api/me', { token: await issuer.sign(claims()) })).status, 503)
    } finally {
      await lost.close()
    }
  })
})

describe('auth: social sign-in', () => {
  let platform: TestPlatform
  let issuer: LocalIssuer
  before(async () => {
    issuer = await startIssuer('client')
    const environment = {
      PUBLIC_URL: 'https://salus.test',
      GOOGLE_CLIENT_ID: 'client',
      GOOGLE_CLIENT_SECRET: 'secret',
      GOOGLE_ISSUER: issuer.url,
      GITHUB_CLIENT_ID: 'client',
      GITHUB_CLIENT_SECRET: 'secret',
      GITHUB_URL: issuer.url,
      GITHUB_API_URL: issuer.url,
    }
    platform = await openTestPlatform({ environment })
  })
  after(async () => {
    await platform.close()
    await issuer.close()
  })

  const leave = async (provider: string, returnTo = '/home') => {
    const answer = await platform.request(
      'GET',
      `/api/v1/auth/${provider}/login?return_to=${encodeURIComponent(returnTo)}`,
    )
    assert.equal(answer.status, 302, answer.text)
    const url = new URL(String(answer.headers.location))
    const cookie = String(answer.headers['set-cookie']).split(';')[0] as string
    return { query: url.searchParams, cookie }
  }
  const comeBack = (provider: string, state: string | null, code: string, cookie: string) =>
    platform.request('GET', `/api/v1/auth/${provider}/callback?state=${state}&code=${code}`, { headers: { cookie } })

  test('Google: away with state, nonce and PKCE, back to a session cookie that works', async () => {
    const { query, cookie } = await leave('google')
    assert.deepEqual(
      [query.get('redirect_uri'), query.get('code_challenge_method'), query.get('response_type')],
      ['https://salus.test/api/v1/auth/google/callback', 'S256', 'code'],
    )
    const exp = Math.floor(platform.clock.now().getTime() / 1000) + 600
    const person = { sub: 'g-1', name: 'Social', email: 'social@example.test', email_verified: true, exp }
    issuer.people.set('good', { ...person, nonce: query.get('nonce') })
    const back = await comeBack('google', query.get('state'), 'good', cookie)
    assert.deepEqual([back.status, back.headers.location], [302, '/home'])
    const session = String(back.headers['set-cookie'])
    assert.match(session, /^salus_session=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure$/)
    const headers = { cookie: session.split(';')[0] as string }
    const me = await platform.request('GET', '/auth/me', { headers })
    assert.deepEqual([me.body.email, me.body.email_verified], ['social@example.test', true])
    assert.equal((await comeBack('google', query.get('state'), 'good', cookie)).status, 400)
    assert.equal(
      (
        await platform.request('POST', '/auth/logout', {
          headers: { ...headers, origin: 'https://salus.test' },
          body: {},
        })
      ).status,
      200,
    )
    assert.equal((await platform.request('GET', '/auth/me', { headers })).status, 401)
  })

  test('another browser, another nonce, a made-up state and a cancelled sign-in are refused', async () => {
    const { query, cookie } = await leave('google')
    const exp = Math.floor(platform.clock.now().getTime() / 1000) + 600
    assert.equal((await comeBack('google', query.get('state'), 'good', 'salus_social=other')).status, 400)
    assert.equal((await comeBack('google', 'made-up', 'good', cookie)).status, 400)
    issuer.people.set('replayed', { sub: 'g-2', exp, nonce: 'another' })
    assert.equal((await comeBack('google', query.get('state'), 'replayed', cookie)).status, 401)
    const other = await leave('google')
    const path = `/auth/google/callback?state=${other.query.get('state')}&error=access_denied`
    assert.equal((await platform.request('GET', path, { headers: { cookie: other.cookie } })).status, 401)
  })

  test('GitHub: the person is asked for with the token', async () => {
    const { query, cookie } = await leave('github', '//evil.example.test')
    issuer.people.set('octo', { id: 42, login: 'octo' })
    const back = await comeBack('github', query.get('state'), 'octo', cookie)
    assert.deepEqual([back.status, back.headers.location], [302, '/'])
    const verifier = issuer.exchanges.at(-1)?.get('code_verifier') ?? ''
    assert.equal(verifier.length, 43)
    const headers = { cookie: String(back.headers['set-cookie']).split(';')[0] as string }
    assert.equal((await platform.request('GET', '/auth/me', { headers })).body.email, 'octo@example.test')
  })

  test('a provider that is not set up answers 503, and one that does not exist 404', async () => {
    assert.equal((await platform.request('GET', '/api/v1/auth/microsoft/login')).status, 503)
    assert.equal((await platform.request('GET', '/api/v1/auth/other/login')).status, 404)
  })

  test('an app’s own sign-in leads through a provider, and back to its question', async () => {
    const scopes = ['openid', 'launch/patient', 'patient/*.rs']
    const app = await registerApp(platform, { scopes })
    const browser = new TestBrowser(platform)
    const asked = { scope: scopes.join(' '), code_challenge: newPkce().challenge }
    const page = await browser.get(authorizePath(app, baseOf(platform), asked))
    assert.equal(page.text.includes('/auth/microsoft/login'), false, 'only those that are set up')
    const door = /href="(\/api\/v1\/auth\/google\/login[^"]+)"/.exec(page.text)?.[1] ?? ''
    const away = await browser.get(door.replaceAll('&amp;', '&'))
    const { searchParams } = new URL(String(away.headers.location))
    const exp = Math.floor(platform.clock.now().getTime() / 1000) + 600
    const person = { sub: 'g-9', name: 'Deciding', email: 'deciding@example.test', email_verified: true, exp }
    issuer.people.set('deciding', { ...person, nonce: searchParams.get('nonce') })
    const back = await browser.get(`/api/v1/auth/google/callback?state=${searchParams.get('state')}&code=deciding`)
    assert.match(String(back.headers.location), /^\/auth\/authorize\/continue\?request=/)
    const question = await browser.get(String(back.headers.location))
    assert.equal(question.status, 200)
    assert.ok(question.text.includes('deciding@example.test'))
  })
})
