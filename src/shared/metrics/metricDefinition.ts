import type { Analyte } from '../units/analytes.ts'

/** The 47 metric types of the old tracking clients, in their order (source-systems 4.3). */
export const LEGACY_METRIC_TYPES = [
  'weight',
  'height',
  'bmi',
  'body_fat',
  'muscle_mass',
  'bone_density',
  'heart_rate',
  'blood_pressure_systolic',
  'blood_pressure_diastolic',
  'blood_pressure_mean',
  'temperature',
  'respiratory_rate',
  'oxygen_saturation',
  'steps',
  'distance',
  'calories_burned',
  'active_minutes',
  'sleep_duration',
  'sleep_quality',
  'sleep_deep',
  'sleep_rem',
  'sleep_light',
  'calories_consumed',
  'protein',
  'carbs',
  'fat',
  'fiber',
  'sugar',
  'sodium',
  'water',
  'mood',
  'stress_level',
  'anxiety_level',
  'energy_level',
  'focus_level',
  'glucose',
  'blood_glucose',
  'cholesterol_total',
  'cholesterol_hdl',
  'cholesterol_ldl',
  'triglycerides',
  'hemoglobin_a1c',
  'vitamin_d',
  'vitamin_b12',
  'iron',
  'calcium',
  'custom',
] as const

/** Metrics the old clients did not know; heart-rate variability is SDNN, never mixed with RMSSD. */
export const ADDED_METRIC_TYPES = ['resting_heart_rate', 'hrv_sdnn', 'waist_circumference', 'peak_flow'] as const

export const METRIC_TYPES = [...LEGACY_METRIC_TYPES, ...ADDED_METRIC_TYPES] as const
export type MetricType = (typeof METRIC_TYPES)[number]

export type MetricGroup = 'vital' | 'body' | 'activity' | 'sleep' | 'nutrition' | 'mood' | 'lab' | 'custom'
export type GoalDirection = 'increase' | 'decrease' | 'maintain'

/**
 * Where a limit comes from. `clinical`: the clinical reference names it. `engineering`: our own choice, published
 * nowhere, made to catch typing and unit mistakes. `physical`: follows from what the quantity is (a day has 24 hours).
 */
export type LimitSource = 'clinical' | 'engineering' | 'physical'

/** Inclusive bounds in the metric's canonical unit; a missing bound does not bound. */
export interface Limits {
  readonly low?: number
  readonly high?: number
  readonly source: LimitSource
}

/** Adult reference range, inclusive, in the canonical unit, with where it was published. */
export interface ReferenceRange {
  readonly low?: number
  readonly high?: number
  readonly citation: string
}

/** A unit text a client may send for the metric, and what it means there. */
export interface MetricUnit {
  readonly text: string
  readonly ucum: string
}

export interface MetricDefinition {
  readonly type: MetricType
  readonly label: string
  /** What all of it is called, where `label` names one kind of device and others count too. */
  readonly wholeLabel?: string
  readonly group: MetricGroup
  /** UCUM code values are stored and compared in. */
  readonly canonicalUnit: string
  /** Unit text assumed and shown when the client names none; one of `units`. */
  readonly defaultUnit: string
  /** Every unit the metric takes; synonyms and letter case of each are accepted too. */
  readonly units: readonly MetricUnit[]
  readonly analyte?: Analyte
  readonly loinc?: string
  /** LOINC code that replaces `loinc` when the value is reported in this UCUM unit (mass and amount have own codes). */
  readonly loincByUnit?: Readonly<Record<string, string>>
  /** Decimals worth showing in the canonical unit. */
  readonly decimals: number
  readonly hardLimits?: Limits
  readonly unusualLimits?: Limits
  readonly reference?: ReferenceRange
  readonly better: 'higher' | 'lower' | 'neutral'
  /** `sum`: values of one local day add up (steps); `spot`: each stands for itself. */
  readonly dayTotal: 'sum' | 'spot'
  readonly goalDirections: readonly GoalDirection[]
}
