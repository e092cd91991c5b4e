import type { FieldFault } from '../../../kernel/schema.ts'
import type { Limits, MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { assess, metricDefinition } from '../../../shared/metrics.ts'

/** A number as it was given, with what it means. */
export interface Reading {
  readonly metricType: MetricType
  readonly value: number
  readonly unit: string
  readonly canonicalValue: number
  /** UCUM. */
  readonly canonicalUnit: string
  readonly loinc: string | null
  readonly isUnusual: boolean
  readonly warnings: readonly string[]
  /** Name and unit of a custom metric; empty for the metrics of the catalogue. */
  readonly series: string
}

export type ReadingOrFaults = { readonly reading: Reading } | { readonly faults: readonly FieldFault[] }

/**
 * Holds a number against the catalogue: a unit of another kind or a value outside the hard limits is a fault that names
 * what is allowed, an unusual value is taken with a warning. Nothing is clamped.
 * @param fields the client's names of the two fields, for the faults
 * @param customName what a `custom` metric is called
 */
export function readNumber(
  metricType: MetricType,
  value: number,
  unit: string | null | undefined,
  fields: { readonly value: string; readonly unit: string },
  customName = '',
): ReadingOrFaults {
  const assessed = assess(metricType, value, unit ?? undefined)
  if (assessed.status === 'refused') {
    const field = assessed.code === 'not-a-number' ? fields.value : fields.unit
    return { faults: [{ field, detail: assessed.message, allowed: assessed.allowedUnits }] }
  }
  if (assessed.status === 'impossible') {
    const detail = `is outside what is possible: ${limitsText(assessed.hardLimits, assessed.canonicalUnit)}`
    return { faults: [{ field: fields.value, detail }] }
  }
  const definition = metricDefinition(metricType)
  const unitText = (unit ?? definition.defaultUnit).trim()
  return {
    reading: {
      metricType,
      value,
      unit: unitText,
      canonicalValue: assessed.canonicalValue,
      canonicalUnit: assessed.canonicalUnit,
      loinc: assessed.loinc ?? null,
      isUnusual: assessed.status === 'unusual',
      warnings: assessed.reason === undefined ? [] : [assessed.reason],
      series: metricType === 'custom' ? `${customName} [${assessed.canonicalUnit}]` : '',
    },
  }
}

/** `0.3 to 650 kg`. */
export function limitsText(limits: Limits | undefined, unit: string): string {
  if (limits === undefined) return 'no limits'
  if (limits.low === undefined) return `at most ${limits.high} ${unit}`
  return limits.high === undefined ? `at least ${limits.low} ${unit}` : `${limits.low} to ${limits.high} ${unit}`
}

/** How far two values of a metric may lie apart to be taken for the same reading from two sources: half its last shown digit. */
export function sameReadingTolerance(metricType: MetricType): number {
  return 0.5 * 10 ** -metricDefinition(metricType).decimals
}
