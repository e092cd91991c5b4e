import type { Analyte } from '../../../../shared/units/analytes.ts'

/** The documented categories of laboratory tests (source-systems section 9). */
export type LabCategory =
  | 'hematology'
  | 'chemistry'
  | 'lipid'
  | 'thyroid'
  | 'diabetes'
  | 'cardiac'
  | 'liver'
  | 'kidney'
  | 'infectious_disease'
  | 'immunology'
  | 'other'

export type Specimen = 'blood' | 'urine'

/** Where a number comes from. `engineering` is a choice of ours: shown as such, never as a published limit. */
export interface Source {
  readonly id: string
  readonly citation: string
  readonly version: string
  readonly kind: 'published' | 'engineering'
}

/** To 13 weeks and 6 days, to 27 weeks and 6 days, and from 28 weeks. */
export type Trimester = 1 | 2 | 3

/** A reference range for some people. Bounds are in the analyte's unit and belong to the range; either may be missing. */
export interface RangeRule {
  readonly low?: number
  readonly high?: number
  readonly sex?: 'female' | 'male'
  /** Completed years from which, and below which, it holds. */
  readonly fromYears: number
  readonly belowYears?: number
  /** Further bounds in days of life, for the first two years. */
  readonly fromDays?: number
  readonly belowDays?: number
  /** Holds in pregnancy, and only there. */
  readonly isOfPregnancy?: true
  /** Of pregnancy: only in this trimester. Without one it holds in all of it. */
  readonly trimester?: Trimester
  readonly source: Source
}

/** Values at or beyond these are critical. */
export interface CriticalLimits {
  readonly low?: number
  readonly high?: number
  /** The upper limit under eighteen years, where it is another. */
  readonly highOfChildren?: number
  readonly source: Source
}

/** Joins two units that neither dimensions nor a molar mass join: `value in to = value in from x factor`. */
export interface Bridge {
  readonly from: string
  readonly to: string
  readonly factor: number
  readonly source: Source
}

/** One thing laboratories measure, as data. Every number is in `unit` (UCUM). */
export interface AnalyteDefinition {
  readonly id: string
  readonly label: string
  readonly category: LabCategory
  readonly specimen: Specimen
  readonly unit: string
  readonly decimals: number
  /** LOINC by the UCUM unit reported; the analyte's own unit is always among them. */
  readonly loinc: Readonly<Record<string, string>>
  /** Further codes of the same quantity in the same dimensions (other methods, fasting and the like). */
  readonly otherLoinc: readonly string[]
  /** How reports spell it, in lower case. */
  readonly names: readonly string[]
  readonly substance: Analyte | undefined
  readonly bridges: readonly Bridge[]
  /** Catalytic or arbitrary units: reports write IU for U and the other way round. */
  readonly isInUnits: boolean
  /** Outside is a typing or reading error (engineering: wide enough for what survivors have had). */
  readonly plausible: { readonly low: number; readonly high: number }
  readonly ranges: readonly RangeRule[]
  readonly critical: CriticalLimits | undefined
}

interface Facts {
  readonly also?: Readonly<Record<string, string>>
  readonly codes?: string
  readonly substance?: Analyte
  readonly bridges?: readonly Bridge[]
  readonly inUnits?: true
  readonly urine?: true
  readonly decimals?: number
  readonly ranges?: readonly RangeRule[]
  readonly critical?: CriticalLimits
}

/**
 * One analyte.
 * @param names spellings of reports, separated by `|`
 * @param code LOINC in `unit`
 * @param plausible lowest and highest value that is not an error, in `unit`
 */
export function analyte(
  [id, label, category]: readonly [string, string, LabCategory],
  [unit, code]: readonly [string, string],
  plausible: readonly [number, number],
  names: string,
  facts: Facts = {},
): AnalyteDefinition {
  return {
    id,
    label,
    category,
    specimen: facts.urine ? 'urine' : 'blood',
    unit,
    decimals: facts.decimals ?? 1,
    loinc: { [unit]: code, ...facts.also },
    otherLoinc: facts.codes?.split(' ') ?? [],
    names: names.split('|'),
    substance: facts.substance,
    bridges: facts.bridges ?? [],
    isInUnits: facts.inUnits ?? false,
    plausible: { low: plausible[0], high: plausible[1] },
    ranges: facts.ranges ?? [],
    critical: facts.critical,
  }
}

type Bound = number | undefined

const ADULT_YEARS = 18
const YOUNGEST_MOTHER_YEARS = 10

/** A range of adults of either sex. */
export function adult(low: Bound, high: Bound, source: Source): RangeRule {
  return { ...bounds(low, high), fromYears: ADULT_YEARS, source }
}

/** A range of grown women. */
export function women(low: Bound, high: Bound, source: Source): RangeRule {
  return { ...adult(low, high, source), sex: 'female' }
}

/** A range of grown men. */
export function men(low: Bound, high: Bound, source: Source): RangeRule {
  return { ...adult(low, high, source), sex: 'male' }
}

/** A range in pregnancy. */
export function inPregnancy(low: Bound, high: Bound, source: Source): RangeRule {
  return { ...bounds(low, high), fromYears: YOUNGEST_MOTHER_YEARS, isOfPregnancy: true, source }
}

/** A range in one trimester of pregnancy. */
export function inTrimester(trimester: Trimester, low: Bound, high: Bound, source: Source): RangeRule {
  return { ...inPregnancy(low, high, source), trimester }
}

/** The ranges of the three trimesters, in order. */
export function byTrimester(source: Source, ...three: readonly (readonly [Bound, Bound])[]): RangeRule[] {
  return three.map(([low, high], index) => inTrimester((index + 1) as Trimester, low, high, source))
}

/** A range of either sex in childhood: from one age to below another, in completed years. */
export function child(fromYears: number, belowYears: number, low: Bound, high: Bound, source: Source): RangeRule {
  return aged(fromYears, belowYears, adult(low, high, source))
}

/** A range of either sex in the first year: from one day of life to below another; without a last day, to the first birthday. */
export function infant(fromDays: number, belowDays: Bound, low: Bound, high: Bound, source: Source): RangeRule {
  return { ...child(0, 1, low, high, source), fromDays, ...(belowDays === undefined ? {} : { belowDays }) }
}

/** The rule, from one age (in completed years) to below another. */
export function aged(fromYears: number, belowYears: number | undefined, rule: RangeRule): RangeRule {
  return { ...rule, fromYears, ...(belowYears === undefined ? {} : { belowYears }) }
}

/** Critical at or below `low`, at or above `high`; above another `highOfChildren` under eighteen years. */
export function critical(low: Bound, high: Bound, source: Source, highOfChildren?: number): CriticalLimits {
  return { ...bounds(low, high), ...(highOfChildren === undefined ? {} : { highOfChildren }), source }
}

function bounds(low: Bound, high: Bound) {
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) }
}
