import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'
import { dayText, utcDay } from '../domain/days.ts'
import type { Point } from '../domain/merge.ts'
import { type ChunkRow, openChunk, pointOfRow, SAMPLE_COLUMNS, type SampleRow } from './chunks.ts'

/** A point and the series it is of. */
export interface SeriesPoint extends Point {
  readonly seriesId: number
}

export interface Range {
  /** Epoch milliseconds; included. */
  readonly fromMs: number
  /** Excluded. */
  readonly untilMs: number
}

/** Chunks opened in one turn of the event loop: each takes a few milliseconds. */
const CHUNKS_A_TURN = 4
const CHUNKS_A_PAGE = 16

/**
 * Points of the series that begin in the range, newest first, at most `limit`. Chunks are opened page by page and in
 * turns, so that neither memory nor the event loop is filled by a long range.
 */
export async function newestPoints(
  db: Database,
  seriesIds: readonly number[],
  { fromMs, untilMs }: Range,
  limit: number,
): Promise<SeriesPoint[]> {
  if (seriesIds.length === 0 || fromMs >= untilMs) return []
  const rows = await db.many<SampleRow>(
    sql`select ${SAMPLE_COLUMNS} from device_data.sample
      where series_id = any(${seriesIds}::bigint[]) and start_ms >= ${fromMs}::bigint and start_ms < ${untilMs}::bigint
      order by start_ms desc, series_id desc, duration_ms desc limit ${limit}`,
  )
  let found: SeriesPoint[] = rows.map((row) => ({ ...pointOfRow(row), seriesId: row.series_id }))
  for await (const chunks of chunkPages(db, seriesIds, { fromMs, untilMs })) {
    for (const chunk of chunks) {
      const oldest = found[limit - 1]
      // What lies in earlier days can't be among the newest any more.
      if (oldest !== undefined && chunk.day < utcDay(oldest.startMs)) return found.slice(0, limit)
      for (const point of openChunk(chunk)) {
        if (point.startMs >= fromMs && point.startMs < untilMs) found.push({ ...point, seriesId: chunk.series_id })
      }
      found = found.sort(newestFirst).slice(0, limit)
    }
  }
  return found.sort(newestFirst).slice(0, limit)
}

/** All points of a range, oldest first, in pages of days: for analytics and exports. */
export async function* pointsByDay(
  db: Database,
  seriesIds: readonly number[],
  range: Range,
  daysAPage = 7,
): AsyncGenerator<SeriesPoint[], void> {
  if (seriesIds.length === 0) return
  const days = await daysWithData(db, seriesIds, range)
  for (let at = 0; at < days.length; at += daysAPage) {
    const page = days.slice(at, at + daysAPage)
    yield pointsOfDays(db, seriesIds, page, range)
  }
}

/** All points of a range, oldest first. Use for ranges whose size is bounded. */
export async function allPoints(db: Database, seriesIds: readonly number[], range: Range): Promise<SeriesPoint[]> {
  const points: SeriesPoint[] = []
  for await (const page of pointsByDay(db, seriesIds, range, 31)) for (const point of page) points.push(point)
  return points
}

async function daysWithData(db: Database, seriesIds: readonly number[], { fromMs, untilMs }: Range): Promise<number[]> {
  const rows = await db.many<{ day: number }>(
    sql`select distinct (day - date '1970-01-01') as day from device_data.day
      where series_id = any(${seriesIds}::bigint[]) and day >= ${dayText(utcDay(fromMs))}::date
        and day <= ${dayText(utcDay(untilMs))}::date order by 1`,
  )
  return rows.map((row) => row.day)
}

async function pointsOfDays(
  db: Database,
  seriesIds: readonly number[],
  days: readonly number[],
  { fromMs, untilMs }: Range,
): Promise<SeriesPoint[]> {
  const texts = days.map(dayText)
  const [rows, chunks] = (await db.batch([
    sql`select ${SAMPLE_COLUMNS} from device_data.sample
      where series_id = any(${seriesIds}::bigint[]) and day = any(${texts}::date[])`,
    sql`select series_id::float8 as series_id, (day - date '1970-01-01') as day, data from device_data.chunk
      where series_id = any(${seriesIds}::bigint[]) and day = any(${texts}::date[]) order by day`,
  ])) as [SampleRow[], ChunkRow[]]
  const points: SeriesPoint[] = rows.map((row) => ({ ...pointOfRow(row), seriesId: row.series_id }))
  for (const [index, chunk] of chunks.entries()) {
    if (index % CHUNKS_A_TURN === CHUNKS_A_TURN - 1) await nextTurn()
    for (const point of openChunk(chunk)) points.push({ ...point, seriesId: chunk.series_id })
  }
  return points
    .filter((point) => point.startMs >= fromMs && point.startMs < untilMs)
    .sort((left, right) => -newestFirst(left, right))
}

async function* chunkPages(
  db: Database,
  seriesIds: readonly number[],
  { fromMs, untilMs }: Range,
): AsyncGenerator<ChunkRow[], void> {
  let before: [string, number] = [dayText(utcDay(untilMs) + 1), 0]
  for (;;) {
    const chunks = await db.many<ChunkRow>(
      sql`select series_id::float8 as series_id, (day - date '1970-01-01') as day, data from device_data.chunk
        where series_id = any(${seriesIds}::bigint[]) and day >= ${dayText(utcDay(fromMs))}::date
          and (day, series_id) < (${before[0]}::date, ${before[1]}::bigint)
        order by day desc, series_id desc limit ${CHUNKS_A_PAGE}`,
    )
    if (chunks.length === 0) return
    yield chunks
    const last = chunks.at(-1) as ChunkRow
    before = [dayText(last.day), last.series_id]
    if (chunks.length < CHUNKS_A_PAGE) return
    await nextTurn()
  }
}

