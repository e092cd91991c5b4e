import type { Database } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import type { AlertRule, AlertState } from '../contract/alerts.ts'
import type { RuleState } from '../domain/alertRules.ts'
import type { Paging } from '../domain/paging.ts'
import { jsonOrNull, type RowEvents, type Rows } from './measurements.ts'

export interface AlertRow {
  readonly id: string
  readonly user_id: string
  readonly alert_type: string
  readonly title: string
  readonly message: string
  readonly severity: number
  readonly state: AlertState
  readonly is_actionable: boolean
  readonly rule_id: string | null
  readonly rule: AlertRule | null
  readonly measurement_id: string | null
  readonly raised_at: Date
  readonly acknowledged_at: Date | null
  readonly acknowledged_by: string | null
  readonly cleared_at: Date | null
  readonly cleared_because: string | null
  readonly scheduled_for: Date | null
  readonly expires_at: Date | null
  readonly metadata: Record<string, unknown> | null
  readonly created_at: Date
  readonly updated_at: Date
  readonly version: number
  /** The measurement (or the reading of a device) behind it, as it is now; null once it is deleted. */
  readonly reading: AlertReading | null
}

export interface AlertReading {
  readonly metric_type: MetricType
  /** The name at `device-data` of what a device measured; older alerts don't say it. */
  readonly device_type?: string | null
  readonly value: number
  readonly unit: string
  readonly at: string
}

