import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import {
  baseOf,
  codeFor,
  exchange,
  launchApp,
  registerApp,
  type TestApp,
  tokenRequest,
} from './fixtures/testing/app.ts'

const SCOPES = ['openid', 'fhirUser', 'profile', 'launch', 'launch/patient', 'offline_access', 'online_access']
const WANTED = 'openid fhirUser launch/patient offline_access patient/*.rs'
const FHIR = { 'content-type': 'application/fhir+json' }

describe('auth: apps of people (SMART App Launch)', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let app: TestApp
  let secretive: TestApp
  let patient = ''

  before(async () => {
    platform = await openTestPlatform({ environment: { PUBLIC_URL: 'https://salus.example.test' } })
    ana = await platform.person('ana')
    app = await registerApp(platform, { scopes: [...SCOPES, 'patient/*.cruds', 'user/*.rs'] })
    secretive = await registerApp(platform, { scopes: [...SCOPES, 'patient/*.rs'], proof: 'secret' })
    const made = await ana.request('POST', '/fhir/Patient', {
      body: { resourceType: 'Patient', name: [{ family: 'Example' }], birthDate: '1980-01-02' },
      headers: FHIR,
    })
    patient = made.body.id
  })
  after(() => platform.close())

  const withToken = (token: string, path: string) => platform.request('GET', path, { token })
  const refresh = (of: TestApp, refresh_token: string, more: Record<string, string> = {}) =>
    tokenRequest(platform, of, { grant_type: 'refresh_token', refresh_token, ...more })

  test('discovery says what there is, to pages of any origin', async () => {
    for (const path of [
      '/fhir/.well-known/smart-configuration',
      '/.well-known/openid-configuration',
      '/auth/jwks',
      '/fhir/metadata',
    ]) {
      const answer = await platform.request('GET', path, { headers: { origin: 'https://app.example.test' } })
      assert.equal(answer.status, 200, path)
      assert.equal(answer.headers['access-control-allow-origin'], '*', path)
      assert.equal(answer.headers['access-control-allow-credentials'], undefined)
    }
    const { body } = await platform.request('GET', '/fhir/.well-known/smart-configuration')
    const base = baseOf(platform)
    assert.equal(body.issuer, base)
    assert.equal(body.authorization_endpoint, `${base}/auth/authorize`)
    assert.equal(body.token_endpoint, `${base}/auth/token`)
    assert.deepEqual(body.code_challenge_methods_supported, ['S256'])
    assert.ok(body.capabilities.includes('launch-standalone') && body.capabilities.includes('permission-v2'))
    assert.equal(body.registration_endpoint, undefined)
    const keys = await platform.request('GET', '/auth/jwks')
    assert.equal(keys.body.keys[0].d, undefined)
    const preflight = await platform.request('OPTIONS', '/auth/token', {
      headers: { origin: 'https://app.example.test' },
    })
    assert.equal(preflight.headers['access-control-allow-origin'], '*')
    const elsewhere = await platform.request('GET', '/api/v1/auth/me', {
      headers: { origin: 'https://app.example.test' },
    })
    assert.equal(elsewhere.headers['access-control-allow-origin'], undefined)
  })

  test('a standalone launch ends with tokens for the record that was chosen', async () => {
    const answer = await exchange(
      platform,
      app,
      await codeFor(platform, { app, person: ana, scope: WANTED, nonce: 'n-1' }),
    )
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.headers['cache-control'], 'no-store')
    const tokens = answer.body
    assert.equal(tokens.patient, patient)
    assert.equal(tokens.scope, WANTED)
    assert.equal(tokens.need_patient_banner, true)
    assert.match(tokens.smart_style_url, /app-style\.json$/)
    const { createLocalJWKSet, jwtVerify } = await import('jose')
    const keys = await platform.request('GET', '/auth/jwks')
    const options = { issuer: baseOf(platform), audience: app.clientId, currentDate: platform.clock.now() }
    const { payload } = await jwtVerify(tokens.id_token, createLocalJWKSet(keys.body), options)
    assert.equal(payload.nonce, 'n-1')
    assert.equal(payload.fhirUser, `${baseOf(platform)}/fhir/Patient/${patient}`)
    assert.equal((await withToken(tokens.access_token, `/fhir/Patient/${patient}`)).body.birthDate, '1980-01-02')
    const userinfo = await withToken(tokens.access_token, '/auth/app-userinfo')
    assert.equal(userinfo.body.sub, payload.sub)
  })

  test('a token of an app opens FHIR and nothing else', async () => {
    const { access_token: token } = await launchApp(platform, { app, person: ana, scope: WANTED })
    for (const path of [
      '/api/v1/auth/me',
      '/api/v1/auth/apps',
      '/api/v1/profile',
      '/api/v1/audit/my',
      '/api/v1/auth/sessions',
    ]) {
      const answer = await withToken(token, path)
      assert.equal(answer.status, 403, `${path}: ${answer.text}`)
      assert.equal(answer.body.code, 'insufficient_scope')
    }
    const other = await platform.person('other')
    assert.equal((await withToken(token, `/fhir/Patient?profile_id=${other.accountId}`)).status, 404)
  })

  test('what is unticked is not granted, and the app learns what was', async () => {
    const scope = 'launch/patient patient/Patient.rs patient/Observation.rs'
    const tokens = await launchApp(platform, { app, person: ana, scope, drop: ['patient/Observation.rs'] })
    assert.equal(tokens.scope, 'launch/patient patient/Patient.rs')
    assert.equal((await withToken(tokens.access_token, '/fhir/Observation')).status, 403)
    assert.equal(tokens.refresh_token, undefined)
  })

  test('an app is never granted more than it is registered for', async () => {
    const scope = 'launch/patient patient/*.cruds system/*.rs user/Patient.rs'
    const tokens = await launchApp(platform, { app: secretive, person: ana, scope })
    assert.equal(tokens.scope, 'launch/patient patient/*.rs')
  })

  test('a refresh gives new tokens; used twice, all of them end and the owner is told', async () => {
    const first = await launchApp(platform, { app, person: ana, scope: WANTED })
    const second = await refresh(app, String(first.refresh_token))
    assert.equal(second.status, 200, second.text)
    assert.equal(second.body.patient, patient)
    assert.equal((await withToken(second.body.access_token, '/fhir/Patient')).status, 200)
    const narrow = await refresh(app, second.body.refresh_token, { scope: 'patient/*.rs' })
    assert.equal(narrow.body.scope, 'patient/*.rs')
    const wide = await refresh(app, narrow.body.refresh_token, { scope: `${WANTED} user/*.rs` })
    assert.deepEqual([wide.status, wide.body.error], [400, 'invalid_scope'])
    const again = await refresh(app, narrow.body.refresh_token)
    assert.equal(again.status, 200, again.text)
    const replayed = await refresh(app, String(first.refresh_token))
    assert.deepEqual([replayed.status, replayed.body.error], [400, 'invalid_grant'])
    assert.equal((await refresh(app, again.body.refresh_token)).body.error, 'invalid_grant')
    assert.equal((await withToken(again.body.access_token, '/fhir/Patient')).status, 401)
    assert.ok(platform.notices.some((one) => /used twice/.test(one.text)))
  })

  test('a refresh token is good for its own client only, and not once the time of the decision is over', async () => {
    const tokens = await launchApp(platform, { app, person: ana, scope: WANTED, fields: { days: '1' } })
    assert.equal((await refresh(secretive, String(tokens.refresh_token))).body.error, 'invalid_grant')
    assert.equal((await refresh(app, 'apr_unknown')).body.error, 'invalid_grant')
    platform.clock.advance({ days: 2 })
    assert.equal((await refresh(app, String(tokens.refresh_token))).body.error, 'invalid_grant')
    assert.equal((await withToken(tokens.access_token, '/fhir/Patient')).status, 401)
  })

  test('online access ends with the sign-in in which it was given', async () => {
    const tokens = await launchApp(platform, { app, person: ana, scope: 'launch/patient online_access patient/*.rs' })
    assert.ok(tokens.refresh_token)
    const next = await refresh(app, String(tokens.refresh_token))
    assert.equal(next.status, 200, next.text)
    await platform.rows('update auth.session set revoked_at = $2 where user_id = $1', [
      ana.accountId,
      platform.clock.now(),
    ])
    assert.equal((await refresh(app, next.body.refresh_token)).body.error, 'invalid_grant')
    const session = await platform.request('POST', '/api/v1/auth/login', {
      body: { email: ana.email, password: ana.password },
    })
    ana = {
      ...ana,
      get: (path) => platform.request('GET', path, { token: session.body.access_token }),
      delete: (path) => platform.request('DELETE', path, { token: session.body.access_token }),
    }
  })

  test('people see their apps, and one tap ends an app at once, with every token of it', async () => {
    const tokens = await launchApp(platform, { app, person: ana, scope: WANTED })
    assert.equal((await withToken(tokens.access_token, '/fhir/Patient')).status, 200)
    const listed = await ana.get('/api/v1/auth/apps')
    assert.equal(listed.status, 200, listed.text)
    const shown = listed.body.apps.find((one: { client_id: string }) => one.client_id === app.clientId)
    assert.ok(shown.can.includes('See everything in the health record'))
    assert.ok(shown.last_used_at)
    const other = await platform.person('neighbour')
    assert.equal((await other.delete(`/api/v1/auth/apps/${app.clientId}`)).status, 404)
    assert.equal((await other.get(`/api/v1/auth/apps?profile_id=${ana.accountId}`)).status, 404)
    assert.equal((await ana.delete(`/api/v1/auth/apps/${app.clientId}`)).status, 200)
    assert.equal((await withToken(tokens.access_token, '/fhir/Patient')).status, 401)
    assert.equal((await refresh(app, String(tokens.refresh_token))).body.error, 'invalid_grant')
    assert.equal((await ana.delete(`/api/v1/auth/apps/${app.clientId}`)).status, 404)
  })

  test('every access and refusal of an app stands in the audit with its name', async () => {
    const tokens = await launchApp(platform, { app, person: ana, scope: 'launch/patient patient/Patient.rs' })
    await withToken(tokens.access_token, '/fhir/Patient')
    await withToken(tokens.access_token, '/fhir/Observation')
    await withToken(tokens.access_token, '/api/v1/auth/me')
    await platform.settle()
    const rows = await platform.rows(
      'select operation, outcome, reason, grant_id from kernel.audit where reason like $1 and person_id = $2',
      [`%app:${app.clientId}`, ana.accountId],
    )
    assert.ok(rows.some((row) => row.outcome === 'allowed' && row.operation === 'read' && row.grant_id !== null))
    assert.ok(rows.some((row) => row.outcome === 'refused' && row.operation === 'me'))
    assert.ok(rows.some((row) => row.outcome === 'refused' && /insufficient_scope/.test(String(row.reason))))
  })

  test('an app that is switched off is out at once; switched on again, nothing more is asked', async () => {
    const administrator = await platform.person('switch', { roles: ['administrator'] })
    const tokens = await launchApp(platform, { app, person: ana, scope: WANTED })
    const set = (is_enabled: boolean) =>
      administrator.request('PATCH', `/api/v1/auth/clients/${app.clientId}`, { body: { is_enabled } })
    assert.equal((await set(false)).status, 200)
    assert.equal((await withToken(tokens.access_token, '/fhir/Patient')).status, 401)
    assert.equal((await set(true)).status, 200)
    assert.equal((await withToken(tokens.access_token, '/fhir/Patient')).status, 200)
    assert.equal((await ana.get('/api/v1/auth/clients')).status, 403)
  })

  test('the export has the decisions, and erasure leaves nothing of them', async () => {
    const leaver = await platform.person('leaver')
    const tokens = await launchApp(platform, { app, person: leaver, scope: WANTED })
    const exported = await platform.exportAll(leaver.accountId)
    assert.equal(exported.auth?.apps?.length, 1)
    await platform.erase(leaver.accountId)
    assert.equal((await withToken(tokens.access_token, '/fhir/Patient')).status, 401)
    for (const table of ['app_grant', 'app_code', 'app_token']) {
      assert.deepEqual(
        await platform.rows(`select 1 from auth.${table} where user_id = $1`, [leaver.accountId]),
        [],
        table,
      )
    }
  })
})