function newestFirst(left: SeriesPoint, right: SeriesPoint): number {
  return right.startMs - left.startMs || right.seriesId - left.seriesId || right.durationMs - left.durationMs
}

/** One local day of a series. */
export interface DayRow {
  readonly series_id: number
  readonly local_day: string
  readonly n: number
  readonly minimum: number
  readonly maximum: number
  readonly total: number
  readonly last_ms: number
  readonly last_value: number
}

export interface PackedDays {
  readonly series_id: number
  readonly packed: Buffer
}

/** A part of a day as bytes, in the order that `unpacked` reads. */
export const PACKED_DAY = sql`int4send(local_day - date '1970-01-01') || int4send(n) || float8send(minimum) || float8send(maximum)
  || float8send(total) || float8send(last_value) || int8send(last_ms)`

/** Bytes of one part: two numbers of 32 bits, four of 64 that may have fractions, and a whole one of 64. */
const PART_BYTES = 48

/**
 * Days of the series, from the rollups, by series and day; `from` and `until` are local days, both included. Each series
 * comes as one value: a year of parts as rows would cost more to read here than to find there.
 */
export async function dayRows(
  db: Database,
  seriesIds: readonly number[],
  from: string,
  until: string,
): Promise<DayRow[]> {
  const series = await db.many<PackedDays>(
    sql`select series_id::float8 as series_id, string_agg(${PACKED_DAY}, ''::bytea order by local_day, day) as packed
      from (select * from device_data.day
        where series_id = any(${seriesIds}::bigint[]) and local_day between ${from}::date and ${until}::date
        order by series_id, local_day, day limit 40000) d
      group by series_id order by series_id`,
  )
  return series.flatMap(unpacked)
}

/** The days that `PACKED_DAY` packed, in order. A local day lies in up to three UTC days: their parts are added. */
export function unpacked({ series_id, packed }: PackedDays): DayRow[] {
  const days: DayRow[] = []
  let lastDay: number | undefined
  for (let at = 0; at < packed.length; at += PART_BYTES) {
    const localDay = packed.readInt32BE(at)
    const part: DayRow = {
      series_id,
      local_day: localDay === lastDay ? (days.at(-1) as DayRow).local_day : dayText(localDay),
      n: packed.readInt32BE(at + 4),
      minimum: packed.readDoubleBE(at + 8),
      maximum: packed.readDoubleBE(at + 16),
      total: packed.readDoubleBE(at + 24),
      last_value: packed.readDoubleBE(at + 32),
      last_ms: Number(packed.readBigInt64BE(at + 40)),
    }
    if (localDay === lastDay) days[days.length - 1] = joined(days.at(-1) as DayRow, part)
    else days.push(part)
    lastDay = localDay
  }
  return days
}

function joined(left: DayRow, right: DayRow): DayRow {
  const later = right.last_ms >= left.last_ms ? right : left
  return {
    ...later,
    n: left.n + right.n,
    minimum: Math.min(left.minimum, right.minimum),
    maximum: Math.max(left.maximum, right.maximum),
    total: left.total + right.total,
  }
}

/** A period of a series in one row. */
export interface PeriodRow {
  readonly series_id: number
  readonly n: number
  readonly days: number
  readonly minimum: number
  readonly maximum: number
  readonly mean: number
  readonly spread: number
  readonly last_ms: number
  readonly last_value: number
}

/** Count, mean, spread and extremes of the series in a period of local days. */
export function periodRows(
  db: Database,
  seriesIds: readonly number[],
  from: string,
  until: string,
): Promise<PeriodRow[]> {
  return db.many<PeriodRow>(
    sql`with parts as (
        select * from device_data.day
          where series_id = any(${seriesIds}::bigint[]) and local_day between ${from}::date and ${until}::date
      ), whole as (
        select series_id, sum(n)::float8 as n, count(distinct local_day)::int as days, min(minimum) as minimum,
          max(maximum) as maximum, sum(total) / sum(n) as mean, max(last_ms) as last_ms,
          (array_agg(last_value order by last_ms desc))[1] as last_value
        from parts group by series_id
      )
      select w.series_id::float8 as series_id, w.n, w.days, w.minimum, w.maximum, w.mean, w.last_ms::float8 as last_ms,
        w.last_value, sum(p.spread + p.n * power(p.total / p.n - w.mean, 2)) as spread
      from whole w join parts p using (series_id)
      group by w.series_id, w.n, w.days, w.minimum, w.maximum, w.mean, w.last_ms, w.last_value order by w.n desc`,
  )
}

/** First and last local day, and the number of samples, of every series of the person. */
export function seriesExtents(
  db: Database,
): Promise<{ series_id: number; n: number; first_day: string; last_day: string }[]> {
  return db.many(
    sql`select series_id::float8 as series_id, sum(n)::float8 as n, min(local_day)::text as first_day,
        max(local_day)::text as last_day from device_data.day group by series_id limit 1000`,
  )
}
