/**
 * `node bench/words.ts`: papers found by the words in them: what making their fingerprints takes, what a search takes with
 * them and by opening every paper, and what other ways of keeping them would take. See README.md.
 */
import { parseArgs } from 'node:util'
import pg from 'pg'
import { newId } from '../src/kernel/ids.ts'
import type { Context } from '../src/kernel/service.ts'
import { entriesOf, entryFor } from '../src/services/medical-records/domain/words/signature.ts'
import { sealDetails, sealPages } from '../src/services/medical-records/handlers/documents/sealed.ts'
import { findRecords } from '../src/services/medical-records/handlers/find/find.ts'
import { openFound } from '../src/services/medical-records/handlers/find/papers.ts'
import { makeWords, numbersFor } from '../src/services/medical-records/handlers/find/words.ts'
import { likelyDocuments } from '../src/services/medical-records/store/words.ts'
import { runBench, temporaryFolder } from './lib/cleanup.ts'
import { type FhirPlatform, openFhirPlatform } from './lib/fhirPlatform.ts'
import { startPostgres } from './lib/postgres.ts'
import { median } from './lib/statistics.ts'
import { shown, table } from './lib/table.ts'

const { values: options } = parseArgs({
  options: {
    'pg-bin': { type: 'string' },
    papers: { type: 'string', default: '1000' },
    words: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '30' },
  },
})

const LIMIT_SECONDS = 175
const VOCABULARY = 10_000
const SYLLABLES = [
  'ka',
  'lo',
  'mi',
  'ren',
  'sto',
  'ta',
  'vu',
  'xe',
  'bir',
  'do',
  'phe',
  'gly',
  'ur',
  'an',
  'osis',
  'itis',
]

/** A generator of its own: every run has the same papers. */
let state = 42
function chance(): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
  return state / 2 ** 32
}

const vocabulary = [
  ...new Set(
    Array.from({ length: VOCABULARY * 2 }, () =>
      Array.from(
        { length: 2 + Math.floor(chance() * 3) },
        () => SYLLABLES[Math.floor(chance() * SYLLABLES.length)],
      ).join(''),
    ),
  ),
].slice(0, VOCABULARY)

/** Words as often as those of a language: the second half as often as the first, and so on (Zipf). */
const drawn = () => vocabulary[Math.floor(vocabulary.length ** chance()) - 1] as string
const papers = Array.from({ length: Number(options.papers) }, () =>
  Array.from({ length: Number(options.words) }, drawn),
)

function contextOf({ platform }: FhirPlatform, personId: string): Context {
  return platform.contextFor('medical-records', {
    principal: undefined,
    personId,
    origin: 'job',
    requestId: newId(),
    traceparent: undefined,
    deadline: Date.now() + LIMIT_SECONDS * 1000,
    address: undefined,
    userAgent: undefined,
    idempotencyKey: undefined,
    grounds: undefined,
  } as unknown as Parameters<typeof platform.contextFor>[1])
}

async function addPapers(context: Context, db: pg.Client): Promise<string[]> {
  const ids: string[] = []
  for (const [index, words] of papers.entries()) {
    const id = newId()
    const details = await sealDetails(context, id, { title: `Paper ${index}` })
    const content = await sealPages(context, id, [words.join(' ')])
    await db.query(
      `insert into medical_records.document (id, user_id, document_type, status, storage_policy, source, details, content,
        created_at, updated_at) values ($1, $2, 'other', 'validated', 'permanent', 'upload', $3, $4,
        now() + $5 * interval '1 second', now())`,
      [id, context.personId, details, content, index],
    )
    ids.push(id)
  }
  return ids
}

async function timed(work: () => Promise<unknown>, rounds = Number(options.rounds)): Promise<number> {
  const times: number[] = []
  for (let round = -3; round < rounds; round += 1) {
    const startedAt = performance.now()
    await work()
    if (round >= 0) times.push(performance.now() - startedAt)
  }
  return median(times)
}

async function measureMaking(context: Context, db: pg.Client, ids: readonly string[]): Promise<void> {
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()]
  for (const id of ids) await makeWords(context, id)
  const { user, system } = process.cpuUsage(cpu)
  const { rows } = await db.query('select avg(pg_column_size(words))::int as bytes from medical_records.document')
  const wallMs = (performance.now() - startedAt) / ids.length
  console.log(
    `Made: ${shown(wallMs, 1)} ms a paper, ${shown((user + system) / 1000 / ids.length, 1)} ms of CPU; ${rows[0].bytes} bytes kept`,
  )
}

const QUESTIONS: Readonly<Record<string, string>> = {
  'a rare word': vocabulary.at(-7) as string,
  'a usual word': vocabulary[40] as string,
  'three words': [vocabulary[30], vocabulary[60], vocabulary[90]].join(' '),
  'three letters': (vocabulary[200] as string).slice(0, 3),
  'no such word': 'zzqqzzqq',
}

