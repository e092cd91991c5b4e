import type { FieldFault } from '../../../kernel/schema.ts'
import type { Limits, MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { assess, metricDefinition, unitOfMetric } from '../../../shared/metrics.ts'
import { convert } from '../../../shared/units.ts'

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
    const detail = `is outside what is possible: ${limitsText(metricType, assessed.hardLimits, unit)}`
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

/** `0.3 to 650 kg`, in the unit that the value was given in. */
function limitsText(metricType: MetricType, limits: Limits | undefined, unit: string | null | undefined): string {
  const definition = metricDefinition(metricType)
  const text = (unit ?? definition.defaultUnit).trim()
  const given = unitOfMetric(definition, text) ?? definition.canonicalUnit
  const told = (limit: number) =>
    Number(convert(limit, definition.canonicalUnit, given, { analyte: definition.analyte }).toPrecision(3))
  const { low, high } = limits ?? {}
  if (low === undefined) return high === undefined ? 'no limits' : `at most ${told(high)} ${text}`
  return high === undefined ? `at least ${told(low)} ${text}` : `${told(low)} to ${told(high)} ${text}`
}

/** How far two values of a metric may lie apart to be taken for the same reading from two sources: half its last shown digit. */
export function sameReadingTolerance(metricType: MetricType): number {
  return 0.5 * 10 ** -metricDefinition(metricType).decimals
}
