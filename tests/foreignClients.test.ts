import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { ClientStorage, MedplumClient, MemoryStorage } from '@medplum/core'
import { Client } from 'fhir-kit-client'
import { newPkce, registerApp, type TestApp, TestBrowser } from '../src/services/auth/fixtures/testing/app.ts'
import { board } from '../src/services.ts'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../src/testing.ts'

const SCOPE = 'openid fhirUser launch/patient offline_access patient/*.cruds user/*.cruds'

interface Bundle {
  readonly entry?: readonly {
    readonly resource: { readonly id: string }
    readonly response?: { readonly status: string }
  }[]
  readonly link?: readonly { readonly relation: string; readonly url: string }[]
}

/** What is used of fhirclient, whose types ask for a browser. */
interface SmartClient {
  readonly patient: { readonly id: string; read(): Promise<{ readonly id: string }> }
  getFhirUser(): string | null
  request(asked: string | object, options?: object): Promise<unknown>
  create(resource: object): Promise<{ readonly id: string }>
  refresh(): Promise<{ readonly tokenResponse: { readonly access_token: string } }>
  readonly state: { readonly tokenResponse: { readonly access_token: string } }
}
interface SmartApi {
  authorize(options: object): Promise<string>
  ready(): Promise<SmartClient>
}
type Smart = (request: IncomingMessage, response: ServerResponse, storage: object) => SmartApi

