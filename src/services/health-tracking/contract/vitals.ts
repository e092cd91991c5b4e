import { command, query } from '../../../kernel/contract.ts'
import {
  flag,
  instant,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  record,
  type Static,
  Type,
  text,
  uuid,
} from '../../../kernel/fields.ts'
import { RobustTrend } from './analyticsShapes.ts'
import {
  Assessment,
  anyNumber,
  idInput,
  ifMatch,
  maybe,
  metricType,
  nullableNumber,
  nullableText,
  pageOf,
  pagingFields,
  patchTwin,
  periodFields,
  time,
  unit,
  versionFields,
  vitalsOfPerson,
} from './common.ts'

export const VITAL_TYPES = [
  'blood_pressure',
  'heart_rate',
  'body_temperature',
  'oxygen_saturation',
  'respiratory_rate',
  'blood_glucose',
  'body_composition',
] as const
export type VitalType = (typeof VITAL_TYPES)[number]

const METHODS = [
  'manual',
  'digital_device',
  'wearable_device',
  'medical_device',
  'lab_test',
  'estimated',
  'calculated',
] as const

/** What every vital sign may say of how it was taken. */
const common = {
  timestamp: maybe(instant()),
  source: maybe(text(50)),
  vital_sign_type: maybe(text(50, { description: 'if sent, it must be the type of the path' })),
  measurement_method: maybe(oneOf(METHODS)),
  measurement_location: maybe(text(100, { minimum: 0 })),
  measurement_quality: maybe(oneOf(['excellent', 'good', 'fair', 'poor'])),
  measurement_duration: maybe(number(0, 604_800, { description: 'seconds' })),
  measurement_notes: maybe(text(1000, { minimum: 0 })),
  device_id: maybe(text(100)),
  device_model: maybe(text(100, { minimum: 0 })),
  vital_sign_metadata: maybe(record(50)),
}

const bloodPressure = {
  systolic: anyNumber,
  diastolic: anyNumber,
  mean_arterial_pressure: maybe(anyNumber),
  unit: maybe(unit),
  heart_rate: maybe(anyNumber),
  has_warning_symptoms: maybe(
    flag({ description: 'chest pain, breathlessness, weakness, numbness, or a change of sight or speech' }),
  ),
}
const heartRate = {
  heart_rate: anyNumber,
  unit: maybe(unit),
  heart_rate_variability: maybe(Type.Number({ minimum: 0, maximum: 1e6, description: 'SDNN in milliseconds' })),
  irregular_heartbeat_detected: maybe(oneOf(['yes', 'no', 'unknown'])),
  activity: maybe(oneOf(['rest', 'exercise'])),
}
const temperature = {
  temperature: anyNumber,
  unit: maybe(unit),
  temperature_method: maybe(oneOf(['oral', 'rectal', 'axillary', 'temporal', 'tympanic'])),
}
const oxygenSaturation = {
  oxygen_saturation: anyNumber,
  unit: maybe(unit),
  perfusion_index: maybe(number(0, 100, { description: 'percent' })),
}
const respiratoryRate = {
  respiratory_rate: anyNumber,
  unit: maybe(unit),
  respiratory_pattern: maybe(oneOf(['normal', 'rapid', 'slow', 'irregular'])),
}
const bloodGlucose = {
  blood_glucose: anyNumber,
  glucose_unit: maybe(unit),
  unit: maybe(unit),
  glucose_context: maybe(oneOf(['fasting', 'postprandial', 'random'])),
}
const bodyComposition = {
  weight: maybe(anyNumber),
  weight_unit: maybe(unit),
  height: maybe(anyNumber),
  height_unit: maybe(unit),
  bmi: maybe(Type.Number({ description: 'compared with weight and height, never stored' })),
  waist_circumference: maybe(anyNumber),
  body_fat_percentage: maybe(anyNumber),
  muscle_mass: maybe(anyNumber),
  bone_density: maybe(anyNumber),
}

/** One number of a vital sign: the measurement behind it. */
const Reading = object({
  metric_id: uuid(),
  metric_type: metricType,
  value: Type.Number(),
  unit: Type.String(),
  canonical_value: Type.Number(),
  canonical_unit: Type.String(),
  loinc: nullableText,
  status: oneOf(['ok', 'unusual']),
})

export const Vital = object({
  id: uuid(),
  version: Type.Integer(),
  user_id: uuid(),
  vital_sign_type: oneOf(VITAL_TYPES),
  timestamp: time,
  source: Type.String(),
  systolic: nullableNumber,
  diastolic: nullableNumber,
  mean_arterial_pressure: nullableNumber,
  heart_rate: nullableNumber,
  heart_rate_variability: nullableNumber,
  irregular_heartbeat_detected: nullableText,
  activity: nullableText,
  temperature: nullableNumber,
  temperature_method: nullableText,
  oxygen_saturation: nullableNumber,
  perfusion_index: nullableNumber,
  respiratory_rate: nullableNumber,
  respiratory_pattern: nullableText,
  blood_glucose: nullableNumber,
  glucose_unit: nullableText,
  glucose_context: nullableText,
  weight: nullableNumber,
  height: nullableNumber,
  bmi: nullableNumber,
  waist_circumference: nullableNumber,
  body_fat_percentage: nullableNumber,
  muscle_mass: nullableNumber,
  bone_density: nullableNumber,
  unit: Type.String({ description: 'of the first reading, as it was given' }),
  measurement_method: nullableText,
  measurement_location: nullableText,
  measurement_quality: nullableText,
  measurement_duration: nullableNumber,
  measurement_notes: nullableText,
  device_id: nullableText,
  device_model: nullableText,
  created_at: time,
  updated_at: time,
  readings: list(Reading, 12),
  assessment: Assessment,
  warnings: list(Type.String(), 40),
  vital_sign_metadata: Type.Record(Type.String(), Type.Unknown()),
  duplicate_of: optional(uuid()),
})
export type Vital = Static<typeof Vital>

