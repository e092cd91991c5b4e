import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { severityWord } from '../../../shared/severity.ts'
import type { VitalResult } from '../../../shared/vitals/vitalResult.ts'
import {
  bloodPressureLevel,
  bodyMassIndexLevel,
  glucoseLevel,
  heartRateLevel,
  oxygenSaturationLevel,
  respiratoryRateLevel,
  temperatureLevel,
} from '../../../shared/vitals.ts'
import type { Assessment } from '../contract/common.ts'
import type { VitalType } from '../contract/vitals.ts'

/** What a rule may know of the person; undefined where nobody said. */
export interface Person {
  /** Age on the day of the reading. */
  readonly ageYears: number | undefined
  readonly heightCm: number | undefined
  readonly isPregnant: boolean | undefined
}

/** A number as given, by its metric. */
export type GivenValues = ReadonlyMap<MetricType, { readonly value: number; readonly unit: string }>

/**
 * The level of a vital sign by its published rule (shared/vitals), or why there is none.
 * @param person undefined while the profile cannot be reached: a rule for adults might meet a child, so none is applied
 */
export function assessVital(
  vitalType: VitalType,
  values: GivenValues,
  details: Readonly<Record<string, unknown>>,
  person: Person | undefined,
): Assessment {
  if (person === undefined) return profileMissing(vitalType)
  const result = judged(vitalType, values, details, person)
  if (result === undefined) return nothingToJudge(vitalType)
  const assessment = assessmentOf(result)
  return person.ageYears === undefined ? { ...assessment, missing: [...assessment.missing, 'birth_date'] } : assessment
}

function judged(
  vitalType: VitalType,
  values: GivenValues,
  details: Readonly<Record<string, unknown>>,
  person: Person,
): VitalResult | undefined {
  const { ageYears } = person
  const age = ageYears === undefined ? {} : { ageYears }
  const first = (metricType: MetricType) => values.get(metricType)
  switch (vitalType) {
    case 'blood_pressure': {
      const [systolic, diastolic] = [first('blood_pressure_systolic'), first('blood_pressure_diastolic')]
      if (systolic === undefined || diastolic === undefined) return undefined
      const warningSymptoms = details.has_warning_symptoms === true
      return bloodPressureLevel(systolic.value, diastolic.value, systolic.unit, { ...age, warningSymptoms })
    }
    case 'heart_rate': {
      const context = details.activity === 'exercise' ? 'exercise' : 'rest'
      return spot(first('heart_rate'), (value, unit) => heartRateLevel(value, unit, { ...age, context }))
    }
    case 'body_temperature':
      return spot(first('temperature'), (value, unit) => temperatureLevel(value, unit, age))
    case 'oxygen_saturation':
      return spot(first('oxygen_saturation'), (value, unit) => oxygenSaturationLevel(value, unit, age))
    case 'respiratory_rate':
      return spot(first('respiratory_rate'), (value, unit) => respiratoryRateLevel(value, unit, age))
    case 'blood_glucose': {
      const context = details.glucose_context as 'fasting' | 'postprandial' | 'random' | undefined
      return spot(first('blood_glucose') ?? first('glucose'), (value, unit) => glucoseLevel(value, unit, context))
    }
    case 'body_composition':
      return bodyMass(values, person)
  }
}

function bodyMass(values: GivenValues, { ageYears, heightCm, isPregnant }: Person): VitalResult | undefined {
  const weight = values.get('weight')
  if (weight === undefined) return undefined
  const height = values.get('height') ?? (heightCm === undefined ? undefined : { value: heightCm, unit: 'cm' })
  return bodyMassIndexLevel({
    weight: weight.value,
    weightUnit: weight.unit,
    ...(height === undefined ? {} : { height: height.value, heightUnit: height.unit }),
    ...(ageYears === undefined ? {} : { ageYears }),
    pregnant: isPregnant === true,
  })
}

function spot(
  given: { readonly value: number; readonly unit: string } | undefined,
  judge: (value: number, unit: string) => VitalResult,
): VitalResult | undefined {
  return given === undefined ? undefined : judge(given.value, given.unit)
}

function assessmentOf(result: VitalResult): Assessment {
  if (result.status === 'known') {
    return {
      status: 'known',
      vital: result.vital,
      value: result.value,
      unit: result.unit,
      level: result.level,
      level_word: severityWord(result.level, 'salus'),
      band: result.band,
      rule: result.rule,
      source: result.source,
      inputs: result.inputs,
      reason: null,
      message: null,
      missing: [],
    }
  }
  const { vital, rule, source, reason, message, missing } = result
  return { ...UNKNOWN, vital, rule, source, reason, message, missing: [...missing] }
}

const UNKNOWN = {
  status: 'unknown',
  value: null,
  unit: null,
  level: null,
  level_word: 'unknown',
  band: 'unknown',
  rule: { id: 'none', version: '' },
  source: '',
  inputs: {},
} as const

function nothingToJudge(vitalType: VitalType): Assessment {
  const message = 'No rule speaks about these values'
  return { ...UNKNOWN, vital: vitalType, reason: 'missing-input', message, missing: [] }
}

function profileMissing(vitalType: VitalType): Assessment {
  const message = 'The profile cannot be reached at the moment, and the rules need the age'
  return { ...UNKNOWN, vital: vitalType, reason: 'profile-unavailable', message, missing: ['profile'] }
}
