import type { Database } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import type { VitalType } from '../contract/vitals.ts'
import type { Paging } from '../domain/paging.ts'
import {
  afterCursor,
  jsonOrNull,
  type MeasurementRow,
  measurementColumns,
  type RowEvents,
  type Rows,
} from './measurements.ts'

/** Which vital signs of a person. */
export interface VitalFilter {
  readonly userId: string
  readonly vitalType?: VitalType | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

/** A vital sign: its first measurement, then the others. */
export type VitalRows = readonly [MeasurementRow, ...MeasurementRow[]]

/** One vital sign with its parts; undefined when the id is no vital sign of the person. */
export async function findVital(db: Database, userId: string, id: string): Promise<VitalRows | undefined> {
  const rows = await db.many<MeasurementRow>(
    sql`select ${measurementColumns} from health_tracking.measurement
      where user_id = ${userId} and (id = ${id} or lead_id = ${id}) order by (lead_id is not null), created_at, id`,
  )
  return rows[0]?.vital_type === null ? undefined : assembled(rows)[0]
}

/** A page of vital signs, newest first, each with its parts: one round trip along `measurement_vitals`. */
export async function pageOfVitals(db: Database, filter: VitalFilter, paging: Paging): Promise<Rows<VitalRows>> {
  const leads = sql`select ${measurementColumns} from health_tracking.measurement
    where ${matchingVitals(filter)}${afterCursor(paging)} order by at desc, id desc
    limit ${paging.limit + 1} offset ${paging.skip}`
  const statement = sql`with leads as materialized (${leads})
    select ${measurementColumns} from leads union all
    select part.* from leads cross join lateral (select ${measurementColumns} from health_tracking.measurement m
      where m.lead_id = leads.id and m.user_id = ${filter.userId}) part`
  const counting = sql`select count(*)::int as total from health_tracking.measurement where ${matchingVitals(filter)}`
  const [rows = [], counts = []] = await db.batch(paging.page === undefined ? [statement] : [statement, counting])
  const total = (counts[0] as { total: number } | undefined)?.total
  return { rows: newestFirst(assembled(rows as MeasurementRow[])), total }
}

/** The newest vital sign of each type since an instant. */
export async function newestVitals(
  db: Database,
  userId: string,
  types: readonly VitalType[],
  since: Date,
): Promise<VitalRows[]> {
  const rows = await db.many<MeasurementRow>(
    sql`with leads as materialized (
        select newest.* from unnest(${types}::text[]) as kind (vital_type) cross join lateral (
          select ${measurementColumns} from health_tracking.measurement m
            where m.user_id = ${userId} and m.vital_type = kind.vital_type and m.at >= ${since}
            order by m.at desc, m.id desc limit 1) newest)
      select ${measurementColumns} from leads union all
      select part.* from leads cross join lateral (select ${measurementColumns} from health_tracking.measurement m
        where m.lead_id = leads.id and m.user_id = ${userId}) part`,
  )
  return newestFirst(assembled(rows))
}

function matchingVitals({ userId, vitalType, from, to }: VitalFilter): Statement {
  const kind = vitalType === undefined ? nothing : sql` and vital_type = ${vitalType}`
  const start = from === undefined ? nothing : sql` and at >= ${from}`
  const end = to === undefined ? nothing : sql` and at <= ${to}`
  return sql`user_id = ${userId} and vital_type is not null${kind}${start}${end}`
}

function assembled(rows: readonly MeasurementRow[]): VitalRows[] {
  const parts = Map.groupBy(
    rows.filter((row) => row.lead_id !== null),
    (row) => row.lead_id as string,
  )
  return rows
    .filter((row) => row.lead_id === null && row.vital_type !== null)
    .map((lead) => [lead, ...(parts.get(lead.id) ?? [])])
}

function newestFirst(vitals: VitalRows[]): VitalRows[] {
  return vitals.sort(([a], [b]) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1))
}

/** The statement that announces events whose rows were written earlier in the same transaction. */
export function announceStatement(ids: readonly string[], events: RowEvents): Statement {
  return events.announce(sql`(select id from unnest(${ids}::uuid[]) as rows (id))`)
}

/** The new state of a vital sign's first row. */
export type LeadCorrection = Pick<
  MeasurementRow,
  | 'id'
  | 'value'
  | 'unit'
  | 'canonical_value'
  | 'canonical_unit'
  | 'loinc'
  | 'at'
  | 'source'
  | 'device_id'
  | 'notes'
  | 'is_unusual'
  | 'warnings'
  | 'details'
>

/** Corrects rows of a vital sign; the first must still have `version`. Returns the corrected rows: none when it has not. */
export function correctVitalStatement(
  userId: string,
  lead: { readonly id: string; readonly version: number },
  rows: readonly LeadCorrection[],
  now: Date,
): Statement {
  const list = jsonOrNull(rows)
  return sql`update health_tracking.measurement m set value = c.value, unit = c.unit, canonical_value = c.canonical_value,
      canonical_unit = c.canonical_unit, loinc = c.loinc, at = c.at, source = c.source, device_id = c.device_id,
      notes = c.notes, is_unusual = c.is_unusual, warnings = c.warnings, details = c.details, updated_at = ${now},
      version = m.version + 1
    from jsonb_to_recordset(${list}::jsonb) as c (id uuid, value float8, unit text, canonical_value float8,
      canonical_unit text, loinc text, at timestamptz, source text, device_id text, notes text, is_unusual boolean,
      warnings jsonb, details jsonb)
    where m.id = c.id and m.user_id = ${userId} and exists (select from health_tracking.measurement first
      where first.id = ${lead.id} and first.user_id = ${userId} and first.version = ${lead.version})
    returning m.id`
}
