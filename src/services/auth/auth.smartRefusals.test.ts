import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'
import {
  authorizePath,
  baseOf,
  codeFor,
  exchange,
  launchApp,
  newPkce,
  REDIRECT,
  registerApp,
  type TestApp,
  TestBrowser,
  tokenRequest,
} from './fixtures/testing/app.ts'

const SCOPE = 'openid launch/patient patient/*.rs'

describe('auth: what is refused to apps', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let app: TestApp
  let secretive: TestApp

  before(async () => {
    platform = await openTestPlatform({ environment: { PUBLIC_URL: 'https://salus.example.test' } })
    ana = await platform.person('ana')
    const scopes = ['openid', 'launch', 'launch/patient', 'offline_access', 'patient/*.rs']
    app = await registerApp(platform, { scopes })
    secretive = await registerApp(platform, { scopes, proof: 'secret' })
  })
  after(() => platform.close())

  const ask = (asked: Readonly<Record<string, string | undefined>>) =>
    platform.request(
      'GET',
      authorizePath(app, baseOf(platform), { scope: SCOPE, code_challenge: newPkce().challenge, ...asked }),
    )
  const errorOf = (answer: TestAnswer) => {
    assert.equal(answer.status, 302, answer.text)
    const back = new URL(String(answer.headers.location))
    assert.equal(`${back.origin}${back.pathname}`, REDIRECT)
    assert.equal(back.searchParams.get('code'), null)
    return back.searchParams.get('error')
  }

  test('nobody is ever sent to an address that is not registered, not even with an error', async () => {
    for (const redirect_uri of [
      'https://evil.example.test/back',
      `${REDIRECT}/`,
      `${REDIRECT}?x=1`,
      `${REDIRECT}#x`,
      REDIRECT.toUpperCase(),
      'javascript:alert(1)',
      '//evil.example.test',
      undefined,
    ]) {
      for (const more of [
        {},
        { response_type: 'token' },
        { aud: undefined },
        { scope: 'nothing' },
        { code_challenge: undefined },
      ]) {
        const answer = await ask({ redirect_uri, ...more })
        assert.equal(answer.status, 400)
        assert.equal(answer.headers.location, undefined)
        assert.doesNotMatch(answer.text, /evil/)
      }
    }
    const unknown = await ask({ client_id: 'nobody' })
    assert.deepEqual([unknown.status, unknown.headers.location], [400, undefined])
    const twice = await platform.request(
      'GET',
      `${authorizePath(app, baseOf(platform), { scope: SCOPE })}&redirect_uri=https://evil.example.test`,
    )
    assert.deepEqual([twice.status, twice.headers.location], [400, undefined])
  })

  test('each fault of a request is told to the app, with its state', async () => {
    const cases: [Readonly<Record<string, string | undefined>>, string][] = [
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ code_challenge: undefined }, 'invalid_request'],
      [{ code_challenge_method: 'plain' }, 'invalid_request'],
      [{ code_challenge_method: undefined }, 'invalid_request'],
      [{ code_challenge: 'short' }, 'invalid_request'],
      [{ aud: undefined }, 'invalid_request'],
      [{ aud: 'https://other.example.test/fhir' }, 'invalid_request'],
      [{ state: undefined }, 'invalid_request'],
      [{ scope: undefined }, 'invalid_scope'],
      [{ scope: 'system/*.rs nonsense' }, 'invalid_scope'],
      [{ launch: 'made-up', scope: `${SCOPE} launch` }, 'invalid_request'],
      [{ request: 'a.b.c' }, 'request_not_supported'],
      [{ request_uri: 'https://app.example.test/r' }, 'request_uri_not_supported'],
      [{ prompt: 'none' }, 'interaction_required'],
    ]
    for (const [asked, error] of cases) {
      const answer = await ask(asked)
      assert.equal(errorOf(answer), error, JSON.stringify(asked))
      const state = new URL(String(answer.headers.location)).searchParams.get('state')
      assert.equal(state, 'state' in asked ? null : 'a-state-that-nobody-guesses')
    }
  })

  test('whoever does not allow it goes back without a code, and the request is over', async () => {
    const browser = new TestBrowser(platform)
    const page = await browser.get(
      authorizePath(app, baseOf(platform), { scope: SCOPE, code_challenge: newPkce().challenge }),
    )
    assert.equal(
      errorOf(
        await browser
          .submit(page, { decision: 'deny', email: '', password: '' })
          .then(async () =>
            browser.submit({ ...page, text: page.text.slice(page.text.lastIndexOf('<form')) }, { decision: 'deny' }),
          ),
      ),
      'access_denied',
    )
    const later = await browser.submit(
      { ...page, text: page.text.slice(page.text.lastIndexOf('<form')) },
      { decision: 'deny' },
    )
    assert.deepEqual([later.status, later.headers.location], [400, undefined])
  })

  test('a code is good once; used a second time, it ends what came of it', async () => {
    const got = await codeFor(platform, { app, person: ana, scope: SCOPE })
    const first = await exchange(platform, app, got)
    assert.equal(first.status, 200, first.text)
    const token = first.body.access_token
    assert.equal((await platform.request('GET', '/fhir/Patient', { token })).status, 200)
    assert.equal((await exchange(platform, app, got)).body.error, 'invalid_grant')
    assert.equal((await platform.request('GET', '/fhir/Patient', { token })).status, 401)
  })

  test('a code is good for a minute, its own client, address and verifier only', async () => {
    const fresh = () => codeFor(platform, { app, person: ana, scope: SCOPE })
    const wrongVerifier = { ...(await fresh()), verifier: newPkce().verifier }
    assert.equal((await exchange(platform, app, wrongVerifier)).body.error, 'invalid_grant')
    assert.equal((await exchange(platform, secretive, await fresh())).body.error, 'invalid_grant')
    const elsewhere = { ...app, redirectUri: 'https://app.example.test/other' }
    assert.equal((await exchange(platform, elsewhere, await fresh())).body.error, 'invalid_grant')
    const { code } = await fresh()
    const bare = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT }
    assert.equal((await tokenRequest(platform, app, bare)).body.error, 'invalid_request')
    const old = await fresh()
    platform.clock.advance({ minutes: 2 })
    assert.equal((await exchange(platform, app, old)).body.error, 'invalid_grant')
    assert.equal(
      (await exchange(platform, app, { code: 'made-up', verifier: newPkce().verifier })).body.error,
      'invalid_grant',
    )
  })

  test('a client that does not prove itself as it is registered is refused', async () => {
    const { code, verifier } = await codeFor(platform, { app: secretive, person: ana, scope: SCOPE })
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: verifier }
    const refused = async (more: Record<string, string>, headers: Record<string, string> = {}) => {
      const answer = await platform.request('POST', '/auth/token', { form: { ...form, ...more }, headers })
      assert.deepEqual([answer.status, answer.body.error], [401, 'invalid_client'], answer.text)
      assert.match(String(answer.headers['www-authenticate']), /^Basic/)
    }
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
    await refused({ client_id: secretive.clientId })
    await refused({ client_id: secretive.clientId, client_secret: 'wrong' })
    await refused({}, basic(`${secretive.clientId}:wrong`))
    await refused({}, basic('nobody:wrong'))
    await refused({}, { authorization: 'Basic !!' })
    await refused({ client_id: app.clientId, client_secret: 'a public client has none' })
    await refused({ client_id: 'another' }, basic(`${secretive.clientId}:${secretive.secret}`))
    await refused({
      client_assertion: 'a.b.c',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    })
    const both = { client_id: secretive.clientId, client_secret: String(secretive.secret) }
    const twoWays = await platform.request('POST', '/auth/token', {
      form: { ...form, ...both },
      headers: basic(`${secretive.clientId}:${secretive.secret}`),
    })
    assert.equal(twoWays.body.error, 'invalid_request')
    const byForm = await platform.request('POST', '/auth/token', { form: { ...form, ...both } })
    assert.equal(byForm.status, 200, byForm.text)
  })

  test('other grant types, other bodies and backend requests of an app are refused', async () => {
    const wrong = (form: Record<string, string>) => tokenRequest(platform, app, form)
    assert.equal(
      (await wrong({ grant_type: 'password', username: 'a', password: 'b' })).body.error,
      'unsupported_grant_type',
    )
    assert.equal((await wrong({})).body.error, 'invalid_request')
    assert.equal((await wrong({ grant_type: 'refresh_token' })).body.error, 'invalid_request')
    assert.equal(
      (await wrong({ grant_type: 'client_credentials', scope: 'system/*.rs' })).body.error,
      'unauthorized_client',
    )
    const json = await platform.request('POST', '/auth/token', { body: { grant_type: 'authorization_code' } })
    assert.equal(json.body.error, 'invalid_request')
  })

  test('only the browser that began goes on, and no form of another site counts', async () => {
    const browser = new TestBrowser(platform)
    const path = authorizePath(app, baseOf(platform), { scope: SCOPE, code_challenge: newPkce().challenge })
    const page = await browser.get(path)
    const stranger = new TestBrowser(platform)
    await stranger.get(path)
    assert.equal((await stranger.submit(page, { email: ana.email, password: ana.password })).status, 400)
    const flow = /name="request" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    const form = new URLSearchParams({ request: flow, decision: 'allow' })
    for (const [name, value] of [
      ['sec-fetch-site', 'cross-site'],
      ['origin', 'https://evil.example.test'],
    ] as const) {
      const headers = { [name]: value }
      assert.equal((await browser.post('/auth/authorize/decide', form, headers)).status, 403)
      assert.equal((await browser.post('/auth/authorize/sign-in', form, headers)).status, 403)
    }
  })

  test('a wrong password is said on the page, signs nobody in, and is counted', async () => {
    const browser = new TestBrowser(platform)
    const person = await platform.person('careful')
    let page = await browser.get(
      authorizePath(app, baseOf(platform), { scope: SCOPE, code_challenge: newPkce().challenge }),
    )
    for (let round = 0; round < 11; round += 1)
      page = await browser.submit(page, { email: person.email, password: 'not it 1' })
    assert.equal(page.status, 401)
    assert.match(page.text, /Too many failed sign-ins/)
    assert.match(page.text, /role="alert"/)
  })

  test('a choice that was not offered is refused: another record, another scope', async () => {
    const other = await platform.person('other')
    const browser = new TestBrowser(platform)
    let page = await browser.get(
      authorizePath(app, baseOf(platform), { scope: SCOPE, code_challenge: newPkce().challenge }),
    )
    page = await browser.submit(page, { email: ana.email, password: ana.password })
    const foreign = await browser.submit(page, { decision: 'allow', record: `${other.accountId}:${other.accountId}` })
    assert.deepEqual([foreign.status, foreign.headers.location], [400, undefined])
    const tokens = await launchApp(platform, {
      app,
      person: ana,
      scope: SCOPE,
      fields: { scope: 'openid patient/*.cruds user/*.rs' },
    })
    assert.equal(tokens.scope, 'openid launch/patient')
  })

  test('pages stand in no frame, run no script, and escape what a client calls itself', async () => {
    const administrator = await platform.person('namer', { roles: ['administrator'] })
    const name = '<script>alert(1)</script>"onload='
    const made = await administrator.post('/api/v1/auth/clients', {
      name,
      publisher: name,
      proof: 'none',
      redirect_uris: ['com.example.app:/back'],
      scopes: ['openid', 'patient/*.rs'],
    })
    assert.equal(made.status, 201, made.text)
    const path = authorizePath(
      { clientId: made.body.client_id, redirectUri: 'com.example.app:/back' },
      baseOf(platform),
      { scope: 'openid', code_challenge: newPkce().challenge },
    )
    const page = await platform.request('GET', path)
    assert.equal(page.status, 200, page.text)
    assert.doesNotMatch(page.text, /<script/)
    const policy = String(page.headers['content-security-policy'])
    assert.match(policy, /frame-ancestors 'none'/)
    assert.match(policy, /form-action 'self' com\.example\.app:$/)
    assert.match(policy, /default-src 'self'/)
  })

  test('what nobody may register: other schemes, plain http, secrets in keys, system scopes of apps', async () => {
    const administrator = await platform.person('strict', { roles: ['operator'] })
    const base = { name: 'x', publisher: 'y', proof: 'none', redirect_uris: [REDIRECT], scopes: ['patient/*.rs'] }
    const refused = async (more: object) =>
      assert.equal(
        (await administrator.post('/api/v1/auth/clients', { ...base, ...more })).status,
        422,
        JSON.stringify(more),
      )
    for (const one of [
      'http://app.example.test/',
      'javascript:alert(1)',
      'data:text/html,x',
      'app:/x',
      `${REDIRECT}#a`,
      'not an address',
    ]) {
      await refused({ redirect_uris: [one] })
    }
    await refused({ redirect_uris: [] })
    await refused({ scopes: ['system/*.rs'] })
    await refused({ scopes: ['everything'] })
    await refused({ scopes: [] })
    await refused({ is_backend: true })
    await refused({ proof: 'key' })
    await refused({ proof: 'key', jwks: { keys: [{ kty: 'EC', d: 'private' }] } })
    await refused({ proof: 'key', jwks_uri: 'http://keys.example.test/jwks' })
    assert.equal((await administrator.post('/api/v1/auth/clients', { ...base, client_id: app.clientId })).status, 409)
    assert.equal((await ana.post('/api/v1/auth/clients', base)).status, 403)
    assert.equal((await platform.request('POST', '/api/v1/auth/clients', { body: base })).status, 401)
    assert.equal(
      (await administrator.request('PATCH', '/api/v1/auth/clients/nobody', { body: { name: 'z' } })).status,
      404,
    )
  })
})
