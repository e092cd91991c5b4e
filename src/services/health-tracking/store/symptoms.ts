import type { Database } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import type { Paging } from '../domain/paging.ts'
import type { Rows } from './measurements.ts'

export interface SymptomRow {
  readonly id: string
  readonly user_id: string
  readonly name: string
  readonly category: string
  readonly severity: number
  readonly severity_level: number | null
  readonly started_at: Date
  readonly ended_at: Date | null
  readonly details: Record<string, unknown>
  readonly created_at: Date
  readonly updated_at: Date
  readonly version: number
}

export interface SymptomFilter {
  readonly userId: string
  readonly category?: string | undefined
  readonly severity?: number | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

export const symptomColumns = sql`id, user_id, name, category, severity, severity_level, started_at, ended_at, details, created_at,
  updated_at, version`

/** Writes a symptom and announces it in one statement. */
export async function insertSymptom(
  db: Database,
  symptom: Omit<SymptomRow, 'created_at' | 'updated_at' | 'version'>,
  announcements: readonly [Statement, Statement],
  now: Date,
): Promise<SymptomRow> {
  const row = await db.one<SymptomRow>(
    sql`with written as (
        insert into health_tracking.symptom (id, user_id, name, category, severity, severity_level, started_at, ended_at,
          details, created_at, updated_at)
        values (${symptom.id}, ${symptom.user_id}, ${symptom.name}, ${symptom.category}, ${symptom.severity},
          ${symptom.severity_level}, ${symptom.started_at}, ${symptom.ended_at}, ${JSON.stringify(symptom.details)}::jsonb,
          ${now}, ${now}) returning ${symptomColumns})
      select ${symptomColumns}, ${announcements[0]} as logged, ${announcements[1]} as changed from written`,
  )
  return row as SymptomRow
}

/** Writes many symptoms as one set, announced to nobody: for the demo household. */
export function insertSymptoms(
  db: Database,
  symptoms: readonly Omit<SymptomRow, 'created_at' | 'updated_at' | 'version'>[],
  now: Date,
): Promise<number> {
  return db.run(
    sql`insert into health_tracking.symptom (${symptomColumns})
      select s.id, s.user_id, s.name, s.category, s.severity, s.severity_level, s.started_at, s.ended_at, s.details,
        ${now}::timestamptz, ${now}::timestamptz, 1
      from jsonb_to_recordset(${JSON.stringify(symptoms)}::jsonb) as s (id uuid, user_id uuid, name text, category text,
        severity smallint, severity_level float8, started_at timestamptz, ended_at timestamptz, details jsonb)`,
  )
}

export function findSymptom(db: Database, userId: string, id: string): Promise<SymptomRow | undefined> {
  return db.one<SymptomRow>(
    sql`select ${symptomColumns} from health_tracking.symptom where id = ${id} and user_id = ${userId}`,
  )
}

/** A page of symptoms, newest first, along `symptom_newest`. */
export async function pageOfSymptoms(db: Database, filter: SymptomFilter, paging: Paging): Promise<Rows<SymptomRow>> {
  const { after } = paging
  const position =
    after === undefined ? nothing : sql` and (started_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
  const page = sql`select ${symptomColumns} from health_tracking.symptom where ${matching(filter)}${position}
    order by started_at desc, id desc limit ${paging.limit + 1} offset ${paging.skip}`
  if (paging.page === undefined) return { rows: await db.many<SymptomRow>(page), total: undefined }
  const [rows = [], counts = []] = await db.batch([
    page,
    sql`select count(*)::int as total from health_tracking.symptom where ${matching(filter)}`,
  ])
  return { rows: rows as SymptomRow[], total: (counts[0] as { total: number }).total }
}

function matching({ userId, category, severity, from, to }: SymptomFilter): Statement {
  return sql`user_id = ${userId}${category === undefined ? nothing : sql` and category = ${category}`}${
    severity === undefined ? nothing : sql` and severity = ${severity}`
  }${from === undefined ? nothing : sql` and started_at >= ${from}`}${
    to === undefined ? nothing : sql` and started_at <= ${to}`
  }`
}

/** Writes a changed symptom if it still has `version`, and announces it; undefined when it has not. */
export function updateSymptom(
  db: Database,
  symptom: SymptomRow,
  announcement: Statement,
  now: Date,
): Promise<SymptomRow | undefined> {
  return db.one<SymptomRow>(
    sql`with written as (update health_tracking.symptom set name = ${symptom.name}, category = ${symptom.category},
        severity = ${symptom.severity}, severity_level = ${symptom.severity_level}, started_at = ${symptom.started_at},
        ended_at = ${symptom.ended_at}, details = ${JSON.stringify(symptom.details)}::jsonb, updated_at = ${now},
        version = version + 1
      where id = ${symptom.id} and user_id = ${symptom.user_id} and version = ${symptom.version} returning ${symptomColumns})
      select ${symptomColumns}, ${announcement} from written`,
  )
}

/** False when there is none, or not of `version`. */
export async function deleteSymptom(
  db: Database,
  userId: string,
  id: string,
  version: number | null,
  announcement: Statement,
): Promise<boolean> {
  const only = version === null ? nothing : sql` and version = ${version}`
  const gone = await db.many(sql`with gone as (
      delete from health_tracking.symptom where id = ${id} and user_id = ${userId}${only} returning id)
    select id, ${announcement} from gone`)
  return gone.length > 0
}

/** The statement of how many symptoms began since an instant. */
export function symptomCountStatement(userId: string, since: Date): Statement {
  return sql`select count(*)::int as total from health_tracking.symptom where user_id = ${userId} and started_at >= ${since}`
}
