import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }
const DAY_MS = 86_400_000

/** Whose the resource is, and the value that everybody shall see. */
interface Known {
  readonly kind: 'owned' | 'linked' | 'stored'
  readonly value: number
}

type Step = readonly [
  (
    | 'api-make'
    | 'api-change'
    | 'api-delete'
    | 'fhir-make'
    | 'fhir-part'
    | 'fhir-store'
    | 'fhir-change'
    | 'fhir-delete'
    | 'settle'
  ),
  number,
  number,
]

describe('fhir: writes on both sides', () => {
  let platform: TestPlatform
  let ana: TestPerson
  const model = new Map<string, Known>()
  let made = 0

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
  })
  after(() => platform.close())

  const ok = (answer: TestAnswer, ...statuses: number[]) => {
    assert.ok(statuses.includes(answer.status), `${answer.status} ${answer.text}`)
    return answer.body
  }
  const fhir = (method: string, path: string, resource?: object) =>
    ana.request(method, `/fhir/${path}`, {
      headers: HEADERS,
      ...(resource === undefined ? {} : { raw: JSON.stringify(resource) }),
    })
  const nextTime = () => {
    made += 1
    return new Date(Date.parse('2020-01-01T08:00:00Z') + made * DAY_MS).toISOString()
  }
  const observation = (value: number, subject: string, more: object = {}) => ({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject: { reference: subject },
    effectiveDateTime: nextTime(),
    valueQuantity: { value, unit: 'bpm', system: 'http://unitsofmeasure.org', code: '/min' },
    ...more,
  })

  /** One of the resources that are there and fit; undefined when there is none. */
  function pick(choice: number, kinds: readonly Known['kind'][]): [string, Known] | undefined {
    const fitting = [...model].filter(([, known]) => kinds.includes(known.kind))
    return fitting[choice % Math.max(1, fitting.length)]
  }

  async function run([step, choice, value]: Step): Promise<void> {
    const own = `Patient/${ana.accountId}`
    switch (step) {
      case 'api-make': {
        const body = { metric_type: 'heart_rate', value, unit: 'bpm', timestamp: nextTime() }
        model.set(ok(await ana.post('/api/v1/metrics', body), 201).id, { kind: 'owned', value })
        return
      }
      case 'api-change': {
        const [id, known] = pick(choice, ['owned', 'linked']) ?? []
        if (id === undefined || known === undefined) return
        ok(await ana.put(`/api/v1/metrics/${id}`, { value }), 200)
        model.set(id, { ...known, value })
        return
      }
      case 'api-delete': {
        const [id] = pick(choice, ['owned', 'linked']) ?? []
        if (id === undefined) return
        ok(await ana.delete(`/api/v1/metrics/${id}`), 204)
        model.delete(id)
        return
      }
      case 'fhir-make':
        model.set(ok(await fhir('POST', 'Observation', observation(value, own)), 201).id, { kind: 'owned', value })
        return
      case 'fhir-part': {
        const resource = observation(value, own, { interpretation: [{ text: 'as told' }] })
        model.set(ok(await fhir('POST', 'Observation', resource), 201).id, { kind: 'linked', value })
        return
      }
      case 'fhir-store': {
        const resource = observation(value, 'Patient/somebody-else')
        model.set(ok(await fhir('POST', 'Observation', resource), 201).id, { kind: 'stored', value })
        return
      }
      case 'fhir-change': {
        const [id, known] = pick(choice, ['owned', 'linked', 'stored']) ?? []
        if (id === undefined || known === undefined) return
        const now = ok(await fhir('GET', `Observation/${id}`), 200)
        const changed = { ...now, valueQuantity: { ...now.valueQuantity, value } }
        ok(await fhir('PUT', `Observation/${id}`, changed), 200)
        model.set(id, { ...known, value })
        return
      }
      case 'fhir-delete': {
        const [id] = pick(choice, ['owned', 'linked', 'stored']) ?? []
        if (id === undefined) return
        ok(await fhir('DELETE', `Observation/${id}`), 204)
        model.delete(id)
        return
      }
      case 'settle':
        await platform.settle()
    }
  }

  async function assertSame(): Promise<void> {
    const found = new Map<string, number>()
    const bundle = ok(await fhir('GET', 'Observation?code=8867-4&_sort=date&_count=500'), 200)
    for (const { resource } of bundle.entry ?? []) found.set(resource.id, resource.valueQuantity.value)
    assert.equal((bundle.entry ?? []).length, found.size)
    const expected = new Map([...model].map(([id, known]) => [id, known.value]))
    assert.deepEqual(new Map([...found].sort()), new Map([...expected].sort()))
    const metrics = ok(await ana.get('/api/v1/metrics?metric_type=heart_rate&limit=1000'), 200).items
    const kept = [...model].filter(([, known]) => known.kind !== 'stored').map(([id, known]) => [id, known.value])
    assert.deepEqual(metrics.map((one: { id: string; value: number }) => [one.id, one.value]).sort(), kept.sort())
    for (const value of new Set(expected.values())) {
      const valued = ok(await fhir('GET', `Observation?code=8867-4&value-quantity=${value}&_summary=count`), 200)
      assert.equal(valued.total, [...expected.values()].filter((one) => one === value).length, `value ${value}`)
    }
  }

  test('whatever is written here or there, in any order, both sides show the same once', async () => {
    const word = fc.constantFrom<Step[0][]>(
      'api-make',
      'api-change',
      'api-delete',
      'fhir-make',
      'fhir-part',
      'fhir-store',
      'fhir-change',
      'fhir-delete',
      'settle',
    )
    const steps = fc.array(fc.tuple(word, fc.nat(50), fc.integer({ min: 50, max: 150 })), {
      minLength: 4,
      maxLength: 14,
    })
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        for (const step of list) await run(step)
        await platform.settle()
        await assertSame()
      }),
      { numRuns: 12, endOnFailure: true },
    )
  })
})
