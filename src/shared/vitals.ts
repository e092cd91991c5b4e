import type { MetricType } from './metrics/metricDefinition.ts'
import { EMERGENCY } from './severity.ts'
import { convert } from './units.ts'
import { BODY_MASS_INDEX_RULES, type BodyMassIndexCutoffs } from './vitals/bodyMassIndexBands.ts'
import { GLUCOSE_RULE, type GlucoseContext, glucoseBands } from './vitals/glucoseBands.ts'
import * as tables from './vitals/vitalBands.ts'
import { type Band, bandOf, type VitalRule } from './vitals/vitalBands.ts'
import {
  belowAge,
  known,
  readMetric,
  type UnknownVital,
  unknown,
  type VitalName,
  type VitalResult,
} from './vitals/vitalResult.ts'

export interface PersonContext {
  /** Age at the reading; when given, a rule for adults does not judge a child. */
  readonly ageYears?: number
}

/** NEWS2 is for 16 years and above, ACC/AHA and ESC for adults, WHO's BMI bands from 20. */
const NEWS2_MINIMUM_AGE_YEARS = 16
const BLOOD_PRESSURE_MINIMUM_AGE_YEARS = 18
const BMI_MINIMUM_AGE_YEARS = 20
/** The catalogue's code for a meter reading that came in mmol/L. */
const MOLAR_GLUCOSE_LOINC = '15074-8'

/**
 * Category of one blood pressure reading; the higher of the two numbers' categories counts (clinical reference 1.2).
 * A diagnosis needs two readings on two occasions: this is the category of this reading.
 * @param unit mmHg when undefined
 * @param options.warningSymptoms chest pain, breathlessness, weakness, numbness, or change of sight or speech:
 *   with a severe reading, an emergency
 * @returns `value` is the systolic; `inputs` has systolic, diastolic and mean, in mm[Hg]
 */
export function bloodPressureLevel(
  systolic: number,
  diastolic: number,
  unit?: string,
  options: PersonContext & {
    readonly guideline?: 'acc-aha-2017' | 'esc-2024'
    readonly warningSymptoms?: boolean
  } = {},
): VitalResult {
  const esc = options.guideline === 'esc-2024'
  const rule = esc ? tables.ESC_RULE : tables.ACC_AHA_RULE
  const pair = readPressures('blood_pressure', rule, systolic, diastolic, unit)
  if (pair.status === 'unknown') return pair
  const tooYoung = belowAge('blood_pressure', rule, options.ageYears, BLOOD_PRESSURE_MINIMUM_AGE_YEARS)
  if (tooYoung) return tooYoung
  const high = worseBand(
    bandOf(pair.systolic, esc ? tables.ESC_SYSTOLIC : tables.ACC_AHA_SYSTOLIC),
    bandOf(pair.diastolic, esc ? tables.ESC_DIASTOLIC : tables.ACC_AHA_DIASTOLIC),
  )
  const low = worseBand(bandOf(pair.systolic, tables.LOW_SYSTOLIC), bandOf(pair.diastolic, tables.LOW_DIASTOLIC))
  const band = low.level > high.level ? low : high
  const emergency = band.band === 'severe' && options.warningSymptoms === true
  const judged = emergency ? { ...band, level: EMERGENCY } : band
  return known('blood_pressure', pair.systolic, 'mm[Hg]', rule, judged, pressureInputs(pair))
}

const MEAN_PRESSURE_RULE: VitalRule = {
  id: 'mean-arterial-pressure',
  version: '1.0.0',
  source: '(systolic + 2 x diastolic) / 3, clinical reference 1.3; below 65 is under the usual resuscitation target',
}
const MEAN_PRESSURE_BANDS: readonly Band[] = [
  { band: 'low', level: 2, below: 65 },
  { band: 'not-low', level: 0 },
]

/** Mean arterial pressure in mm[Hg]: 120/80 gives 93.3. High pressure is judged by `bloodPressureLevel`, not here. */
export function meanArterialPressure(systolic: number, diastolic: number, unit?: string): VitalResult {
  const pair = readPressures('blood_pressure_mean', MEAN_PRESSURE_RULE, systolic, diastolic, unit)
  if (pair.status === 'unknown') return pair
  const inputs = pressureInputs(pair)
  return known(
    'blood_pressure_mean',
    inputs.mean,
    'mm[Hg]',
    MEAN_PRESSURE_RULE,
    bandOf(inputs.mean, MEAN_PRESSURE_BANDS),
    inputs,
  )
}

/** Level of an adult heart rate at rest, in /min. @param options.context a rate in exercise is not judged */
export function heartRateLevel(
  value: number,
  unit?: string,
  options: PersonContext & { readonly context?: 'rest' | 'exercise' } = {},
): VitalResult {
  if (options.context === 'exercise')
    return unknown('heart_rate', tables.HEART_RATE_RULE, 'not-at-rest', 'This rule is for a heart rate at rest')
  return spotLevel('heart_rate', value, unit, tables.HEART_RATE_RULE, tables.HEART_RATE_BANDS, options.ageYears)
}

/** Level of an adult respiratory rate at rest, in /min. */
export function respiratoryRateLevel(value: number, unit?: string, options: PersonContext = {}): VitalResult {
  const { RESPIRATORY_RATE_RULE, RESPIRATORY_RATE_BANDS } = tables
  return spotLevel('respiratory_rate', value, unit, RESPIRATORY_RATE_RULE, RESPIRATORY_RATE_BANDS, options.ageYears)
}