export interface AlertFilter {
  readonly userId: string
  readonly state?: AlertState | undefined
  readonly isOpen?: boolean
  readonly alertType?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

const columns = sql`a.id, a.user_id, a.alert_type, a.title, a.message, a.severity, a.state, a.is_actionable, a.rule_id, a.rule,
  a.measurement_id, a.raised_at, a.acknowledged_at, a.acknowledged_by, a.cleared_at, a.cleared_because, a.scheduled_for, a.expires_at,
  a.metadata, a.created_at, a.updated_at, a.version, coalesce(a.reading, (select jsonb_build_object('metric_type', m.metric_type,
    'value', m.value, 'unit', m.unit, 'at', m.at) from health_tracking.measurement m where m.id = a.measurement_id)) as reading`

export function findAlert(db: Database, userId: string, id: string): Promise<AlertRow | undefined> {
  return db.one<AlertRow>(
    sql`select ${columns} from health_tracking.alert a where a.id = ${id} and a.user_id = ${userId}`,
  )
}

/** The statement of a page of alerts, newest first, along `alert_newest` or, of open ones, `alert_open`. */
export function alertsStatement(filter: AlertFilter, paging: Paging): Statement {
  const after = paging.after
  const position =
    after === undefined ? nothing : sql` and (a.raised_at, a.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
  return sql`select ${columns} from health_tracking.alert a where ${matching(filter)}${position}
    order by a.raised_at desc, a.id desc limit ${paging.limit + 1} offset ${paging.skip}`
}

export async function pageOfAlerts(db: Database, filter: AlertFilter, paging: Paging): Promise<Rows<AlertRow>> {
  const page = alertsStatement(filter, paging)
  if (paging.page === undefined) return { rows: await db.many<AlertRow>(page), total: undefined }
  const [rows = [], counts = []] = await db.batch([
    page,
    sql`select count(*)::int as total from health_tracking.alert a where ${matching(filter)}`,
  ])
  return { rows: rows as AlertRow[], total: (counts[0] as { total: number }).total }
}

function matching({ userId, state, isOpen, alertType, from, to }: AlertFilter): Statement {
  return sql`a.user_id = ${userId}${state === undefined ? nothing : sql` and a.state = ${state}`}${
    isOpen === true ? sql` and a.state <> 'cleared'` : nothing
  }${alertType === undefined ? nothing : sql` and a.alert_type = ${alertType}`}${
    from === undefined ? nothing : sql` and a.raised_at >= ${from}`
  }${to === undefined ? nothing : sql` and a.raised_at <= ${to}`}`
}

/** An alert as it is written. */
export type NewAlert = Omit<
  AlertRow,
  'reading' | 'version' | 'created_at' | 'updated_at' | 'user_id' | 'acknowledged_at' | 'acknowledged_by'
> & {
  /** The reading of a device, which is no measurement here; `measurement_id` then is its data point. */
  readonly reading?: AlertReading | undefined
}

/**
 * The statement that writes alerts of rules, for the transaction that wrote their measurements: one whose measurement
 * was not written (it was there already), or whose rule has an open alert, is left out. Announces those raised.
 */
export function raiseStatement(userId: string, alerts: readonly NewAlert[], events: RowEvents): Statement {
  const { now } = events
  return sql`with given as (
      select * from jsonb_to_recordset(${JSON.stringify(alerts)}::jsonb) as g (id uuid, alert_type text, title text,
        message text, severity smallint, state text, is_actionable boolean, rule_id uuid, rule jsonb, measurement_id uuid,
        raised_at timestamptz, cleared_at timestamptz, cleared_because text, reading jsonb)),
    written as (
      insert into health_tracking.alert (id, user_id, alert_type, title, message, severity, state, is_actionable, rule_id,
        rule, measurement_id, raised_at, cleared_at, cleared_because, reading, created_at, updated_at)
      select g.id, ${userId}::uuid, g.alert_type, g.title, g.message, g.severity, g.state, g.is_actionable, g.rule_id, g.rule,
        g.measurement_id, g.raised_at, g.cleared_at, g.cleared_because, g.reading, ${now}::timestamptz, ${now}::timestamptz
      from given g
      where g.reading is not null
        or exists (select from health_tracking.measurement m where m.id = g.measurement_id and m.user_id = ${userId}::uuid)
      on conflict (user_id, rule_id) where state <> 'cleared' and rule_id is not null do nothing
      returning id)
    ${events.announce(sql`written`)}`
}

/** The statement that keeps where rules stand; an older reading than the last one seen changes nothing. */
export function statesStatement(userId: string, states: readonly RuleState[]): Statement {
  const list = JSON.stringify(states.map(({ ruleId, status, streak, lastAt }) => ({ ruleId, status, streak, lastAt })))
  return sql`insert into health_tracking.alert_state as kept (user_id, rule_id, status, streak, last_at)
    select ${userId}::uuid, s."ruleId", s.status, s.streak, s."lastAt" from jsonb_to_recordset(${list}::jsonb)
      as s ("ruleId" uuid, status text, streak int, "lastAt" timestamptz)
    on conflict (user_id, rule_id) do update set status = excluded.status, streak = excluded.streak,
      last_at = excluded.last_at where kept.last_at <= excluded.last_at`
}

/** The statement that clears the open alerts of rules. */
export function clearStatement(userId: string, ruleIds: readonly string[], because: string, now: Date): Statement {
  return sql`update health_tracking.alert set state = 'cleared', cleared_at = ${now}, cleared_because = ${because},
      updated_at = ${now}, version = version + 1
    where user_id = ${userId} and rule_id = any(${ruleIds}::uuid[]) and state <> 'cleared'`
}

/** The statement that forgets what a changed measurement did to the rules: its open alerts clear, their rules start anew. */
export function forgetReadingStatement(
  userId: string,
  measurementIds: readonly string[],
  because: string,
  now: Date,
): Statement {
  return sql`with cleared as (
      update health_tracking.alert set state = 'cleared', cleared_at = ${now}, cleared_because = ${because},
        updated_at = ${now}, version = version + 1
      where user_id = ${userId} and measurement_id = any(${measurementIds}::uuid[]) and state <> 'cleared'
      returning rule_id)
    delete from health_tracking.alert_state where user_id = ${userId} and rule_id in (select rule_id from cleared)`
}

/** The statement that mends (or takes away) the device's reading that alerts show. */
export function mendReadingStatement(userId: string, pointId: string, reading: AlertReading | undefined): Statement {
  return sql`update health_tracking.alert set reading = ${jsonOrNull(reading)}::jsonb
    where user_id = ${userId} and measurement_id = ${pointId}::uuid and reading is not null`
}

/** The statement of the rules whose open alerts some measurements raised. */
export function raisedByStatement(userId: string, measurementIds: readonly string[]): Statement {
  return sql`select rule_id from health_tracking.alert where user_id = ${userId}
    and measurement_id = any(${measurementIds}::uuid[]) and state <> 'cleared' and rule_id is not null limit 100`
}

export async function insertAlert(db: Database, userId: string, alert: NewAlert, now: Date): Promise<AlertRow> {
  const row = await db.one<AlertRow>(
    sql`insert into health_tracking.alert as a (id, user_id, alert_type, title, message, severity, state, is_actionable,
        raised_at, scheduled_for, expires_at, metadata, created_at, updated_at)
      values (${alert.id}, ${userId}, ${alert.alert_type}, ${alert.title}, ${alert.message}, ${alert.severity},
        ${alert.state}, ${alert.is_actionable}, ${alert.raised_at}, ${alert.scheduled_for}, ${alert.expires_at},
        ${jsonOrNull(alert.metadata)}::jsonb, ${now}, ${now}) returning ${columns}`,
  )
  return row as AlertRow
}

/** Writes an alert's changeable members if it still has `version`; undefined when it has not. */
export function updateAlert(db: Database, alert: AlertRow, now: Date): Promise<AlertRow | undefined> {
  return db.one<AlertRow>(
    sql`update health_tracking.alert a set title = ${alert.title}, message = ${alert.message}, severity = ${alert.severity},
        state = ${alert.state}, is_actionable = ${alert.is_actionable}, acknowledged_at = ${alert.acknowledged_at},
        acknowledged_by = ${alert.acknowledged_by},        cleared_at = ${alert.cleared_at}, cleared_because = ${alert.cleared_because},
        scheduled_for = ${alert.scheduled_for}, expires_at = ${alert.expires_at},
        metadata = ${jsonOrNull(alert.metadata)}::jsonb, updated_at = ${now}, version = version + 1
      where a.id = ${alert.id} and a.user_id = ${alert.user_id} and a.version = ${alert.version} returning ${columns}`,
  )
}

/** The version of the row that went; undefined when there was none, or not of `version`. */
export async function deleteAlert(db: Database, userId: string, id: string, version: number | null): Promise<boolean> {
  const only = version === null ? nothing : sql` and version = ${version}`
  return (await db.run(sql`delete from health_tracking.alert where id = ${id} and user_id = ${userId}${only}`)) > 0
}
