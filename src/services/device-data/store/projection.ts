import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database, Transaction } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import { dayText } from '../domain/days.ts'
import type { DeviceFacts } from '../domain/fhir.ts'
import type { Point } from '../domain/merge.ts'
import {
  type ChunkRow,
  dayKey,
  openChunk,
  pointOfRow,
  SAMPLE_COLUMNS,
  type SampleRow,
  type SeriesDay,
} from './chunks.ts'

const pairs = (days: readonly SeriesDay[]): Statement =>
  sql`(select * from unnest(${days.map((one) => one.seriesId)}::bigint[],
    ${days.map((one) => dayText(one.day))}::date[]) as w (series_id, day))`

/** Samples of a series and UTC day that were written, changed or removed. */
export interface TouchedDay extends SeriesDay {
  /** A bit for each hour of the day. */
  readonly hours: number
}

/** Notes which hours changed, and has them announced by a job: once, however many changes come until it runs. */
export async function noteHours(
  transaction: Transaction,
  userId: string,
  days: readonly TouchedDay[],
  now: Date,
): Promise<void> {
  if (days.length === 0) return
  const bits = days.map((one) => one.hours)
  const first = await transaction.many<{ is_first: boolean }>(sql`
    insert into device_data.projected_day as kept (user_id, series_id, day, updated_at, hours)
    select ${userId}::uuid, t.series_id, t.day, ${now}, t.hours
      from unnest(${days.map((one) => one.seriesId)}::bigint[], ${days.map((one) => dayText(one.day))}::date[],
        ${bits}::int[]) as t (series_id, day, hours) order by 2, 3
    on conflict (series_id, day) do update set version = kept.version + 1, updated_at = excluded.updated_at,
      hours = case when kept.announced = kept.version then 0 else kept.hours end | excluded.hours
    returning version = announced + 1 as is_first`)
  if (first.some((one) => one.is_first)) await transaction.enqueue('announce-hours', {})
}

export interface WaitingDay extends SeriesDay {
  readonly hours: number
}

/** Takes days whose changes are to be told; those that somebody is changing at this moment stay. */
export function takeWaiting(transaction: Transaction, userId: string, limit: number): Promise<WaitingDay[]> {
  return transaction.many<WaitingDay>(sql`update device_data.projected_day p set announced = version
    from (select series_id, day from device_data.projected_day where user_id = ${userId} and announced < version
      order by series_id, day limit ${limit} for update skip locked) w
    where p.series_id = w.series_id and p.day = w.day
    returning p.series_id::float8 as "seriesId", (p.day - date '1970-01-01') as day, p.hours`)
}

export async function isAnyWaiting(db: Database, userId: string): Promise<boolean> {
  const found = await db.one(
    sql`select 1 from device_data.projected_day where user_id = ${userId} and announced < version limit 1`,
  )
  return found !== undefined
}

/** UTC days of all that a source gave; at most `limit`. */
export function daysOfSource(db: Database, userId: string, source: string, limit: number): Promise<SeriesDay[]> {
  return db.many<SeriesDay>(sql`select p.series_id::float8 as "seriesId", (p.day - date '1970-01-01') as day
    from device_data.projected_day p join device_data.series s on s.id = p.series_id
    where s.user_id = ${userId} and s.source = ${source} limit ${limit}`)
}

/** A series with the device of its source. */
export interface ProjectedSeries {
  readonly id: number
  readonly metric: string
  readonly source: string
  readonly is_simulated: boolean
  readonly device_id: string | null
}

export function seriesOf(db: Database, userId: string, ids: readonly number[]): Promise<ProjectedSeries[]> {
  return db.many<ProjectedSeries>(sql`select s.id::float8 as id, s.metric, s.source, s.is_simulated, d.id as device_id
    from device_data.series s left join device_data.device d on d.user_id = s.user_id and d.source = s.source
    where s.user_id = ${userId} and s.id = any(${[...ids]}::bigint[])`)
}

/** Days with something in them, by series and day, behind the given one. */
export function daysBehind(
  db: Database,
  userId: string,
  [seriesId, day]: readonly [number, number],
  limit: number,
): Promise<SeriesDay[]> {
  return db.many<SeriesDay>(sql`select series_id::float8 as "seriesId", (day - date '1970-01-01') as day
    from device_data.projected_day where user_id = ${userId} and series_id >= ${seriesId}::bigint
      and (series_id, day) > (${seriesId}::bigint, ${dayText(day)}::date) order by series_id, day limit ${limit}`)
}

export interface DayState {
  readonly version: number
  readonly updated_at: Date
}

/** Version and time of the given days, by `dayKey`. */
export async function statesOfDays(db: Database, days: readonly SeriesDay[]): Promise<Map<string, DayState>> {
  const rows = await db.many<DayState & { series_id: number; day: number }>(sql`select series_id::float8 as series_id,
      (day - date '1970-01-01') as day, version, updated_at from device_data.projected_day
    where (series_id, day) in ${pairs(days)}`)
  return new Map(rows.map((row) => [dayKey({ seriesId: row.series_id, day: row.day }), row]))
}

