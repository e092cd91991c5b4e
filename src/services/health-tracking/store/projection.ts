import type { Database } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import { type GoalRow, goalColumns } from './goals.ts'
import { type MeasurementRow, measurementColumns } from './measurements.ts'
import { type SymptomRow, symptomColumns } from './symptoms.ts'

/**
 * These measurements, and the other number of each blood pressure among them. Each row is fetched by its own id (`offset 0`
 * keeps the database from joining otherwise): what twenty cost doesn't grow with the record.
 */
export function measurementsWithPairs(db: Database, userId: string, ids: readonly string[]): Promise<MeasurementRow[]> {
  return db.many<MeasurementRow>(sql`with named as materialized (
      select m.id, coalesce(m.lead_id, m.id) as lead from unnest(${[...ids]}::uuid[]) as given (id), lateral (
        select id, lead_id from health_tracking.measurement where id = given.id and user_id = ${userId} offset 0) m),
    wanted as materialized (
      select id from named union select lead from named
      union select pair.id from named, lateral (
        select id, metric_type from health_tracking.measurement where lead_id = named.lead and user_id = ${userId}
          offset 0) pair where pair.metric_type = 'blood_pressure_diastolic')
    select m.* from wanted, lateral (
      select ${measurementColumns} from health_tracking.measurement where id = wanted.id and user_id = ${userId} offset 0) m`)
}

/** Where a page begins: after this value of the order, and this id. */
export type After = readonly [string, string] | undefined

function behind(column: Statement, after: After): Statement {
  return after === undefined ? nothing : sql` and (${column}, id) > (${after[0]}::timestamptz, ${after[1]}::uuid)`
}

const named = (ids: readonly string[] | undefined) =>
  ids === undefined ? nothing : sql` and id = any(${[...ids]}::uuid[])`

/** Symptoms, oldest first, along `symptom_newest`. */
export function symptomsOf(
  db: Database,
  userId: string,
  ids: readonly string[] | undefined,
  after: After,
  limit: number,
): Promise<SymptomRow[]> {
  return db.many<SymptomRow>(sql`select ${symptomColumns} from health_tracking.symptom
    where user_id = ${userId}${named(ids)}${behind(sql`started_at`, after)} order by started_at, id limit ${limit}`)
}

/** Goals, oldest first, along `goal_newest`. */
export function goalsOf(
  db: Database,
  userId: string,
  ids: readonly string[] | undefined,
  after: After,
  limit: number,
): Promise<GoalRow[]> {
  return db.many<GoalRow>(sql`select ${goalColumns} from health_tracking.goal
    where user_id = ${userId}${named(ids)}${behind(sql`created_at`, after)} order by created_at, id limit ${limit}`)
}
