import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Transaction } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import { DAY_MS, dayText, HOUR_MS, localDayOf, utcDay } from '../domain/days.ts'
import type { MergeMode, Point } from '../domain/merge.ts'
import type { SeriesDay } from './chunks.ts'

export interface RowPoint extends Point {
  readonly seriesId: number
  readonly isSleep: boolean
}

/**
 * Writes points as rows, with the rollups of hour and day in the same statement; each moment must be in `points` once.
 * Returns how many were new or changed, by series. A repeated batch changes nothing.
 */
export async function writeRows(
  transaction: Transaction,
  userId: string,
  points: readonly RowPoint[],
  mode: MergeMode,
): Promise<Map<number, number>> {
  const counts = new Map<number, number>()
  const changed = new Set<string>()
  for (let from = 0; from < points.length; from += SLICE) {
    if (from > 0) await nextTurn()
    const written = await transaction.many<Written>(rowsStatement(userId, points.slice(from, from + SLICE), mode))
    for (const one of written) {
      counts.set(one.series_id, (counts.get(one.series_id) ?? 0) + one.fresh + one.changed)
      for (const day of one.days ?? []) changed.add(day)
    }
  }
  // A changed value is in the rollups already with its old one: those are made again.
  if (changed.size > 0) await refreshRollups(transaction, userId, [...changed].map(seriesDay))
  return counts
}

/** Rows of one statement: writing their arrays takes some milliseconds, and others have their turn between two. */
const SLICE = 2000

interface Written {
  readonly series_id: number
  readonly fresh: number
  readonly changed: number
  readonly days: string[] | null
}

function seriesDay(text: string): SeriesDay {
  const [seriesId, day] = text.split('/').map(Number)
  return { seriesId: seriesId as number, day: day as number }
}

function rowsStatement(userId: string, points: readonly RowPoint[], mode: MergeMode): Statement {
  const better = mode === 'merge' ? sql`excluded.value > kept.value` : sql`excluded.value <> kept.value`
  const days = points.map((one) => dayText(utcDay(one.startMs)))
  const localDays = points.map((one) => dayText(localDayOf(one.startMs, one.offsetMinutes, one.isSleep)))
  return sql`with written as (
      insert into device_data.sample as kept
        (user_id, series_id, day, start_ms, duration_ms, value, offset_minutes, flags, local_day)
      select ${userId}::uuid, p.* from unnest(${points.map((one) => one.seriesId)}::bigint[], ${days}::date[],
        ${points.map((one) => one.startMs)}::bigint[], ${points.map((one) => one.durationMs)}::int[],
        ${points.map((one) => one.value)}::float8[], ${points.map((one) => one.offsetMinutes)}::smallint[],
        ${points.map((one) => one.flags)}::smallint[], ${localDays}::date[]) as p
      on conflict (series_id, start_ms, duration_ms) do update
        set value = excluded.value, flags = excluded.flags, offset_minutes = excluded.offset_minutes
        where ${better}
      returning series_id, day, local_day, start_ms, value, xmax = 0 as is_new
    ), hours as (
      insert into device_data.hour as kept (user_id, series_id, day, hour_ms, n, minimum, maximum, total)
      select ${userId}::uuid, series_id, day, start_ms - mod(mod(start_ms, ${HOUR_MS}) + ${HOUR_MS}, ${HOUR_MS}), count(*),
          min(value), max(value), sum(value)
        from written where is_new group by 2, 3, 4
      on conflict (series_id, hour_ms) do update set n = kept.n + excluded.n, total = kept.total + excluded.total,
        minimum = least(kept.minimum, excluded.minimum), maximum = greatest(kept.maximum, excluded.maximum)
    ), days as (
      insert into device_data.day as kept
        (user_id, series_id, day, local_day, n, minimum, maximum, total, spread, last_ms, last_value)
      select ${userId}::uuid, series_id, day, local_day, ${AGGREGATES}
        from written where is_new group by series_id, day, local_day
      on conflict (series_id, local_day, day) do update set n = kept.n + excluded.n, total = kept.total + excluded.total,
        minimum = least(kept.minimum, excluded.minimum), maximum = greatest(kept.maximum, excluded.maximum),
        spread = kept.spread + excluded.spread + power(excluded.total / excluded.n - kept.total / kept.n, 2)
          * kept.n * excluded.n / (kept.n + excluded.n),
        last_value = case when excluded.last_ms >= kept.last_ms then excluded.last_value else kept.last_value end,
        last_ms = greatest(kept.last_ms, excluded.last_ms)
    )
    select series_id::float8 as series_id, count(*) filter (where is_new)::int as fresh, count(*) filter (where not is_new)::int as changed,
      array_agg(distinct series_id || '/' || (day - date '1970-01-01')) filter (where not is_new) as days
    from written group by series_id`
}

const AGGREGATES = sql`count(*), min(value), max(value), sum(value), var_pop(value) * count(*), max(start_ms),
  (array_agg(value order by start_ms desc))[1]`

/** Makes the rollups of days that are kept as rows again from their rows. */
export async function refreshRollups(
  transaction: Transaction,
  userId: string,
  days: readonly SeriesDay[],
): Promise<void> {
  if (days.length === 0) return
  const touched = sql`(select * from unnest(${days.map((one) => one.seriesId)}::bigint[],
    ${days.map((one) => dayText(one.day))}::date[]) as w (series_id, day))`
  await transaction.batch([
    sql`delete from device_data.hour where (series_id, day) in ${touched}`,
    sql`delete from device_data.day where (series_id, day) in ${touched}`,
    sql`insert into device_data.hour (user_id, series_id, day, hour_ms, n, minimum, maximum, total)
      select ${userId}::uuid, series_id, day, start_ms - mod(mod(start_ms, ${HOUR_MS}) + ${HOUR_MS}, ${HOUR_MS}), count(*),
          min(value), max(value), sum(value)
        from device_data.sample where (series_id, day) in ${touched} group by 2, 3, 4`,
    sql`insert into device_data.day
        (user_id, series_id, day, local_day, n, minimum, maximum, total, spread, last_ms, last_value)
      select ${userId}::uuid, series_id, day, local_day, ${AGGREGATES}
        from device_data.sample where (series_id, day) in ${touched} group by series_id, day, local_day`,
  ])
}

/** The UTC day whose start lies at or before the instant. */
export function startOfDay(ms: number): number {
  return utcDay(ms) * DAY_MS
}
