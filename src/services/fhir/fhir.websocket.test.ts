import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openSocket, statusOfUpgrade } from '../../testing/webSockets.ts'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }
const WS = '/fhir/ws'

describe('fhir: subscriptions over a WebSocket', () => {
  let platform: TestPlatform
  let origin: string
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    origin = await platform.listen()
  })
  beforeEach(async () => {
    ana = await platform.person('ana')
  })
  after(() => platform.close())

  const post = (resource: { resourceType: string }, person = ana, query = '') =>
    person.request('POST', `/fhir/${resource.resourceType}${query}`, {
      raw: JSON.stringify(resource),
      headers: HEADERS,
    })

  const subscription = (criteria: string, channel: object = {}) => ({
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'A test of what it promises',
    criteria,
    channel: { type: 'websocket', ...channel },
  })
  const observation = (code: string) => ({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code }] },
  })

  async function subscribed(criteria: string, person = ana, query = ''): Promise<string> {
    const made = await post(subscription(criteria), person, query)
    assert.equal(made.status, 201, made.text)
    await platform.settle()
    return made.body.id as string
  }

  const bearer = (person: TestPerson) => ({ authorization: `Bearer ${person.token}` })
  const open = (person = ana, query = '') => openSocket(origin, `${WS}${query}`, bearer(person))

  async function bound(id: string, person = ana, query = '') {
    const client = await open(person, query)
    client.send(`bind ${id}`)
    assert.equal(await client.next(), `bound ${id}`)
    return client
  }

  test('says where it is, opens for a credential only, and a browser’s ticket is one', async () => {
    const { body } = await ana.get('/fhir/metadata')
    const [said] = body.rest[0].extension
    assert.equal(said.url, 'http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket')
    assert.match(said.valueUri, /^wss?:\/\/.*\/fhir\/ws$|^\/fhir\/ws$/)
    assert.equal(await statusOfUpgrade(origin, WS), 401)
    assert.equal(await statusOfUpgrade(origin, `${WS}/none`, bearer(ana)), 404)
    const { body: given, status } = await ana.post(`${WS}/ticket`)
    assert.equal(status, 201)
    assert.equal(await statusOfUpgrade(origin, `${WS}?ticket=${given.ticket}`), 101)
    assert.equal(await statusOfUpgrade(origin, `${WS}?ticket=${given.ticket}`), 401)
  })

  test('a bound socket is pinged at each match, of stored resources and of what other services hold, and at nothing else', async () => {
    const first = await subscribed('Observation?code=http://loinc.org|8867-4')
    const second = await subscribed('Observation?code=http://loinc.org|29463-7')
    assert.equal((await ana.get(`/fhir/Subscription/${first}`)).body.status, 'active')
    const client = await bound(first)
    client.send(`bind ${second}`)
    assert.equal(await client.next(), `bound ${second}`)
    await post(observation('1234-5'))
    await post(observation('8867-4'))
    await platform.settle()
    assert.equal(await client.next(), `ping ${first}`)
    const weight = { metric_type: 'weight', value: 70, unit: 'kg' }
    const written = await ana.post('/api/v1/metrics', weight)
    assert.equal(written.status, 201, written.text)
    await platform.settle()
    assert.equal(await client.next(), `ping ${second}`)
    await ana.delete(`/fhir/Subscription/${first}`)
    await post(observation('8867-4'))
    await platform.settle()
    client.raw.close()
    assert.equal(await client.next(), undefined)
    const rows = await platform.rows('select state from fhir.notification where user_id = $1', [ana.accountId])
    assert.deepEqual(rows, [{ state: 'sent' }])
  })

  test('what can’t be followed is answered by an error, and ends the socket', async () => {
    const hook = await post({
      ...subscription('Observation?', { type: 'rest-hook', endpoint: 'https://example.com/hook' }),
    })
    const ben = await platform.person('ben')
    const foreign = await subscribed('Observation?', ben)
    const off = await post({ ...subscription('Observation?'), ...{ status: 'off' } })
    for (const message of [
      'hello',
      'bind',
      `bind ${foreign}`,
      `bind ${hook.body.id}`,
      `bind ${off.body.id}`,
      'bind ../x',
    ]) {
      const client = await open()
      client.send(message)
      assert.match((await client.next()) ?? '', /^error /, message)
      assert.equal((await client.ended).code, 1008)
    }
    const client = await open()
    client.send(`bind ${'x'.repeat(2000)}`)
    assert.equal((await client.ended).code, 1009)
  })

  test('whoever lost the right to a record hears nothing more of it, and their socket is closed', async () => {
    const ben = await platform.person('ben')
    assert.equal(await statusOfUpgrade(origin, `${WS}?profile_id=${ana.accountId}`, bearer(ben)), 404)
    await platform.rows(
      `select kernel.write_access_right($1, $2, 'health_records', 'write', '2100-01-01', 'grant', $1)`,
      [ben.accountId, ana.accountId],
    )
    const query = `?profile_id=${ana.accountId}`
    const id = await subscribed('Observation?', ben, query)
    const client = await bound(id, ben, query)
    // Whose record it is does not make it theirs to listen to.
    const own = await open()
    own.send(`bind ${id}`)
    assert.match((await own.next()) ?? '', /^error /)
    await post(observation('1'))
    await platform.settle()
    assert.equal(await client.next(), `ping ${id}`)
    await post(observation('2'))
    await platform.rows('select kernel.end_access_right($1)', [ben.accountId])
    await platform.settle()
    client.send(`bind ${id}`)
    assert.match((await client.next()) ?? '', /^error /)
  })

  test('a session that was ended hears nothing more', async () => {
    const id = await subscribed('Observation?')
    const client = await bound(id)
    const { email, password } = ana
    const { body } = await platform.request('POST', '/api/v1/auth/login', { body: { email, password } })
    assert.equal((await ana.post('/api/v1/auth/logout', { refresh_token: ana.refreshToken })).status < 300, true)
    await platform.request('POST', '/fhir/Observation', {
      raw: JSON.stringify(observation('1')),
      headers: HEADERS,
      token: body.access_token,
    })
    await platform.settle()
    assert.equal(await client.next(), undefined)
    assert.equal((await client.ended).code, 1008)
  })
})
