import type { FieldFault } from '../../../kernel/schema.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import type { VitalFields, VitalType } from '../contract/vitals.ts'
import { type Reading, readNumber } from './reading.ts'

type NumberField =
  | 'systolic'
  | 'diastolic'
  | 'heart_rate'
  | 'heart_rate_variability'
  | 'temperature'
  | 'oxygen_saturation'
  | 'respiratory_rate'
  | 'blood_glucose'
  | 'weight'
  | 'height'
  | 'waist_circumference'
  | 'body_fat_percentage'
  | 'muscle_mass'
  | 'bone_density'
type UnitField = 'unit' | 'glucose_unit' | 'weight_unit' | 'height_unit'

/** One number of a vital sign: its field, and the metric it is stored as. */
interface Part {
  readonly field: NumberField
  readonly metricType: MetricType
  /** The field that names its unit; without one it comes in the metric's default unit. */
  readonly unitField?: UnitField
  readonly isOptional?: boolean
}

interface VitalDefinition {
  readonly parts: readonly Part[]
  /** Fields that describe the reading without being a measured metric. */
  readonly remarks: readonly (keyof VitalFields)[]
}

const VITALS: Readonly<Record<VitalType, VitalDefinition>> = {
  blood_pressure: {
    parts: [
      { field: 'systolic', metricType: 'blood_pressure_systolic', unitField: 'unit' },
      { field: 'diastolic', metricType: 'blood_pressure_diastolic', unitField: 'unit' },
      { field: 'heart_rate', metricType: 'heart_rate', isOptional: true },
    ],
    remarks: ['has_warning_symptoms'],
  },
  heart_rate: {
    parts: [
      { field: 'heart_rate', metricType: 'heart_rate', unitField: 'unit' },
      { field: 'heart_rate_variability', metricType: 'hrv_sdnn', isOptional: true },
    ],
    remarks: ['irregular_heartbeat_detected', 'activity'],
  },
  body_temperature: {
    parts: [{ field: 'temperature', metricType: 'temperature', unitField: 'unit' }],
    remarks: ['temperature_method'],
  },
  oxygen_saturation: {
    parts: [{ field: 'oxygen_saturation', metricType: 'oxygen_saturation', unitField: 'unit' }],
    remarks: ['perfusion_index'],
  },
  respiratory_rate: {
    parts: [{ field: 'respiratory_rate', metricType: 'respiratory_rate', unitField: 'unit' }],
    remarks: ['respiratory_pattern'],
  },
  blood_glucose: {
    parts: [{ field: 'blood_glucose', metricType: 'blood_glucose', unitField: 'glucose_unit' }],
    remarks: ['glucose_context'],
  },
  body_composition: {
    parts: [
      { field: 'weight', metricType: 'weight', unitField: 'weight_unit', isOptional: true },
      { field: 'height', metricType: 'height', unitField: 'height_unit', isOptional: true },
      { field: 'waist_circumference', metricType: 'waist_circumference', isOptional: true },
      { field: 'body_fat_percentage', metricType: 'body_fat', isOptional: true },
      { field: 'muscle_mass', metricType: 'muscle_mass', isOptional: true },
      { field: 'bone_density', metricType: 'bone_density', isOptional: true },
    ],
    remarks: [],
  },
}

/** A metric that is a whole vital sign by itself; a blood pressure needs both its numbers. */
const ALONE: Partial<Record<MetricType, VitalType>> = {
  heart_rate: 'heart_rate',
  temperature: 'body_temperature',
  oxygen_saturation: 'oxygen_saturation',
  respiratory_rate: 'respiratory_rate',
  blood_glucose: 'blood_glucose',
  weight: 'body_composition',
}

/** Fields about how a reading was taken: all vital signs have them. */
const COMMON_REMARKS = [
  'measurement_method',
  'measurement_location',
  'measurement_quality',
  'measurement_duration',
  'device_model',
  'vital_sign_metadata',
] as const satisfies readonly (keyof VitalFields)[]

/** Fields any vital sign takes beside its parts and remarks. */
const ALWAYS_TAKEN: ReadonlySet<string> = new Set([
  ...COMMON_REMARKS,
  'timestamp',
  'source',
  'vital_sign_type',
  'measurement_notes',
  'device_id',
])

/** The vital sign that a single metric is, if it is one. */
export function vitalOfMetric(metricType: MetricType): VitalType | undefined {
  return ALONE[metricType]
}

/** Metrics a vital sign consists of, the first one first. */
export function partsOf(vitalType: VitalType): readonly Part[] {
  return VITALS[vitalType].parts
}

/** Names of the fields kept in a vital sign's details. */
export function remarksOf(vitalType: VitalType): readonly (keyof VitalFields)[] {
  return [...COMMON_REMARKS, ...VITALS[vitalType].remarks]
}

export interface VitalParts {
  readonly readings: readonly Reading[]
  readonly details: Readonly<Record<string, unknown>>
  readonly warnings: readonly string[]
}

export type PartsOrFaults = { readonly parts: VitalParts } | { readonly faults: readonly FieldFault[] }

