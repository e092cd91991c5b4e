import type { Database } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'
import type { SourceCourse } from '../domain/dailyCourse.ts'
import type { SourceOrders } from '../domain/priority.ts'
import type { OrderRow } from './orders.ts'
import { PACKED_DAY, unpacked } from './reads.ts'

interface CourseRow {
  readonly metric: string
  readonly source: string
  readonly last_ms: number | null
  readonly last_value: number | null
  readonly packed: Buffer | null
}

/**
 * The metrics of the person in scope by source, each with its last sample and its days of a period (local days, both
 * included), and the orders of sources: one round trip, read from series and rollups alone. Simulated series are left out.
 */
export async function coursesOf(
  db: Database,
  metrics: readonly string[],
  from: string,
  until: string,
): Promise<{ readonly courses: readonly SourceCourse[]; readonly orders: SourceOrders }> {
  const [rows, orders] = (await db.batch([
    sql`select s.metric, s.source, s.last_sample_ms::float8 as last_ms, s.last_value,
        (select string_agg(${PACKED_DAY}, ''::bytea order by local_day, day) from device_data.day
          where series_id = s.id and local_day between ${from}::date and ${until}::date) as packed
      from device_data.series s where s.metric = any(${metrics}::text[]) and not s.is_simulated
      order by s.metric, s.source limit 1000`,
    sql`select metric, sources, updated_at from device_data.source_order order by metric limit 1000`,
  ])) as [CourseRow[], OrderRow[]]
  return { courses: rows.map(courseIn), orders: new Map(orders.map((one) => [one.metric, one.sources])) }
}

function courseIn({ metric, source, last_ms, last_value, packed }: CourseRow): SourceCourse {
  const days = packed === null ? [] : unpacked({ series_id: 0, packed })
  return {
    metric,
    source,
    lastMs: last_ms ?? undefined,
    lastValue: last_value ?? undefined,
    days: days.map((day) => ({
      start: day.local_day,
      source,
      n: day.n,
      minimum: day.minimum,
      maximum: day.maximum,
      total: day.total,
      lastValue: day.last_value,
      lastMs: day.last_ms,
    })),
  }
}
