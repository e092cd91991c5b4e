import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import fc from 'fast-check'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'
import { matches } from './domain/matcher.ts'
import { engines } from './handlers/engines.ts'
import { endpointFault, isClosedAddress } from './providers/outward.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }

interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** An endpoint of somebody else: keeps what it is told, and answers as it is bidden. */
interface Endpoint {
  readonly url: string
  readonly received: Received[]
  status: number
  close(): void
}

async function openEndpoint(): Promise<Endpoint> {
  const received: Received[] = []
  const endpoint = { url: '', received, status: 200, close: () => server.close() }
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url = '', headers } = request
    received.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') })
    response.writeHead(endpoint.status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return endpoint
}

describe('fhir: subscriptions', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let endpoint: Endpoint

  before(async () => {
    platform = await openTestPlatform({ environment: { FHIR_PRIVATE_ENDPOINTS: 'true' } })
    endpoint = await openEndpoint()
  })
  beforeEach(async () => {
    // Sessions end where a test moves the clock.
    ana = await platform.person('ana')
    endpoint.status = 200
    endpoint.received.splice(0)
  })
  after(async () => {
    endpoint.close()
    await platform.close()
  })

  const subscription = (criteria: string, channel: object = {}, rest: object = {}) => ({
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'A test of what it promises',
    criteria,
    channel: { type: 'rest-hook', endpoint: endpoint.url, payload: 'application/fhir+json', ...channel },
    ...rest,
  })

  const post = (resource: { resourceType: string }, person = ana, query = ''): Promise<TestAnswer> =>
    person.request('POST', `/fhir/${resource.resourceType}${query}`, {
      raw: JSON.stringify(resource),
      headers: HEADERS,
    })

  async function subscribed(criteria: string, channel: object = {}, person = ana): Promise<string> {
    const made = await post(subscription(criteria, channel), person)
    assert.equal(made.status, 201, made.text)
    assert.equal(made.body.status, 'requested')
    await platform.settle()
    assert.equal((await person.get(`/fhir/Subscription/${made.body.id}`)).body.status, 'active')
    endpoint.received.splice(0)
    return made.body.id as string
  }

  const observation = (code: string, more: object = {}) => ({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code }] },
    ...more,
  })

  /** A Subscription as it is stored, when sessions are over. */
  async function resourceOf(id: string) {
    const [row] = await platform.rows("select content from fhir.resource where type = 'Subscription' and id = $1", [id])
    return JSON.parse(row?.content as string)
  }

  async function signedInAgain(person: TestPerson): Promise<TestPerson> {
    const { email, password } = person
    const { body } = await platform.request('POST', '/api/v1/auth/login', { body: { email, password } })
    const request: TestPerson['request'] = (method, url, given = {}) =>
      platform.request(method, url, { token: body.access_token, ...given })
    return { ...person, request }
  }

  /** Moves the clock until nothing more is tried. */
  async function tryAgain(hours: number): Promise<void> {
    for (let step = 0; step < 9; step += 1) {
      platform.clock.advance({ minutes: (hours * 60) / 9 })
      await platform.settle()
    }
  }

  test('an endpoint that answers is told of what meets the criteria, signed, and of nothing else', async () => {
    const id = await subscribed('Observation?code=http://loinc.org|8867-4', { header: ['Authorization: Bearer abc'] })
    await post(observation('1234-5'))
    const { body: stored } = await post(observation('8867-4'))
    await platform.settle()
    assert.equal(endpoint.received.length, 1)
    const [told] = endpoint.received as [Received]
    assert.deepEqual([told.method, told.url], ['PUT', `/hook/Observation/${stored.id}`])
    assert.deepEqual(JSON.parse(told.body), stored)
    assert.equal(told.headers.authorization, 'Bearer abc')
    const secret = (await ana.get(`/fhir/Subscription/${id}/$secret`)).body.parameter[0].valueString as string
    const signed = `${told.headers['webhook-id']}.${told.headers['webhook-timestamp']}.${told.body}`
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
    assert.equal(told.headers['webhook-signature'], `v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
    const shown = await ana.get(`/fhir/Subscription/${id}`)
    assert.deepEqual(shown.body.channel.header, ['Authorization: ********'])
    const again = await ana.request('PUT', `/fhir/Subscription/${id}`, { raw: shown.text, headers: HEADERS })
    assert.equal(again.status, 200, again.text)
    await platform.settle()
    assert.equal(endpoint.received.at(-1)?.headers.authorization, 'Bearer abc')
    const kept = await platform.rows('select headers, secret from fhir.subscription where id = $1', [id])
    assert.ok(!JSON.stringify(kept).includes(Buffer.from('Bearer abc').toString('base64')))
    await ana.delete(`/fhir/Subscription/${id}`)
  })

  test('updates are told too, deletions and what comes after a cancellation are not', async () => {
    const id = await subscribed('Observation?status=final', { payload: undefined })
    const { body: stored } = await post(observation('1'))
    await ana.request('PUT', `/fhir/Observation/${stored.id}`, {
      raw: JSON.stringify({ ...stored, status: 'amended' }),
      headers: HEADERS,
    })
    await ana.request('PUT', `/fhir/Observation/${stored.id}`, { raw: JSON.stringify(stored), headers: HEADERS })
    await platform.settle()
    assert.deepEqual(
      endpoint.received.map((one) => [one.method, one.url, one.body]),
      [
        ['POST', '/hook', ''],
        ['POST', '/hook', ''],
      ],
    )
    endpoint.received.splice(0)
    await ana.delete(`/fhir/Observation/${stored.id}`)
    await platform.settle()
    await ana.delete(`/fhir/Subscription/${id}`)
    await post(observation('1'))
    await platform.settle()
    assert.deepEqual(endpoint.received, [])
    assert.deepEqual(await platform.rows('select 1 from fhir.subscription where id = $1', [id]), [])
  })

  test('each resource of a transaction is told', async () => {
    const id = await subscribed('Observation?')
    const entry = ['a', 'b'].map((code) => ({
      resource: observation(code),
      request: { method: 'POST', url: 'Observation' },
    }))
    const raw = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })
    await ana.request('POST', '/fhir', { raw, headers: HEADERS })
    await platform.settle()
    assert.equal(endpoint.received.length, 2)
    await ana.delete(`/fhir/Subscription/${id}`)
  })

  test('what is not taken is told again, later and later; at last the subscription says its error', async () => {
    const id = await subscribed('Observation?code=retry')
    const { body: first } = await post(observation('retry'))
    endpoint.status = 500
    await platform.settle()
    endpoint.status = 200
    platform.clock.advance({ seconds: 60 })
    await platform.settle()
    assert.equal(endpoint.received.length, 2)
    assert.equal(endpoint.received[0]?.headers['webhook-id'], endpoint.received[1]?.headers['webhook-id'])
    assert.equal(JSON.parse(endpoint.received[1]?.body ?? '').id, first.id)
    endpoint.status = 500
    await post(observation('retry'))
    await platform.settle()
    for (let step = 0; step < 12; step += 1) await tryAgain(6)
    const shown = await resourceOf(id)
    assert.equal(shown.status, 'error')
    assert.match(shown.error, /answered 500/)
    const rows = await platform.rows(
      'select state from fhir.notification where subscription = $1 order by created_at',
      [id],
    )
    assert.deepEqual(
      rows.map((row) => row.state),
      ['sent', 'dead'],
    )
  })

  test('an endpoint that never answers its first question is never told anything', async () => {
    endpoint.status = 404
    const made = await post(subscription('Observation?code=never'))
    await platform.settle()
    await tryAgain(1)
    assert.equal((await resourceOf(made.body.id)).status, 'error')
    const tries = endpoint.received.length
    assert.equal(tries, 3)
    endpoint.status = 200
    ana = await signedInAgain(ana)
    await post(observation('never'))
    await platform.settle()
    assert.equal(endpoint.received.length, tries)
  })

  test('whoever lost the right to a record is told nothing more of it', async () => {
    const ben = await platform.person('ben')
    await platform.rows(
      `select kernel.write_access_right($1, $2, 'health_records', 'write', '2100-01-01', 'grant', $1)`,
      [ben.accountId, ana.accountId],
    )
    const made = await post(subscription('Observation?'), ben, `?profile_id=${ana.accountId}`)
    assert.equal(made.status, 201, made.text)
    await platform.settle()
    endpoint.received.splice(0)
    await post(observation('1'))
    await platform.settle()
    assert.equal(endpoint.received.length, 1)
    assert.equal((await ana.get(`/fhir/Subscription/${made.body.id}/$secret`)).status, 404)
    await post(observation('2'))
    await platform.rows('select kernel.end_access_right($1)', [ben.accountId])
    await platform.settle()
    assert.equal(endpoint.received.length, 1)
    await ana.delete(`/fhir/Subscription/${made.body.id}`)
  })

  test('what can not be served is refused, and nothing is kept', async () => {
    const refusals: [object, number][] = [
      [subscription('Observation?patient.name=x'), 422],
      [subscription('Observation?_has:Provenance:target:agent=x'), 422],
      [subscription('Observation?date=yesterday'), 400],
      [subscription('Observation?code:in=http://example.test/set'), 400],
      [subscription('Observation?colour=blue'), 400],
      [subscription('Subscription?'), 422],
      [subscription('Observation?_sort=date'), 422],
      [subscription('Observation?', { type: 'email' }), 422],
      [subscription('Observation?', { type: 'websocket' }), 422],
      [subscription('Observation?', { payload: 'application/fhir+xml' }), 422],
      [subscription('Observation?', { endpoint: 'ftp://example.test/x' }), 422],
      [subscription('Observation?', { header: ['Host: elsewhere.test'] }), 422],
      [subscription('Observation?', { header: ['Authorization: ********'] }), 422],
    ]
    for (const [resource, status] of refusals) {
      const answer = await post(resource as never)
      assert.equal(answer.status, status, JSON.stringify(resource))
      assert.equal(answer.body.resourceType, 'OperationOutcome')
    }
    assert.deepEqual(await platform.rows("select 1 from fhir.subscription where state = 'requested'"), [])
  })

  test('nobody else sees a subscription; export has it, erasure removes it', async () => {
    const carl = await platform.person('carl')
    const id = await subscribed('Observation?', {}, carl)
    assert.equal((await ana.get(`/fhir/Subscription/${id}/$secret`)).status, 404)
    const own = await platform.exportAll(carl.accountId)
    assert.equal(own.fhir?.subscription?.length, 1)
    await platform.erase(carl.accountId)
    assert.deepEqual(await platform.rows('select 1 from fhir.subscription where user_id = $1', [carl.accountId]), [])
  })

  test('without leave of the operator, nothing is sent into private networks, whatever the address is written like', () => {
    const closed = ['127.0.0.1', '10.1.2.3', '192.168.0.9', '172.20.0.1', '169.254.169.254', '100.64.0.1', '0.0.0.0']
    const closed6 = [
      '::1',
      '::',
      'fe80::1',
      'fd00::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '64:ff9b::7f00:1',
      'nonsense',
    ]
    for (const address of [...closed, ...closed6]) assert.ok(isClosedAddress(address), address)
    for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111']) assert.ok(!isClosedAddress(address), address)
    const urls = [
      'http://example.com/hook',
      'https://127.0.0.1/',
      'https://2130706433/',
      'https://0x7f.1/',
      'https://[::1]/',
      'https://[::ffff:127.0.0.1]/',
      'https://localhost/',
      'https://db.internal/',
      'https://intranet/',
      'https://user:password@example.com/',
      'nothing',
    ]
    for (const url of urls) assert.notEqual(endpointFault(url, false), undefined, url)
    assert.equal(endpointFault('https://example.com/hook', false), undefined)
    assert.equal(endpointFault('http://127.0.0.1:8080/', true), undefined)
  })
})

describe('fhir: what the matcher and the database say', () => {
  let platform: TestPlatform
  let person: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    person = await platform.person('dina')
  })
  after(() => platform.close())

  const pick = <Value>(...values: Value[]) => fc.constantFrom(...values)
  const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined })
  const coding = fc.record({
    system: maybe(pick('http://loinc.org', 'http://example.test/a')),
    code: pick('a', 'b', 'A|c'),
  })
  const date = pick(
    '2026',
    '2026-01',
    '2026-01-15',
    '2026-01-15T10:30:00Z',
    '2026-01-15T10:30:00.500+05:30',
    '2025-12-31',
  )
  const amount = pick(1, 1.5, 72, 0.0054, -3, 1e-7)
  const unit = pick('mg', 'g', '/min', 'kg')
  const quantity = fc.record({ value: amount, code: unit, unit, system: fc.constant('http://unitsofmeasure.org') })
  const text = pick('Ärzte', 'arzt', 'A b', 'zeta', 'O\u2019Neil')
  const Observation = fc.record({
    resourceType: fc.constant('Observation'),
    status: pick('final', 'amended', 'preliminary'),
    code: fc.record(
      { coding: fc.array(coding, { minLength: 1, maxLength: 2 }), text: maybe(text) },
      { requiredKeys: ['coding'] },
    ),
    subject: maybe(
      pick({ reference: 'Patient/p1' }, { reference: 'Patient/p2' }, { reference: 'http://else.test/Patient/p1' }),
    ),
    effectiveDateTime: maybe(date),
    valueQuantity: maybe(quantity),
  })
  const Patient = fc.record({
    resourceType: fc.constant('Patient'),
    name: maybe(
      fc.array(fc.record({ family: text, given: fc.array(text, { minLength: 1, maxLength: 2 }) }), {
        minLength: 1,
        maxLength: 2,
      }),
    ),
    birthDate: maybe(pick('1970', '1970-05', '1970-05-06', '2001-01-01')),
    gender: maybe(pick('male', 'female')),
    deceasedBoolean: maybe(fc.boolean()),
    identifier: maybe(
      fc.array(fc.record({ system: maybe(pick('urn:a', 'urn:b')), value: pick('1', '2') }), {
        minLength: 1,
        maxLength: 2,
      }),
    ),
  })
  const prefix = pick('', 'eq', 'ne', 'lt', 'gt', 'le', 'ge', 'sa', 'eb', 'ap')
  const prefixed = (values: fc.Arbitrary<string | number>) =>
    fc.tuple(prefix, values).map(([one, value]) => `${one}${value}`)
  const token = pick('a', 'b', 'http://loinc.org|a', '|b', 'http://loinc.org|', 'A\\|c', 'final', 'a,b')
  const observationQuery = fc.oneof(
    token.map((value) => `code=${value}`),
    token.map((value) => `code:not=${value}`),
    text.map((value) => `code:text=${value}`),
    pick('final', 'amended,final').map((value) => `status=${value}`),
    pick('Patient/p1', 'p1', 'p2', 'http://else.test/Patient/p1').map((value) => `subject=${value}`),
    pick('p1', 'Patient/p2').map((value) => `patient=${value}`),
    pick('true', 'false').map((value) => `date:missing=${value}`),
    prefixed(date).map((value) => `date=${value}`),
    fc
      .tuple(prefixed(amount), pick('', '|http://unitsofmeasure.org|mg', '||/min', '|http://unitsofmeasure.org|kg'))
      .map(([value, of]) => `value-quantity=${value}${of}`),
    fc
      .tuple(pick('a', 'http://loinc.org|a', 'b'), prefixed(amount))
      .map(([code, value]) => `code-value-quantity=${code}$${value}`),
    prefixed(pick('2026', '2026-01-15')).map((value) => `_lastUpdated=${value}`),
  )
  const patientQuery = fc.oneof(
    text.map((value) => `name=${value.slice(0, 3)}`),
    text.map((value) => `family:exact=${value}`),
    text.map((value) => `given:contains=${value.slice(1)}`),
    prefixed(pick('1970', '1970-05', '1971')).map((value) => `birthdate=${value}`),
    pick('male', 'female').map((value) => `gender=${value}`),
    pick('true', 'false').map((value) => `deceased=${value}`),
    pick('1', 'urn:a|1', 'urn:b|', '|2').map((value) => `identifier=${value}`),
  )

  test('is the same, for random resources and queries', async () => {
    const entries = [
      ...fc.sample(Observation, { numRuns: 60, seed: 7 }),
      ...fc.sample(Patient, { numRuns: 40, seed: 7 }),
    ]
    const entry = entries.map((resource) => ({ resource, request: { method: 'POST', url: resource.resourceType } }))
    const raw = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })
    const stored = await person.request('POST', '/fhir', {
      raw,
      headers: { ...HEADERS, prefer: 'return=representation' },
    })
    assert.equal(stored.status, 200, stored.text.slice(0, 400))
    const { extractor, reader } = engines()
    const scope = { nowMs: platform.clock.now().getTime(), base: 'http://none.test/fhir' }
    const candidates = stored.body.entry.map(({ resource }: { resource: { resourceType: string; id: string } }) => ({
      type: resource.resourceType,
      id: resource.id,
      updatedMs: scope.nowMs,
      values: extractor.extract(resource as never),
    }))
    const queries = fc.oneof(
      fc.array(observationQuery, { minLength: 1, maxLength: 2 }).map((all) => ['Observation', all] as const),
      fc.array(patientQuery, { minLength: 1, maxLength: 2 }).map((all) => ['Patient', all] as const),
    )
    const property = fc.asyncProperty(queries, async ([type, all]) => {
      const pairs = all.map((one): [string, string] => [
        one.slice(0, one.indexOf('=')),
        one.slice(one.indexOf('=') + 1),
      ])
      const address = new URLSearchParams([...pairs, ['_count', '1000']]).toString()
      const found = await person.get(`/fhir/${type}?${address}`)
      assert.equal(found.status, 200, found.text)
      const expected = (found.body.entry ?? []).map((one: { resource: { id: string } }) => one.resource.id).sort()
      const { criteria } = reader.read(type, pairs)
      const told = candidates.filter(
        (one: (typeof candidates)[number]) => one.type === type && matches(one, criteria, scope),
      )
      assert.deepEqual(told.map((one: { id: string }) => one.id).sort(), expected, all.join('&'))
    })
    await fc.assert(property, { numRuns: 150, seed: 11 })
  })
})
