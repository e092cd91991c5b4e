import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'
import { dayText, utcDay } from '../domain/days.ts'
import { hourOf } from '../domain/fhir.ts'
import { columnsOf, type Point } from '../domain/merge.ts'
import type { PointKey } from '../domain/points.ts'
import { sealDay } from '../domain/sealing.ts'
import {
  type ChunkRow,
  openChunk,
  pointOfRow,
  readChunks,
  SAMPLE_COLUMNS,
  type SampleRow,
  writeChunks,
} from './chunks.ts'
import { noteHours } from './projection.ts'
import { refreshRollups } from './rows.ts'

/** What stands beside a number. */
export interface Annotation {
  readonly text?: string
  readonly raw_value?: unknown
  readonly raw_unit?: string
  readonly tags?: readonly string[]
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly notes?: string
}

const isThis = (key: PointKey) => (point: Point) => point.startMs === key.startMs && point.durationMs === key.durationMs

/** One point of the person in scope, whether it is a row or sealed. */
export async function findPoint(db: Database, key: PointKey): Promise<Point | undefined> {
  const [rows, chunks] = (await db.batch([
    sql`select ${SAMPLE_COLUMNS} from device_data.sample where series_id = ${key.seriesId}::bigint
      and start_ms = ${key.startMs}::bigint and duration_ms = ${key.durationMs}::int`,
    sql`select series_id::float8 as series_id, (day - date '1970-01-01') as day, data from device_data.chunk
      where series_id = ${key.seriesId}::bigint and day = ${dayText(utcDay(key.startMs))}::date`,
  ])) as [SampleRow[], ChunkRow[]]
  const row = rows[0]
  if (row !== undefined) return pointOfRow(row)
  const chunk = chunks[0]
  return chunk === undefined ? undefined : openChunk(chunk).find(isThis(key))
}

/**
 * Puts another value (and quality) in the place of a point's, or removes it, and remembers that the person did so. A sealed
 * day is opened and sealed again.
 */
export async function correctPoint(
  transaction: Transaction,
  userId: string,
  key: PointKey,
  change: { readonly point: Point | undefined; readonly isSleep: boolean },
  now: Date,
): Promise<void> {
  const day = { seriesId: key.seriesId, day: utcDay(key.startMs) }
  await transaction.run(
    sql`insert into device_data.correction (user_id, series_id, start_ms, duration_ms, value, at)
      values (${userId}, ${key.seriesId}::bigint, ${key.startMs}::bigint, ${key.durationMs}::int,
        ${change.point?.value ?? null}::float8, ${now})
      on conflict (series_id, start_ms, duration_ms) do update set value = excluded.value, at = excluded.at`,
  )
  const touched =
    change.point === undefined
      ? await transaction.run(sql`delete from device_data.sample where ${sameRow(key)}`)
      : await transaction.run(
          sql`update device_data.sample set value = ${change.point.value}, flags = ${change.point.flags}::smallint
            where ${sameRow(key)}`,
        )
  if (touched > 0) await refreshRollups(transaction, userId, [day])
  else await correctChunk(transaction, userId, key, change, now)
  await noteHours(transaction, userId, [{ ...day, hours: 1 << hourOf(key.startMs) }], now)
  await transaction.run(
    sql`update device_data.series s set last_value = ${change.point?.value ?? null}::float8, updated_at = ${now}
      where s.id = ${key.seriesId}::bigint and s.last_sample_ms = ${key.startMs}::bigint`,
  )
}

const sameRow = (key: PointKey) => sql`series_id = ${key.seriesId}::bigint and start_ms = ${key.startMs}::bigint
  and duration_ms = ${key.durationMs}::int`

async function correctChunk(
  transaction: Transaction,
  userId: string,
  key: PointKey,
  { point, isSleep }: { readonly point: Point | undefined; readonly isSleep: boolean },
  now: Date,
): Promise<void> {
  const day = { seriesId: key.seriesId, day: utcDay(key.startMs) }
  const chunk = (await readChunks(transaction, [day]))[0]
  if (chunk === undefined) return
  const others = openChunk(chunk)
  const points =
    point === undefined
      ? others.filter((one) => !isThis(key)(one))
      : others.map((one) => (isThis(key)(one) ? point : one))
  const work = { day: day.day, isSleep, mode: 'replace', chunk: undefined, rows: undefined } as const
  const sealed = sealDay({ ...work, incoming: points.length === 0 ? undefined : columnsOf(points, day.day) })
  await writeChunks(transaction, userId, [{ ...day, ...sealed }], now)
}

/** A person who records a moment again that they removed means it: the removal is forgotten. */
export async function forgetCorrections(
  transaction: Transaction,
  userId: string,
  keys: readonly SampleName[],
): Promise<void> {
  await transaction.run(
    sql`delete from device_data.correction c using device_data.series s,
        unnest(${keys.map((key) => key.metric)}::text[], ${keys.map((key) => key.source)}::text[],
          ${keys.map((key) => key.startMs)}::bigint[], ${keys.map((key) => key.durationMs)}::int[]) as k (metric, source, start_ms, duration_ms)
      where s.user_id = ${userId} and s.metric = k.metric and s.source = k.source and c.series_id = s.id
        and c.start_ms = k.start_ms and c.duration_ms = k.duration_ms`,
  )
}

export interface SampleName {
  readonly metric: string
  readonly source: string
  readonly startMs: number
  readonly durationMs: number
}

/** Writes what stands beside points; what was there is replaced. */
export async function annotate(
  db: Database,
  userId: string,
  entries: readonly { readonly key: PointKey; readonly data: Annotation }[],
  now: Date,
): Promise<void> {
  if (entries.length === 0) return
  await db.run(
    sql`insert into device_data.annotation (user_id, series_id, start_ms, duration_ms, data, created_at)
      select ${userId}::uuid, a.series_id, a.start_ms, a.duration_ms, a.data, ${now}
        from unnest(${entries.map((one) => one.key.seriesId)}::bigint[], ${entries.map((one) => one.key.startMs)}::bigint[],
          ${entries.map((one) => one.key.durationMs)}::int[], ${entries.map((one) => JSON.stringify(one.data))}::jsonb[])
          as a (series_id, start_ms, duration_ms, data)
      on conflict (series_id, start_ms, duration_ms) do update set data = excluded.data`,
  )
}

/** What stands beside the given points, by `seriesId startMs durationMs`. */
export async function annotationsOf(db: Database, keys: readonly PointKey[]): Promise<Map<string, Annotation>> {
  if (keys.length === 0) return new Map()
  const rows = await db.many<{ series_id: number; start_ms: number; duration_ms: number; data: Annotation }>(
    sql`select a.series_id, a.start_ms, a.duration_ms, a.data from device_data.annotation a
      join unnest(${keys.map((key) => key.seriesId)}::bigint[], ${keys.map((key) => key.startMs)}::bigint[],
        ${keys.map((key) => key.durationMs)}::int[]) as k (series_id, start_ms, duration_ms)
        using (series_id, start_ms, duration_ms)`,
  )
  return new Map(rows.map((row) => [`${row.series_id} ${row.start_ms} ${row.duration_ms}`, row.data]))
}

export function removeAnnotation(transaction: Transaction, key: PointKey): Promise<number> {
  return transaction.run(
    sql`delete from device_data.annotation where series_id = ${key.seriesId}::bigint
      and start_ms = ${key.startMs}::bigint and duration_ms = ${key.durationMs}::int`,
  )
}
