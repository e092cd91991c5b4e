/**
 * `node bench/fhir.ts`: the FHIR service inside one process against PostgreSQL: import of transactions, read, create,
 * searches, validation by type, memory; at several sizes of the platform. See README.md.
 */
import os from 'node:os'
import { parseArgs } from 'node:util'
import { newId } from '../src/kernel/ids.ts'
import { engines } from '../src/services/fhir/handlers/engines.ts'
import { runBench, temporaryFolder } from './lib/cleanup.ts'
import { type FhirPlatform, openFhirPlatform, readSamples, type Sample } from './lib/fhirPlatform.ts'
import { type Postgres, startPostgres } from './lib/postgres.ts'
import { median } from './lib/statistics.ts'
import { shown, table } from './lib/table.ts'

const { values: options } = parseArgs({
  options: {
    'pg-bin': { type: 'string' },
    patients: { type: 'string', default: '20,1000' },
    rounds: { type: 'string', default: '300' },
    parallel: { type: 'string', default: '4' },
    limit: { type: 'string', default: '1800' },
  },
})

const GROWTH_SAMPLES = 5

/** A person whose record holds one synthetic patient. */
interface Subject {
  readonly personId: string
  readonly patient: string
}

interface Timed {
  readonly wallMs: number
  readonly cpuMs: number
}

async function timed(work: () => Promise<void>): Promise<Timed> {
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 }
}

/** Imports samples, each into a record of its own, `--parallel` at once; returns whose records they are. */
async function importAll(fhir: FhirPlatform, samples: readonly Sample[]): Promise<Subject[]> {
  const queue = samples.values()
  const subjects: Subject[] = []
  const worker = async () => {
    for (const { text } of queue) {
      const personId = newId()
      const answer = await fhir.ask(personId, { method: 'POST', url: '/fhir', body: text })
      if (answer.status !== 200)
        throw new Error(`an import answered ${answer.status}: ${String(answer.body).slice(0, 300)}`)
      const patient = /\/fhir\/Patient\/([^/]+)\//.exec(String(answer.body))?.[1]
      if (patient === undefined) throw new Error('an import made no patient')
      subjects.push({ personId, patient })
    }
  }
  await Promise.all(Array.from({ length: Number(options.parallel) }, worker))
  return subjects
}

const REQUESTS: Readonly<Record<string, (patient: string) => { method: string; url: string; body?: string }>> = {
  read: (patient) => get(`Patient/${patient}`),
  create: (patient) => ({
    method: 'POST',
    url: '/fhir/Observation',
    body: JSON.stringify(observation(patient)),
  }),
  'patient search': (patient) => get(`Observation?patient=${patient}&_count=20`),
  'patient, code, newest': (patient) => get(`Observation?patient=${patient}&code=8302-2&_sort=-date&_count=20`),
  'code search': () => get('Observation?code=http://loinc.org|8302-2&_count=20'),
  chain: () => get('Observation?patient.gender=female,male&code=8302-2&_count=20'),
  include: (patient) => get(`Encounter?patient=${patient}&_include=Encounter:service-provider&_count=20`),
  $everything: (patient) => get(`Patient/${patient}/$everything?_count=100`),
}

const get = (path: string) => ({ method: 'GET', url: `/fhir/${path}` })

