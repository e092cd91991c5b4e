import type { Database } from '../../../kernel/database.ts'
import type { OpenRecord } from '../../../kernel/openRecords.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'

export interface NewestRow extends OpenRecord {
  readonly metric: string | null
  readonly last_value: number | null
  readonly unit: string | null
  readonly last_sample_ms: number | null
}

/** The newest value of each of the records; series know their last one, so that no sample is read. */
export async function newestOfRecords(systemDb: Database, records: Statement): Promise<NewestRow[]> {
  return systemDb.many<NewestRow>(
    sql`select o.person_id, o.source, o.source_id, s.metric, s.last_value, s.unit, s.last_sample_ms::float8 as last_sample_ms
      from ${records} o left join lateral (
        select metric, last_value, unit, last_sample_ms from device_data.series
          where user_id = o.person_id and last_sample_ms is not null and last_value is not null and not is_simulated
          order by last_sample_ms desc, id limit 1) s on true`,
  )
}
