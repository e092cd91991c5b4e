import { CRITICAL, HIGH, LOW, NO_SEVERITY, type Severity } from '../../../../shared/severity.ts'
import type { AnalyteDefinition, CriticalLimits, RangeRule, Trimester } from './definition.ts'
import { convertLab } from './units.ts'

/** What a range depends on; undefined is not known, and nothing is assumed for it. */
export interface RangePerson {
  readonly ageYears?: number | undefined
  /** Whole days of life: what the ranges of the first year depend on. */
  readonly ageDays?: number | undefined
  readonly sex?: 'female' | 'male' | undefined
  /** `maybe`: pregnant now, and the test was taken in the months before that was said. */
  readonly isPregnant?: boolean | 'maybe' | undefined
  /** Of the pregnancy, on the day of the test; undefined where no due date tells it. */
  readonly trimester?: Trimester | undefined
}

export type RangeChoice =
  | { readonly status: 'found'; readonly rule: RangeRule }
  | { readonly status: 'none'; readonly reason: string; readonly missing: readonly ('age' | 'sex')[] }

/** Where a value lies, as an ordinal pair: the side, and how bad (never compared as words). */
export interface Interpretation {
  readonly word: 'low' | 'normal' | 'high' | 'critical_low' | 'critical_high' | 'unknown'
  /** HL7 v3 ObservationInterpretation: L N H LL HH. */
  readonly code: 'L' | 'N' | 'H' | 'LL' | 'HH' | undefined
  readonly level: Severity
}

export interface Bounds {
  readonly low?: number | undefined
  readonly high?: number | undefined
}

/** What is known of a result: `comparator` says that the number is only a bound (`<5`). */
export interface Reading {
  readonly value: number
  readonly comparator?: '<' | '>' | undefined
}

/**
 * The reference range of an analyte for a person. One that depends on a sex or age nobody told is not guessed; in pregnancy
 * only those for it hold, and none where it is not told whether the test was taken in it, or in which trimester where that
 * matters. Nobody is given the range of another age.
 */
export function rangeFor(analyte: AnalyteDefinition, person: RangePerson): RangeChoice {
  if (analyte.ranges.length === 0) return none('Salus has no range of its own for this test')
  if (person.isPregnant === 'maybe') return none('The profile does not tell whether this was taken in pregnancy')
  if (person.isPregnant === true) return rangeInPregnancy(analyte.ranges, person.trimester)
  const ordinary = analyte.ranges.filter((rule) => rule.isOfPregnancy === undefined)
  if (ordinary.length === 0) return none('Salus has no range of its own for this test')
  const { ageYears, sex } = person
  const ofAge = ageYears === undefined ? ordinary : ordinary.filter((rule) => holdsAt(rule, ageYears, person.ageDays))
  const missing: ('age' | 'sex')[] = []
  if (ageYears === undefined) missing.push('age')
  if (sex === undefined && ofAge.some((rule) => rule.sex !== undefined)) missing.push('sex')
  if (missing.length > 0)
    return { ...none(`The range depends on ${missing.join(' and ')}, which the profile does not say`), missing }
  const rule = ofAge.find((one) => one.sex === undefined || one.sex === sex)
  return rule === undefined ? none('Salus has no reference range for this age') : { status: 'found', rule }
}

function rangeInPregnancy(ranges: readonly RangeRule[], trimester: Trimester | undefined): RangeChoice {
  const ofPregnancy = ranges.filter((rule) => rule.isOfPregnancy === true)
  if (ofPregnancy.length === 0) return none('Salus has no reference range for this test in pregnancy')
  const exact = trimester === undefined ? undefined : ofPregnancy.find((rule) => rule.trimester === trimester)
  const rule = exact ?? ofPregnancy.find((one) => one.trimester === undefined)
  if (rule !== undefined) return { status: 'found', rule }
  return none(
    trimester === undefined
      ? 'The range depends on the week of pregnancy: the profile tells no due date'
      : 'Salus has no reference range for this part of pregnancy',
  )
}

