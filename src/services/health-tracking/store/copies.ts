import type { Database } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import type { RowEvents } from './measurements.ts'

export interface PerhapsCopied {
  readonly id: string
  readonly metric_type: MetricType
  readonly source: string
  readonly at: Date
  readonly value: number
}

/** People with measurements that may be copies. */
export function peopleWithCopies(systemDb: Database, limit: number): Promise<{ readonly user_id: string }[]> {
  return systemDb.many(
    sql`select distinct user_id from health_tracking.measurement where perhaps_copied order by user_id limit ${limit}`,
  )
}

/** The next ones of a person, of one metric and source. */
export function perhapsCopied(db: Database, userId: string, limit: number): Promise<PerhapsCopied[]> {
  return db.many<PerhapsCopied>(
    sql`select m.id, m.metric_type, m.source, m.at, m.value from (
        select metric_type, source from health_tracking.measurement where user_id = ${userId} and perhaps_copied
          order by metric_type, source limit 1) first
      join health_tracking.measurement m on m.user_id = ${userId} and m.perhaps_copied
        and m.metric_type = first.metric_type and m.source = first.source
      order by m.at, m.id limit ${limit}`,
  )
}

/** The statement that keeps measurements which are no copies. */
export function keepStatement(userId: string, ids: readonly string[]): Statement {
  return sql`update health_tracking.measurement set perhaps_copied = null
    where user_id = ${userId} and id = any(${ids}::uuid[])`
}

/** The statement by which alerts keep the readings that raised them, before these go. */
export function keepReadingsStatement(userId: string, ids: readonly string[]): Statement {
  return sql`update health_tracking.alert a set reading = jsonb_build_object('metric_type', m.metric_type, 'value', m.value,
      'unit', m.unit, 'at', m.at)
    from health_tracking.measurement m
    where a.user_id = ${userId} and a.measurement_id = any(${ids}::uuid[]) and m.id = a.measurement_id and m.user_id = ${userId}`
}

/** The statement that removes copies, unless they were changed meanwhile, and announces it. */
export function removeCopiesStatement(userId: string, ids: readonly string[], events: RowEvents): Statement {
  return sql`with written as (
      delete from health_tracking.measurement
        where user_id = ${userId} and id = any(${ids}::uuid[]) and perhaps_copied and version = 1
      returning id)
    ${events.announce(sql`written`)}`
}