/** Whole searches beside opening every paper; wrong when they do not find the same. */
async function measureSearches(context: Context, ids: readonly string[]): Promise<boolean> {
  const likely = ids.toReversed()
  const rows: string[][] = []
  let isRight = true
  for (const [title, q] of Object.entries(QUESTIONS)) {
    const every = () => openFound(context, { words: q.split(' '), named: [], likely, limit: 10 })
    const { items } = await findRecords(context, { q, limit: 10 })
    const same = JSON.stringify(items.map(({ id }) => id)) === JSON.stringify((await every()).map(({ id }) => id))
    isRight &&= same
    const ms = await timed(() => findRecords(context, { q, limit: 10 }))
    const openedMs = await timed(every, 3)
    rows.push([title, String(items.length), shown(ms, 1), shown(openedMs, 1), shown(openedMs / ms, 1)])
  }
  console.log(`\n${table(['search', 'found', 'ms', 'opening all, ms', 'ratio'], rows)}`)
  if (!isRight) console.log('\nFAILED: a search found other papers than opening all of them')
  return isRight
}

/** The same entries kept whole, with no policy in the way: as a list by the paper, as a row an entry, and under GIN. */
const OTHERS = `create schema other;
  create table other.paper (id int primary key, user_id uuid not null, words bigint[] not null);
  create table other.word (user_id uuid not null, word bigint not null, id int not null, primary key (user_id, word, id));
  create table other.gin (id int, words bigint[]);
  create index gin_words on other.gin using gin (words);`

async function keepOtherwise(db: pg.Client, personId: string): Promise<void> {
  await db.query(OTHERS)
  for (const [id, words] of papers.entries()) {
    const entries = [...new Set(words.flatMap(entriesOf))]
    await db.query(
      'insert into other.paper select $1, $2, array(select hashtextextended(e, 0) from unnest($3::text[]) e)',
      [id, personId, entries],
    )
  }
  await db.query('insert into other.word select user_id, unnest(words), id from other.paper')
  await db.query('insert into other.gin select id, words from other.paper')
  await db.query('vacuum analyze')
}

async function measureOthers(context: Context, db: pg.Client): Promise<void> {
  const { personId } = context
  await keepOtherwise(db, personId)
  const sizes = await db.query(`select sum(pg_column_size(words))::int as bits,
    pg_total_relation_size('other.paper') as list, pg_total_relation_size('other.word') as rows,
    pg_total_relation_size('other.gin') as gin from medical_records.document`)
  const hashes = `array(select hashtextextended(e, 0) from unnest($1::text[]) e)`
  const ways: Readonly<Record<string, string>> = {
    list: `select id from other.paper where user_id = '${personId}' and words @> ${hashes} order by id desc limit 200`,
    rows: `select id from other.word where user_id = '${personId}' and word = any (${hashes}) group by id
      having count(*) = cardinality($1::text[]) order by id desc limit 200`,
    gin: `select id from other.gin where words @> ${hashes} order by id desc limit 200`,
  }
  const words = ['a usual word', 'three words', 'no such word'] as const
  const lines = [['bits (kept)', shown(Number(sizes.rows[0].bits) / 1000), ...(await measureBits(context, db, words))]]
  for (const [way, text] of Object.entries(ways)) {
    const times = []
    for (const title of words) {
      const entries = (QUESTIONS[title] ?? '').split(' ').map(entryFor)
      times.push(shown(await timed(() => db.query({ name: way, text, values: [entries] })), 2))
    }
    lines.push([way, shown(Number(sizes.rows[0][way]) / 1000), ...times])
  }
  console.log(`\n${table(['way', 'kB', ...words.map((title) => `${title}, ms`)], lines)}`)
}

async function measureBits(context: Context, db: pg.Client, words: readonly string[]): Promise<string[]> {
  const times = []
  for (const title of words) {
    const statement = likelyDocuments(context.personId, await numbersFor(context, (QUESTIONS[title] ?? '').split(' ')))
    times.push(
      shown(await timed(() => db.query({ name: 'bits', text: statement.text, values: [...statement.values] })), 2),
    )
  }
  return times
}

async function bench(): Promise<boolean> {
  const folder = await temporaryFolder()
  const postgres = await startPostgres(folder, options['pg-bin'])
  const url = await postgres.createDatabase('bench_words')
  const platform = await openFhirPlatform(url, folder)
  const db = new pg.Client({ connectionString: url.replace('//bench@', '//postgres@') })
  // Where something fails, the server ends first; what failed is said then.
  db.on('error', () => undefined)
  await db.connect()
  const context = contextOf(platform, newId())
  const ids = await addPapers(context, db)
  console.log(`Node ${process.version}, PostgreSQL ${postgres.version}; ${ids.length} papers of ${options.words} words`)
  await measureMaking(context, db, ids)
  await db.query('vacuum analyze')
  const isRight = await measureSearches(context, ids)
  await measureOthers(context, db)
  await db.end()
  await platform.close()
  return isRight
}

await runBench(LIMIT_SECONDS, bench)
