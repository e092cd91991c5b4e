import {
  CLEAR_STATE,
  type HysteresisRule,
  type HysteresisState,
  ruleProblem,
  step,
} from '../../../shared/hysteresis.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { metricDefinition } from '../../../shared/metrics.ts'
import type { Severity } from '../../../shared/severity.ts'

/** A rule as it is evaluated: thresholds in the metric's canonical unit, and as the person wrote them. */
export interface Rule {
  readonly id: string
  readonly name: string
  readonly kind: 'default' | 'own'
  readonly isActive: boolean
  readonly metricType: MetricType
  readonly comparison: 'above' | 'below'
  readonly threshold: number
  readonly clearThreshold: number
  readonly unit: string
  readonly canonicalThreshold: number
  readonly canonicalClearThreshold: number
  /** Whether a reading at the threshold itself counts. */
  readonly isInclusive: boolean
  readonly consecutive: number
  readonly severity: Severity
  readonly minimumAgeYears: number | null
  readonly source: string
  readonly version: number
  readonly updatedAt: Date | null
}

/** Where a rule stands for a person. */
export interface RuleState extends HysteresisState {
  readonly ruleId: string
  readonly lastAt: Date
}

/** A measurement as rules see it. */
export interface WatchedReading {
  readonly measurementId: string
  readonly metricType: MetricType
  readonly canonicalValue: number
  readonly at: Date
  /** A heart rate in exercise is not judged by the rules for rest. */
  readonly isExercise: boolean
}

export interface RaisedAlert {
  readonly rule: Rule
  readonly measurementId: string
  readonly at: Date
  /** When a later reading of the same call gave the all-clear. */
  readonly clearedAt: Date | null
}

export interface AlertEffects {
  readonly states: readonly RuleState[]
  readonly raised: readonly RaisedAlert[]
  /** Rules whose open alert goes away. */
  readonly cleared: readonly { readonly ruleId: string; readonly measurementId: string; readonly at: Date }[]
}

/** An alert is about now: what happened longer ago is history, shown by the statistics. */
const ALERT_MAXIMUM_AGE_MS = 48 * 3_600_000
/** Far below any meter's resolution: turns "strictly beyond" into the "at or beyond" of shared/hysteresis. */
const STRICTLY = 1e-12
/** Where a rule names no all-clear: 2 % of the threshold back towards safety (our own choice). */
const DEFAULT_CLEAR_SHARE = 0.02

/** The rule in the form of shared/hysteresis, in canonical units. */
export function hysteresisOf(
  rule: Pick<Rule, 'comparison' | 'canonicalThreshold' | 'canonicalClearThreshold' | 'isInclusive' | 'consecutive'>,
): HysteresisRule {
  const { canonicalThreshold: threshold, comparison } = rule
  const margin = rule.isInclusive ? 0 : Math.max(Math.abs(threshold) * STRICTLY, Number.MIN_VALUE)
  return {
    danger: comparison,
    raiseAt: comparison === 'above' ? threshold + margin : threshold - margin,
    clearAt: rule.canonicalClearThreshold,
    readingsToRaise: rule.consecutive,
  }
}

/** What is wrong with a rule in words, or undefined. */
export function problemOf(rule: Parameters<typeof hysteresisOf>[0]): string | undefined {
  const { comparison, canonicalThreshold: raise, canonicalClearThreshold: clear } = rule
  const isSafe = comparison === 'above' ? clear < raise : clear > raise
  return isSafe ? ruleProblem(hysteresisOf(rule)) : 'must lie on the safe side of the threshold'
}

/** The all-clear of a rule that names none, in the unit of the threshold. */
export function defaultClear(comparison: 'above' | 'below', threshold: number, metricType: MetricType): number {
  const smallest = 10 ** -metricDefinition(metricType).decimals
  const distance = Math.max(Math.abs(threshold) * DEFAULT_CLEAR_SHARE, smallest)
  return comparison === 'above' ? threshold - distance : threshold + distance
}