/**
 * Reads the fields of a vital sign: each number against its metric's hard limits (clinical reference 1.1), systolic above
 * diastolic, fields of other vital signs refused. The mean pressure and the BMI are derived, never stored: given ones are
 * compared, and a warning says when they disagree.
 */
export function readVital(vitalType: VitalType, fields: VitalFields): PartsOrFaults {
  const { parts } = VITALS[vitalType]
  const faults: FieldFault[] = [...strangeFields(vitalType, fields)]
  const readings: Reading[] = []
  for (const part of parts) {
    const value = fields[part.field]
    if (value === undefined || value === null) {
      if (part.isOptional !== true) faults.push({ field: part.field, detail: 'is required' })
      continue
    }
    const unit = unitOf(part, fields)
    if (part.field === 'blood_glucose' && unit === undefined) {
      // 15 without a unit is an emergency in mg/dL and a common value in mmol/L: nobody should guess.
      faults.push({ field: 'glucose_unit', detail: 'is required', allowed: ['mg/dL', 'mmol/L'] })
      continue
    }
    const names = { value: part.field, unit: part.unitField ?? part.field }
    const read = readNumber(part.metricType, value, unit, names)
    if ('faults' in read) faults.push(...read.faults)
    else readings.push(read.reading)
  }
  if (readings.length === 0 && faults.length === 0) {
    faults.push({ field: parts[0]?.field ?? '', detail: 'at least one measured value is required' })
  }
  faults.push(...pressureFaults(readings))
  if (faults.length > 0) return { faults }
  const warnings = [...readings.flatMap((reading) => reading.warnings), ...disagreements(readings, fields)]
  return { parts: { readings, details: detailsOf(vitalType, fields), warnings } }
}

function unitOf(part: Part, fields: VitalFields): string | undefined {
  const named = part.unitField === undefined ? undefined : fields[part.unitField]
  return (part.field === 'blood_glucose' ? (named ?? fields.unit) : named) ?? undefined
}

function strangeFields(vitalType: VitalType, fields: VitalFields): FieldFault[] {
  const { parts, remarks } = VITALS[vitalType]
  const taken = new Set<string>([
    ...parts.flatMap((part) => [part.field, part.unitField ?? '']),
    ...remarks,
    ...(vitalType === 'blood_pressure' ? ['mean_arterial_pressure'] : []),
    ...(vitalType === 'blood_glucose' ? ['unit'] : []),
    ...(vitalType === 'body_composition' ? ['bmi'] : []),
  ])
  return Object.entries(fields)
    .filter(([name, value]) => value !== undefined && value !== null && !taken.has(name) && !ALWAYS_TAKEN.has(name))
    .map(([field]) => ({ field, detail: `does not belong to ${vitalType}` }))
}

function pressureFaults(readings: readonly Reading[]): FieldFault[] {
  const systolic = canonicalOf(readings, 'blood_pressure_systolic')
  const diastolic = canonicalOf(readings, 'blood_pressure_diastolic')
  if (systolic === undefined || diastolic === undefined || systolic > diastolic) return []
  return [{ field: 'diastolic', detail: 'must be lower than the systolic' }]
}

/** A given mean may round; a given BMI may come from a height of years ago. */
const MEAN_TOLERANCE_MMHG = 8
const BMI_TOLERANCE = 0.5

function disagreements(readings: readonly Reading[], fields: VitalFields): string[] {
  const warnings: string[] = []
  const systolic = canonicalOf(readings, 'blood_pressure_systolic')
  const diastolic = canonicalOf(readings, 'blood_pressure_diastolic')
  const mean = fields.mean_arterial_pressure
  if (mean !== undefined && mean !== null && systolic !== undefined && diastolic !== undefined) {
    const given = readNumber('blood_pressure_mean', mean, fields.unit, { value: '', unit: '' })
    const derived = (systolic + 2 * diastolic) / 3
    if ('faults' in given || Math.abs(given.reading.canonicalValue - derived) > MEAN_TOLERANCE_MMHG) {
      warnings.push('The mean pressure sent differs from the one derived from systolic and diastolic, which is shown')
    }
  }
  const weight = canonicalOf(readings, 'weight')
  const height = canonicalOf(readings, 'height')
  if (fields.bmi !== undefined && fields.bmi !== null) {
    if (weight === undefined || height === undefined) {
      warnings.push('A BMI is not stored: it is derived from weight and height')
    } else if (Math.abs(fields.bmi - weight / (height / 100) ** 2) > BMI_TOLERANCE) {
      warnings.push('The BMI sent differs from the one derived from weight and height, which is shown')
    }
  }
  return warnings
}

function canonicalOf(readings: readonly Reading[], metricType: MetricType): number | undefined {
  return readings.find((reading) => reading.metricType === metricType)?.canonicalValue
}

function detailsOf(vitalType: VitalType, fields: VitalFields): Record<string, unknown> {
  const kept = remarksOf(vitalType)
    .map((name) => [name, fields[name]] as const)
    .filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(kept)
}
