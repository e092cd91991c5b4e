import type { Context } from '../../../kernel/service.ts'
import type { Statement } from '../../../kernel/sql.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { healthTracking } from '../contract.ts'
import {
  type AlertEffects,
  evaluate,
  isBeyondAny,
  messageOf,
  type Rule,
  type RuleState,
  titleOf,
  type WatchedReading,
} from '../domain/alertRules.ts'
import {
  type AlertReading,
  clearStatement,
  forgetReadingStatement,
  type NewAlert,
  raisedByStatement,
  raiseStatement,
  statesStatement,
} from '../store/alerts.ts'
import {
  insertStatement,
  type MeasurementRow,
  type NewMeasurement,
  type ReadingKey,
  sameReadingsStatement,
} from '../store/measurements.ts'
import { type RuleRow, rulesStatements, type SwitchRow, statesOf } from '../store/rules.ts'
import { type Facts, factsOf, personAt } from './facts.ts'
import { rowEvents } from './inputs.ts'
import { announceObservations } from './projection.ts'
import { effectiveRules } from './ruleViews.ts'
import { ruleOf } from './views.ts'

/** What the rules must know before readings are written. */
export interface Watch {
  readonly rules: readonly Rule[]
  readonly states: readonly RuleState[]
}

export interface Recorded {
  /** Rows that were written now, by their id. */
  readonly written: ReadonlyMap<string, MeasurementRow>
  /** Rows that were there before, by the key of the reading. */
  readonly existing: ReadonlyMap<string, MeasurementRow>
}

/** Tells readings apart. */
export function keyOf(reading: ReadingKey): string {
  const { metric_type, at, source, canonical_value, series } = reading
  return JSON.stringify([metric_type, at.getTime(), source, canonical_value, series])
}

/** The rules that watch some metrics, and where they stand. */
export async function watchOf(context: Context, metricTypes: readonly MetricType[]): Promise<Watch> {
  const [own = [], switches = [], states = []] = await context.db.batch([
    ...rulesStatements(context.personId, metricTypes),
    statesOf(context.personId),
  ])
  const rules = effectiveRules(own as RuleRow[], switches as SwitchRow[], metricTypes)
  return { rules: rules.filter((rule) => rule.isActive), states: states as RuleState[] }
}

/** Rules and their states for some metrics, and rows of readings that are there already: one round trip. */
export async function prepare(context: Context, keys: readonly ReadingKey[]) {
  const metricTypes = [...new Set(keys.map((key) => key.metric_type))]
  const [own = [], switches = [], states = [], existing = []] = await context.db.batch([
    ...rulesStatements(context.personId, metricTypes),
    statesOf(context.personId),
    sameReadingsStatement(context.personId, keys),
  ])
  const rules = effectiveRules(own as RuleRow[], switches as SwitchRow[], metricTypes)
  const watch: Watch = { rules: rules.filter((rule) => rule.isActive), states: states as RuleState[] }
  return { watch, existing: existing as MeasurementRow[] }
}

/**
 * Writes readings with their events, the steps of the rules and the alerts raised and cleared, in one transaction: a
 * round trip to look, one to write. Readings that are there already are left alone.
 */
export async function record(
  context: Context,
  rows: readonly NewMeasurement[],
  known?: Facts,
  mode: 'each' | 'all-or-nothing' = 'each',
): Promise<Recorded> {
  const { watch, existing } = await prepare(context, rows)
  const before = new Map(existing.map((row) => [keyOf(row), row]))
  const fresh = rows.filter((row) => !before.has(keyOf(row)))
  if (fresh.length === 0 || (mode === 'all-or-nothing' && fresh.length < rows.length))
    return { written: new Map(), existing: before }
  const effects = await effectsOf(context, watch, fresh.map(watchedOf), known)
  const [written = []] = await context.db.batch([
    insertStatement(context.personId, fresh, recordedEvents(context, fresh)),
    ...effectStatements(context, effects),
    announceObservations(
      context,
      fresh.map((row) => row.id),
    ),
  ])
  const byId = new Map((written as MeasurementRow[]).map((row) => [row.id, row]))
  const lost = fresh.filter((row) => !byId.has(row.id))
  if (lost.length > 0) {
    // Somebody wrote the same reading between our look and our write, or it stands twice in this call.
    const rows = await context.db.many<MeasurementRow>(sameReadingsStatement(context.personId, lost))
    for (const row of rows) before.set(keyOf(row), row)
  }
  return { written: byId, existing: before }
}

/** What the readings do to the rules. The person's age is asked for only when a rule for adults could be met. */
export async function effectsOf(
  context: Context,
  { rules, states }: Watch,
  readings: readonly WatchedReading[],
  known?: Facts,
): Promise<AlertEffects> {
  const now = context.now()
  const needsAge = isBeyondAny(
    rules.filter((rule) => rule.minimumAgeYears !== null),
    readings,
  )
  const facts = known ?? (needsAge ? await factsOf(context) : undefined)
  const person = facts === undefined ? undefined : personAt(facts, now)
  const age = facts !== undefined && person === undefined ? 'unreachable' : person?.ageYears
  return evaluate(rules, states, readings, now, age)
}

/**
 * The statements of what readings did to the rules, for the transaction that writes the readings.
 * @param kept readings of devices by their id, which alerts keep themselves
 */
