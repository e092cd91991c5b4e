import type { Database } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { type DayPoint, isSummed } from '../domain/days.ts'
import type { PartPoint } from '../domain/patterns.ts'
import type { Period } from '../domain/times.ts'
import {
  type MeasurementFilter,
  type MeasurementRow,
  matching,
  measurementColumns,
  newestOfMetric,
} from './measurements.ts'

export interface DayRow {
  readonly metric_type: MetricType
  readonly day: string
  readonly value: number
  readonly n: number
}

/**
 * The statement of local days of several metrics, oldest first: medians, or sums for metrics that add up. Of a day that
 * two sources counted, the larger count stands: a phone and a watch walk the same steps.
 * Read from the index `measurement_reading` alone.
 */
export function daysStatement(userId: string, types: readonly MetricType[], period: Period): Statement {
  const summed = types.filter(isSummed)
  const spots = types.filter((type) => !isSummed(type))
  return sql`select metric_type, day, value, n from (
      select metric_type, (at at time zone ${period.zone}::text)::date as day,
        percentile_cont(0.5) within group (order by canonical_value) as value, count(*)::int as n
      from health_tracking.measurement
      where user_id = ${userId} and metric_type = any(${spots}::text[])
        and at >= ${period.startsAt} and at < ${period.endsAt}
      group by 1, 2
      union all
      select metric_type, day, max(total), sum(n)::int from (
        select metric_type, (at at time zone ${period.zone}::text)::date as day, source, sum(canonical_value) as total,
          count(*) as n
        from health_tracking.measurement
        where user_id = ${userId} and metric_type = any(${summed}::text[])
          and at >= ${period.startsAt} and at < ${period.endsAt}
        group by 1, 2, 3) by_source
      group by 1, 2) days
    order by metric_type, day`
}

/** Days of metrics by metric. */
export type DaysByMetric = ReadonlyMap<MetricType, readonly DayPoint[]>

export function daysByMetric(rows: readonly DayRow[]): DaysByMetric {
  const byMetric = new Map<MetricType, DayPoint[]>()
  for (const { metric_type, day, value, n } of rows) {
    const points = byMetric.get(metric_type) ?? []
    points.push({ day, value, n })
    byMetric.set(metric_type, points)
  }
  return byMetric
}

/** Local days of several metrics. */
export async function daysOf(
  db: Database,
  userId: string,
  types: readonly MetricType[],
  period: Period,
): Promise<DaysByMetric> {
  return daysByMetric(await db.many<DayRow>(daysStatement(userId, types, period)))
}

/** The typical value of each quarter of each local day. */
export async function dayPartsOf(
  db: Database,
  userId: string,
  types: readonly MetricType[],
  period: Period,
): Promise<ReadonlyMap<MetricType, PartPoint[]>> {
  const rows = await db.many<{ metric_type: MetricType; unit: string; bucket: number; value: number }>(
    sql`select metric_type, (at at time zone ${period.zone}::text)::date as unit,
        (extract(hour from at at time zone ${period.zone}::text)::int / 6) as bucket,
        percentile_cont(0.5) within group (order by canonical_value) as value
      from health_tracking.measurement
      where user_id = ${userId} and metric_type = any(${types}::text[])
        and at >= ${period.startsAt} and at < ${period.endsAt}
      group by 1, 2, 3 order by 1, 2, 3`,
  )
  const byMetric = new Map<MetricType, PartPoint[]>()
  for (const { metric_type, unit, bucket, value } of rows) {
    const points = byMetric.get(metric_type) ?? []
    points.push({ unit, bucket, value })
    byMetric.set(metric_type, points)
  }
  return byMetric
}

/**
 * The statement of the newest measurement of each metric: one step in `measurement_reading` each, and one to the readings of
 * that instant, of which the one written last counts. People note times by the minute: who mends a number does so within it.
 */
export function latestStatement(userId: string, types: readonly MetricType[], since: Date): Statement {
  return sql`select newest.* from unnest(${types}::text[]) as kind (metric_type)
    cross join lateral (select m.at from health_tracking.measurement m
        where m.user_id = ${userId} and m.metric_type = kind.metric_type and m.at >= ${since}
        order by ${newestOfMetric} limit 1) last
    cross join lateral (select ${measurementColumns} from health_tracking.measurement m
        where m.user_id = ${userId} and m.metric_type = kind.metric_type and m.at = last.at
        order by m.created_at desc, m.id desc limit 1) newest`
}

export interface StatisticsRow {
  readonly metric_type: MetricType
  readonly count: number
  readonly minimum: number
  readonly maximum: number
  readonly mean: number
  readonly median: number
  readonly latest_value: number
  readonly latest_at: Date
  readonly first_at: Date
}

/** Figures of each metric in a period, in the canonical unit; custom metrics, which share no unit, are left out. */
export function statisticsOf(db: Database, filter: MeasurementFilter): Promise<StatisticsRow[]> {
  return db.many<StatisticsRow>(
    sql`select metric_type, count(*)::int as count, min(canonical_value) as minimum, max(canonical_value) as maximum,
        avg(canonical_value) as mean, percentile_cont(0.5) within group (order by canonical_value) as median,
        (array_agg(canonical_value order by at desc, id desc))[1] as latest_value, max(at) as latest_at,
        min(at) as first_at
      from health_tracking.measurement where ${matching(filter)} and metric_type <> 'custom'
      group by metric_type order by metric_type limit 100`,
  )
}

/** The newest raw values of one metric, oldest first. */
export async function rawSeries(
  db: Database,
  userId: string,
  metricType: MetricType,
  period: Period,
  limit: number,
): Promise<Pick<MeasurementRow, 'at' | 'canonical_value'>[]> {
  const rows = await db.many<Pick<MeasurementRow, 'at' | 'canonical_value'>>(
    sql`select at, canonical_value from health_tracking.measurement
      where user_id = ${userId} and metric_type = ${metricType} and at >= ${period.startsAt} and at < ${period.endsAt}
      order by at desc, canonical_value limit ${limit}`,
  )
  return rows.reverse()
}
