import type { Analyte } from '../../../../shared/units/analytes.ts'

/**
 * `instant`: a value of a moment. `interval`: a value of a time with a start and an end. `category`: a number that stands
 * for a word. `text`: what is told in words; its number is only a 1.
 */
export type MetricKind = 'instant' | 'interval' | 'category' | 'text'
/** How values of a day become one: steps are summed, heart rates averaged, of a weight the last one counts. */
export type Aggregation = 'sum' | 'mean' | 'last'

export interface DeviceMetric {
  /** Canonical code, the word of the source systems' clients wherever they have one. */
  readonly code: string
  readonly label: string
  readonly group: string
  readonly loinc?: string
  /** UCUM code of stored values. */
  readonly unit: string
  /** Values outside are refused, never clamped. Inclusive, in `unit`. */
  readonly low: number
  readonly high: number
  readonly kind: MetricKind
  readonly aggregation: Aggregation
  readonly analyte?: Analyte
  /** HealthKit type without `HKQuantityTypeIdentifier` or `HKCategoryTypeIdentifier`. */
  readonly healthKit: readonly string[]
  /** Other names: of Health Connect, of vendors, of the ingest of the source systems. */
  readonly names: readonly string[]
}
