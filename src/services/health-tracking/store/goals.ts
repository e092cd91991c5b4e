import type { Database } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import { localDayBounds } from '../../../shared/dates.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import type { GoalFrequency, GoalStatus, GoalType } from '../contract/goals.ts'
import type { Paging } from '../domain/paging.ts'
import { newestOfMetric, oldestOfMetric, type Rows } from './measurements.ts'

export interface GoalRow {
  readonly id: string
  readonly user_id: string
  readonly title: string
  readonly description: string | null
  readonly metric_type: MetricType
  readonly goal_type: GoalType
  readonly target_value: number | null
  readonly baseline_value: number | null
  readonly tolerance: number | null
  readonly unit: string
  readonly frequency: GoalFrequency
  readonly start_date: string
  readonly target_date: string | null
  readonly status: GoalStatus
  readonly completed_at: Date | null
  readonly metadata: Record<string, unknown> | null
  readonly created_at: Date
  readonly updated_at: Date
  readonly version: number
}

export interface GoalFilter {
  readonly userId: string
  readonly status?: GoalStatus | undefined
  readonly goalType?: GoalType | undefined
  readonly metricType?: MetricType | undefined
}

export const goalColumns = sql`id, user_id, title, description, metric_type, goal_type, target_value, baseline_value, tolerance, unit,
  frequency, start_date, target_date, status, completed_at, metadata, created_at, updated_at, version`

/** Writes goals as one set; announced where `announcement` is given. */
export function insertGoals(
  db: Database,
  goals: readonly Omit<GoalRow, 'created_at' | 'updated_at' | 'version'>[],
  now: Date,
  announcement?: Statement,
): Promise<GoalRow[]> {
  const announced = announcement === undefined ? nothing : sql`, ${announcement}`
  return db.many<GoalRow>(
    sql`with given as (
        select * from jsonb_to_recordset(${JSON.stringify(goals)}::jsonb) as g (id uuid, user_id uuid, title text,
          description text, metric_type text, goal_type text, target_value float8, baseline_value float8,
          tolerance float8, unit text, frequency text, start_date date, target_date date, status text,
          completed_at timestamptz, metadata jsonb)),
      written as (insert into health_tracking.goal (${goalColumns})
      select g.id, g.user_id, g.title, g.description, g.metric_type, g.goal_type, g.target_value, g.baseline_value,
        g.tolerance, g.unit, g.frequency, g.start_date, g.target_date, g.status, g.completed_at, g.metadata,
        ${now}::timestamptz, ${now}::timestamptz, 1 from given g returning ${goalColumns})
      select ${goalColumns}${announced} from written`,
  )
}

export function findGoal(db: Database, userId: string, id: string): Promise<GoalRow | undefined> {
  return db.one<GoalRow>(sql`select ${goalColumns} from health_tracking.goal where id = ${id} and user_id = ${userId}`)
}

/** The statement of a page of goals, newest first, along `goal_newest` or, of active ones, `goal_active`. */
export function goalsStatement(filter: GoalFilter, paging: Paging): Statement {
  const { after } = paging
  const position =
    after === undefined ? nothing : sql` and (created_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
  return sql`select ${goalColumns} from health_tracking.goal where ${matching(filter)}${position}
    order by created_at desc, id desc limit ${paging.limit + 1} offset ${paging.skip}`
}

export async function pageOfGoals(db: Database, filter: GoalFilter, paging: Paging): Promise<Rows<GoalRow>> {
  const page = goalsStatement(filter, paging)
  if (paging.page === undefined) return { rows: await db.many<GoalRow>(page), total: undefined }
  const [rows = [], counts = []] = await db.batch([
    page,
    sql`select count(*)::int as total from health_tracking.goal where ${matching(filter)}`,
  ])
  return { rows: rows as GoalRow[], total: (counts[0] as { total: number }).total }
}

function matching({ userId, status, goalType, metricType }: GoalFilter): Statement {
  const kind = goalType === undefined ? nothing : sql` and goal_type = ${goalType}`
  const metric = metricType === undefined ? nothing : sql` and metric_type = ${metricType}`
  // A literal, so that the partial index of active goals is recognised.
  const state =
    status === undefined ? nothing : status === 'active' ? sql` and status = 'active'` : sql` and status = ${status}`
  return sql`user_id = ${userId}${state}${kind}${metric}`
}

/** Writes a changed goal if it still has `version`, with the announcement of its completion; undefined when it has not. */
export function updateGoal(
  db: Database,
  goal: GoalRow,
  change: Statement,
  completion: Statement | undefined,
  now: Date,
): Promise<GoalRow | undefined> {
  const announced = completion === undefined ? nothing : sql`, ${completion}`
  return db.one<GoalRow>(
    sql`with written as (
        update health_tracking.goal set title = ${goal.title}, description = ${goal.description},
          target_value = ${goal.target_value}, baseline_value = ${goal.baseline_value}, tolerance = ${goal.tolerance},
          unit = ${goal.unit}, target_date = ${goal.target_date}, status = ${goal.status},
          completed_at = ${goal.completed_at}, metadata = ${goal.metadata === null ? null : JSON.stringify(goal.metadata)}::jsonb,
          updated_at = ${now}, version = version + 1
        where id = ${goal.id} and user_id = ${goal.user_id} and version = ${goal.version} returning ${goalColumns})
      select ${goalColumns}, ${change} as changed${announced} from written`,
  )
}

/** False when there is none, or not of `version`. */
export async function deleteGoal(
  db: Database,
  userId: string,
  id: string,
  version: number | null,
  announcement: Statement,
): Promise<boolean> {
  const only = version === null ? nothing : sql` and version = ${version}`
  const gone = await db.many(sql`with gone as (
      delete from health_tracking.goal where id = ${id} and user_id = ${userId}${only} returning id)
    select id, ${announcement} from gone`)
  return gone.length > 0
}

export interface SpotEvidenceRow {
  readonly id: string
  /** Canonical value, and epoch milliseconds. */
  readonly before: Evidence | null
  readonly first: Evidence | null
  readonly latest: Evidence | null
  /** Measurements since the start, counted up to two. */
  readonly since: number
}
export type Evidence = readonly [value: number, atMs: number]

/** The statement of what was measured around each goal's start: three steps in `measurement_reading` a goal. */
export function spotEvidenceStatement(
  userId: string,
  goals: readonly Pick<GoalRow, 'id' | 'metric_type' | 'start_date'>[],
  zone: string,
): Statement {
  const list = JSON.stringify(
    goals.map(({ id, metric_type, start_date }) => ({
      id,
      metric_type,
      starts_at: localDayBounds(start_date, zone).startsAt,
    })),
  )
  const one = (
    condition: Statement,
    order: Statement,
  ) => sql`(select array[m.canonical_value, extract(epoch from m.at)::float8 * 1000] from health_tracking.measurement m
    where m.user_id = ${userId} and m.metric_type = g.metric_type and ${condition} order by ${order} limit 1)`
  return sql`select g.id,
      ${one(sql`m.at < g.starts_at and m.at >= g.starts_at - interval '30 days'`, newestOfMetric)} as before,
      ${one(sql`m.at >= g.starts_at`, oldestOfMetric)} as first,
      ${one(sql`m.at >= g.starts_at`, newestOfMetric)} as latest,
      (select count(*)::int from (select from health_tracking.measurement m where m.user_id = ${userId}
        and m.metric_type = g.metric_type and m.at >= g.starts_at limit 2) counted) as since
    from jsonb_to_recordset(${list}::jsonb) as g (id uuid, metric_type text, starts_at timestamptz)`
}