/** Whether any of the readings could raise one of the rules at once: only then is the person's age worth asking for. */
export function isBeyondAny(rules: readonly Rule[], readings: readonly WatchedReading[]): boolean {
  return rules.some((rule) =>
    readings.some((reading) => {
      if (reading.metricType !== rule.metricType) return false
      const { raiseAt, danger } = hysteresisOf(rule)
      return danger === 'above' ? reading.canonicalValue >= raiseAt : reading.canonicalValue <= raiseAt
    }),
  )
}

/**
 * What new readings do to the rules: each goes one step further through shared/hysteresis, in order of time. Readings of
 * longer than 48 hours ago, and those not newer than the last one a rule saw, change nothing. A rule for adults is not
 * held against someone younger; while the age is not known it is.
 * @param ageYears `unreachable` while the profile cannot be asked: rules with a minimum age then wait
 */
export function evaluate(
  rules: readonly Rule[],
  states: readonly RuleState[],
  readings: readonly WatchedReading[],
  now: Date,
  ageYears: number | undefined | 'unreachable',
): AlertEffects {
  const effects = {
    states: [] as RuleState[],
    raised: [] as RaisedAlert[],
    cleared: [] as AlertEffects['cleared'][number][],
  }
  const ordered = [...readings].sort((a, b) => a.at.getTime() - b.at.getTime())
  for (const rule of rules) {
    if (!rule.isActive || !concerns(rule, ageYears)) continue
    const before = states.find((state) => state.ruleId === rule.id)
    let state: HysteresisState = before ?? CLEAR_STATE
    let lastAt = before?.lastAt
    let pending: { measurementId: string; at: Date } | undefined
    for (const reading of ordered) {
      if (!isWatched(rule, reading, now) || (lastAt !== undefined && reading.at <= lastAt)) continue
      const next = step(state, hysteresisOf(rule), reading.canonicalValue)
      state = next.state
      lastAt = reading.at
      const { measurementId, at } = reading
      if (next.change === 'raised') pending = { measurementId, at }
      if (next.change === 'cleared') {
        if (pending === undefined) effects.cleared.push({ ruleId: rule.id, measurementId, at })
        else effects.raised.push({ rule, ...pending, clearedAt: at })
        pending = undefined
      }
    }
    if (pending !== undefined) effects.raised.push({ rule, ...pending, clearedAt: null })
    const isChanged = before === undefined ? state.streak > 0 || state.status === 'raised' : lastAt !== before.lastAt
    if (isChanged && lastAt !== undefined) effects.states.push({ ruleId: rule.id, ...state, lastAt })
  }
  return effects
}

function concerns(rule: Rule, ageYears: number | undefined | 'unreachable'): boolean {
  if (rule.minimumAgeYears === null || ageYears === undefined) return true
  return ageYears !== 'unreachable' && ageYears >= rule.minimumAgeYears
}

function isWatched(rule: Rule, reading: WatchedReading, now: Date): boolean {
  if (reading.metricType !== rule.metricType) return false
  if (now.getTime() - reading.at.getTime() > ALERT_MAXIMUM_AGE_MS) return false
  return !(reading.isExercise && rule.kind === 'default')
}

/** `Systolic blood pressure above 180 mmHg`. */
export function titleOf(rule: Pick<Rule, 'metricType' | 'comparison' | 'threshold' | 'unit' | 'isInclusive'>): string {
  const edge = rule.isInclusive ? ` or at` : ''
  const { label, wholeLabel = label } = metricDefinition(rule.metricType)
  return `${wholeLabel} ${rule.comparison}${edge} ${rule.threshold} ${rule.unit}`
}

/** What an alert says of itself: rule, source and all-clear; the reading itself is shown beside, never copied. */
export function messageOf(rule: Rule): string {
  const times = rule.consecutive > 1 ? `${rule.consecutive} readings in a row` : 'A reading'
  const clear = `All-clear at ${rule.clearThreshold} ${rule.unit}.`
  return `${times}: ${titleOf(rule)}. ${clear} Source: ${rule.source}.`
}
