import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { board } from '../src/services.ts'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../src/testing.ts'
import { sharedFile } from './shared.ts'

/** One documented call of the source systems, as the file beside the repository lists them. */
interface DocumentedCall {
  readonly id: string
  readonly m: string
  readonly p: string
  readonly auth: string
  readonly json?: Readonly<Record<string, unknown>>
  readonly ok?: readonly number[]
  readonly also?: readonly string[]
  readonly has?: readonly string[]
  readonly eq?: Readonly<Record<string, unknown>>
  readonly type?: string
  readonly noauth?: number
  readonly bad?: readonly { readonly json?: Readonly<Record<string, unknown>>; readonly status: number }[]
  readonly svc?: readonly string[]
}

const file = sharedFile('reference/documented-calls.json')
const calls: readonly DocumentedCall[] = file.skip === false ? JSON.parse(readFileSync(file.path, 'utf8')) : []

/** First path segments that a service of the board answers; calls of services that don't exist yet are skipped by name. */
const OWNERS: Readonly<Record<string, string>> = {
  '/chat/message': 'assistant',
  '/ws/voice': 'assistant',
  '/medication/analyze': 'medications',
  '/diagnostics/triage': 'diagnostics',
  '/medicine-reminder/medications': 'medications',
  '/mental-health/chat/message': 'mental-health',
  '/sos/trigger': 'sos',
  '/fhir/Patient/{id}': 'fhir',
  '/health-records/records': 'medical-records',
  '/api/v1/consent': 'consent-audit',
  '/api/v1/devices': 'device-data',
  '/api/v1/records': 'medical-records',
  '/api/v1/meals': 'nutrition',
  '/nutrition/api/v1/meals': 'nutrition',
  '/ai-insights/api/v1/insights': 'insights',
  '/audio-stream?lang=en': 'speech',
  '/transcriptions/deepgram': 'speech',
  '/transcriptions/whisper': 'speech',
  '/transcriptions/assemblyai': 'speech',
  '/translations/openai': 'speech',
  '/translations/google': 'speech',
  '/translations/deepseek': 'speech',
  '/utilities/log-usage': 'usage',
}

const isHere = (service: string) => board.some((entry) => entry.name === service)
const MANDATORY_CONSENTS = ['emergency_sharing', 'health_record_storage', 'ai_symptom_checker']

