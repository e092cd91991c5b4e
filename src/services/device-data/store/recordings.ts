import type { Database, Transaction } from '../../../kernel/database.ts'
import { decryptedText, encryptedText } from '../../../kernel/encryption.ts'
import type { Context } from '../../../kernel/service.ts'
import { sql } from '../../../kernel/sql.ts'
import type { Recording, RecordingWords } from '../domain/recording.ts'

const WORDS = 'device_data.recording.words'

/** A recording without its trace. */
export interface RecordingRow {
  readonly id: string
  readonly source: string
  readonly start_ms: number
  readonly offset_minutes: number
  readonly rate_hz: number
  readonly n: number
  readonly words: Buffer
  readonly version: number
  readonly created_at: Date
  readonly updated_at: Date
}

export interface TraceRow extends RecordingRow {
  readonly trace: Buffer
}

const columns = sql`id, source, start_ms::float8 as start_ms, offset_minutes, rate_hz, n, words, version, created_at, updated_at`

/** Recordings as they are written, with what the device said encrypted for the person. */
export interface SealedRecording extends Omit<Recording, 'words'> {
  readonly id: string
  readonly words: Buffer
}

/** Encrypts what a device said of each; to be done before a transaction is open. */
export function sealRecordings(context: Context, recordings: readonly Recording[]): Promise<SealedRecording[]> {
  return Promise.all(
    recordings.map(async (one) => {
      const id = context.newId()
      const words = await encryptedText(context, WORDS, JSON.stringify(one.words), id)
      return { ...one, id, words: words as Buffer }
    }),
  )
}

export async function openWords(context: Context, { id, words }: RecordingRow): Promise<RecordingWords> {
  return JSON.parse((await decryptedText(context, WORDS, words, id)) ?? '{}') as RecordingWords
}

/** Writes those that are not known yet; the ids and sources of those. What was removed by hand stays so. */
export async function insertRecordings(
  transaction: Transaction,
  userId: string,
  recordings: readonly SealedRecording[],
  now: Date,
): Promise<{ id: string; source: string }[]> {
  if (recordings.length === 0) return []
  const all = <Key extends keyof SealedRecording>(key: Key) => recordings.map((one) => one[key])
  return transaction.many(
    sql`insert into device_data.recording
        (id, user_id, kind, source, start_ms, offset_minutes, rate_hz, n, words, trace, created_at, updated_at)
      select r.id, ${userId}::uuid, 'ecg', r.source, r.start_ms, r.offset_minutes, r.rate_hz, r.n, r.words, r.trace, ${now}, ${now}
        from unnest(${all('id')}::uuid[], ${all('source')}::text[], ${all('startMs')}::bigint[],
          ${all('zoneOffsetMinutes')}::smallint[], ${all('rateHz')}::float8[], ${all('count')}::int[], ${all('words')}::bytea[],
          ${recordings.map(({ trace }) => Buffer.from(trace))}::bytea[])
          as r (id, source, start_ms, offset_minutes, rate_hz, n, words, trace)
      on conflict (user_id, kind, source, start_ms) do nothing returning id, source`,
  )
}

/** The newest first, behind the given one. */
export function listRecordings(
  db: Database,
  userId: string,
  limit: number,
  behind?: readonly [startMs: number, id: string],
): Promise<RecordingRow[]> {
  const from = behind === undefined ? sql`` : sql`and (start_ms, id) < (${behind[0]}::bigint, ${behind[1]}::uuid)`
  return db.many<RecordingRow>(
    sql`select ${columns} from device_data.recording where user_id = ${userId} and removed_at is null ${from}
      order by start_ms desc, id desc limit ${limit}`,
  )
}

/** Those of the ids that are there, with their traces. */
export function recordingsNamed(db: Database, userId: string, ids: readonly string[]): Promise<TraceRow[]> {
  return db.many<TraceRow>(
    sql`select ${columns}, trace from device_data.recording
      where user_id = ${userId} and id = any(${[...ids]}::uuid[]) and removed_at is null limit 200`,
  )
}

/** As they were written, behind the given one, with their traces. */
export function recordingsBehind(
  db: Database,
  userId: string,
  [at, id]: readonly [string, string],
  limit: number,
): Promise<TraceRow[]> {
  return db.many<TraceRow>(
    sql`select ${columns}, trace from device_data.recording where user_id = ${userId} and removed_at is null
      and (created_at, id) > (${at}::timestamptz, ${id}::uuid) order by created_at, id limit ${limit}`,
  )
}

/** Removes one for good: its name stays, so that no import brings it back. */
export async function removeRecording(transaction: Transaction, id: string, now: Date): Promise<boolean> {
  const changed = await transaction.run(
    sql`update device_data.recording set words = null, trace = null, removed_at = ${now}, updated_at = ${now},
        version = version + 1 where id = ${id} and removed_at is null`,
  )
  return changed > 0
}

/** Removes all that a source recorded; the ids of those that were shown. */
export async function removeRecordingsOf(transaction: Transaction, source: string): Promise<string[]> {
  const rows = await transaction.many<{ id: string; is_shown: boolean }>(
    sql`delete from device_data.recording where source = ${source} returning id, removed_at is null as is_shown`,
  )
  return rows.flatMap((row) => (row.is_shown ? [row.id] : []))
}

/** Everything about the person's recordings; traces in base64 (format in domain/recording.ts). */
export async function exportRecordings(db: Database, userId: string, context: Context): Promise<object[]> {
  const rows = await db.many<RecordingRow & { trace: string | null; words: Buffer | null }>(
    sql`select ${columns}, removed_at, encode(trace, 'base64') as trace from device_data.recording
      where user_id = ${userId} order by start_ms, id`,
  )
  return Promise.all(
    rows.map(async (row) => ({ ...row, words: row.words === null ? null : await openWords(context, row) })),
  )
}
