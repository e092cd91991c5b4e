import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export type BulkKind = 'export' | 'import'
export type FileKind = 'output' | 'deleted' | 'error' | 'input'

export interface BulkJob<Parameters = unknown, Position = unknown> {
  readonly id: string
  readonly user_id: string
  readonly requester: string
  readonly kind: BulkKind
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly request: string
  readonly parameters: Parameters
  readonly position: Position
  readonly step: number
  readonly attempts: number
  readonly done_count: number
  readonly total_count: number | null
  readonly counts: Readonly<Record<string, number>>
  readonly failure: string | null
  readonly created_at: Date
  readonly ended_at: Date | null
  readonly expires_at: Date
}

export interface BulkFile {
  readonly id: string
  readonly job: string
  readonly kind: FileKind
  readonly type: string
  readonly ordinal: number
  readonly address: string
  readonly count: number
  readonly size_bytes: number
}

const columns = sql`id, user_id, requester, kind, state, request, parameters, position, step, attempts, done_count,
  total_count, counts, failure, created_at, ended_at, expires_at`

export interface NewJob {
  readonly id: string
  readonly personId: string
  readonly requester: string
  readonly kind: BulkKind
  readonly request: string
  readonly parameters: object
  readonly position: object
  readonly now: Date
  readonly expiresAt: Date
}

/** Writes a new job; false while `most` of that kind are under way for the record. */
export async function insertJob(db: Database, job: NewJob, most: number): Promise<boolean> {
  const written = await db.run(sql`insert into fhir.bulk_job
      (id, user_id, requester, kind, state, request, parameters, position, created_at, expires_at)
    select ${job.id}::uuid, ${job.personId}::uuid, ${job.requester}::uuid, ${job.kind}::text, 'waiting', ${job.request}::text,
      ${JSON.stringify(job.parameters)}::jsonb, ${JSON.stringify(job.position)}::jsonb, ${job.now}::timestamptz,
      ${job.expiresAt}::timestamptz
    where (select count(*) from fhir.bulk_job where user_id = ${job.personId} and kind = ${job.kind}
      and parent is null and state in ('waiting', 'running') and expires_at > ${job.now}) < ${most}`)
  return written === 1
}

export function findJob<Parameters, Position>(
  db: Database,
  personId: string,
  id: string,
): Promise<BulkJob<Parameters, Position> | undefined> {
  return db.one<BulkJob<Parameters, Position>>(
    sql`select ${columns} from fhir.bulk_job where id = ${id} and user_id = ${personId}`,
  )
}

/** Takes a job up, again after an interruption; undefined when it is done, cancelled or past its time. */
export function beginJob<Parameters, Position>(
  db: Database,
  personId: string,
  id: string,
  now: Date,
): Promise<BulkJob<Parameters, Position> | undefined> {
  return db.one<BulkJob<Parameters, Position>>(
    sql`update fhir.bulk_job set state = 'running', attempts = attempts + 1 where id = ${id} and user_id = ${personId}
      and state in ('waiting', 'running') and expires_at > ${now} returning ${columns}`,
  )
}

/** Notes how far a job is; false when it was cancelled meanwhile. */
export async function noteProgress(db: Database, id: string, done: number, total: number | null): Promise<boolean> {
  const touched = await db.run(sql`update fhir.bulk_job set done_count = ${done}, total_count = ${total}
    where id = ${id} and state = 'running'`)
  return touched === 1
}

/** Moves a job on from `step`; false when it was cancelled or another run of it was there first. */
export async function moveOn(
  transaction: Transaction,
  job: { readonly id: string; readonly step: number },
  to: { readonly position: object; readonly done: number; readonly counts?: Readonly<Record<string, number>> },
): Promise<boolean> {
  const touched = await transaction.run(sql`update fhir.bulk_job set position = ${JSON.stringify(to.position)}::jsonb,
      step = step + 1, done_count = ${to.done}, counts = coalesce(${to.counts === undefined ? null : JSON.stringify(to.counts)}::jsonb, counts)
    where id = ${job.id} and step = ${job.step} and state = 'running'`)
  return touched === 1
}

/** Ends a job; whoever cancelled it first has ended it. */
export async function endJob(
  db: Database,
  id: string,
  state: 'done' | 'failed' | 'cancelled',
  now: Date,
  failure: string | null = null,
): Promise<boolean> {
  const touched = await db.run(sql`update fhir.bulk_job set state = ${state}, ended_at = ${now}, failure = ${failure}
    where id = ${id} and state in ('waiting', 'running')`)
  return touched === 1
}

