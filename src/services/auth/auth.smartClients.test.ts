import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
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
} from './fixtures/testing/app.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>

describe('auth: clients with keys, backend services, launches', () => {
  let platform: TestPlatform
  let administrator: TestPerson
  let ana: TestPerson
  let elliptic: KeyPair
  let rsa: KeyPair
  let backend = ''

  before(async () => {
    platform = await openTestPlatform({
      environment: { PUBLIC_URL: 'https://salus.example.test', APP_OPEN_REGISTRATION: 'true' },
    })
    administrator = await platform.person('operator', { roles: ['patient', 'administrator'] })
    ana = await platform.person('ana')
    elliptic = await generateKeyPair('ES384')
    rsa = await generateKeyPair('RS384', { modulusLength: 2048 })
    const jwks = {
      keys: [
        { ...(await exportJWK(elliptic.publicKey)), kid: 'e', alg: 'ES384' },
        { ...(await exportJWK(rsa.publicKey)), kid: 'r', alg: 'RS384' },
      ],
    }
    const made = await administrator.post('/api/v1/auth/clients', {
      name: 'Research export',
      publisher: 'An institute',
      proof: 'key',
      jwks,
      scopes: ['system/*.rs'],
      is_backend: true,
    })
    assert.equal(made.status, 201, made.text)
    backend = made.body.client_id
  })
  after(() => platform.close())

  interface Claims {
    readonly id?: string
    readonly jti?: string
    readonly seconds?: number
    readonly audience?: string
    readonly key?: KeyPair
    readonly kid?: string
    readonly jku?: string
  }
  const assertion = (claims: Claims = {}) => {
    const {
      id = backend,
      jti = crypto.randomUUID(),
      seconds = 300,
      audience = `${baseOf(platform)}/auth/token`,
      key = elliptic,
      kid = 'e',
      jku,
    } = claims
    const now = Math.floor(platform.clock.now().getTime() / 1000)
    const header = { alg: kid === 'r' ? 'RS384' : 'ES384', kid, typ: 'JWT', ...(jku === undefined ? {} : { jku }) }
    return new SignJWT({ iss: id, sub: id, aud: audience, jti })
      .setProtectedHeader(header)
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(key.privateKey)
  }
  const withProof = async (proof: string | Promise<string>, form: Record<string, string> = {}) =>
    platform.request('POST', '/auth/token', {
      form: {
        grant_type: 'client_credentials',
        scope: 'system/*.rs',
        client_assertion_type: JWT_BEARER,
        client_assertion: await proof,
        ...form,
      },
    })

  test('a backend service gets tokens of five minutes for its signature, with either algorithm', async () => {
    for (const proof of [assertion(), assertion({ key: rsa, kid: 'r' })]) {
      const answer = await withProof(proof, { scope: 'system/Observation.rs system/Patient.cruds patient/*.rs' })
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.body.expires_in, 300)
      assert.equal(answer.body.scope, 'system/Observation.rs system/Patient.rs')
      assert.equal(answer.body.refresh_token, undefined)
    }
  })

  test('an assertion is good once, for five minutes, for this endpoint, with a registered key', async () => {
    const proof = await assertion()
    assert.equal((await withProof(proof)).status, 200)
    const stranger = await generateKeyPair('ES384')
    const bad = [
      proof,
      assertion({ seconds: 900 }),
      assertion({ seconds: -60 }),
      assertion({ audience: 'https://other.example.test/token' }),
      assertion({ key: stranger }),
      assertion({ jti: '' }),
      assertion({ id: 'nobody' }),
      assertion({ jku: 'https://evil.example.test/jwks' }),
      'not.a.token',
    ]
    for (const [index, one] of bad.entries()) {
      const answer = await withProof(one)
      assert.deepEqual([answer.status, answer.body.error], [401, 'invalid_client'], `case ${index}`)
    }
    const hmac = new SignJWT({ iss: backend, sub: backend, aud: `${baseOf(platform)}/auth/token`, jti: 'x' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(Math.floor(platform.clock.now().getTime() / 1000) + 60)
      .sign(Buffer.alloc(32))
    assert.equal((await withProof(await hmac)).status, 401)
    assert.equal((await withProof(assertion(), { scope: 'user/*.rs' })).body.error, 'invalid_scope')
    const byName = await platform.request('POST', '/auth/token', {
      form: { grant_type: 'client_credentials', client_id: backend, scope: 'system/*.rs' },
    })
    assert.equal(byName.status, 401)
  })

  test('a backend service sees a record only as long as its person lets it in', async () => {
    await ana.request('POST', '/fhir/Patient', {
      body: { resourceType: 'Patient', name: [{ family: 'Example' }] },
      headers: { 'content-type': 'application/fhir+json' },
    })
    const { body } = await withProof(assertion())
    const asked = () =>
      platform.request('GET', `/fhir/Patient?profile_id=${ana.accountId}`, { token: body.access_token })
    assert.equal((await asked()).status, 404)
    const own = await platform.request('GET', '/fhir/Patient', { token: body.access_token })
    assert.equal(own.body?.entry, undefined, 'without a name there is no record')
    const allowed = await ana.post(`/api/v1/auth/apps/${backend}/allow`, { days: 30 })
    assert.equal(allowed.status, 201, allowed.text)
    assert.equal(allowed.body.is_backend, true)
    const seen = await asked()
    assert.equal(seen.status, 200, seen.text)
    assert.equal(seen.body.entry.length, 1)
    const write = await platform.request('POST', `/fhir/Patient?profile_id=${ana.accountId}`, {
      token: body.access_token,
      raw: '{"resourceType":"Patient"}',
      headers: { 'content-type': 'application/fhir+json' },
    })
    assert.ok([403, 404].includes(write.status), write.text)
    assert.equal((await ana.post(`/api/v1/auth/apps/${backend}/allow`, { days: 30 })).status, 409)
    assert.equal((await ana.delete(`/api/v1/auth/apps/${backend}`)).status, 200)
    assert.equal((await asked()).status, 404)
    assert.equal((await ana.post('/api/v1/auth/apps/nobody/allow', { days: 30 })).status, 404)
    assert.equal((await ana.post(`/api/v1/auth/apps/${backend}/allow`, { days: 999 })).status, 422)
  })

  test('introspection tells a client of its own tokens, and revocation ends them', async () => {
    const app = await registerApp(platform, { scopes: ['openid', 'offline_access', 'patient/*.rs'], proof: 'secret' })
    const other = await registerApp(platform, { scopes: ['patient/*.rs'], proof: 'secret' })
    const open = await registerApp(platform, { scopes: ['patient/*.rs'] })
    const tokens = await launchApp(platform, { app, person: ana, scope: 'openid offline_access patient/*.rs' })
    const post = (path: string, of: TestApp, token: string) =>
      platform.request('POST', path, {
        form: of.secret === undefined ? { token, client_id: of.clientId } : { token },
        headers:
          of.secret === undefined
            ? {}
            : { authorization: `Basic ${Buffer.from(`${of.clientId}:${of.secret}`).toString('base64')}` },
      })
    const own = await post('/auth/introspect', app, tokens.access_token)
    assert.equal(own.body.active, true)
    assert.deepEqual(
      [own.body.scope, own.body.client_id, own.body.sub, own.body.patient],
      [tokens.scope, app.clientId, ana.accountId, tokens.patient],
    )
    assert.deepEqual((await post('/auth/introspect', other, tokens.access_token)).body, { active: false })
    assert.deepEqual((await post('/auth/introspect', app, 'made-up')).body, { active: false })
    assert.equal((await post('/auth/introspect', open, tokens.access_token)).status, 401)
    const opens = async () => (await platform.request('GET', '/fhir/Patient', { token: tokens.access_token })).status
    assert.equal((await post('/auth/revoke', other, tokens.access_token)).status, 200)
    assert.equal(await opens(), 200, 'another client ends nothing')
    assert.equal((await post('/auth/revoke', app, tokens.access_token)).status, 200)
    assert.equal(await opens(), 401)
    assert.deepEqual((await post('/auth/introspect', app, tokens.access_token)).body, { active: false })
    assert.equal((await post('/auth/introspect', app, String(tokens.refresh_token))).body.active, true)
    assert.equal((await post('/auth/revoke', app, String(tokens.refresh_token))).status, 200)
    assert.deepEqual((await post('/auth/introspect', app, String(tokens.refresh_token))).body, { active: false })
    assert.equal((await post('/auth/revoke', app, 'made-up')).status, 200)
  })

  test('keys by address are fetched and kept, and a confidential app proves itself with them', async () => {
    let fetched = 0
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(elliptic.publicKey)), kid: 'e', alg: 'ES384' }] })
    const server = createServer((_request, response) => {
      fetched += 1
      response.writeHead(200, { 'content-type': 'application/json' }).end(jwks)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as { port: number }
      const made = await administrator.post('/api/v1/auth/clients', {
        name: 'Keyed app',
        publisher: 'Maker',
        proof: 'key',
        jwks_uri: `http://127.0.0.1:${port}/jwks`,
        redirect_uris: [REDIRECT],
        scopes: ['patient/*.rs'],
      })
      assert.equal(made.status, 201, made.text)
      const app = { clientId: made.body.client_id as string, redirectUri: REDIRECT }
      for (let round = 0; round < 2; round += 1) {
        const { code, verifier } = await codeFor(platform, { app, person: ana, scope: 'patient/*.rs' })
        const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: verifier }
        assert.equal((await exchange(platform, app, { code, verifier })).status, 401)
        const answer = await withProof(assertion({ id: app.clientId }), form)
        assert.equal(answer.status, 200, answer.text)
      }
      assert.equal(fetched, 1)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  test('a launch from another system names the patient and the visit, once and for its own person', async () => {
    const app = await registerApp(platform, { scopes: ['launch', 'openid', 'patient/*.rs'] })
    const asked = { encounter: 'visit-1', fhir_context: [{ reference: 'ImagingStudy/i' }], need_patient_banner: false }
    const make = async () => (await ana.post(`/api/v1/auth/apps/${app.clientId}/launch`, asked)).body.launch as string
    const scope = 'launch openid patient/*.rs'
    const launch = await make()
    const tokens = await launchApp(platform, { app, person: ana, scope, launch })
    assert.equal(tokens.encounter, 'visit-1')
    assert.deepEqual(tokens.fhirContext, [{ reference: 'ImagingStudy/i' }])
    assert.equal(tokens.need_patient_banner, false)
    assert.ok(tokens.patient)
    const base = baseOf(platform)
    const again = await platform.request(
      'GET',
      authorizePath(app, base, { scope, launch, code_challenge: newPkce().challenge }),
    )
    assert.match(String(again.headers.location), /error=invalid_request/)
    const stranger = await platform.person('stranger')
    const browser = new TestBrowser(platform)
    const page = await browser.get(
      authorizePath(app, base, { scope, launch: await make(), code_challenge: newPkce().challenge }),
    )
    const shown = await browser.submit(page, { email: stranger.email, password: stranger.password })
    assert.equal(shown.status, 400)
    const old = await make()
    platform.clock.advance({ minutes: 6 })
    const late = await platform.request(
      'GET',
      authorizePath(app, base, { scope, launch: old, code_challenge: newPkce().challenge }),
    )
    assert.match(String(late.headers.location), /error=invalid_request/)
    assert.equal((await ana.post('/api/v1/auth/apps/nobody/launch', {})).status, 404)
    const foreign = await ana.post(`/api/v1/auth/apps/${app.clientId}/launch`, { person_id: stranger.accountId })
    assert.equal(foreign.status, 404)
  })

  test('the second step of the sign-in is asked within the flow', async () => {
    const app = await registerApp(platform, { scopes: ['openid', 'patient/*.rs'] })
    const person = await platform.person('twostep')
    const { body } = await person.post('/api/v1/auth/mfa/setup', { password: person.password })
    const { Secret, TOTP } = await import('otpauth')
    const totp = new TOTP({ secret: Secret.fromBase32(body.secret) })
    const code = () => totp.generate({ timestamp: platform.clock.now().getTime() })
    assert.equal((await person.post('/api/v1/auth/mfa/verify', { code: code() })).status, 200)
    platform.clock.advance({ minutes: 1 })
    const browser = new TestBrowser(platform)
    const path = authorizePath(app, baseOf(platform), {
      scope: 'openid patient/*.rs',
      code_challenge: newPkce().challenge,
    })
    const step = await browser.submit(await browser.get(path), { email: person.email, password: person.password })
    assert.match(step.text, /authenticator app/)
    const wrong = await browser.submit(step, { code: '000000' })
    assert.equal(wrong.status, 401)
    const consent = await browser.submit(step, { code: code() })
    assert.match(consent.text, /Whose record/)
    const done = await browser.submit(consent, { decision: 'allow' })
    assert.match(String(done.headers.location), /code=/)
  })

  test('the picker offers the own record and those that were shared; a right that ends ends the app', async () => {
    const app = await registerApp(platform, { scopes: ['openid', 'fhirUser', 'patient/*.rs'] })
    const owner = await platform.person('owner')
    const until = new Date(platform.clock.now().getTime() + 86_400_000)
    const id = '01890000-0000-7000-8000-0000000000aa'
    await platform.rows('select kernel.write_access_right($1, $2, $3, $4, $5, $6, $7)', [
      ana.accountId,
      owner.accountId,
      'health_records',
      'read',
      until,
      'grant',
      id,
    ])
    const everybody = await registerApp(platform, { scopes: ['user/*.rs'] })
    const elsewhere = `/fhir/Observation?profile_id=${owner.accountId}`
    const wide = await launchApp(platform, { app: everybody, person: ana, scope: 'user/*.rs' })
    assert.equal((await platform.request('GET', elsewhere, { token: wide.access_token })).status, 200)
    const fields = { all_records: '0' }
    const narrow = await launchApp(platform, { app: everybody, person: ana, scope: 'user/*.rs', fields })
    assert.equal((await platform.request('GET', elsewhere, { token: narrow.access_token })).status, 404)
    const record = `${owner.accountId}:${owner.accountId}`
    const tokens = await launchApp(platform, {
      app,
      person: ana,
      scope: 'openid fhirUser patient/*.rs',
      fields: { record },
    })
    assert.equal(tokens.scope, 'openid patient/*.rs')
    const asked = () => platform.request('GET', '/fhir/Observation', { token: tokens.access_token })
    assert.equal((await asked()).status, 200)
    const listed = await owner.get('/api/v1/auth/apps')
    assert.deepEqual(
      listed.body.apps.map((one: { allowed_by_me: boolean }) => one.allowed_by_me),
      [false],
    )
    await platform.rows('select kernel.end_access_right($1)', [id])
    assert.equal((await asked()).status, 404)
    await platform.rows('select kernel.write_access_right($1, $2, $3, $4, $5, $6, $7)', [
      ana.accountId,
      owner.accountId,
      'health_records',
      'read',
      until,
      'grant',
      id,
    ])
    assert.equal((await asked()).status, 200)
    assert.equal((await owner.delete(`/api/v1/auth/apps/${app.clientId}`)).status, 200)
    assert.equal((await asked()).status, 401)
  })

  test('an app registers itself where that is allowed, is named as unchecked, and leaves', async () => {
    const send = (metadata: object) => platform.request('POST', '/auth/client-registration', { body: metadata })
    const made = await send({
      client_name: 'Newcomer',
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'none',
      scope: 'openid patient/*.rs',
    })
    assert.equal(made.status, 201, made.text)
    const app = { clientId: made.body.client_id as string, redirectUri: REDIRECT }
    const page = await new TestBrowser(platform).get(
      authorizePath(app, baseOf(platform), { scope: 'patient/*.rs', code_challenge: newPkce().challenge }),
    )
    assert.match(page.text, /Newcomer/)
    const tokens = await launchApp(platform, { app, person: ana, scope: 'patient/*.rs' })
    for (const [metadata, error] of [
      [{ client_name: 'x', redirect_uris: ['http://evil.example.test'] }, 'invalid_redirect_uri'],
      [{ client_name: 'x', redirect_uris: [REDIRECT], scope: 'system/*.rs' }, 'invalid_client_metadata'],
      [
        {
          client_name: 'x',
          redirect_uris: [REDIRECT],
          token_endpoint_auth_method: 'private_key_jwt',
          jwks_uri: 'https://localhost/jwks',
        },
        'invalid_client_metadata',
      ],
      [
        {
          client_name: 'x',
          redirect_uris: [REDIRECT],
          token_endpoint_auth_method: 'private_key_jwt',
          jwks_uri: 'https://10.0.0.1/jwks',
        },
        'invalid_client_metadata',
      ],
      [{ redirect_uris: [REDIRECT] }, 'invalid_client_metadata'],
    ] as const) {
      const refused = await send(metadata)
      assert.deepEqual([refused.status, refused.body.error], [400, error])
    }
    const leave = (key: string) =>
      platform.request('DELETE', `/auth/client-registration/${app.clientId}`, { token: key })
    assert.equal((await leave('wrong')).status, 401)
    assert.equal((await leave(made.body.registration_access_token)).status, 204)
    assert.ok(
      [200, 401].includes((await platform.request('GET', '/fhir/Patient', { token: tokens.access_token })).status),
    )
    platform.clock.advance({ minutes: 1 })
    assert.equal((await platform.request('GET', '/fhir/Patient', { token: tokens.access_token })).status, 401)
  })
})