/** The points of days, one day at a time and in order of time, so that few are held at once. */
export async function* pointsOfDays(
  db: Database,
  days: readonly SeriesDay[],
): AsyncGenerator<SeriesDay & { points: Point[] }> {
  if (days.length === 0) return
  const [rows, chunks] = (await db.batch([
    sql`select ${SAMPLE_COLUMNS} from device_data.sample where (series_id, day) in ${pairs(days)}`,
    sql`select series_id::float8 as series_id, (day - date '1970-01-01') as day, data from device_data.chunk
      where (series_id, day) in ${pairs(days)}`,
  ])) as [SampleRow[], ChunkRow[]]
  const keyOf = (row: { series_id: number; day: number }) => dayKey({ seriesId: row.series_id, day: row.day })
  const byDay = Map.groupBy(rows, keyOf)
  const sealed = new Map(chunks.map((chunk) => [keyOf(chunk), chunk]))
  for (const { seriesId, day } of days) {
    const chunk = sealed.get(dayKey({ seriesId, day }))
    const loose = (byDay.get(dayKey({ seriesId, day })) ?? []).map(pointOfRow)
    const points = chunk === undefined ? loose : [...openChunk(chunk), ...loose]
    if (loose.length > 0) points.sort((a, b) => a.startMs - b.startMs || a.durationMs - b.durationMs)
    yield { seriesId, day, points }
    await nextTurn()
  }
}

/** A local day of a series, put together of its parts. */
export interface ProjectedDay {
  readonly series_id: number
  readonly local_day: string
  readonly n: number
  readonly minimum: number
  readonly maximum: number
  readonly total: number
  readonly last_value: number
  readonly version: number
  readonly updated_at: Date
}

// A local day lies within the UTC days beside it. Their versions only grow, so that their sum does, even when a part goes.
const DAY_FIGURES = sql`d.series_id::float8 as series_id, d.local_day::text as local_day, sum(d.n)::float8 as n,
  min(d.minimum) as minimum, max(d.maximum) as maximum, sum(d.total) as total,
  (array_agg(d.last_value order by d.last_ms desc))[1] as last_value, v.version, v.updated_at`
const DAY_STATE = sql`cross join lateral (select sum(p.version)::int as version, max(p.updated_at) as updated_at
    from device_data.projected_day p where p.series_id = d.series_id and p.day between d.local_day - 1 and d.local_day + 1) v`

/** Local days by their names. */
export function daysNamed(
  db: Database,
  userId: string,
  names: readonly { readonly seriesId: number; readonly localDay: string }[],
): Promise<ProjectedDay[]> {
  return db.many<ProjectedDay>(sql`select ${DAY_FIGURES} from device_data.day d ${DAY_STATE}
    where d.user_id = ${userId} and (d.series_id, d.local_day) in (
      select * from unnest(${names.map((one) => one.seriesId)}::bigint[], ${names.map((one) => one.localDay)}::date[]))
    group by d.series_id, d.local_day, v.version, v.updated_at`)
}

/** The next local days of the person's series, by series and day, behind the given one. */
export async function localDaysBehind(
  db: Database,
  userId: string,
  [seriesId, day]: readonly [number, string],
  limit: number,
): Promise<ProjectedDay[]> {
  const found: ProjectedDay[] = []
  const series = await db.many<{ id: number }>(sql`select id::float8 as id from device_data.series
    where user_id = ${userId} and id >= ${seriesId}::bigint order by id`)
  // One series at a time goes along the primary key; of all at once every page would sort everything.
  for (const { id } of series) {
    const from = id === seriesId ? day : '0001-01-01'
    found.push(
      ...(await db.many<ProjectedDay>(sql`with next as (select distinct local_day from device_data.day
          where series_id = ${id}::bigint and local_day > ${from}::date order by local_day limit ${limit - found.length})
        select ${DAY_FIGURES} from device_data.day d ${DAY_STATE}
        where d.series_id = ${id}::bigint and d.local_day in (select local_day from next)
        group by d.series_id, d.local_day, v.version, v.updated_at order by d.local_day`)),
    )
    if (found.length >= limit) break
  }
  return found
}

export interface ProjectedDevice extends DeviceFacts {
  readonly id: string
  readonly version: number
  readonly created_at: Date
  readonly updated_at: Date
}

const DEVICE = sql`id, user_id, name, device_type, manufacturer, model, serial_number, firmware_version, is_active, version,
  created_at, updated_at`

export function devicesNamed(db: Database, userId: string, ids: readonly string[]): Promise<ProjectedDevice[]> {
  return db.many<ProjectedDevice>(
    sql`select ${DEVICE} from device_data.device where user_id = ${userId} and id = any(${[...ids]}::uuid[])`,
  )
}

export function devicesBehind(
  db: Database,
  userId: string,
  [at, id]: readonly [string, string],
  limit: number,
): Promise<ProjectedDevice[]> {
  return db.many<ProjectedDevice>(sql`select ${DEVICE} from device_data.device where user_id = ${userId}
    and (created_at, id) > (${at}::timestamptz, ${id}::uuid) order by created_at, id limit ${limit}`)
}