describe('clients of others', () => {
  let platform: TestPlatform
  let origin = ''
  let ana: TestPerson
  let patient = ''

  before(async () => {
    platform = await openTestPlatform()
    origin = (await platform.listen()).replace('localhost', '127.0.0.1')
    for (const { name } of board) platform.platformOf(name).publicUrl = origin
    ana = await platform.person('ana')
    const made = await ana.request('PUT', '/fhir/Patient/example', {
      body: { resourceType: 'Patient', id: 'example', name: [{ family: 'Example' }] },
      headers: { 'content-type': 'application/fhir+json' },
    })
    assert.equal(made.status, 201, made.text)
    patient = 'example'
  })
  after(() => platform.close())

  const observation = (value: number) => ({
    resourceType: 'Observation' as const,
    status: 'final' as const,
    code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
    subject: { reference: `Patient/${patient}` },
    valueQuantity: { value, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
  })
  const transaction = (code: string) => ({
    resourceType: 'Bundle' as const,
    type: 'transaction' as const,
    entry: [1, 2, 3].map((value) => ({
      fullUrl: `urn:uuid:0000000${value}-0000-4000-8000-000000000000`,
      resource: { ...observation(60 + value), code: { coding: [{ system: 'urn:session', code }] } },
      request: { method: 'POST' as const, url: 'Observation' },
    })),
  })

  /** What the person does in the browser: from the address of the app's request to the address that the app is told. */
  const decide = async (address: string): Promise<string> => {
    const browser = new TestBrowser(platform)
    const { pathname, search } = new URL(address)
    const signIn = await browser.get(`${pathname}${search}`)
    assert.equal(signIn.status, 200, `${signIn.headers.location} ${signIn.text}`)
    const consent = await browser.submit(signIn, { email: ana.email, password: ana.password })
    const done = await browser.submit(consent, { decision: 'allow', record: `${ana.accountId}:${patient}` })
    assert.equal(done.status, 302, done.text)
    return String(done.headers.location)
  }
  const register = (redirectUri: string, proof: 'none' | 'secret' = 'none'): Promise<TestApp> =>
    registerApp(platform, { redirectUri, proof, scopes: SCOPE.split(' ') })

  test('fhirclient: discovery, launch, read, search, pages, transaction, refresh', async () => {
    const smart = createRequire(import.meta.url)('fhirclient') as Smart
    const kept = new Map<string, unknown>()
    const storage = {
      get: async (key: string) => kept.get(key),
      set: async (key: string, value: unknown) => kept.set(key, value) && value,
      unset: async (key: string) => kept.delete(key),
    }
    let app: TestApp | undefined
    let session: (client: SmartClient) => Promise<void> = async () => undefined
    const ended: { failure?: unknown; isDone?: boolean } = {}
    // The application as its maker writes it: one address to begin at, one to come back to.
    const server = createServer((request, response) => {
      const api = smart(request, response, storage)
      const work =
        request.url === '/launch'
          ? api.authorize({
              iss: `${origin}/fhir`,
              clientId: app?.clientId,
              redirectUri: app?.redirectUri,
              scope: SCOPE,
              pkceMode: 'required',
            })
          : api
              .ready()
              .then(session)
              .then(() => {
                ended.isDone = true
                response.end('done')
              })
      work.catch((failure: unknown) => {
        ended.failure = failure
        response.writeHead(500).end(String(failure))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const own = `http://127.0.0.1:${(server.address() as { port: number }).port}`
      app = await register(`${own}/back`)
      session = async (client) => {
        assert.equal(client.patient.id, patient)
        assert.equal((await client.patient.read()).id, patient)
        assert.equal(client.getFhirUser(), `Patient/${patient}`)
        const made = await client.create(observation(70))
        assert.equal(((await client.request(`Observation/${made.id}`)) as { id: string }).id, made.id)
        const body = JSON.stringify(transaction('fhirclient'))
        const done = (await client.request({
          url: '/',
          method: 'POST',
          body,
          headers: { 'content-type': 'application/fhir+json' },
        })) as Bundle
        assert.equal(done.entry?.length, 3)
        const flat = (await client.request('Observation?code=fhirclient&_count=2', {
          pageLimit: 0,
          flat: true,
        })) as object[]
        assert.equal(flat.length, 3)
        const before = client.state.tokenResponse.access_token
        const refreshed = await client.refresh()
        assert.notEqual(refreshed.tokenResponse.access_token, before)
        assert.equal((await client.patient.read()).id, patient)
      }
      const begun = await fetch(`${own}/launch`, { redirect: 'manual' })
      assert.equal(begun.status, 302, await begun.text())
      const back = await decide(String(begun.headers.get('location')))
      const finished = await fetch(back, { redirect: 'follow' })
      assert.equal(ended.failure, undefined, String(ended.failure))
      assert.equal(await finished.text(), 'done')
      assert.equal(ended.isDone, true)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  test('fhir-kit-client: SMART endpoints, launch with a secret, read, search, pages, transaction, refresh', async () => {
    const app = await register('https://kit.example.test/back', 'secret')
    const client = new Client({ baseUrl: `${origin}/fhir` })
    const { authorizeUrl, tokenUrl } = await client.smartAuthMetadata()
    assert.equal(authorizeUrl?.href, `${origin}/auth/authorize`)
    assert.equal(tokenUrl?.href, `${origin}/auth/token`)
    const statement = (await client.capabilityStatement()) as unknown as {
      rest: { security: { extension: { extension: { url: string; valueUri: string }[] }[] } }[]
    }
    const uris = statement.rest[0]?.security.extension[0]?.extension ?? []
    assert.equal(uris.find((one) => one.url === 'token')?.valueUri, tokenUrl?.href)
    const { verifier, challenge } = newPkce()
    const asked = new URL(authorizeUrl as URL)
    const parameters = {
      response_type: 'code',
      client_id: app.clientId,
      redirect_uri: app.redirectUri,
      scope: SCOPE,
      state: 'kit',
      aud: `${origin}/fhir`,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    }
    for (const [name, value] of Object.entries(parameters)) asked.searchParams.set(name, value)
    const code = new URL(await decide(asked.href)).searchParams.get('code') ?? ''
    const authorization = `Basic ${Buffer.from(`${app.clientId}:${app.secret}`).toString('base64')}`
    const tokens = async (form: Record<string, string>) => {
      const answer = await fetch(tokenUrl as URL, {
        method: 'POST',
        headers: { authorization },
        body: new URLSearchParams(form),
      })
      assert.equal(answer.status, 200)
      return (await answer.json()) as { access_token: string; refresh_token: string; patient: string }
    }
    const first = await tokens({
      grant_type: 'authorization_code',
      code,
      redirect_uri: app.redirectUri,
      code_verifier: verifier,
    })
    client.bearerToken = first.access_token
    assert.equal((await client.read({ resourceType: 'Patient', id: first.patient })).id, patient)
    const made = await client.create({ resourceType: 'Observation', body: observation(71) })
    assert.ok(made.id)
    const done = (await client.transaction({ body: transaction('kit') })) as Bundle
    assert.equal(done.entry?.length, 3)
    const page = await client.search({ resourceType: 'Observation', searchParams: { code: 'kit', _count: 2 } })
    assert.equal((page as Bundle).entry?.length, 2)
    const next = (await client.nextPage({ bundle: page as never })) as Bundle
    assert.equal(next.entry?.length, 1)
    client.bearerToken = (
      await tokens({ grant_type: 'refresh_token', refresh_token: first.refresh_token })
    ).access_token
    assert.equal((await client.read({ resourceType: 'Patient', id: patient })).id, patient)
  })

  test('MedplumClient: launch, read, search, pages, transaction, refresh', async () => {
    const app = await register('https://medplum.example.test/back')
    const storage = new ClientStorage(new MemoryStorage())
    const client = new MedplumClient({
      baseUrl: `${origin}/`,
      fhirUrlPath: 'fhir',
      authorizeUrl: `${origin}/auth/authorize`,
      tokenUrl: `${origin}/auth/token`,
      clientId: app.clientId,
      storage,
      fetch,
      cacheTime: 0,
    })
    // Its own way to a challenge needs a browser: without one it falls back to `plain`, which is refused.
    const { verifier, challenge } = newPkce()
    storage.setString('codeVerifier', verifier)
    const asked = new URL(`${origin}/auth/authorize`)
    const parameters = {
      response_type: 'code',
      client_id: app.clientId,
      redirect_uri: app.redirectUri,
      scope: SCOPE,
      state: 'medplum',
      aud: `${origin}/fhir`,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    }
    for (const [name, value] of Object.entries(parameters)) asked.searchParams.set(name, value)
    const code = new URL(await decide(asked.href)).searchParams.get('code') ?? ''
    await client.processCode(code, { redirectUri: app.redirectUri })
    const first = client.getAccessToken()
    assert.ok(first)
    assert.equal((await client.readResource('Patient', patient)).id, patient)
    const made = await client.createResource(observation(72))
    assert.equal((await client.readResource('Observation', made.id as string)).valueQuantity?.value, 72)
    const done = await client.executeBatch(transaction('medplum') as never)
    assert.equal(done.entry?.length, 3)
    const pages: number[] = []
    for await (const page of client.searchResourcePages('Observation', 'code=medplum&_count=2')) pages.push(page.length)
    assert.deepEqual(pages, [2, 1])
    // What the client does by itself once its token is over.
    await (client as unknown as { refresh(): Promise<void> }).refresh()
    assert.notEqual(client.getAccessToken(), first)
    assert.equal((await client.readResource('Patient', patient)).id, patient)
  })
})
