import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface SeriesKey {
  readonly metric: string
  readonly source: string
  readonly unit: string
}

export interface SeriesRow extends SeriesKey {
  readonly id: number
  readonly is_simulated: boolean
  readonly last_sample_ms: number | null
  readonly last_value: number | null
}

const columns = sql`id::float8 as id, metric, source, unit, is_simulated, last_sample_ms::float8 as last_sample_ms, last_value`

/** The series of these keys, made where missing, and held by this transaction: two writers of one series take turns. */
export function holdSeries(
  transaction: Transaction,
  userId: string,
  keys: readonly SeriesKey[],
  {
    now,
    importId,
    isSimulated = false,
  }: { now: Date; importId?: string | undefined; isSimulated?: boolean | undefined },
): Promise<SeriesRow[]> {
  const sorted = [...keys].sort((left, right) =>
    `${left.metric} ${left.source}` < `${right.metric} ${right.source}` ? -1 : 1,
  )
  return transaction.many<SeriesRow>(
    sql`insert into device_data.series (user_id, metric, source, unit, is_simulated, last_import_id, created_at, updated_at)
      select ${userId}::uuid, k.metric, k.source, k.unit, ${isSimulated}::boolean, ${importId ?? null}::text, ${now}, ${now}
        from unnest(${sorted.map((one) => one.metric)}::text[], ${sorted.map((one) => one.source)}::text[],
          ${sorted.map((one) => one.unit)}::text[]) with ordinality as k (metric, source, unit, place)
        order by k.place
      on conflict (user_id, metric, source) do update
        set updated_at = excluded.updated_at, last_import_id = coalesce(excluded.last_import_id, series.last_import_id)
      returning ${columns}`,
  )
}

/** One series of the person in scope. */
export function findSeries(db: Database, id: number): Promise<SeriesRow | undefined> {
  return db.one<SeriesRow>(sql`select ${columns} from device_data.series where id = ${id}::bigint`)
}

export interface SeriesFilter {
  readonly metrics?: readonly string[] | undefined
  readonly source?: string | undefined
}

/** Series of the person in scope, by metric and source; at most a thousand. */
export function listSeries(db: Database, { metrics, source }: SeriesFilter = {}): Promise<SeriesRow[]> {
  return db.many<SeriesRow>(
    sql`select ${columns} from device_data.series
      where (${metrics ?? null}::text[] is null or metric = any(${metrics ?? null}::text[]))
        and (${source ?? null}::text is null or source = ${source ?? null})
      order by metric, source limit 1000`,
  )
}

/** Removes all that a source gave; returns how many series and samples that were. */
export async function deleteSource(
  transaction: Transaction,
  source: string,
): Promise<{ series: number; samples: number }> {
  const counted = await transaction.one<{ samples: number }>(
    sql`select coalesce(sum(n), 0)::float8 as samples from device_data.day
      where series_id in (select id from device_data.series where source = ${source})`,
  )
  const series = await transaction.run(sql`delete from device_data.series where source = ${source}`)
  return { series, samples: counted?.samples ?? 0 }
}
