/**
 * `node bench/fhir.ts`: the FHIR service inside one process against PostgreSQL: import of transactions, read, create,
 * searches, validation by type, memory; at several sizes of the platform. See README.md.
 */
import os from 'node:os'
import { parseArgs } from 'node:util'
import { newId } from '../src/kernel/ids.ts'
import { splitEntries } from '../src/services/fhir/domain/json.ts'
import { engines } from '../src/services/fhir/handlers/engines.ts'
import { runBench, temporaryFolder } from './lib/cleanup.ts'
import { measureOwned } from './lib/fhirOwned.ts'
import { type FhirPlatform, openFhirPlatform, readSamples, type Sample } from './lib/fhirPlatform.ts'
import { measureLargeBundle, measureValidation } from './lib/fhirValidation.ts'
import { type Postgres, startPostgres } from './lib/postgres.ts'
import { median } from './lib/statistics.ts'
import { shown, table } from './lib/table.ts'

const { values: options } = parseArgs({
  options: {
    'pg-bin': { type: 'string' },
    patients: { type: 'string', default: '20,1000' },
    rounds: { type: 'string', default: '300' },
    parallel: { type: 'string', default: '4' },
    // So many of the smallest samples are copied to make the platform grow.
    samples: { type: 'string', default: '5' },
    limit: { type: 'string', default: '1800' },
  },
})

/** So many people, taken evenly from all, use a platform while it is measured. */
const ACTIVE = 50

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

/** A platform of some size, and the people who use it at the moment. */
interface Grown {
  readonly fhir: FhirPlatform
  readonly active: readonly Subject[]
}

/** Medians of each request on each platform, in turns. */
async function measureRequests(platforms: readonly Grown[]): Promise<Map<string, number>[]> {
  const times = platforms.map(() => new Map(Object.keys(REQUESTS).map((name) => [name, [] as number[]])))
  for (let round = -ACTIVE; round < Number(options.rounds); round += 1) {
    for (const [name, request] of Object.entries(REQUESTS)) {
      for (const [index, { fhir, active }] of platforms.entries()) {
        const subject = active[(round + ACTIVE) % active.length] as Subject
        const startedAt = performance.now()
        const answer = await fhir.ask(subject.personId, request(subject.patient))
        if (round >= 0) times[index]?.get(name)?.push(performance.now() - startedAt)
        if ((answer.status ?? 200) >= 300) throw new Error(`${name} answered ${answer.status}: ${String(answer.body)}`)
      }
    }
  }
  return times.map((one) => new Map([...one].map(([name, all]) => [name, median(all)])))
}

/** The same resources as lines, by `$import`: named, linked, compared with what is there, and written by a job. */
async function measureLines(fhir: FhirPlatform, samples: readonly Sample[]): Promise<string> {
  const personId = newId()
  const lines = samples.flatMap(({ text }) => [...(splitEntries(text)?.entries ?? [])])
  const body = `${lines.map((line) => line.replaceAll(/[\r\n]+\s*/g, ' ')).join('\n')}\n`
  const headers = { 'content-type': 'application/fhir+ndjson', prefer: 'respond-async' }
  const run = async () => {
    const one = await timed(async () => {
      const answer = await fhir.ask(personId, { method: 'POST', url: '/fhir/$import', body, headers })
      if (answer.status !== 202) throw new Error(`$import answered ${answer.status}`)
      await fhir.platform.settle()
    })
    return shown((lines.length / one.wallMs) * 1000)
  }
  return `$import of ${lines.length} lines: ${await run()} resources/s, of the same again ${await run()}`
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
    console.log(`\n${measureLargeBundle(samples)}`)
    await importAll(fhir, samples.slice(0, 5))
    const total = samples.reduce((sum, one) => sum + one.resources, 0)
    const run = await timed(async () => void (await importAll(fhir, samples)))
    console.log(
      `\nImport of ${total} resources in ${samples.length} transactions, ${options.parallel} at once: ` +
        `${shown((total / run.wallMs) * 1000)} resources/s; ${shown((run.cpuMs * 1000) / total)} us of this process's ` +
        `CPU each, of ${shown((run.wallMs * 1000) / total)} us`,
    )
    console.log(await measureLines(fhir, samples))
    console.log(`\n${await measureOwned(fhir, Math.min(100, Number(options.rounds)))}`)
    await growth(samples.slice(0, Number(options.samples)), postgres, folder)
    console.log(`\nMemory of this process: ${shown(process.memoryUsage().rss / 1024 ** 2)} MB`)
  } finally {
    await fhir.close()
  }
  return true
}

