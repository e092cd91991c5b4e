import type { Database, Transaction } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'

export type ImportState = 'asking' | 'waiting' | 'running' | 'done' | 'partly' | 'failed' | 'cancelled'

export interface ImportRow {
  readonly id: string
  readonly file_address: string | null
  readonly file_name: Buffer | null
  readonly size_bytes: number
  readonly format: string | null
  readonly zone: string
  readonly state: ImportState
  readonly question: 'columns' | 'date-order' | null
  readonly answers: Buffer | null
  readonly preview: Buffer | null
  readonly batches: number
  /** Where reading goes on behind them, encrypted; null before the first such place. */
  readonly checkpoint: Buffer | null
  readonly reader_version: number
  readonly bytes_read: number
  readonly taken: number
  readonly duplicates: number
  readonly skipped: number
  readonly failure: string | null
  readonly entries: Buffer | null
  readonly created_at: Date
  readonly started_at: Date | null
  readonly ended_at: Date | null
}

export interface CountRow {
  readonly metric: string
  readonly source: string
  readonly taken: number
  readonly duplicates: number
}

export interface SkipRow {
  readonly reason: string
  readonly what: string
  readonly count: number
  readonly places: readonly string[]
}

const columns = sql`id, file_address, file_name, size_bytes::float8 as size_bytes, format, zone, state, question, answers,
  preview, batches, checkpoint, reader_version, bytes_read::float8 as bytes_read, taken::float8 as taken,
  duplicates::float8 as duplicates, skipped::float8 as skipped, failure, entries, created_at, started_at, ended_at`

export type NewImport = Pick<
  ImportRow,
  'id' | 'file_name' | 'size_bytes' | 'format' | 'zone' | 'state' | 'question' | 'preview' | 'reader_version'
> & { readonly file_address: string; readonly created_at: Date }

/** Writes a new import; undefined while another of the same file is open. */
export function insertImport(
  transaction: Transaction,
  userId: string,
  row: NewImport,
): Promise<{ id: string } | undefined> {
  return transaction.one<{ id: string }>(
    sql`insert into device_data.import
        (id, user_id, file_address, file_name, size_bytes, format, zone, state, question, preview, reader_version, created_at)
      values (${row.id}, ${userId}, ${row.file_address}, ${row.file_name}, ${row.size_bytes}, ${row.format}, ${row.zone},
        ${row.state}, ${row.question}, ${row.preview}, ${row.reader_version}, ${row.created_at})
      on conflict (user_id, file_address) where state in ('asking', 'waiting', 'running') do nothing returning id`,
  )
}

/** How many imports of the person are open. */
export async function countOpen(db: Database, userId: string): Promise<number> {
  const row = await db.one<{ count: number }>(
    sql`select count(*)::int as count from device_data.import
      where user_id = ${userId} and state in ('asking', 'waiting', 'running')`,
  )
  return row?.count ?? 0
}

export function findImport(db: Database, userId: string, id: string): Promise<ImportRow | undefined> {
  return db.one<ImportRow>(sql`select ${columns} from device_data.import where id = ${id} and user_id = ${userId}`)
}

/** The newest import of a format; undefined when there was none. */
export function newestOfFormat(db: Database, userId: string, format: string): Promise<ImportRow | undefined> {
  return db.one<ImportRow>(
    sql`select ${columns} from device_data.import where user_id = ${userId} and format = ${format}
      order by created_at desc, id desc limit 1`,
  )
}

/** The newest first; those before `before` when given. */
export function listImports(db: Database, userId: string, limit: number, before?: string): Promise<ImportRow[]> {
  const from =
    before === undefined
      ? sql``
      : sql`and (created_at, id) < (select created_at, id from device_data.import where id = ${before} and user_id = ${userId})`
  return db.many<ImportRow>(
    sql`select ${columns} from device_data.import where user_id = ${userId} ${from}
      order by created_at desc, id desc limit ${limit}`,
  )
}

export function countsOf(db: Database, userId: string, id: string): Promise<CountRow[]> {
  return db.many<CountRow>(
    sql`select metric, source, taken::float8 as taken, duplicates::float8 as duplicates from device_data.import_count
      where import_id = ${id} and user_id = ${userId} order by taken desc, metric, source limit 1000`,
  )
}

