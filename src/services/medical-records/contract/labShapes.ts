import { list, nullable, object, oneOf, type Static, Type, uuid } from '../../../kernel/fields.ts'
import { count, nullableNumber, nullableText, time } from './common.ts'

export const LAB_CATEGORIES = [
  'hematology',
  'chemistry',
  'lipid',
  'thyroid',
  'diabetes',
  'cardiac',
  'liver',
  'kidney',
  'infectious_disease',
  'immunology',
  'other',
] as const
export const LAB_STATUSES = [
  'registered',
  'preliminary',
  'final',
  'amended',
  'corrected',
  'cancelled',
  'entered_in_error',
  'unknown',
] as const
export type LabStatus = (typeof LAB_STATUSES)[number]
export const INTERPRETATIONS = [
  'low',
  'normal',
  'high',
  'critical_low',
  'critical_high',
  'abnormal',
  'unknown',
] as const

export const SourceShape = object({
  id: Type.String(),
  version: Type.String(),
  citation: Type.String(),
  kind: oneOf(['published', 'engineering', 'report']),
})

/** The range a result was judged by, and the critical limits, both in the unit reported. */
export const Judgement = object({
  range: nullable(object({ low: nullableNumber, high: nullableNumber, source: SourceShape })),
  /** Why there is no range. */
  reason: nullableText,
  critical: nullable(object({ low: nullableNumber, high: nullableNumber, source: SourceShape })),
  by: oneOf(['range', 'critical_limit', 'flag', 'nothing']),
})
export type Judgement = Static<typeof Judgement>

/** A result in the unit of one system, for whoever reads in that; what the report says stands beside it. */
export const InUnit = object({
  system: oneOf(['conventional', 'si']),
  unit: Type.String({ description: 'UCUM' }),
  value: nullableNumber,
  low: nullable(Type.Number({ description: 'of the range it was judged by' })),
  high: nullableNumber,
  critical_low: nullableNumber,
  critical_high: nullableNumber,
})

export const LabResult = object({
  id: uuid(),
  version: Type.Integer(),
  user_id: uuid(),
  analyte: nullableText,
  category: oneOf(LAB_CATEGORIES),
  test_name: Type.String(),
  test_code: nullableText,
  loinc: nullableText,
  value: nullable(Type.Union([Type.Number(), Type.String()], { description: 'a number, or text where it is none' })),
  comparator: nullable(oneOf(['<', '>'])),
  value_text: nullableText,
  unit: nullableText,
  ucum_unit: nullableText,
  canonical_value: nullableNumber,
  canonical_unit: nullableText,
  other_units: Type.Array(InUnit, { description: 'the result in the systems it was not reported in' }),
  reference_range_low: nullableNumber,
  reference_range_high: nullableNumber,
  reference_range_text: nullableText,
  interpretation: oneOf(INTERPRETATIONS),
  severity_level: Type.Integer({ minimum: 0, maximum: 5 }),
  abnormal: Type.Boolean(),
  critical: Type.Boolean(),
  judged_by: Judgement,
  test_date: time,
  result_date: nullable(time),
  lab_name: nullableText,
  ordering_provider: nullableText,
  specimen_type: nullableText,
  status: oneOf(LAB_STATUSES),
  source: Type.String(),
  external_id: nullableText,
  fhir_resource_id: nullableText,
  document_id: nullable(uuid()),
  notes: nullableText,
  record_metadata: Type.Record(Type.String(), Type.Unknown()),
  created_at: time,
  updated_at: time,
})
export type LabResult = Static<typeof LabResult>

export const Delta = object({
  previous_id: uuid(),
  previous_date: time,
  unit: Type.String({ description: 'of the previous value and the change; the percentages are of the canonical unit' }),
  previous_value: Type.Number(),
  change: Type.Number(),
  change_percent: nullableNumber,
  days_between: Type.Integer(),
  is_beyond_variation: nullable(Type.Boolean({ description: 'null where normal variation is not known' })),
  variation_percent: nullableNumber,
  source: nullableText,
})

export const Trend = object({
  direction: oneOf(['rising', 'falling', 'steady', 'not-enough-data']),
  method: Type.String(),
  n: count,
  span_days: Type.Number(),
  slope_per_week: nullableNumber,
  interval_per_week: nullable(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })),
  p_value: nullableNumber,
  reason: nullableText,
})

export const Marker = object({
  medication_id: uuid(),
  name: Type.String(),
  event: oneOf(['start', 'stop']),
  date: Type.String(),
})

export const Evidence = object({
  medication_id: uuid(),
  name: Type.String(),
  started_on: Type.String(),
  before: object({ value: Type.Number(), date: time }),
  latest: object({ value: Type.Number(), date: time }),
  change_percent: Type.Number(),
  note: Type.String(),
})

export const RetestItem = object({
  id: Type.String(),
  label: Type.String(),
  interval_days: Type.Integer(),
  reason: Type.String(),
  last_on: nullableText,
  due_on: nullableText,
  status: oneOf(['overdue', 'due_soon', 'ok', 'no_result']),
})

export const Computed = object({
  status: oneOf(['computed', 'not_computed']),
  value: nullableNumber,
  unit: Type.String(),
  band: nullableText,
  loinc: Type.String(),
  formula: object({ id: Type.String(), version: Type.String() }),
  inputs: Type.Record(Type.String(), Type.Union([Type.Number(), Type.String()])),
  missing: list(Type.String(), 20),
  citations: list(Type.String(), 20),
  limits: list(Type.String(), 20),
  reason: nullableText,
  measured_at: nullable(time),
})

export const ChartPoint = object({
  id: uuid(),
  at: time,
  value: Type.Number(),
  comparator: nullable(oneOf(['<', '>'])),
  interpretation: oneOf(INTERPRETATIONS),
})
