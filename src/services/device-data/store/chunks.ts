import type { Transaction } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import { decodeChunk } from '../domain/chunk.ts'
import { dayText } from '../domain/days.ts'
import { type DayPart, type Point, pointsOf } from '../domain/merge.ts'

/** One series and UTC day, as days since 1970-01-01. */
export interface SeriesDay {
  readonly seriesId: number
  readonly day: number
}

export interface ChunkRow {
  readonly series_id: number
  readonly day: number
  readonly data: Buffer
}

export interface SampleRow {
  readonly series_id: number
  readonly day: number
  readonly start_ms: number
  readonly duration_ms: number
  readonly value: number
  readonly offset_minutes: number
  readonly flags: number
}

/** Days are asked for as numbers, which cost nothing to read. */
const DAY = sql`(day - date '1970-01-01') as day`
export const SAMPLE_COLUMNS = sql`series_id::float8 as series_id, ${DAY}, start_ms::float8 as start_ms, duration_ms, value,
  offset_minutes, flags`

const seriesIds = (days: readonly SeriesDay[]) => days.map((one) => one.seriesId)
const dayTexts = (days: readonly SeriesDay[]) => days.map((one) => dayText(one.day))
const wanted = (days: readonly SeriesDay[]) =>
  sql`(select * from unnest(${seriesIds(days)}::bigint[], ${dayTexts(days)}::date[]) as w (series_id, day))`

/** Chunks of the given days, opened no further. */
export function readChunks(transaction: Transaction, days: readonly SeriesDay[]): Promise<ChunkRow[]> {
  return transaction.many<ChunkRow>(
    sql`select series_id::float8 as series_id, ${DAY}, data from device_data.chunk
      where (series_id, day) in ${wanted(days)}`,
  )
}

/** Asks which of the given days are sealed. */
export function askSealed(days: readonly SeriesDay[]): Statement {
  return sql`select series_id::float8 as series_id, ${DAY} from device_data.chunk
    where (series_id, day) in ${wanted(days)}`
}

/** Chunks of the given days, and their rows, which are taken out of the table: whoever asks seals them. */
export async function takeDays(
  transaction: Transaction,
  days: readonly SeriesDay[],
): Promise<{ readonly chunks: ChunkRow[]; readonly rows: SampleRow[] }> {
  const [chunks, rows] = await transaction.batch([
    sql`select series_id::float8 as series_id, ${DAY}, data from device_data.chunk
      where (series_id, day) in ${wanted(days)}`,
    sql`delete from device_data.sample where (series_id, day) in ${wanted(days)} returning ${SAMPLE_COLUMNS}`,
    sql`delete from device_data.hour where (series_id, day) in ${wanted(days)}`,
  ])
  return { chunks: chunks as ChunkRow[], rows: rows as SampleRow[] }
}

/** A day as it is written: its chunk with its rollups. */
export interface SealedDay extends SeriesDay {
  /** Undefined for a day that has no samples any more. */
  readonly data: Uint8Array | undefined
  readonly n: number
  readonly parts: readonly DayPart[]
}

/** Writes whole days as chunks, with their rollups; a day without samples loses both. */
export async function writeChunks(
  transaction: Transaction,
  userId: string,
  days: readonly SealedDay[],
  now: Date,
): Promise<void> {
  const full = days.filter((one) => one.data !== undefined)
  const empty = days.filter((one) => one.data === undefined)
  const statements = [sql`delete from device_data.day where (series_id, day) in ${wanted(days)}`]
  if (empty.length > 0) statements.push(sql`delete from device_data.chunk where (series_id, day) in ${wanted(empty)}`)
  if (full.length > 0) {
    statements.push(
      sql`insert into device_data.chunk as kept (user_id, series_id, day, n, version, updated_at, data)
        select ${userId}::uuid, c.series_id, c.day, c.n, 1, ${now}, c.data
          from unnest(${seriesIds(full)}::bigint[], ${dayTexts(full)}::date[], ${full.map((one) => one.n)}::int[],
            ${full.map((one) => bufferOf(one.data as Uint8Array))}::bytea[]) as c (series_id, day, n, data)
        on conflict (series_id, day) do update
          set n = excluded.n, data = excluded.data, version = kept.version + 1, updated_at = excluded.updated_at`,
      insertParts(userId, full),
    )
  }
  await transaction.batch(statements)
}

/** The same memory. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function insertParts(userId: string, days: readonly SealedDay[]) {
  const parts = days.flatMap((one) => one.parts.map((part) => ({ ...part, seriesId: one.seriesId, day: one.day })))
  return sql`insert into device_data.day
      (user_id, series_id, day, local_day, n, minimum, maximum, total, spread, last_ms, last_value)
    select ${userId}::uuid, p.* from unnest(${seriesIds(parts)}::bigint[], ${dayTexts(parts)}::date[],
      ${parts.map((part) => dayText(part.localDay))}::date[], ${parts.map((part) => part.n)}::int[],
      ${parts.map((part) => part.minimum)}::float8[], ${parts.map((part) => part.maximum)}::float8[],
      ${parts.map((part) => part.total)}::float8[], ${parts.map((part) => part.spread)}::float8[],
      ${parts.map((part) => part.lastMs)}::bigint[], ${parts.map((part) => part.lastValue)}::float8[]) as p`
}

/** The points of a chunk. */
export function openChunk(row: ChunkRow): Point[] {
  return pointsOf(decodeChunk(row.data), row.day)
}

export function pointOfRow(row: SampleRow): Point {
  return {
    startMs: row.start_ms,
    durationMs: row.duration_ms,
    value: row.value,
    offsetMinutes: row.offset_minutes,
    flags: row.flags,
  }
}

export function dayKey({ seriesId, day }: SeriesDay): string {
  return `${seriesId}/${day}`
}
