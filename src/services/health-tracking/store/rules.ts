import type { Database } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import type { RuleState } from '../domain/alertRules.ts'
import { clearStatement } from './alerts.ts'

export interface RuleRow {
  readonly id: string
  readonly name: string
  readonly metric_type: MetricType
  readonly comparison: 'above' | 'below'
  readonly threshold: number
  readonly clear_threshold: number
  readonly unit: string
  readonly canonical_threshold: number
  readonly canonical_clear_threshold: number
  readonly is_inclusive: boolean
  readonly consecutive: number
  readonly severity: number
  readonly is_active: boolean
  readonly updated_at: Date
  readonly version: number
}

/** How a person set a default rule. */
export interface SwitchRow {
  readonly rule_id: string
  readonly is_active: boolean
  readonly updated_at: Date
  readonly version: number
}

const columns = sql`id, name, metric_type, comparison, threshold, clear_threshold, unit, canonical_threshold,
  canonical_clear_threshold, is_inclusive, consecutive, severity, is_active, updated_at, version`

/** Own rules a person may have. */
export const MAXIMUM_OWN_RULES = 100

/** The statements of a person's own rules (for some metrics), and of how the default rules are set. */
export function rulesStatements(userId: string, metricTypes?: readonly MetricType[]): readonly [Statement, Statement] {
  const only = metricTypes === undefined ? nothing : sql` and metric_type = any(${metricTypes}::text[])`
  return [
    sql`select ${columns} from health_tracking.alert_rule where user_id = ${userId}${only}
      order by metric_type, created_at, id limit ${MAXIMUM_OWN_RULES}`,
    sql`select rule_id, is_active, updated_at, version from health_tracking.alert_rule_switch
      where user_id = ${userId} limit 100`,
  ]
}

/** The statement of where a person's rules stand. */
export function statesOf(userId: string): Statement {
  return sql`select rule_id as "ruleId", status, streak, last_at as "lastAt" from health_tracking.alert_state
    where user_id = ${userId} limit 300`
}

export type StateRow = RuleState

/** Writes a rule unless the person has the most that are allowed; undefined then. */
export function insertRule(db: Database, userId: string, rule: Omit<RuleRow, 'updated_at' | 'version'>, now: Date) {
  return db.one<RuleRow>(
    sql`insert into health_tracking.alert_rule (id, user_id, name, metric_type, comparison, threshold, clear_threshold, unit,
        canonical_threshold, canonical_clear_threshold, is_inclusive, consecutive, severity, is_active, created_at, updated_at)
      select ${rule.id}, ${userId}, ${rule.name}, ${rule.metric_type}, ${rule.comparison}, ${rule.threshold},
        ${rule.clear_threshold}, ${rule.unit}, ${rule.canonical_threshold}, ${rule.canonical_clear_threshold},
        ${rule.is_inclusive}, ${rule.consecutive}, ${rule.severity}, ${rule.is_active}, ${now}, ${now}
      where (select count(*) from health_tracking.alert_rule where user_id = ${userId}) < ${MAXIMUM_OWN_RULES}
      returning ${columns}`,
  )
}

/** Writes a changed rule if it still has `version`, and lets it start anew: its open alert clears. */
export async function updateRule(db: Database, userId: string, rule: RuleRow, now: Date): Promise<RuleRow | undefined> {
  const [rows = []] = await db.batch([
    sql`update health_tracking.alert_rule set name = ${rule.name}, threshold = ${rule.threshold},
        clear_threshold = ${rule.clear_threshold}, unit = ${rule.unit}, canonical_threshold = ${rule.canonical_threshold},
        canonical_clear_threshold = ${rule.canonical_clear_threshold}, is_inclusive = ${rule.is_inclusive},
        consecutive = ${rule.consecutive}, severity = ${rule.severity}, is_active = ${rule.is_active}, updated_at = ${now},
        version = version + 1
      where id = ${rule.id} and user_id = ${userId} and version = ${rule.version} returning ${columns}`,
    ...startAnew(userId, rule.id, 'the rule was changed', now, rule.version + 1),
  ])
  return rows[0] as RuleRow | undefined
}

/** Switches a default rule; switched off, its open alert clears. */
export async function switchRule(
  db: Database,
  userId: string,
  change: { readonly ruleId: string; readonly isActive: boolean; readonly version: number },
  now: Date,
): Promise<SwitchRow | undefined> {
  const { ruleId, isActive, version } = change
  const [rows = []] = await db.batch([
    sql`insert into health_tracking.alert_rule_switch as kept (user_id, rule_id, is_active, updated_at)
      values (${userId}, ${ruleId}, ${isActive}, ${now})
      on conflict (user_id, rule_id) do update set is_active = excluded.is_active, updated_at = excluded.updated_at,
        version = kept.version + 1 where kept.version = ${version}
      returning rule_id, is_active, updated_at, version`,
    ...(isActive ? [] : startAnew(userId, ruleId, 'the rule was switched off', now)),
  ])
  return rows[0] as SwitchRow | undefined
}

/** Deletes an own rule; its open alert clears. False when there is none, or not of `version`. */
export async function deleteRule(
  db: Database,
  userId: string,
  id: string,
  version: number | null,
  now: Date,
): Promise<boolean> {
  const only = version === null ? nothing : sql` and version = ${version}`
  const [rows = []] = await db.batch([
    sql`delete from health_tracking.alert_rule where id = ${id} and user_id = ${userId}${only} returning id`,
    sql`update health_tracking.alert set state = 'cleared', cleared_at = ${now}, cleared_because = 'the rule was deleted',
        updated_at = ${now}, version = version + 1
      where user_id = ${userId} and rule_id = ${id} and state <> 'cleared'
        and not exists (select from health_tracking.alert_rule r where r.id = ${id})`,
    sql`delete from health_tracking.alert_state where user_id = ${userId} and rule_id = ${id}
      and not exists (select from health_tracking.alert_rule r where r.id = ${id})`,
  ])
  return rows.length > 0
}

function startAnew(userId: string, ruleId: string, because: string, now: Date, version?: number): Statement[] {
  const isWritten =
    version === undefined
      ? nothing
      : sql` and exists (select from health_tracking.alert_rule r where r.id = ${ruleId} and r.version = ${version})`
  return [
    sql`${clearStatement(userId, [ruleId], because, now)}${isWritten}`,
    sql`delete from health_tracking.alert_state where user_id = ${userId} and rule_id = ${ruleId}${isWritten}`,
  ]
}
