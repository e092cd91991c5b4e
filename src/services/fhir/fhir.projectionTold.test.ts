import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }

interface Told {
  readonly url: string
  readonly resource: { readonly id: string; readonly valueQuantity?: { readonly value: number } }
}

describe('fhir: subscriptions to what other services hold', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let server: Server
  let endpoint = ''
  const told: Told[] = []

  before(async () => {
    platform = await openTestPlatform({ environment: { FHIR_PRIVATE_ENDPOINTS: 'true' } })
    ana = await platform.person('ana')
    server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      if (body !== '') told.push({ url: request.url ?? '', resource: JSON.parse(body) })
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await measure(61, '2026-01-01T08:00:00Z')
    await subscribe(ana, '')
  })
  beforeEach(() => void told.splice(0))
  after(async () => {
    server.close()
    await platform.close()
  })

  const measure = async (value: number, timestamp: string) => {
    const body = { metric_type: 'heart_rate', value, unit: 'bpm', timestamp }
    const made = await ana.post('/api/v1/metrics', body)
    assert.equal(made.status, 201, made.text)
    await platform.settle()
    return made.body.id as string
  }
  async function subscribe(person: TestPerson, query: string): Promise<string> {
    const resource = {
      resourceType: 'Subscription',
      status: 'requested',
      reason: 'A test of what it promises',
      criteria: 'Observation?code=8867-4&value-quantity=gt60',
      channel: { type: 'rest-hook', endpoint: `${endpoint}/${person.accountId}`, payload: 'application/fhir+json' },
    }
    const raw = JSON.stringify(resource)
    const made = await person.request('POST', `/fhir/Subscription${query}`, { headers: HEADERS, raw })
    assert.equal(made.status, 201, made.text)
    await platform.settle()
    return made.body.id
  }
  const values = () => told.map((one) => one.resource.valueQuantity?.value)

  test('a measurement that is made or changed at its owner is told once, if it meets the criteria', async () => {
    assert.equal(told.length, 0, 'nothing of what was there before')
    const id = await measure(72, '2026-01-02T08:00:00Z')
    await measure(50, '2026-01-02T09:00:00Z')
    assert.deepEqual(
      told.map((one) => [one.url, one.resource.id]),
      [[`/${ana.accountId}/Observation/${id}`, id]],
    )
    assert.equal((await ana.put(`/api/v1/metrics/${id}`, { value: 80 })).status, 200)
    await platform.settle()
    assert.deepEqual(values(), [72, 80])
    assert.equal((await ana.delete(`/api/v1/metrics/${id}`)).status, 204)
    await platform.settle()
    assert.deepEqual(values(), [72, 80])
  })

  test('one that was read before its announcement came, or written through FHIR, is told once as well', async () => {
    const body = { metric_type: 'heart_rate', value: 90, unit: 'bpm', timestamp: '2026-01-03T08:00:00Z' }
    const { id } = (await ana.post('/api/v1/metrics', body)).body
    assert.equal((await ana.get(`/fhir/Observation/${id}`)).status, 200)
    await platform.settle()
    assert.deepEqual(values(), [90])
    const resource = {
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
      subject: { reference: `Patient/${ana.accountId}` },
      effectiveDateTime: '2026-01-04T08:00:00.000Z',
      valueQuantity: { value: 95, unit: 'bpm', system: 'http://unitsofmeasure.org', code: '/min' },
    }
    const written = await ana.request('POST', '/fhir/Observation', { headers: HEADERS, raw: JSON.stringify(resource) })
    assert.equal(written.status, 201, written.text)
    await platform.settle()
    assert.deepEqual(values(), [90, 95])
  })

  test('whoever may not see the owner\u2019s category is told nothing of it', async () => {
    const ben = await platform.person('ben')
    const right = (category: string, action: string, until: string) =>
      platform.rows(`select kernel.write_access_right($1, $2, $3, $4, $5, 'grant', gen_random_uuid())`, [
        ben.accountId,
        ana.accountId,
        category,
        action,
        until,
      ])
    await right('health_records', 'write', '2100-01-01')
    await right('health_records', 'read', '2100-01-01')
    await subscribe(ben, `?profile_id=${ana.accountId}`)
    const toBen = () => told.filter((one) => one.url.startsWith(`/${ben.accountId}`))
    await measure(101, '2026-01-05T08:00:00Z')
    assert.deepEqual(toBen(), [])
    await right('vitals', 'read', '2100-01-01')
    const id = await measure(102, '2026-01-06T08:00:00Z')
    assert.deepEqual(
      toBen().map((one) => one.resource.id),
      [id],
    )
  })
})