function observation(patient: string): object {
  return {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: '2026-01-15T10:30:00Z',
    valueQuantity: { value: 72, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  }
}

/** Medians of each request, in turns, over records taken evenly from all. */
async function measureRequests(fhir: FhirPlatform, subjects: readonly Subject[]): Promise<Map<string, number>> {
  const times = new Map(Object.keys(REQUESTS).map((name) => [name, [] as number[]]))
  const rounds = Number(options.rounds)
  for (let round = -30; round < rounds; round += 1) {
    const subject = subjects[((round + 30) * 7919) % subjects.length] as Subject
    for (const [name, request] of Object.entries(REQUESTS)) {
      const startedAt = performance.now()
      const answer = await fhir.ask(subject.personId, request(subject.patient))
      if (round >= 0) times.get(name)?.push(performance.now() - startedAt)
      if ((answer.status ?? 200) >= 300) throw new Error(`${name} answered ${answer.status}: ${String(answer.body)}`)
    }
  }
  return new Map([...times].map(([name, all]) => [name, median(all)]))
}

function measureValidation(samples: readonly Sample[]): string[][] {
  const { validator, extractor } = engines()
  const byType = new Map<string, { resourceType: string }[]>()
  for (const { text } of samples) {
    for (const { resource } of (JSON.parse(text) as { entry: { resource: { resourceType: string } }[] }).entry) {
      byType.set(resource.resourceType, [...(byType.get(resource.resourceType) ?? []), resource].slice(0, 400))
    }
  }
  return [...byType].sort().map(([type, resources]) => {
    const each = (work: (one: never) => unknown) => {
      const rounds = Array.from({ length: 9 }, () => {
        const startedAt = performance.now()
        for (const resource of resources) work(resource as never)
        return ((performance.now() - startedAt) * 1000) / resources.length
      })
      return shown(median(rounds.slice(2)), 1)
    }
    return [
      type,
      String(resources.length),
      each((one) => validator.validate(one)),
      each((one) => extractor.extract(one)),
    ]
  })
}

function measureLoading(): string {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const startedAt = performance.now()
  engines()
  const ms = performance.now() - startedAt
  globalThis.gc?.()
  return `Engines loaded in ${shown(ms)} ms, ${shown((process.memoryUsage().heapUsed - before) / 1024 ** 2, 1)} MB of heap`
}

async function bench(): Promise<boolean> {
  console.log(measureLoading())
  const folder = await temporaryFolder()
  const postgres = await startPostgres(folder, options['pg-bin'])
  const fhir = await openFhirPlatform(await postgres.createDatabase('bench_fhir'), folder)
  try {
    console.log(
      `${os.cpus().length} cores, Node ${process.version}, PostgreSQL ${postgres.version}, load ${os.loadavg()[0]}`,
    )
    const samples = readSamples()
    console.log(
      `\n${table(['type', 'resources', 'validated in us', 'index values read in us'], measureValidation(samples))}`,
    )
    await importAll(fhir, samples.slice(0, 5))
    const total = samples.reduce((sum, one) => sum + one.resources, 0)
    const run = await timed(async () => void (await importAll(fhir, samples)))
    console.log(
      `\nImport of ${total} resources in ${samples.length} transactions, ${options.parallel} at once: ` +
        `${shown((total / run.wallMs) * 1000)} resources/s; ${shown((run.cpuMs * 1000) / total)} us of this process's ` +
        `CPU each, of ${shown((run.wallMs * 1000) / total)} us`,
    )
    await growth(fhir, samples.slice(0, GROWTH_SAMPLES), postgres)
    console.log(`\nMemory of this process: ${shown(process.memoryUsage().rss / 1024 ** 2)} MB`)
  } finally {
    await fhir.close()
  }
  return true
}

async function growth(fhir: FhirPlatform, samples: readonly Sample[], postgres: Postgres): Promise<void> {
  const sizes = String(options.patients).split(',').map(Number)
  const subjects: Subject[] = []
  const columns: Map<string, number>[] = []
  for (const size of sizes) {
    const missing = Array.from(
      { length: size - subjects.length },
      (_one, index) => samples[index % samples.length] as Sample,
    )
    const resources = missing.reduce((sum, one) => sum + one.resources, 0)
    const run = await timed(async () => void subjects.push(...(await importAll(fhir, missing))))
    console.log(`${size} patients: ${resources} resources more at ${shown((resources / run.wallMs) * 1000)} a second`)
    await postgres.query('bench_fhir', 'vacuum analyze')
    columns.push(await measureRequests(fhir, subjects))
  }
  const rows = Object.keys(REQUESTS).map((name) => {
    const values = columns.map((column) => column.get(name) ?? Number.NaN)
    const ratio = (values.at(-1) ?? 0) / (values.at(-2) ?? values[0] ?? 1)
    return [name, ...values.map((value) => shown(value, 2)), shown(ratio, 2)]
  })
  console.log(`\n${table(['p50 in ms', ...sizes.map((size) => `${size} patients`), 'growth'], rows)}`)
}

await runBench(Number(options.limit), bench)