/** Forgets a job whose answer nobody wants any more; its files are the caller's to remove first. */
export async function forgetJob(transaction: Transaction, id: string): Promise<void> {
  await transaction.run(sql`delete from fhir.bulk_file where job = ${id}`)
  await transaction.run(sql`delete from fhir.import_note where job = ${id}`)
  await transaction.run(sql`update fhir.bulk_job set state = 'cancelled' where id = ${id}`)
}

export async function insertFile(
  db: Database,
  personId: string,
  file: Omit<BulkFile, 'size_bytes'> & { readonly sizeBytes: number },
): Promise<void> {
  await db.run(sql`insert into fhir.bulk_file (id, user_id, job, kind, type, ordinal, address, count, size_bytes)
    values (${file.id}, ${personId}, ${file.job}, ${file.kind}, ${file.type}, ${file.ordinal}, ${file.address}, ${file.count},
      ${file.sizeBytes})`)
}

export function listFiles(db: Database, personId: string, job: string): Promise<BulkFile[]> {
  return db.many<BulkFile>(sql`select id, job, kind, type, ordinal, address, count, size_bytes from fhir.bulk_file
    where job = ${job} and user_id = ${personId} order by ordinal limit 10000`)
}

export function findFile(db: Database, personId: string, job: string, id: string): Promise<BulkFile | undefined> {
  return db.one<BulkFile>(sql`select id, job, kind, type, ordinal, address, count, size_bytes from fhir.bulk_file
    where id = ${id} and job = ${job} and user_id = ${personId}`)
}

/** Whether a stored file belongs to another job too: equal content of one person is kept once. */
export async function isShared(db: Database, personId: string, job: string, address: string): Promise<boolean> {
  const row = await db.one(sql`select 1 as one from fhir.bulk_file
    where user_id = ${personId} and address = ${address} and job <> ${job} limit 1`)
  return row !== undefined
}

/** Jobs of all people whose time is over and that still have files or are open; needs the system handle. */
export function listExpired(systemDb: Database, now: Date, limit: number) {
  return systemDb.many<{ id: string; user_id: string }>(sql`select id, user_id from fhir.bulk_job
    where expires_at <= ${now} order by expires_at limit ${limit}`)
}

export async function deleteJob(transaction: Transaction, id: string): Promise<void> {
  await transaction.run(sql`delete from fhir.bulk_file where job = ${id}`)
  await transaction.run(sql`delete from fhir.import_note where job = ${id}`)
  await transaction.run(sql`delete from fhir.bulk_job where id = ${id}`)
}

export async function exportBulk(db: Database, personId: string) {
  const bulk_job =
    await db.many(sql`select id, kind, state, request, created_at, ended_at, expires_at, done_count, counts
    from fhir.bulk_job where user_id = ${personId} order by created_at`)
  const import_link = await db.many(sql`select source, type, id from fhir.import_link where user_id = ${personId}`)
  const import_note = await db.many(sql`select job, ordinal, outcome, source, reason from fhir.import_note
    where user_id = ${personId} order by job, ordinal`)
  const bulk_file = await db.many(sql`select job, kind, type, count, size_bytes from fhir.bulk_file
    where user_id = ${personId} order by job, ordinal`)
  return { bulk_job, bulk_file, import_link, import_note }
}

export async function eraseBulk(transaction: Transaction, personId: string) {
  const bulk_file = await transaction.run(sql`delete from fhir.bulk_file where user_id = ${personId}`)
  const import_note = await transaction.run(sql`delete from fhir.import_note where user_id = ${personId}`)
  const import_link = await transaction.run(sql`delete from fhir.import_link where user_id = ${personId}`)
  const bulk_job = await transaction.run(sql`delete from fhir.bulk_job where user_id = ${personId}`)
  return { bulk_job, bulk_file, import_link, import_note }
}

export interface ImportNote {
  readonly ordinal: number
  readonly outcome: 'skipped' | 'refused'
  readonly source: string
  readonly reason: string
}

export function listNotes(
  db: Database,
  personId: string,
  job: string,
  after: number,
  limit: number,
): Promise<ImportNote[]> {
  return db.many<ImportNote>(sql`select ordinal, outcome, source, reason from fhir.import_note
    where job = ${job} and user_id = ${personId} and ordinal > ${after} order by ordinal limit ${limit}`)
}