/** Tables of a record, each with the column that counts it up. */
const COPIED = [
  [
    'resource',
    'pk, user_id, type, id, version, created_at, updated_at, is_deleted, content, keys, patients, newest_ms',
  ],
  ['history', 'user_id, type, id, version, updated_at, method, content'],
  ['date_value', 'user_id, resource, parameter, from_ms, until_ms'],
  [
    'number_value',
    'user_id, resource, parameter, low, high, system, code, unit, canonical_low, canonical_high, canonical_unit',
  ],
  ['text_value', 'user_id, resource, parameter, text'],
  ['reference_value', 'user_id, resource, parameter, target_type, target_id'],
  ['identifier_value', 'user_id, resource, name'],
  ['projection_state', 'user_id, owner, cursor, done_at'],
] as const

const COPIES_AT_ONCE = 200

const personOf = (column: string, copy: string) => `md5(${column}::text || ' ' || ${copy})::uuid`

/**
 * Copies whole records into those of new people, in the database: the same rows as imports would write, in a hundredth of
 * the time. Returns whose they are.
 */
async function copyRecords(
  postgres: Postgres,
  database: string,
  from: readonly Subject[],
  first: number,
  to: number,
): Promise<Subject[]> {
  const people = from.map((one) => `'${one.personId}'`).join(',')
  const [last] = await postgres.query(database, `select max(pk) as pk from fhir.resource where user_id in (${people})`)
  const offset = Number(last?.pk)
  for (const [name, columns] of COPIED) {
    const picked = columns
      .split(', ')
      .map((column) => {
        if (column === 'user_id') return personOf('user_id', 'copy')
        return column === 'pk' || column === 'resource' ? `${column} + copy * ${offset}::bigint` : column
      })
      .join(', ')
    const kept = name === 'resource' ? 'overriding system value' : ''
    // As imports leave them: the rows of one record lie together, not those of one resource in all records.
    const order =
      name === 'projection_state'
        ? 'copy'
        : `copy, ${name === 'resource' ? 'pk' : name === 'history' ? 'position' : 'resource'}`
    for (let copy = first; copy <= to; copy += COPIES_AT_ONCE) {
      await postgres.query(
        database,
        `insert into fhir.${name} (${columns}) ${kept} select ${picked} from fhir.${name},
          generate_series(${copy}, ${Math.min(copy + COPIES_AT_ONCE - 1, to)}) copy
          where user_id in (${people}) order by ${order}`,
      )
    }
  }
  await postgres.query(
    database,
    `select setval(pg_get_serial_sequence('fhir.resource', 'pk'), (select max(pk) from fhir.resource))`,
  )
  const rows = await postgres.query(
    database,
    `select ${personOf('p', 'copy')} as id, p from unnest(array[${people}]::uuid[]) p, generate_series(${first}, ${to}) copy`,
  )
  const patients = new Map(from.map((one) => [one.personId, one.patient]))
  return rows.map((row) => ({ personId: String(row.id), patient: patients.get(String(row.p)) as string }))
}

async function growth(samples: readonly Sample[], postgres: Postgres, folder: string): Promise<void> {
  const sizes = String(options.patients).split(',').map(Number)
  const platforms: Grown[] = []
  try {
    for (const size of sizes) platforms.push(await grown(samples, postgres, folder, size))
    const columns = await measureRequests(platforms)
    const rows = Object.keys(REQUESTS).map((name) => {
      const values = columns.map((column) => column.get(name) ?? Number.NaN)
      const ratio = (values.at(-1) ?? 0) / (values.at(-2) ?? values[0] ?? 1)
      return [name, ...values.map((value) => shown(value, 2)), shown(ratio, 2)]
    })
    console.log(`\n${table(['p50 in ms', ...sizes.map((size) => `${size} patients`), 'growth'], rows)}`)
  } finally {
    for (const { fhir } of platforms) await fhir.close()
  }
}

/** A platform with so many patients: the first are imported, the others copied. */
async function grown(samples: readonly Sample[], postgres: Postgres, folder: string, size: number): Promise<Grown> {
  const database = `bench_fhir_${size}`
  const fhir = await openFhirPlatform(await postgres.createDatabase(database), folder)
  const base = Array.from({ length: Math.min(size, 20) }, (_one, index) => samples[index % samples.length] as Sample)
  const imported = await importAll(fhir, base)
  const copies = Math.round(size / imported.length)
  const subjects = [...imported, ...(copies < 2 ? [] : await copyRecords(postgres, database, imported, 1, copies - 1))]
  await postgres.query(database, 'vacuum analyze')
  const [held] = await postgres.query(database, 'select count(*) as count from fhir.resource')
  console.log(`${subjects.length} patients: ${held?.count} resources`)
  const stride = Math.max(1, Math.floor(subjects.length / ACTIVE))
  return { fhir, active: subjects.filter((_one, index) => index % stride === 0).slice(0, ACTIVE) }
}

await runBench(Number(options.limit), bench)
