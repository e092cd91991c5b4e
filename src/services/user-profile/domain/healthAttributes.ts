import { allMetrics, assess, isMetricType } from '../../../shared/metrics.ts'
import type { HealthChange } from '../contract/healthAttributes.ts'
import { type Fault, type Reading, tidy } from './tidy.ts'

/** A personal reference range as it is stored: in the canonical unit of its metric. */
export interface StoredRange {
  readonly metric_type: string
  readonly low: number | null
  readonly high: number | null
  readonly unit: string
  readonly note: string | null
}

type GivenRange = NonNullable<HealthChange['reference_ranges']>[number]

/** Reads health attributes as a client gives them; ranges are converted, and refused where they cannot be. */
export function readHealthAttributes(change: HealthChange): Reading {
  const { data, faults } = tidy(change)
  const found: Fault[] = [...faults]
  checkPressures(change, found)
  const ranges = (data as HealthChange).reference_ranges
  if (ranges === undefined || ranges === null) return { data, faults: found }
  const stored = ranges.map((range, index) => readRange(range, `reference_ranges.${index}`, found))
  refuseRepeated(stored, found)
  return { data: { ...data, reference_ranges: stored }, faults: found }
}

function checkPressures(change: HealthChange, faults: Fault[]): void {
  const pairs = [
    ['blood_pressure_systolic', 'blood_pressure_diastolic'],
    ['target_blood_pressure_systolic', 'target_blood_pressure_diastolic'],
  ] as const
  for (const [systolic, diastolic] of pairs) {
    const [high, low] = [change[systolic], change[diastolic]]
    if (typeof high === 'number' && typeof low === 'number' && high <= low) {
      faults.push({ field: systolic, detail: `must be above ${diastolic}` })
    }
  }
}

function readRange(range: GivenRange, field: string, faults: Fault[]): StoredRange {
  const { metric_type, unit } = range
  const stored = { metric_type, low: null, high: null, unit: unit ?? '', note: range.note ?? null }
  if (!isMetricType(metric_type) || metric_type === 'custom') {
    const allowed = allMetrics()
      .map((metric) => metric.type)
      .filter((type) => type !== 'custom')
    faults.push({ field: `${field}.metric_type`, detail: 'is not a metric with ranges', allowed })
    return stored
  }
  const low = readBound(range, 'low', field, faults)
  const high = readBound(range, 'high', field, faults)
  if ((range.low ?? null) === null && (range.high ?? null) === null) {
    faults.push({ field, detail: 'needs low, high or both' })
  }
  if (low !== undefined && high !== undefined && low.value >= high.value) {
    faults.push({ field: `${field}.low`, detail: 'must be below high' })
  }
  return {
    ...stored,
    low: low?.value ?? null,
    high: high?.value ?? null,
    unit: low?.unit ?? high?.unit ?? stored.unit,
  }
}

function readBound(range: GivenRange, name: 'low' | 'high', field: string, faults: Fault[]) {
  const value = range[name]
  if (value === undefined || value === null) return undefined
  const assessed = assess(range.metric_type, value, range.unit)
  if (assessed.status === 'refused') {
    if (!faults.some((fault) => fault.field === `${field}.unit`)) {
      faults.push({ field: `${field}.unit`, detail: 'does not fit the metric', allowed: assessed.allowedUnits })
    }
    return undefined
  }
  if (assessed.status === 'impossible') {
    faults.push({ field: `${field}.${name}`, detail: assessed.reason ?? 'cannot be' })
    return undefined
  }
  return { value: assessed.canonicalValue, unit: assessed.canonicalUnit }
}

function refuseRepeated(ranges: readonly StoredRange[], faults: Fault[]): void {
  const seen = new Set<string>()
  ranges.forEach(({ metric_type }, index) => {
    if (seen.has(metric_type)) {
      faults.push({ field: `reference_ranges.${index}.metric_type`, detail: 'has a range already' })
    }
    seen.add(metric_type)
  })
}
