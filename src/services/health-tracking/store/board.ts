import type { Database } from '../../../kernel/database.ts'
import type { OpenRecord } from '../../../kernel/openRecords.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'

export interface StandingRow extends OpenRecord {
  readonly open_alerts: number
  readonly worst_severity: number | null
  readonly newest_alert_at: Date | null
  readonly seen_alerts: number
  readonly seen_by: string | null
  readonly metric_type: MetricType | null
  readonly value: number | null
  readonly unit: string | null
  readonly at: Date | null
}

/** Of each of the records: what is open of its alerts, and its newest measurement (of a vital sign its
 * first number); one statement along the indexes of both. */
export function standingsOf(systemDb: Database, records: Statement): Promise<StandingRow[]> {
  return systemDb.many<StandingRow>(
    sql`select o.person_id, o.source, o.source_id, a.open_alerts, a.worst_severity, a.newest_alert_at, a.seen_alerts, a.seen_by, m.metric_type, m.value,
          m.unit, m.at
      from ${records} o
      cross join lateral (
        select count(*)::int as open_alerts, max(severity)::int as worst_severity, max(raised_at) as newest_alert_at,
            count(*) filter (where state = 'acknowledged')::int as seen_alerts,
            (array_agg(acknowledged_by order by acknowledged_at desc) filter (where acknowledged_by is not null))[1] as seen_by
          from health_tracking.alert where user_id = o.person_id and state <> 'cleared') a
      left join lateral (
        select metric_type, value, unit, at from health_tracking.measurement where user_id = o.person_id
          order by at desc, lead_id nulls first limit 1) m on true`,
  )
}

/** Whether a person's record is among those that somebody may open. */
export async function isRecordAmong(systemDb: Database, records: Statement, personId: string): Promise<boolean> {
  return (await systemDb.many(sql`select from ${records} o where o.person_id = ${personId} limit 1`)).length > 0
}
