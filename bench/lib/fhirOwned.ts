import { systemCaller } from '../../src/kernel/context.ts'
import { newId } from '../../src/kernel/ids.ts'
import { healthTracking } from '../../src/services/health-tracking/contract.ts'
import type { FhirPlatform } from './fhirPlatform.ts'
import { median } from './statistics.ts'
import { shown, table } from './table.ts'

const ROWS = 5000
const AT_ONCE = 500
const MINUTE_MS = 60_000

/** Two records of as many heart rates: in one they are stored here, in the other another service holds them. */
interface Records {
  readonly stored: string
  readonly owned: string
}

const timeOf = (index: number) => new Date(Date.parse('2025-01-01T00:00:00Z') + index * MINUTE_MS).toISOString()

async function storeHere(fhir: FhirPlatform): Promise<string> {
  const personId = newId()
  for (let start = 0; start < ROWS; start += AT_ONCE) {
    const entry = Array.from({ length: AT_ONCE }, (_one, index) => ({
      resource: {
        resourceType: 'Observation',
        status: 'final',
        category: [{ coding: [{ system: CATEGORY, code: 'vital-signs' }] }],
        code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
        subject: { reference: 'Patient/somebody' },
        effectiveDateTime: timeOf(start + index),
        valueQuantity: { value: 60, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
      },
      request: { method: 'POST', url: 'Observation' },
    }))
    const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })
    const answer = await fhir.ask(personId, { method: 'POST', url: '/fhir', body })
    if (answer.status !== 200) throw new Error(`a transaction answered ${answer.status}`)
  }
  return personId
}

const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category'

async function measureThere(fhir: FhirPlatform): Promise<string> {
  const personId = newId()
  const { recordMetrics } = healthTracking.operations
  for (let start = 0; start < ROWS; start += AT_ONCE) {
    const items = Array.from({ length: AT_ONCE }, (_one, index) => ({
      metric_type: 'heart_rate',
      value: 60,
      unit: 'bpm',
      timestamp: timeOf(start + index),
    }))
    await fhir.platform.door.call(recordMetrics, { items }, systemCaller(newId(), personId), personId)
  }
  await fhir.platform.settle()
  // Whoever asks first has the record read in; a job reads the rest.
  await fhir.ask(personId, { method: 'GET', url: '/fhir/Observation?_count=1' })
  await fhir.platform.settle()
  return personId
}

const QUESTIONS: Readonly<Record<string, string>> = {
  'newest 20': 'Observation?_sort=-date&_count=20',
  'newest 20 of a code': 'Observation?code=8867-4&_sort=-date&_count=20',
  'newest 20 of a category': 'Observation?category=vital-signs&_sort=-date&_count=20',
  'newest 1 of a code': 'Observation?code=8867-4&_sort=-date&_count=1',
  'history of a type': 'Observation/_history?_count=20',
  'history of the record': '_history?_count=20',
  'history at a moment': `_history?_at=${new Date().getUTCFullYear()}&_count=20`,
}

async function ask(
  fhir: FhirPlatform,
  personId: string,
  path: string,
): Promise<{ ms: number; next: string | undefined }> {
  const startedAt = performance.now()
  const answer = await fhir.ask(personId, { method: 'GET', url: `/fhir/${path}` })
  const ms = performance.now() - startedAt
  const text = String(answer.body)
  const found = text.split('"fullUrl"').length - 1
  if ((answer.status ?? 200) >= 300 || found === 0)
    throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 200)}`)
  const next = /"relation":"next","url":"[^"]*?\/fhir\/([^"]+)"/.exec(text)?.[1]
  return { ms, next }
}

/** Medians of newest-first pages and histories over what is stored and over what another service holds, in turns. */
export async function measureOwned(fhir: FhirPlatform, rounds: number): Promise<string> {
  const records: Records = { stored: await storeHere(fhir), owned: await measureThere(fhir) }
  const questions = new Map(Object.entries(QUESTIONS).map(([name, path]) => [name, { stored: path, owned: path }]))
  // Far behind the beginning a page costs as much: the walk goes on from the last row.
  const deep = { stored: 'Observation?_sort=-date&_count=1000', owned: 'Observation?_sort=-date&_count=1000' }
  for (const side of ['stored', 'owned'] as const) {
    for (let page = 0; page < 3; page += 1) deep[side] = (await ask(fhir, records[side], deep[side])).next as string
    deep[side] = deep[side].replace('_count=1000', '_count=20')
  }
  questions.set('20 behind 3,000', deep)
  const rows: string[][] = []
  for (const [name, paths] of questions) {
    const times = { stored: [] as number[], owned: [] as number[] }
    for (let round = -20; round < rounds; round += 1) {
      for (const side of ['stored', 'owned'] as const) {
        const { ms } = await ask(fhir, records[side], paths[side])
        if (round >= 0) times[side].push(ms)
      }
    }
    const [stored, owned] = [median(times.stored), median(times.owned)]
    rows.push([name, shown(stored, 2), shown(owned, 2), shown(owned / stored, 2)])
  }
  return table([`${ROWS} rows, p50 in ms`, 'stored', 'owned', 'ratio'], rows)
}