describe('documented calls of the source systems', { skip: file.skip }, () => {
  let platform: TestPlatform
  let person: TestPerson
  let wellnessId = 0
  let metricId = 0
  let patientId = 'unknown'

  before(async () => {
    platform = await openTestPlatform()
    person = await platform.person('caller')
  })
  after(() => platform.close())

  /** The documents' own placeholder ids stand for things the caller owns. */
  async function prepare(): Promise<void> {
    wellnessId = (await person.post('/api/v1/wellness/users')).body.userid
    const score = await person.post('/api/v1/wellness/wellness-metrics', { userid: wellnessId, wellness_score: 7 })
    metricId = score.body.id
    if (!isHere('fhir')) return
    const patient = await person.request('POST', '/fhir/Patient', {
      body: { resourceType: 'Patient', active: true },
      headers: { 'content-type': 'application/fhir+json' },
    })
    patientId = patient.body.id
  }

  const filled = (path: string) =>
    path
      .replace('Patient/{id}', `Patient/${patientId}`)
      .replace('{userid}', String(wellnessId))
      .replace('{id}', String(metricId))
  const body = (json: Readonly<Record<string, unknown>> | undefined) =>
    json !== undefined && json.userid === 1 ? { ...json, userid: wellnessId } : json

  async function send(call: DocumentedCall, path: string, json = call.json): Promise<TestAnswer> {
    const token = call.auth === 'none' ? undefined : person.token
    const given = body(json)
    return platform.request(call.m, filled(path), {
      ...(token === undefined ? {} : { token }),
      ...(given === undefined ? {} : { body: given }),
    })
  }

  function check(call: DocumentedCall, answer: TestAnswer): void {
    assert.ok((call.ok ?? [200]).includes(answer.status), `${call.id}: ${answer.status} ${answer.text.slice(0, 300)}`)
    if (answer.status >= 300) return
    for (const key of call.has ?? []) assert.ok(key in answer.body, `${call.id} has ${key}`)
    for (const [key, value] of Object.entries(call.eq ?? {})) assert.equal(answer.body[key], value, `${call.id} ${key}`)
    if (call.type !== undefined)
      assert.ok(String(answer.headers['content-type']).includes(call.type), `${call.id} is ${call.type}`)
  }

  for (const call of calls) {
    const owner = OWNERS[call.p]
    const skip = owner !== undefined && !isHere(owner) ? `the service ${owner} comes later` : false
    const isSpecial = ['P4', 'M4a', 'H11', 'A12'].includes(call.id)
    if (isSpecial) continue
    for (const path of [call.p, ...(call.also ?? [])]) {
      test(`${call.id} ${call.m} ${path}`, { skip }, async () => {
        await prepare()
        check(call, await send(call, path))
        for (const slash of [filled(path).replace(/(\?|$)/, '/$1')].filter(() => call.m === 'GET' && path !== '/')) {
          check(call, await send(call, slash))
        }
        if (call.noauth !== undefined) assert.equal((await platform.request(call.m, filled(path))).status, call.noauth)
        for (const bad of call.bad ?? []) assert.equal((await send(call, path, bad.json)).status, bad.status)
      })
    }
  }

  test('P4 POST /auth/login: form, e-mail, Basic, research id and phone sign in to one token', async () => {
    const { email, password } = person
    const basic = `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`
    const answers = [
      await platform.request('POST', '/auth/login', { form: { username: email, password } }),
      await platform.request('POST', '/auth/login', { body: { email, password } }),
      await platform.request('POST', '/auth/login', { headers: { authorization: basic } }),
    ]
    for (const answer of answers) {
      assert.equal(answer.status, 200, answer.text)
      const me = await platform.request('GET', '/api/me', { token: answer.body.access_token })
      assert.equal(me.status, 200)
    }
  })

  test('M4a POST /auth/signup and P4 by phone: the code that was sent signs in', async () => {
    const signup = await platform.request('POST', '/auth/signup', {
      body: {
        name: 'Phone Person',
        phone_number: '9000000001',
        consents: MANDATORY_CONSENTS.map((purpose) => ({ data_category: 'health_records', purpose, granted: true })),
      },
    })
    assert.equal(signup.status, 201, signup.text)
    assert.ok(signup.body.access_token && signup.body.user)
    await platform.request('POST', '/auth/login', { body: { phone_number: '9000000001' } })
    const code = /\b(\d{6})\b/.exec(platform.notices.at(-1)?.text ?? '')?.[1]
    assert.ok(code, 'a code was sent')
    const login = await platform.request('POST', '/auth/login', { body: { phone_number: '9000000001', otp: code } })
    assert.equal(login.status, 200, login.text)
    assert.ok(login.body.access_token)
  })

  test('H11 GET /{svc}/health of every service that exists answers 200 without a token', async () => {
    const names = new Set(
      (await platform.request('GET', '/services')).body.services.flatMap((one: { names: string[] }) => one.names),
    )
    for (const name of names) assert.equal((await platform.request('GET', `/${name}/health`)).status, 200, String(name))
  })

  test('A12 POST /mobile-auth/login is switched off', async () => {
    const answer = await platform.request('POST', '/mobile-auth/login', { body: { username: 'somebody' } })
    assert.equal(answer.status, 403)
    assert.equal(answer.body.error, 'endpoint_disabled')
  })

  test('D20: a query string and the Bearer token survive the service prefix', async () => {
    await prepare()
    const answer = await person.get(`/wellness/api/v1/wellness/users/${wellnessId}/wellness-metrics?limit=1&skip=5`)
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body.metrics, [])
    const forged = await platform.request('GET', '/wellness/api/v1/wellness/users', { token: 'anything' })
    assert.equal(forged.status, 401)
  })
})