function holdsAt(rule: RangeRule, ageYears: number, ageDays: number | undefined): boolean {
  if (ageYears < rule.fromYears || (rule.belowYears !== undefined && ageYears >= rule.belowYears)) return false
  if (rule.fromDays === undefined && rule.belowDays === undefined) return true
  if (ageDays === undefined) return false
  return ageDays >= (rule.fromDays ?? 0) && (rule.belowDays === undefined || ageDays < rule.belowDays)
}

const GROWN_YEARS = 18

/** The critical limits of an analyte at an age; those of grown people where the age is not told. */
export function criticalAt(analyte: AnalyteDefinition, ageYears: number | undefined): CriticalLimits | undefined {
  const limits = analyte.critical
  if (limits?.highOfChildren === undefined || ageYears === undefined || ageYears >= GROWN_YEARS) return limits
  return { ...limits, high: limits.highOfChildren }
}

function none(reason: string): RangeChoice & { status: 'none' } {
  return { status: 'none', reason, missing: [] }
}

/** A range's bounds in another unit of the analyte. */
export function boundsIn(analyte: AnalyteDefinition, bounds: Bounds, unit: string): Bounds {
  const inUnit = (value: number | undefined) =>
    value === undefined ? undefined : Number(convertLab(analyte, value, analyte.unit, unit).toPrecision(4))
  return { low: inUnit(bounds.low), high: inUnit(bounds.high) }
}

/**
 * Low, normal or high by strict comparison with the range; critical at or beyond the critical limits, whatever the range.
 * A bare bound (`<5`, `>600`) is judged only where the bound decides it.
 */
export function interpret(reading: Reading, range: Bounds | undefined, critical: Bounds | undefined): Interpretation {
  const side = criticalSide(reading, critical)
  if (side === 'low') return { word: 'critical_low', code: 'LL', level: CRITICAL }
  if (side === 'high') return { word: 'critical_high', code: 'HH', level: CRITICAL }
  if (range === undefined || (range.low === undefined && range.high === undefined)) return UNKNOWN
  const { value, comparator } = reading
  if (comparator === '<') {
    if (range.low !== undefined && value <= range.low) return LOW_RESULT
    return range.low === undefined && range.high !== undefined && value <= range.high ? NORMAL : UNKNOWN
  }
  if (comparator === '>') {
    if (range.high !== undefined && value >= range.high) return HIGH_RESULT
    return range.high === undefined && range.low !== undefined && value >= range.low ? NORMAL : UNKNOWN
  }
  if (range.low !== undefined && value < range.low) return LOW_RESULT
  return range.high !== undefined && value > range.high ? HIGH_RESULT : NORMAL
}

const UNKNOWN: Interpretation = { word: 'unknown', code: undefined, level: NO_SEVERITY }
const NORMAL: Interpretation = { word: 'normal', code: 'N', level: NO_SEVERITY }
const LOW_RESULT: Interpretation = { word: 'low', code: 'L', level: LOW }
const HIGH_RESULT: Interpretation = { word: 'high', code: 'H', level: LOW }

function criticalSide({ value, comparator }: Reading, limits: Bounds | undefined): 'low' | 'high' | undefined {
  if (limits === undefined) return undefined
  if (comparator !== '>' && limits.low !== undefined && value <= limits.low) return 'low'
  return comparator !== '<' && limits.high !== undefined && value >= limits.high ? 'high' : undefined
}

/** What a laboratory's own flag (HL7 table 0078) means; undefined for flags that say nothing about a side. */
export function interpretFlag(flag: string): Interpretation | undefined {
  switch (flag.trim().toUpperCase()) {
    case 'LL':
      return { word: 'critical_low', code: 'LL', level: CRITICAL }
    case 'HH':
      return { word: 'critical_high', code: 'HH', level: CRITICAL }
    case 'L':
      return LOW_RESULT
    case 'H':
      return HIGH_RESULT
    case 'N':
      return NORMAL
    default:
      return undefined
  }
}

/** The level an alert about a result has: a critical value is critical, far out of range is not alerted. */
export function alertLevel(interpretation: Interpretation): Severity {
  return interpretation.level >= CRITICAL ? interpretation.level : interpretation.level >= HIGH ? HIGH : NO_SEVERITY
}