export function effectStatements(
  context: Context,
  effects: AlertEffects,
  kept: ReadonlyMap<string, AlertReading> = new Map(),
): Statement[] {
  const { personId } = context
  const statements: Statement[] = []
  if (effects.states.length > 0) statements.push(statesStatement(personId, effects.states))
  if (effects.cleared.length > 0) {
    const ids = effects.cleared.map((one) => one.ruleId)
    statements.push(clearStatement(personId, ids, 'a reading gave the all-clear', context.now()))
  }
  if (effects.raised.length > 0) {
    const alerts = effects.raised.map((raised) => ({ raised, alert: newAlert(context, raised, kept) }))
    const events = alerts
      .filter(({ raised }) => raised.clearedAt === null)
      .map(({ raised, alert }) => ({
        id: alert.id,
        data: {
          user_id: personId,
          alert_id: alert.id,
          rule_id: raised.rule.id,
          metric_type: raised.rule.metricType,
          severity: raised.rule.severity,
          measurement_id: raised.measurementId,
          time: raised.at.toISOString(),
        },
      }))
    const announced = rowEvents(context, healthTracking.events.alertRaised, events)
    statements.push(
      raiseStatement(
        personId,
        alerts.map((one) => one.alert),
        announced,
      ),
    )
  }
  return statements
}

/**
 * What corrected readings do to the rules: what their old values did is undone (an alert they raised clears, its rule
 * starts anew), and the new values are held against the rules. For the transaction that corrects them.
 */
export async function reconsidered(
  context: Context,
  ids: readonly string[],
  rows: readonly Parameters<typeof watchedOf>[0][],
  { known, kept }: { readonly known?: Facts; readonly kept?: ReadonlyMap<string, AlertReading> } = {},
): Promise<Statement[]> {
  const metricTypes = [...new Set(rows.map((row) => row.metric_type))]
  const [own = [], switches = [], states = [], undone = []] = await context.db.batch([
    ...rulesStatements(context.personId, metricTypes),
    statesOf(context.personId),
    raisedByStatement(context.personId, ids),
  ])
  const rules = effectiveRules(own as RuleRow[], switches as SwitchRow[], metricTypes).filter((rule) => rule.isActive)
  const anew = new Set((undone as { rule_id: string }[]).map((one) => one.rule_id))
  const oldest = Math.min(...rows.map((row) => row.at.getTime()))
  // The corrected reading may be the last one a rule saw: it is looked at again, later ones stay as they are.
  const standing = (states as RuleState[])
    .filter((state) => !anew.has(state.ruleId))
    .map((state) => (state.lastAt.getTime() <= oldest ? { ...state, lastAt: new Date(0) } : state))
  const effects = await effectsOf(context, { rules, states: standing }, rows.map(watchedOf), known)
  const forgotten = forgetReadingStatement(context.personId, ids, 'the reading was corrected', context.now())
  return [forgotten, ...effectStatements(context, effects, kept)]
}

function newAlert(
  context: Context,
  { rule, measurementId, at, clearedAt }: AlertEffects['raised'][number],
  kept: ReadonlyMap<string, AlertReading>,
): NewAlert {
  return {
    id: context.newId(),
    alert_type: 'vital_sign_anomaly',
    title: titleOf(rule),
    message: messageOf(rule),
    severity: rule.severity,
    state: clearedAt === null ? 'raised' : 'cleared',
    is_actionable: true,
    rule_id: rule.id,
    rule: ruleOf(rule),
    measurement_id: measurementId,
    raised_at: at,
    cleared_at: clearedAt,
    cleared_because: clearedAt === null ? null : 'a reading gave the all-clear',
    scheduled_for: null,
    expires_at: null,
    metadata: null,
    reading: kept.get(measurementId),
  }
}

/** A row as the rules see it. */
export function watchedOf(
  row: Pick<MeasurementRow, 'id' | 'metric_type' | 'canonical_value' | 'at' | 'details' | 'metadata'>,
): WatchedReading {
  const isExercise = [row.details?.activity, row.metadata?.activity, row.metadata?.context].includes('exercise')
  return {
    measurementId: row.id,
    metricType: row.metric_type,
    canonicalValue: row.canonical_value,
    at: row.at,
    isExercise,
  }
}

/** The events of newly recorded rows. */
export function recordedEvents(context: Context, rows: readonly EventRow[]) {
  return rowEvents(context, healthTracking.events.measurementRecorded, eventItems(context, rows))
}

/** The events of corrected rows. */
export function correctedEvents(context: Context, rows: readonly EventRow[]) {
  return rowEvents(context, healthTracking.events.measurementCorrected, eventItems(context, rows))
}

/** The events of deleted rows. */
export function deletedEvents(context: Context, rows: readonly Pick<MeasurementRow, 'id' | 'metric_type' | 'at'>[]) {
  const items = rows.map(({ id, metric_type, at }) => ({
    id,
    data: { user_id: context.personId, measurement_id: id, metric_type, time: at.toISOString() },
  }))
  return rowEvents(context, healthTracking.events.measurementDeleted, items)
}

type EventRow = Pick<MeasurementRow, 'id' | 'metric_type' | 'canonical_value' | 'canonical_unit' | 'at' | 'source'>

function eventItems(context: Context, rows: readonly EventRow[]) {
  return rows.map((row) => ({
    id: row.id,
    data: {
      user_id: context.personId,
      measurement_id: row.id,
      metric_type: row.metric_type,
      value: row.canonical_value,
      unit: row.canonical_unit,
      time: row.at.toISOString(),
      source: row.source,
    },
  }))
}