export function skipsOf(db: Database, userId: string, id: string): Promise<SkipRow[]> {
  return db.many<SkipRow>(
    sql`select reason, what, count::float8 as count, places from device_data.import_skip
      where import_id = ${id} and user_id = ${userId} order by count desc, reason, what limit 1000`,
  )
}

/** Answers the question of an import and lets it go on from its beginning; false when it asks none. */
export async function answerImport(
  transaction: Transaction,
  userId: string,
  id: string,
  answers: Buffer | null,
): Promise<boolean> {
  const changed = await transaction.run(
    sql`update device_data.import set state = 'waiting', question = null, answers = ${answers}, batches = 0, checkpoint = null, bytes_read = 0,
        taken = 0, duplicates = 0, skipped = 0, failure = null
      where id = ${id} and user_id = ${userId} and state = 'asking'`,
  )
  if (changed > 0) await transaction.batch(clearCounts(id))
  return changed > 0
}

function clearCounts(id: string): Statement[] {
  return [
    sql`delete from device_data.import_count where import_id = ${id}`,
    sql`delete from device_data.import_skip where import_id = ${id}`,
  ]
}

/**
 * Takes an import over for a run; undefined when it is at its end or when another run wrote after `staleBefore`.
 * Batches that an older reader counted are counted anew.
 */
export async function beginRun(
  transaction: Transaction,
  userId: string,
  id: string,
  run: { readonly id: string; readonly now: Date; readonly staleBefore: Date; readonly readerVersion: number },
): Promise<ImportRow | undefined> {
  const row = await transaction.one<ImportRow>(
    sql`select ${columns} from device_data.import where id = ${id} and user_id = ${userId}
        and (state = 'waiting' or (state = 'running' and (beat_at is null or beat_at < ${run.staleBefore}))) for update`,
  )
  if (row === undefined) return undefined
  const isAnew = row.reader_version !== run.readerVersion
  if (isAnew) await transaction.batch(clearCounts(id))
  return transaction.one<ImportRow>(
    sql`update device_data.import set state = 'running', run_id = ${run.id}, beat_at = ${run.now},
        started_at = coalesce(started_at, ${run.now}), reader_version = ${run.readerVersion},
        batches = case when ${isAnew} then 0 else batches end,
        checkpoint = case when ${isAnew} then null else checkpoint end, taken = case when ${isAnew} then 0 else taken end,
        duplicates = case when ${isAnew} then 0 else duplicates end, skipped = case when ${isAnew} then 0 else skipped end
      where id = ${id} returning ${columns}`,
  )
}

export interface BatchResult {
  readonly index: number
  readonly bytesRead: number
  readonly counts: readonly CountRow[]
  readonly skips: readonly SkipRow[]
  /** Null where the place before stays. */
  readonly checkpoint: Buffer | null
}

/** Moves the place where the import goes on behind a batch; false when the run was ended or taken over. */
export async function noteBatch(
  transaction: Transaction,
  id: string,
  run: { readonly id: string; readonly now: Date },
  batch: BatchResult,
): Promise<boolean> {
  const total = (rows: readonly { readonly [key: string]: unknown }[], key: string) =>
    rows.reduce((sum, row) => sum + (row[key] as number), 0)
  const changed = await transaction.run(
    sql`update device_data.import set batches = ${batch.index + 1},
        checkpoint = coalesce(${batch.checkpoint}::bytea, checkpoint), bytes_read = ${batch.bytesRead}, beat_at = ${run.now},
        taken = taken + ${total(batch.counts as never, 'taken')},
        duplicates = duplicates + ${total(batch.counts as never, 'duplicates')},
        skipped = skipped + ${total(batch.skips as never, 'count')}
      where id = ${id} and run_id = ${run.id} and state = 'running' and batches = ${batch.index}`,
  )
  return changed > 0
}