/** Level of an adult body temperature given in Celsius (assumed) or Fahrenheit. The site of measurement is not corrected for. */
export function temperatureLevel(value: number, unit?: string, options: PersonContext = {}): VitalResult {
  return spotLevel('temperature', value, unit, tables.TEMPERATURE_RULE, tables.TEMPERATURE_BANDS, options.ageYears)
}

/**
 * Level of an adult oxygen saturation, in %; lower is worse (98 % is fine: defect D2).
 * @param options.target `88-92` only where a clinician ordered that target
 * @param options.onOxygen with that target, saturation above it is judged too
 */
export function oxygenSaturationLevel(
  value: number,
  unit?: string,
  options: PersonContext & { readonly target?: 'usual' | '88-92'; readonly onOxygen?: boolean } = {},
): VitalResult {
  if (options.target !== '88-92')
    return spotLevel('oxygen_saturation', value, unit, tables.OXYGEN_RULE, tables.OXYGEN_BANDS, options.ageYears)
  const bands = options.onOxygen ? tables.OXYGEN_TARGET_88_92_ON_OXYGEN_BANDS : tables.OXYGEN_TARGET_88_92_BANDS
  return spotLevel('oxygen_saturation', value, unit, tables.OXYGEN_TARGET_88_92_RULE, bands, options.ageYears)
}

/**
 * Level of a glucose reading. A reading in mmol/L is held against the limits published in mmol/L.
 * @param context `random` when not known
 * @returns a single value in the diabetes range is a reason to test, not a diagnosis
 */
export function glucoseLevel(value: number, unit: string, context: GlucoseContext = 'random'): VitalResult {
  const read = readMetric('glucose', GLUCOSE_RULE, 'blood_glucose', value, unit)
  if (read.status === 'unknown') return read
  const inMoles = read.loinc === MOLAR_GLUCOSE_LOINC
  const givenUnit = inMoles ? 'mmol/L' : 'mg/dL'
  const given = inMoles ? convert(read.value, 'mg/dL', 'mmol/L', { analyte: 'glucose' }) : read.value
  const band = bandOf(given, glucoseBands(context, givenUnit))
  return known('glucose', given, givenUnit, GLUCOSE_RULE, band, { glucoseMgDl: read.value })
}

export interface BodyMassIndexInput extends PersonContext {
  readonly weight: number
  readonly weightUnit?: string
  /** The person's measured height; without it the answer is unknown. */
  readonly height?: number
  readonly heightUnit?: string
  readonly pregnant?: boolean
  /** Cut-offs by the region of the profile; WHO when undefined. */
  readonly cutoffs?: BodyMassIndexCutoffs
}

/** BMI in kg/m2 and its adult band, from a real weight and a real height, or unknown (clinical reference 1.3). */
export function bodyMassIndexLevel(input: BodyMassIndexInput): VitalResult {
  const { rule, bands } = BODY_MASS_INDEX_RULES[input.cutoffs ?? 'who']
  if (input.height === undefined) return unknown('bmi', rule, 'missing-input', 'The height is not known', ['height'])
  const weight = readMetric('bmi', rule, 'weight', input.weight, input.weightUnit)
  if (weight.status === 'unknown') return weight
  const height = readMetric('bmi', rule, 'height', input.height, input.heightUnit)
  if (height.status === 'unknown') return height
  if (input.pregnant) return unknown('bmi', rule, 'pregnancy-outside-rule', 'BMI bands do not hold in pregnancy')
  const tooYoung = belowAge('bmi', rule, input.ageYears, BMI_MINIMUM_AGE_YEARS)
  if (tooYoung) return tooYoung
  const bmi = readMetric('bmi', rule, 'bmi', weight.value / (height.value / 100) ** 2, 'kg/m2')
  if (bmi.status === 'unknown') return bmi
  const inputs = { weightKg: weight.value, heightCm: height.value }
  return known('bmi', bmi.value, bmi.unit, rule, bandOf(bmi.value, bands), inputs)
}

interface Pressures {
  readonly status: 'read'
  readonly systolic: number
  readonly diastolic: number
}

function readPressures(
  vital: VitalName,
  rule: VitalRule,
  systolic: number,
  diastolic: number,
  unit: string | undefined,
): Pressures | UnknownVital {
  const upper = readMetric(vital, rule, 'blood_pressure_systolic', systolic, unit)
  if (upper.status === 'unknown') return upper
  const lower = readMetric(vital, rule, 'blood_pressure_diastolic', diastolic, unit)
  if (lower.status === 'unknown') return lower
  if (upper.value <= lower.value)
    return unknown(vital, rule, 'inconsistent-values', 'The systolic must be higher than the diastolic')
  return { status: 'read', systolic: upper.value, diastolic: lower.value }
}

function pressureInputs({ systolic, diastolic }: Pressures): { systolic: number; diastolic: number; mean: number } {
  return { systolic, diastolic, mean: (systolic + 2 * diastolic) / 3 }
}

function worseBand(left: Band, right: Band): Band {
  return right.level > left.level ? right : left
}

function spotLevel(
  metricType: MetricType & VitalName,
  value: number,
  unit: string | undefined,
  rule: VitalRule,
  bands: readonly Band[],
  ageYears: number | undefined,
): VitalResult {
  const read = readMetric(metricType, rule, metricType, value, unit)
  if (read.status === 'unknown') return read
  const tooYoung = belowAge(metricType, rule, ageYears, NEWS2_MINIMUM_AGE_YEARS)
  if (tooYoung) return tooYoung
  return known(metricType, read.value, read.unit, rule, bandOf(read.value, bands), { [metricType]: read.value })
}
