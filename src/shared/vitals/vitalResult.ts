import type { MetricType } from '../metrics/metricDefinition.ts'
import { assess } from '../metrics.ts'
import type { Severity } from '../severity.ts'
import type { Band, VitalRule } from './vitalBands.ts'

export type VitalName =
  | 'blood_pressure'
  | 'blood_pressure_mean'
  | 'heart_rate'
  | 'oxygen_saturation'
  | 'temperature'
  | 'respiratory_rate'
  | 'glucose'
  | 'bmi'

/** A reading that was judged. `value` is in `unit` (UCUM); `inputs` names what it was made of, in canonical units. */
export interface KnownVital {
  readonly status: 'known'
  readonly vital: VitalName
  readonly value: number
  readonly unit: string
  readonly level: Severity
  readonly band: string
  readonly rule: { readonly id: string; readonly version: string }
  readonly source: string
  readonly inputs: Readonly<Record<string, number>>
}

export type UnknownReason =
  | 'missing-input'
  | 'wrong-unit'
  | 'impossible-value'
  | 'inconsistent-values'
  | 'age-outside-rule'
  | 'pregnancy-outside-rule'
  | 'not-at-rest'

/** A reading no level can be given for, and why. Never a guess: no assumed height, no clamped value. */
export interface UnknownVital {
  readonly status: 'unknown'
  readonly vital: VitalName
  readonly level: 'unknown'
  readonly band: 'unknown'
  readonly reason: UnknownReason
  readonly message: string
  /** Names of the inputs that would be needed. */
  readonly missing: readonly string[]
  readonly rule: { readonly id: string; readonly version: string }
  readonly source: string
}

export type VitalResult = KnownVital | UnknownVital

/** A value in its metric's canonical unit. */
export interface ReadValue {
  readonly status: 'read'
  readonly value: number
  readonly unit: string
  readonly loinc?: string
}

/** Reads a metric value in any of its units, or says why no level can be given. */
export function readMetric(
  vital: VitalName,
  rule: VitalRule,
  metricType: MetricType,
  value: number,
  unit: string | undefined,
): ReadValue | UnknownVital {
  const assessed = assess(metricType, value, unit)
  if (assessed.status === 'refused')
    return unknown(vital, rule, assessed.code === 'not-a-number' ? 'missing-input' : 'wrong-unit', assessed.message)
  if (assessed.status === 'impossible')
    return unknown(vital, rule, 'impossible-value', assessed.reason ?? 'The value is not possible')
  return { status: 'read', value: assessed.canonicalValue, unit: assessed.canonicalUnit, loinc: assessed.loinc }
}

/** The result of a reading that fell into a band. */
export function known(
  vital: VitalName,
  value: number,
  unit: string,
  rule: VitalRule,
  { level, band }: Pick<Band, 'level' | 'band'>,
  inputs: Readonly<Record<string, number>>,
): KnownVital {
  const { id, version, source } = rule
  return { status: 'known', vital, value, unit, level, band, rule: { id, version }, source, inputs }
}

/** The result of a reading that cannot be judged. */
export function unknown(
  vital: VitalName,
  { id, version, source }: VitalRule,
  reason: UnknownReason,
  message: string,
  missing: readonly string[] = [],
): UnknownVital {
  return {
    status: 'unknown',
    vital,
    level: 'unknown',
    band: 'unknown',
    reason,
    message,
    missing,
    rule: { id, version },
    source,
  }
}

/** The refusal for someone younger than the rule is for; undefined when the age fits or is not known. */
export function belowAge(
  vital: VitalName,
  rule: VitalRule,
  ageYears: number | undefined,
  minimumAgeYears: number,
): UnknownVital | undefined {
  if (ageYears === undefined || ageYears >= minimumAgeYears) return undefined
  return unknown(vital, rule, 'age-outside-rule', `This rule is for people of ${minimumAgeYears} years and above`)
}