/** Adds what a batch brought to the report. */
export async function addCounts(
  transaction: Transaction,
  userId: string,
  id: string,
  { counts, skips }: Pick<BatchResult, 'counts' | 'skips'>,
): Promise<void> {
  const statements: Statement[] = []
  if (counts.length > 0) {
    statements.push(
      sql`insert into device_data.import_count (import_id, user_id, metric, source, taken, duplicates)
        select ${id}::uuid, ${userId}::uuid, c.* from unnest(${counts.map((row) => row.metric)}::text[],
          ${counts.map((row) => row.source)}::text[], ${counts.map((row) => row.taken)}::bigint[],
          ${counts.map((row) => row.duplicates)}::bigint[]) as c
        on conflict (import_id, metric, source) do update set taken = import_count.taken + excluded.taken,
          duplicates = import_count.duplicates + excluded.duplicates`,
    )
  }
  if (skips.length > 0) {
    statements.push(
      sql`insert into device_data.import_skip (import_id, user_id, reason, what, count, places)
        select ${id}::uuid, ${userId}::uuid, s.reason, s.what, s.count, string_to_array(s.places, chr(10))
          from unnest(${skips.map((row) => row.reason)}::text[], ${skips.map((row) => row.what)}::text[],
            ${skips.map((row) => row.count)}::bigint[], ${skips.map((row) => row.places.join('\n'))}::text[])
            as s (reason, what, count, places)
        on conflict (import_id, reason, what) do update set count = import_skip.count + excluded.count,
          places = (import_skip.places || excluded.places)[1:3]`,
    )
  }
  await transaction.batch(statements)
}

export interface ImportEnd {
  readonly state: 'done' | 'partly' | 'failed' | 'asking'
  readonly question: 'columns' | 'date-order' | null
  readonly failure: string | null
  readonly entries: Buffer | null
  readonly format: string | null
}

/** Ends a run; false when it was ended or taken over meanwhile. */
export async function endRun(db: Database, id: string, runId: string, end: ImportEnd, now: Date): Promise<boolean> {
  const endedAt = end.state === 'asking' ? null : now
  const changed = await db.run(
    sql`update device_data.import set state = ${end.state}, question = ${end.question}, failure = ${end.failure},
        entries = ${end.entries}, checkpoint = null, format = coalesce(format, ${end.format}), run_id = null, ended_at = ${endedAt},
        bytes_read = case when ${end.state} in ('done', 'partly') then size_bytes else bytes_read end
      where id = ${id} and run_id = ${runId} and state = 'running'`,
  )
  return changed > 0
}

/** Says that a run is alive though it stores nothing: a large file is being looked over, or passed over up to its place. */
export async function beat(db: Database, id: string, run: { readonly id: string; readonly now: Date }): Promise<void> {
  await db.run(
    sql`update device_data.import set beat_at = ${run.now} where id = ${id} and run_id = ${run.id} and state = 'running'`,
  )
}

/** Gives a run up, so that the next one may begin at once. */
export async function releaseRun(db: Database, id: string, runId: string): Promise<void> {
  await db.run(sql`update device_data.import set run_id = null, beat_at = null where id = ${id} and run_id = ${runId}`)
}

/** Ends an import that has not ended; undefined when there is none that could be. */
export function cancelImport(db: Database, userId: string, id: string, now: Date): Promise<ImportRow | undefined> {
  return db.one<ImportRow>(
    sql`update device_data.import set state = 'cancelled', question = null, checkpoint = null, ended_at = ${now}, run_id = null
      where id = ${id} and user_id = ${userId} and state in ('asking', 'waiting', 'running') returning ${columns}`,
  )
}

/** Removes the report of an import that has ended; the samples stay. */
export function removeImport(db: Database, userId: string, id: string): Promise<number> {
  return db.run(
    sql`delete from device_data.import where id = ${id} and user_id = ${userId}
      and state not in ('asking', 'waiting', 'running')`,
  )
}

/** Notes that the file of an import is gone. */
export async function forgetFile(db: Database, id: string): Promise<void> {
  await db.run(sql`update device_data.import set file_address = null where id = ${id}`)
}

/** Ends what nobody answered since `before`, of all people; needs the system handle. Files are the caller's to remove. */
export function endUnanswered(
  systemDb: Database,
  before: Date,
  now: Date,
  limit: number,
): Promise<{ id: string; user_id: string; file_address: string | null }[]> {
  return systemDb.many(
    sql`update device_data.import set state = 'cancelled', question = null, checkpoint = null, ended_at = ${now} where id in (
        select id from device_data.import where state = 'asking' and created_at < ${before} order by created_at limit ${limit})
      returning id, user_id, file_address`,
  )
}
