/**
 * `node bench/predicate.ts`: what the policy on tables about people costs a patient-scoped list of 100,000 rows: own
 * record, a grantee's view of it, and the same rows without any policy. In turns, on one connection. See README.md.
 */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { silentLog } from '../src/kernel/log.ts'
import { migrate, readMigrations } from '../src/kernel/migrate.ts'
import { runBench, temporaryFolder } from './lib/cleanup.ts'
import { startPostgres } from './lib/postgres.ts'
import { median } from './lib/statistics.ts'
import { shown, table } from './lib/table.ts'

const { values: options } = parseArgs({
  options: { 'pg-bin': { type: 'string' }, rounds: { type: 'string', default: '2000' } },
})

const LIMIT_SECONDS = 120
const LARGEST_SHARE = 1.2
const PEOPLE = 100
const ROWS_OF_ONE = 1000
const person = '0197c000-0000-7000-8000-000000000001'
const grantee = '0197c000-0000-7000-8000-0000000000ff'
const KERNEL = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'src', 'kernel', 'migrations')

const SCHEMA = `create table reading (id bigint generated always as identity primary key, user_id uuid not null,
    at timestamptz not null, value double precision not null);
  create table free_reading (like reading);
  insert into reading (user_id, at, value)
    select ('0197c000-0000-7000-8000-' || lpad(to_hex(1 + n % ${PEOPLE}), 12, '0'))::uuid,
      '2026-01-01'::timestamptz + n * interval '1 minute', n from generate_series(1, ${PEOPLE * ROWS_OF_ONE}) n;
  insert into free_reading select * from reading;
  create index reading_user_at on reading (user_id, at desc);
  create index free_reading_user_at on free_reading (user_id, at desc);`

/** Each kind of list: the statement, and the scope it runs under. */
const LISTS = [
  { title: 'page of 100', columns: 'id, at, value', limit: 100 },
  { title: 'page of 20', columns: 'id, at, value', limit: 20 },
] as const
const VIEWS = [
  { title: 'no policy', from: 'bench.free_reading', account: person },
  { title: 'own record', from: 'bench.reading', account: person },
  { title: "a grantee's view", from: 'bench.reading', account: grantee },
] as const

async function openConnection(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

async function prepare(url: string): Promise<void> {
  const kernel = { service: 'kernel', migrations: readMigrations('kernel', KERNEL) }
  const bench = { service: 'bench', migrations: [{ service: 'bench', name: '0001_init', text: SCHEMA, checksum: 'x' }] }
  await migrate(url, [kernel, bench], silentLog)
  const owner = await openConnection(url)
  await owner.query('alter table bench.free_reading disable row level security')
  await owner.query('alter table bench.free_reading no force row level security')
  await owner.query(
    `select kernel.write_access_right($1, $2, 'vitals', 'read', '2027-01-01', 'grant', gen_random_uuid())`,
    [grantee, person],
  )
  await owner.query('analyze')
  await owner.end()
}

async function setScope(client: pg.Client, account: string): Promise<void> {
  await client.query(
    `select set_config('salus.person', $1, false), set_config('salus.account', $2, false),
       set_config('salus.category', 'vitals', false), set_config('salus.action', 'read', false),
       set_config('salus.now', '2026-06-15T12:00:00Z', false)`,
    [person, account],
  )
}

async function measureList(client: pg.Client, list: (typeof LISTS)[number]): Promise<number[]> {
  const times = VIEWS.map(() => [] as number[])
  for (let round = -200; round < Number(options.rounds); round += 1) {
    for (const [index, view] of VIEWS.entries()) {
      await setScope(client, view.account)
      const text = `select ${list.columns} from ${view.from} where user_id = $1 order by at desc limit ${list.limit}`
      const startedAt = performance.now()
      const { rows } = await client.query({ name: `${list.title} ${view.title}`, text, values: [person] })
      if (round >= 0) times[index]?.push(performance.now() - startedAt)
      if (rows.length !== list.limit) throw new Error(`${view.title}: ${rows.length} rows instead of ${list.limit}`)
    }
  }
  return times.map(median)
}

async function bench(): Promise<boolean> {
  const folder = await temporaryFolder()
  const postgres = await startPostgres(folder, options['pg-bin'])
  const url = await postgres.createDatabase('bench_predicate')
  await prepare(url)
  const client = await openConnection(url)
  await client.query('set role salus_service')
  console.log(
    `Node ${process.version}, PostgreSQL ${postgres.version}; ${PEOPLE * ROWS_OF_ONE} rows of ${PEOPLE} people`,
  )
  let isRight = true
  const rows: string[][] = []
  for (const list of LISTS) {
    const medians = await measureList(client, list)
    const [free = 0] = medians
    for (const [index, view] of VIEWS.entries()) {
      const ratio = (medians[index] ?? 0) / free
      rows.push([list.title, view.title, shown((medians[index] ?? 0) * 1000), shown(ratio, 2)])
      // A page of 100 is what lists answer unless asked otherwise; a shorter one shows the fixed cost more.
      if (list.limit === 100 && ratio > LARGEST_SHARE) isRight = false
    }
  }
  await client.end()
  console.log(`\n${table(['list', 'policy', 'median µs', 'ratio'], rows)}`)
  if (!isRight) console.log(`\nFAILED: the policy costs more than ${LARGEST_SHARE} times the list without it`)
  return isRight
}

await runBench(LIMIT_SECONDS, bench)
