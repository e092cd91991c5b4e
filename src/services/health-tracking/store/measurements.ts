import type { Database } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import type { VitalType } from '../contract/vitals.ts'
import type { Paging } from '../domain/paging.ts'

export interface MeasurementRow {
  readonly id: string
  readonly user_id: string
  readonly metric_type: MetricType
  readonly series: string
  readonly value: number
  readonly unit: string
  readonly canonical_value: number
  readonly canonical_unit: string
  readonly loinc: string | null
  readonly at: Date
  readonly source: string
  readonly device_id: string | null
  readonly notes: string | null
  readonly metadata: Record<string, unknown> | null
  readonly is_unusual: boolean
  readonly warnings: readonly string[] | null
  readonly vital_type: VitalType | null
  readonly lead_id: string | null
  readonly details: Record<string, unknown> | null
  readonly possible_duplicate_of: string | null
  readonly created_at: Date
  readonly updated_at: Date
  readonly version: number
}

/** A measurement to write; its id is made before, so that parts can name their first one. */
export type NewMeasurement = Omit<
  MeasurementRow,
  'user_id' | 'possible_duplicate_of' | 'created_at' | 'updated_at' | 'version'
> & {
  /** How near another source's value must be to count as the same reading. */
  readonly tolerance: number
}

/** Which measurements of a person. */
export interface MeasurementFilter {
  readonly userId: string
  readonly metricType?: MetricType | undefined
  readonly source?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

export const measurementColumns = sql`id, user_id, metric_type, series, value, unit, canonical_value, canonical_unit, loinc,
  at, source, device_id, notes, metadata, is_unusual, warnings, vital_type, lead_id, details, possible_duplicate_of,
  created_at, updated_at, version`

/** Announces the rows of a query that has their `id`, and gives them; made by the frame. */
export interface RowEvents {
  readonly announce: (written: Statement) => Statement
  readonly now: Date
}

/**
 * The statement that writes rows as one set and announces them. A row whose reading is there already is left out, and so
 * is its announcement. A reading of another source within a minute, nearly the same, is named in `possible_duplicate_of`.
 */
export function insertStatement(userId: string, rows: readonly NewMeasurement[], events: RowEvents): Statement {
  const list = JSON.stringify(rows)
  const { now } = events
  return sql`with given as (
      select * from jsonb_to_recordset(${list}::jsonb) as g (id uuid, metric_type text, series text, value float8, unit text,
        canonical_value float8, canonical_unit text, loinc text, at timestamptz, source text, device_id text, notes text,
        metadata jsonb, is_unusual boolean, warnings jsonb, vital_type text, lead_id uuid, details jsonb, tolerance float8)),
    written as (
      insert into health_tracking.measurement (${measurementColumns})
      select g.id, ${userId}::uuid, g.metric_type, g.series, g.value, g.unit, g.canonical_value, g.canonical_unit, g.loinc,
        g.at, g.source, g.device_id, g.notes, g.metadata, g.is_unusual, g.warnings, g.vital_type, g.lead_id, g.details,
        (select near.id from health_tracking.measurement near
          where near.user_id = ${userId}::uuid and near.metric_type = g.metric_type
            and near.at between g.at - interval '1 minute' and g.at + interval '1 minute' and near.source <> g.source
            and near.series = g.series and abs(near.canonical_value - g.canonical_value) <= g.tolerance
          order by near.at, near.id limit 1),
        ${now}::timestamptz, ${now}::timestamptz, 1
      from given g on conflict (user_id, metric_type, at, source, canonical_value, series) do nothing
      returning ${measurementColumns})
    ${events.announce(sql`written`)}`
}

/**
 * Newest first (`m`), in the whole order of `measurement_reading`: no other index gives it, so that looking for a metric
 * nobody measured takes one step and not a walk through everything that was.
 */
export const newestOfMetric = sql`m.at desc, m.source desc, m.canonical_value desc, m.series desc`
/** The same order from its other end. */
export const oldestOfMetric = sql`m.at, m.source, m.canonical_value, m.series`

/** What makes two readings the same one. */
export type ReadingKey = Pick<NewMeasurement, 'metric_type' | 'at' | 'source' | 'canonical_value' | 'series'>

/** The statement that finds the rows of readings that are there already. */
export function sameReadingsStatement(userId: string, keys: readonly ReadingKey[]): Statement {
  const list = JSON.stringify(
    keys.map(({ metric_type, at, source, canonical_value, series }) => ({
      metric_type,
      at,
      source,
      canonical_value,
      series,
    })),
  )
  return sql`select ${measurementColumns} from health_tracking.measurement
    where user_id = ${userId} and (metric_type, at, source, canonical_value, series) in (
      select k.metric_type, k.at, k.source, k.canonical_value, k.series from jsonb_to_recordset(${list}::jsonb)
        as k (metric_type text, at timestamptz, source text, canonical_value float8, series text))`
}

export function findMeasurement(db: Database, userId: string, id: string): Promise<MeasurementRow | undefined> {
  return db.one<MeasurementRow>(
    sql`select ${measurementColumns} from health_tracking.measurement where id = ${id} and user_id = ${userId}`,
  )
}

/** Counted no further: a page number beyond is no use to anybody. */
const COUNT_LIMIT = 1_000_000

export interface Rows<Row> {
  /** One row more than the page shows, where there is one. */
  readonly rows: readonly Row[]
  /** Only for numbered pages. */
  readonly total: number | undefined
}

/**
 * A page of measurements, newest first, in one round trip: along `measurement_newest`, or along `measurement_reading`
 * when one metric is asked for (its time order needs no sort beyond equal instants).
 */
export async function pageOfMeasurements(
  db: Database,
  filter: MeasurementFilter,
  paging: Paging,
): Promise<Rows<MeasurementRow>> {
  const page = sql`select ${measurementColumns} from health_tracking.measurement
    where ${matching(filter)}${afterCursor(paging)} order by at desc, id desc limit ${paging.limit + 1} offset ${paging.skip}`
  if (paging.page === undefined) return { rows: await db.many<MeasurementRow>(page), total: undefined }
  const [rows = [], counts = []] = await db.batch([
    page,
    sql`select count(*)::int as total from (
      select 1 from health_tracking.measurement where ${matching(filter)} limit ${COUNT_LIMIT}) as counted`,
  ])
  return { rows: rows as MeasurementRow[], total: (counts[0] as { total: number }).total }
}

/** The rows after the last one of the page before, in the order `at desc, id desc`. */
export function afterCursor({ after }: Paging): Statement {
  return after === undefined ? nothing : sql` and (at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
}

/** The condition of a filter; always begins with the person, so that an index serves. */
export function matching({ userId, metricType, source, from, to }: MeasurementFilter): Statement {
  return sql`user_id = ${userId}${metricType === undefined ? nothing : sql` and metric_type = ${metricType}`}${
    source === undefined ? nothing : sql` and source = ${source}`
  }${from === undefined ? nothing : sql` and at >= ${from}`}${to === undefined ? nothing : sql` and at <= ${to}`}`
}

/** The statement of a chunk of an export: oldest first, from after the last row of the chunk before. */
export function chunkOfMeasurements(
  db: Database,
  filter: MeasurementFilter,
  after: readonly [Date, string] | undefined,
  limit: number,
): Promise<MeasurementRow[]> {
  const position = after === undefined ? nothing : sql` and (at, id) > (${after[0]}::timestamptz, ${after[1]}::uuid)`
  return db.many<MeasurementRow>(
    sql`select ${measurementColumns} from health_tracking.measurement
      where ${matching(filter)}${position} order by at, id limit ${limit}`,
  )
}

/** What a correction sets. */
export type Correction = Pick<
  MeasurementRow,
  | 'value'
  | 'unit'
  | 'canonical_value'
  | 'canonical_unit'
  | 'loinc'
  | 'series'
  | 'at'
  | 'source'
  | 'device_id'
  | 'notes'
  | 'metadata'
  | 'is_unusual'
  | 'warnings'
>

/** The statement that corrects a row that still has `version`, and announces it; no row comes back when it has not. */
export function correctStatement(
  userId: string,
  row: { readonly id: string; readonly version: number },
  to: Correction,
  events: RowEvents,
): Statement {
  return sql`with written as (
      update health_tracking.measurement set value = ${to.value}, unit = ${to.unit}, canonical_value = ${to.canonical_value},
        canonical_unit = ${to.canonical_unit}, loinc = ${to.loinc}, series = ${to.series}, at = ${to.at}, source = ${to.source},
        device_id = ${to.device_id}, notes = ${to.notes}, metadata = ${jsonOrNull(to.metadata)}::jsonb,
        is_unusual = ${to.is_unusual}, warnings = ${jsonOrNull(to.warnings)}::jsonb, updated_at = ${events.now}::timestamptz,
        version = version + 1
      where id = ${row.id} and user_id = ${userId} and version = ${row.version}
      returning ${measurementColumns})
    ${events.announce(sql`written`)}`
}

/** JSON as text for a jsonb parameter: the driver would write a list as an array of the database. */
export function jsonOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value)
}

/** The statement that deletes a measurement (a vital sign with its parts) and announces it; the rows that went. */
export function deleteStatement(userId: string, ids: readonly string[], version: number, events: RowEvents): Statement {
  return sql`with written as (
      delete from health_tracking.measurement where id = any(${ids}::uuid[]) and user_id = ${userId}
        and exists (select from health_tracking.measurement first
          where first.id = ${ids[0]} and first.user_id = ${userId} and first.version = ${version})
      returning id)
    ${events.announce(sql`written`)}`
}
