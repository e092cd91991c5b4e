import { BODY_METRICS } from './metrics/bodyMetrics.ts'
import { DAILY_METRICS } from './metrics/dailyMetrics.ts'
import { LAB_METRICS } from './metrics/labMetrics.ts'
import type { Limits, MetricDefinition, MetricType, ReferenceRange } from './metrics/metricDefinition.ts'
import { VITAL_METRICS } from './metrics/vitalMetrics.ts'
import { convert, toUcum } from './units.ts'

/** A value that could be read. `impossible` ones are to be refused or quarantined, never clamped. */
export interface AcceptedAssessment {
  readonly status: 'ok' | 'unusual' | 'impossible'
  readonly metricType: MetricType
  readonly canonicalValue: number
  readonly canonicalUnit: string
  /** LOINC code for the unit the value came in, where there is one. */
  readonly loinc?: string
  readonly hardLimits?: Limits
  readonly unusualLimits?: Limits
  readonly reference?: ReferenceRange
  /** Why it is not `ok`, in words without the value. */
  readonly reason?: string
}

export type RefusalCode = 'unknown-metric' | 'unknown-unit' | 'unit-does-not-fit' | 'not-a-number'

/** A value that could not be read at all. */
export interface RefusedAssessment {
  readonly status: 'refused'
  readonly code: RefusalCode
  readonly message: string
  /** Unit texts the metric takes; empty for an unknown metric, and for `custom`, which takes any. */
  readonly allowedUnits: readonly string[]
}

export type Assessment = AcceptedAssessment | RefusedAssessment

const MAXIMUM_CUSTOM_UNIT_LENGTH = 50

const CATALOGUE: ReadonlyMap<string, MetricDefinition> = new Map(
  [...VITAL_METRICS, ...BODY_METRICS, ...DAILY_METRICS, ...LAB_METRICS].map((metric) => [metric.type, metric]),
)

/** Whether a text names a metric of the catalogue. */
export function isMetricType(text: string): text is MetricType {
  return CATALOGUE.has(text)
}

/** The catalogue entry of a metric. */
export function metricDefinition(metricType: MetricType): MetricDefinition {
  return CATALOGUE.get(metricType) as MetricDefinition
}

/** All catalogue entries, grouped as they are shown: vital, body, activity, sleep, nutrition, mood, custom, lab. */
export function allMetrics(): readonly MetricDefinition[] {
  return [...CATALOGUE.values()]
}

/**
 * Reads a measured value: fits the unit to the metric, converts it to the canonical unit and holds it against the limits.
 * A unit of another kind (weight in bpm) is refused with the units allowed. `custom` takes any unit text and has no limits.
 * @param unit a unit as clients write it, or a UCUM code; the metric's default unit when undefined
 */
export function assess(metricType: string, value: number, unit?: string): Assessment {
  const metric = CATALOGUE.get(metricType)
  if (!metric) return refused('unknown-metric', 'There is no such metric')
  if (!Number.isFinite(value)) return refused('not-a-number', 'The value must be a finite number', metric)
  if (metric.type === 'custom') return assessCustom(metric, value, unit ?? metric.defaultUnit)
  const unitText = unit ?? metric.defaultUnit
  const ucum = unitOfMetric(metric, unitText)
  if (!ucum) {
    const known = toUcum(unitText) !== undefined
    const allowed = allowedUnits(metric).join(', ')
    return refused(
      known ? 'unit-does-not-fit' : 'unknown-unit',
      known ? `${metric.label} is not measured in that unit; use ${allowed}` : `That unit is not known; use ${allowed}`,
      metric,
    )
  }
  const canonicalValue = convert(value, ucum, metric.canonicalUnit, { analyte: metric.analyte })
  return judged(metric, canonicalValue, metric.loincByUnit?.[ucum] ?? metric.loinc)
}

/**
 * A value in the canonical unit of its metric, for whoever shows values of several units side by side. As it is where the
 * unit is none of the metric's: what was written stays readable.
 * @param unit as it was written, or a UCUM code
 */
export function inCanonical(metricType: MetricType, value: number, unit: string): { value: number; unit: string } {
  const metric = metricDefinition(metricType)
  const ucum = metric.type === 'custom' ? undefined : unitOfMetric(metric, unit)
  if (ucum === undefined) return { value, unit }
  return { value: convert(value, ucum, metric.canonicalUnit, { analyte: metric.analyte }), unit: metric.canonicalUnit }
}

/** The unit texts a metric takes (synonyms and letter case of each are taken too). */
export function allowedUnits(metric: MetricDefinition): readonly string[] {
  return metric.type === 'custom' ? [] : metric.units.map((unit) => unit.text)
}

/**
 * The UCUM code a unit text means for this metric, or undefined when the metric is not measured in it.
 * The metric's own words go first: `oz` of water is the fluid ounce.
 */
export function unitOfMetric(metric: MetricDefinition, unitText: string): string | undefined {
  const text = unitText.trim()
  const own = metric.units.find((unit) => unit.text.toLowerCase() === text.toLowerCase())
  if (own) return own.ucum
  const ucum = toUcum(text)
  if (ucum === undefined) return undefined
  if (metric.units.some((unit) => unit.ucum === ucum)) return ucum
  return metric.units.find((unit) => toUcum(unit.text) === ucum)?.ucum
}

function assessCustom(metric: MetricDefinition, value: number, unitText: string): Assessment {
  const text = unitText.trim()
  if (text === '' || text.length > MAXIMUM_CUSTOM_UNIT_LENGTH)
    return refused('unknown-unit', `A unit text has 1 to ${MAXIMUM_CUSTOM_UNIT_LENGTH} characters`, metric)
  return { status: 'ok', metricType: metric.type, canonicalValue: value, canonicalUnit: toUcum(text) ?? text }
}

function judged(metric: MetricDefinition, canonicalValue: number, loinc: string | undefined): AcceptedAssessment {
  const { hardLimits, unusualLimits, reference, canonicalUnit } = metric
  const impossible = outside(canonicalValue, hardLimits)
  const unusual = outside(canonicalValue, unusualLimits)
  const unitText = metric.units.find((unit) => unit.ucum === canonicalUnit)?.text ?? canonicalUnit
  return {
    status: impossible ? 'impossible' : unusual ? 'unusual' : 'ok',
    metricType: metric.type,
    canonicalValue,
    canonicalUnit,
    loinc,
    hardLimits,
    unusualLimits,
    reference,
    reason: impossible
      ? `${metric.label} is never ${impossible} ${unitText}`
      : unusual
        ? `${metric.label} is rarely ${unusual} ${unitText}`
        : undefined,
  }
}

function outside(value: number, limits: Limits | undefined): string | undefined {
  if (limits?.low !== undefined && value < limits.low) return `below ${limits.low}`
  if (limits?.high !== undefined && value > limits.high) return `above ${limits.high}`
  return undefined
}

function refused(code: RefusalCode, message: string, metric?: MetricDefinition): RefusedAssessment {
  return { status: 'refused', code, message, allowedUnits: metric ? allowedUnits(metric) : [] }
}
