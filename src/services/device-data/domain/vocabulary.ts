import type { Analyte } from '../../../shared/units/analytes.ts'
import { canConvert, convert, toUcum } from '../../../shared/units.ts'
import { ACTIVITY } from './vocabulary/activity.ts'
import { DAILY } from './vocabulary/daily.ts'
import type { Aggregation, DeviceMetric, MetricKind } from './vocabulary/types.ts'
import { VITALS } from './vocabulary/vitals.ts'

/** A value in the canonical unit of its metric, or what is wrong with it. */
export type CanonicalValue = { readonly value: number } | { readonly fault: 'not-a-number' | 'unit-does-not-fit' }

/** Units as HealthKit writes them, where UCUM writes otherwise. */
const HEALTHKIT_UNITS: ReadonlyMap<string, string> = new Map([
  ['dBASPL', 'dB'],
  ['dBHL', 'dB'],
  ['kcal/hr*kg', 'kcal/h/kg'],
  ['kcal/hr·kg', 'kcal/h/kg'],
  ['kcal/(kg·hr)', 'kcal/h/kg'],
  ['mL/kg*min', 'mL/min/kg'],
  ['mL/min·kg', 'mL/min/kg'],
  ['mL/(kg·min)', 'mL/min/kg'],
  ['ml/(kg·min)', 'mL/min/kg'],
  ['ml/kg·min', 'mL/min/kg'],
])
const MICROSIEMENS = 1_000_000
const HEALTHKIT_PREFIX = /^hk(?:quantity|category)typeidentifier/i

/** All metrics, in the order of the tables. */
export const METRICS: readonly DeviceMetric[] = [
  ...readTable('vital', VITALS),
  ...readTable('activity', ACTIVITY),
  ...readTable('daily', DAILY),
]

const byCode = new Map(METRICS.map((metric) => [metric.code, metric]))
const byName = new Map(
  METRICS.flatMap((metric) =>
    [metric.code, ...metric.names, ...metric.healthKit].map((name): [string, DeviceMetric] => [key(name), metric]),
  ),
)

/** Every metric's canonical code. */
export const METRIC_CODES: readonly string[] = METRICS.map((metric) => metric.code)

/** The metric of a canonical code; undefined for any other text. */
export function metricOf(code: string): DeviceMetric | undefined {
  return byCode.get(code)
}

/**
 * The metric that a client, a vendor or a file means: canonical codes, HealthKit types with or without their prefix,
 * Health Connect records and the other names of the tables, whatever their case and hyphens.
 */
export function metricNamed(name: string): DeviceMetric | undefined {
  if (name.length > 100) return undefined
  return byName.get(key(name.replace(HEALTHKIT_PREFIX, '')))
}

/**
 * A number with its unit as the source writes it, in the metric's canonical unit. Without a unit, the canonical one is
 * meant. A share of one (`0.97` in unit `1`) becomes per cent where the metric is in per cent: HealthKit writes its
 * percentages so, and says `%`; give `1` for those.
 */
export function canonicalValue(metric: DeviceMetric, value: number, unitText?: string): CanonicalValue {
  if (!Number.isFinite(value)) return { fault: 'not-a-number' }
  if (unitText === undefined || unitText === metric.unit || HEALTHKIT_UNITS.get(unitText) === metric.unit)
    return { value }
  if (unitText === 'S' && metric.unit === '{uS}') return { value: value * MICROSIEMENS }
  if (unitText === 'count' && metric.code === 'body_mass_index') return { value }
  const from = unitText === '1' ? '1' : toUcum(unitText)
  if (from === undefined)
    return isUnitless(metric.unit) && isCount(unitText) ? { value } : { fault: 'unit-does-not-fit' }
  if (from === metric.unit) return { value }
  if (isUnitless(metric.unit)) return isUnitless(from) || from === '1' ? { value } : { fault: 'unit-does-not-fit' }
  const options = metric.analyte === undefined ? {} : { analyte: metric.analyte }
  if (!canConvert(from, metric.unit, options)) return { fault: 'unit-does-not-fit' }
  return { value: convert(value, from, metric.unit, options) }
}

/** Whether a canonical value can be: inside the metric's bounds, which are inclusive. */
export function isPlausible(metric: DeviceMetric, value: number): boolean {
  return value >= metric.low && value <= metric.high
}

/** Units such as `{steps}` and `{score}`: a count of something. */
function isUnitless(unit: string): boolean {
  return unit.startsWith('{')
}

function isCount(unitText: string): boolean {
  return /^(count|counts|score|index|rating|steps?|event|events|minutes?)$/i.test(unitText.trim())
}

function key(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '')
}

function readTable(group: string, table: string): DeviceMetric[] {
  return table
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => readLine(group, line))
}

function readLine(group: string, line: string): DeviceMetric {
  const [
    code = '',
    label = '',
    loinc = '',
    unit = '',
    range = '',
    kind = '',
    aggregation = '',
    healthKit,
    names,
    analyte,
  ] = line.split('|').map((part) => part.trim())
  const [low = Number.NaN, high = Number.NaN] = range.split('..').map(Number)
  if (aggregation === '' || Number.isNaN(low + high)) throw new Error(`The vocabulary has a malformed line: ${line}`)
  return {
    code,
    label,
    group,
    ...(loinc === '' ? {} : { loinc }),
    unit,
    low,
    high,
    kind: kind as MetricKind,
    aggregation: aggregation as Aggregation,
    ...(analyte ? { analyte: analyte as Analyte } : {}),
    healthKit: wordsOf(healthKit),
    names: wordsOf(names),
  }
}

function wordsOf(text = ''): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}