/** A vital sign as a device measured it: device-data holds its values, and nobody changes it here. */
const DeviceVital = object({
  vital_sign_type: oneOf(VITAL_TYPES),
  timestamp: time,
  source: Type.String(),
  readings: list(object({ metric_type: metricType, value: Type.Number(), unit: Type.String() }), 12),
  assessment: Assessment,
})

function recordVital<Fields extends Parameters<typeof object>[0]>(summary: string, path: string, fields: Fields) {
  return command({
    summary,
    route: `POST /vitals/${path}`,
    access: vitalsOfPerson,
    status: 201,
    input: object({ ...fields, ...common }),
    output: Vital,
  })
}

const everyField = {
  ...bloodPressure,
  ...heartRate,
  ...temperature,
  ...oxygenSaturation,
  ...respiratoryRate,
  ...bloodGlucose,
  ...bodyComposition,
  ...common,
  systolic: optional(anyNumber),
  diastolic: optional(anyNumber),
  heart_rate: maybe(anyNumber),
  temperature: optional(anyNumber),
  oxygen_saturation: optional(anyNumber),
  respiratory_rate: optional(anyNumber),
  blood_glucose: optional(anyNumber),
}
/** Every field that any vital sign takes; which of them belong together is the handler's to check. */
export const VitalFields = object(everyField)
export type VitalFields = Static<typeof VitalFields>

export const vitalOperations = {
  recordBloodPressure: recordVital('Record a blood pressure', 'blood-pressure', bloodPressure),
  recordHeartRate: recordVital('Record a heart rate', 'heart-rate', heartRate),
  recordTemperature: recordVital('Record a body temperature', 'temperature', temperature),
  recordOxygenSaturation: recordVital('Record an oxygen saturation', 'oxygen-saturation', oxygenSaturation),
  recordRespiratoryRate: recordVital('Record a respiratory rate', 'respiratory-rate', respiratoryRate),
  recordBloodGlucose: recordVital('Record a blood glucose', 'blood-glucose', bloodGlucose),
  recordBodyComposition: recordVital(
    'Record weight, height and what a scale shows',
    'body-composition',
    bodyComposition,
  ),
  listVitals: query({
    summary: 'Vital signs, newest first, each with its level and the rule behind it',
    route: 'GET /vitals',
    access: vitalsOfPerson,
    input: object({
      vital_sign_type: optional(oneOf(VITAL_TYPES)),
      type: optional(oneOf(VITAL_TYPES, { description: 'as `vital_sign_type`' })),
      ...periodFields,
      ...pagingFields,
    }),
    output: pageOf(Vital),
  }),
  getVital: query({
    summary: 'One vital sign',
    route: 'GET /vitals/:id',
    access: vitalsOfPerson,
    input: idInput,
    output: Vital,
    errors: ['not_found'],
  }),
  updateVital: command({
    summary: 'Correct the fields given',
    route: 'PUT /vitals/:id',
    aliases: patchTwin('/vitals/:id'),
    access: vitalsOfPerson,
    headers: ifMatch,
    input: object({ id: uuid(), ...everyField, ...versionFields }),
    output: Vital,
    errors: ['not_found', 'conflict', 'precondition_failed'],
  }),
  deleteVital: command({
    summary: 'Delete a vital sign with all its readings',
    route: 'DELETE /vitals/:id',
    access: vitalsOfPerson,
    status: 204,
    headers: ifMatch,
    input: object({ id: uuid(), if_match: optional(text(80)) }),
    output: Type.Null(),
    errors: ['not_found', 'precondition_failed'],
  }),
  summarizeVitals: query({
    summary: 'The newest reading of each vital sign, and what a device measured where that is newer',
    route: 'GET /vitals/summary/recent',
    access: vitalsOfPerson,
    input: object({ days: optional(integer(1, 3660, { default: 30 })) }),
    output: object({
      period_days: Type.Integer(),
      vitals: list(Vital, 20),
      of_devices: list(DeviceVital, 20),
      worst_level: nullableNumber,
      not_recorded: list(oneOf(VITAL_TYPES), 20),
      left_out: list(Type.String(), 1),
    }),
  }),
  trendVital: query({
    summary: 'Trend of each number of a vital sign',
    route: 'GET /vitals/trends/:type',
    access: vitalsOfPerson,
    input: object({ type: oneOf(VITAL_TYPES), days: optional(integer(7, 730, { default: 90 })) }),
    output: object({ vital_sign_type: oneOf(VITAL_TYPES), period_days: Type.Integer(), trends: list(RobustTrend, 12) }),
  }),
}
