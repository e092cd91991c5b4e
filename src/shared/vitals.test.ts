import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { convert } from './units.ts'
import type { VitalResult } from './vitals/vitalResult.ts'
import {
  bloodPressureLevel,
  bodyMassIndexLevel,
  glucoseLevel,
  heartRateLevel,
  meanArterialPressure,
  oxygenSaturationLevel,
  respiratoryRateLevel,
  temperatureLevel,
} from './vitals.ts'

const ACC_AHA: readonly (readonly [number, number, string, number])[] = [
  [119, 79, 'normal', 0],
  [120, 79, 'elevated', 1],
  [129, 80, 'stage-1', 2],
  [118, 80, 'stage-1', 2],
  [139, 89, 'stage-1', 2],
  [139, 90, 'stage-2', 3],
  [140, 60, 'stage-2', 3],
  [180, 120, 'stage-2', 3],
  [181, 90, 'severe', 4],
  [150, 121, 'severe', 4],
  [89, 60, 'low', 2],
  [90, 60, 'normal', 0],
  [118, 59, 'low', 1],
  [79, 50, 'low', 3],
  [69, 40, 'low', 4],
]
const ESC: readonly (readonly [number, number, string])[] = [
  [119, 69, 'non-elevated'],
  [119, 70, 'elevated'],
  [139, 89, 'elevated'],
  [138, 90, 'hypertension'],
  [140, 70, 'hypertension'],
  [181, 90, 'severe'],
]

for (const [systolic, diastolic, band, level] of ACC_AHA) {
  test(`D2: ${systolic}/${diastolic} mmHg is ${band} (ACC/AHA 2017), in kPa too`, () => {
    deepEqual(bandAndLevel(bloodPressureLevel(systolic, diastolic, 'mmHg')), [band, level])
    const [upper, lower] = [systolic, diastolic].map((value) => convert(value, 'mm[Hg]', 'kPa')) as [number, number]
    deepEqual(bandAndLevel(bloodPressureLevel(upper, lower, 'kPa')), [band, level])
  })
}
for (const [systolic, diastolic, band] of ESC)
  test(`${systolic}/${diastolic} mmHg is ${band} (ESC 2024)`, () =>
    equal(bloodPressureLevel(systolic, diastolic, 'mmHg', { guideline: 'esc-2024' }).band, band))

/** The same reading in both unit systems, and the level it must have. */
const SPOT: readonly (readonly [string, () => VitalResult, string, number])[] = [
  ['SpO2 98 %', () => oxygenSaturationLevel(98, '%'), 'normal', 0],
  ['SpO2 0.98 as a fraction', () => oxygenSaturationLevel(0.98, 'fraction'), 'normal', 0],
  ['SpO2 95 %', () => oxygenSaturationLevel(95), 'normal', 0],
  ['SpO2 94 %', () => oxygenSaturationLevel(94), 'slightly-low', 1],
  ['SpO2 93 %', () => oxygenSaturationLevel(93), 'below-normal', 2],
  ['SpO2 91 %', () => oxygenSaturationLevel(91), 'low', 3],
  ['SpO2 89 %', () => oxygenSaturationLevel(89), 'very-low', 4],
  ['SpO2 84 %', () => oxygenSaturationLevel(84), 'dangerously-low', 5],
  ['SpO2 90 %, target 88-92', () => oxygenSaturationLevel(90, '%', { target: '88-92' }), 'on-target', 0],
  ['SpO2 97 %, target 88-92, air', () => oxygenSaturationLevel(97, '%', { target: '88-92' }), 'on-target', 0],
  [
    'SpO2 97 %, target 88-92, oxygen',
    () => oxygenSaturationLevel(97, '%', { target: '88-92', onOxygen: true }),
    'far-above-target',
    3,
  ],
  ['SpO2 83 %, target 88-92', () => oxygenSaturationLevel(83, '%', { target: '88-92' }), 'low', 3],
  ['37 °C', () => temperatureLevel(37, '°C'), 'normal', 0],
  ['98.6 °F', () => temperatureLevel(98.6, '°F'), 'normal', 0],
  ['37.9 °C', () => temperatureLevel(37.9, '°C'), 'raised', 1],
  ['100.3 °F', () => temperatureLevel(100.3, '°F'), 'raised', 1],
  ['38 °C', () => temperatureLevel(38), 'fever', 2],
  ['100.4 °F', () => temperatureLevel(100.4, '°F'), 'fever', 2],
  ['39.1 °C', () => temperatureLevel(39.1), 'high-fever', 3],
  ['102.4 °F', () => temperatureLevel(102.4, '°F'), 'high-fever', 3],
  ['35 °C', () => temperatureLevel(35), 'hypothermia', 3],
  ['95 °F', () => temperatureLevel(95, '°F'), 'hypothermia', 3],
  ['31.9 °C', () => temperatureLevel(31.9), 'moderate-hypothermia', 4],
  ['72 bpm', () => heartRateLevel(72, 'bpm'), 'normal', 0],
  ['40 bpm', () => heartRateLevel(40, 'bpm'), 'very-low', 3],
  ['50 bpm', () => heartRateLevel(50, 'bpm'), 'low', 1],
  ['100 bpm', () => heartRateLevel(100, 'bpm'), 'normal', 0],
  ['101 bpm', () => heartRateLevel(101, 'bpm'), 'slightly-high', 1],
  ['131 bpm', () => heartRateLevel(131, 'bpm'), 'very-high', 3],
  ['8 breaths/min', () => respiratoryRateLevel(8), 'very-low', 4],
  ['12 breaths/min', () => respiratoryRateLevel(12, 'breaths/min'), 'normal', 0],
  ['20 breaths/min', () => respiratoryRateLevel(20), 'normal', 0],
  ['21 breaths/min', () => respiratoryRateLevel(21), 'high', 2],
  ['25 breaths/min', () => respiratoryRateLevel(25), 'very-high', 3],
  ['fasting 99 mg/dL', () => glucoseLevel(99, 'mg/dL', 'fasting'), 'normal', 0],
  ['fasting 5.5 mmol/L', () => glucoseLevel(5.5, 'mmol/L', 'fasting'), 'normal', 0],
  ['fasting 100 mg/dL', () => glucoseLevel(100, 'mg/dL', 'fasting'), 'prediabetes-range', 1],
  ['fasting 5.6 mmol/L', () => glucoseLevel(5.6, 'mmol/L', 'fasting'), 'prediabetes-range', 1],
  ['fasting 126 mg/dL', () => glucoseLevel(126, 'mg/dL', 'fasting'), 'diabetes-range', 2],
  ['fasting 7.0 mmol/L', () => glucoseLevel(7, 'mmol/L', 'fasting'), 'diabetes-range', 2],
  ['random 139 mg/dL', () => glucoseLevel(139, 'mg/dL'), 'normal', 0],
  ['after food 140 mg/dL', () => glucoseLevel(140, 'mg/dL', 'postprandial'), 'raised', 1],
  ['random 200 mg/dL', () => glucoseLevel(200, 'mg/dL'), 'diabetes-range', 2],
  ['random 11.1 mmol/L', () => glucoseLevel(11.1, 'mmol/L'), 'diabetes-range', 2],
  ['250 mg/dL', () => glucoseLevel(250, 'mg/dL'), 'very-high', 3],
  ['25 mmol/L', () => glucoseLevel(25, 'mmol/L'), 'critically-high', 4],
  ['70 mg/dL', () => glucoseLevel(70, 'mg/dL', 'fasting'), 'normal', 0],
  ['69 mg/dL', () => glucoseLevel(69, 'mg/dL', 'fasting'), 'low', 2],
  ['3.8 mmol/L', () => glucoseLevel(3.8, 'mmol/L', 'fasting'), 'low', 2],
  ['53 mg/dL', () => glucoseLevel(53, 'mg/dL'), 'very-low', 4],
  ['2.9 mmol/L', () => glucoseLevel(2.9, 'mmol/L'), 'very-low', 4],
  ['39 mg/dL', () => glucoseLevel(39, 'mg/dL'), 'dangerously-low', 5],
  ['80 kg, 1.80 m', () => bodyMassIndexLevel({ weight: 80, height: 180 }), 'normal', 0],
  [
    '176.37 lbs, 5.9055 ft',
    () => bodyMassIndexLevel({ weight: 176.37, weightUnit: 'lbs', height: 5.9055, heightUnit: 'ft' }),
    'normal',
    0,
  ],
  ['30 kg, 150 cm', () => bodyMassIndexLevel({ weight: 30, height: 150 }), 'severe-thinness', 3],
  ['60 kg, 150 cm', () => bodyMassIndexLevel({ weight: 60, height: 150 }), 'overweight', 1],
  [
    '60 kg, 150 cm, Indian',
    () => bodyMassIndexLevel({ weight: 60, height: 150, cutoffs: 'indian-consensus' }),
    'obesity',
    2,
  ],
  [
    '60 kg, 150 cm, Asian',
    () => bodyMassIndexLevel({ weight: 60, height: 150, cutoffs: 'asian-public-health' }),
    'increased-risk',
    1,
  ],
]
for (const [name, judge, band, level] of SPOT)
  test(`D2: ${name} is ${band}`, () => deepEqual(bandAndLevel(judge()), [band, level]))

const UNKNOWN: readonly (readonly [string, () => VitalResult, string])[] = [
  ['BMI without a height', () => bodyMassIndexLevel({ weight: 80 }), 'missing-input'],
  ['BMI in pregnancy', () => bodyMassIndexLevel({ weight: 80, height: 170, pregnant: true }), 'pregnancy-outside-rule'],
  ['BMI at 12 years', () => bodyMassIndexLevel({ weight: 50, height: 150, ageYears: 12 }), 'age-outside-rule'],
  ['a height in kg', () => bodyMassIndexLevel({ weight: 80, height: 170, heightUnit: 'kg' }), 'wrong-unit'],
  ['a height of 1.7 cm', () => bodyMassIndexLevel({ weight: 80, height: 1.7 }), 'impossible-value'],
  ['300 kg at 40 cm', () => bodyMassIndexLevel({ weight: 300, height: 40 }), 'impossible-value'],
  ['98.6 °C', () => temperatureLevel(98.6, '°C'), 'impossible-value'],
  ['SpO2 in bpm', () => oxygenSaturationLevel(98, 'bpm'), 'wrong-unit'],
  ['SpO2 0.98 %', () => oxygenSaturationLevel(0.98, '%'), 'impossible-value'],
  ['80/120', () => bloodPressureLevel(80, 120), 'inconsistent-values'],
  ['90/90', () => bloodPressureLevel(90, 90), 'inconsistent-values'],
  ['a child', () => bloodPressureLevel(120, 80, 'mmHg', { ageYears: 9 }), 'age-outside-rule'],
  ['a child', () => heartRateLevel(120, 'bpm', { ageYears: 3 }), 'age-outside-rule'],
  ['exercise', () => heartRateLevel(150, 'bpm', { context: 'exercise' }), 'not-at-rest'],
  ['no number', () => heartRateLevel(Number.NaN), 'missing-input'],
]
for (const [name, judge, reason] of UNKNOWN) {
  test(`D2: ${name} has no level: ${reason}`, () => {
    const result = judge()
    ok(result.status === 'unknown')
    equal(result.reason, reason)
    equal(result.level, 'unknown')
  })
}

test('a severe reading with warning symptoms is an emergency; without severe, symptoms change nothing here', () => {
  equal(bloodPressureLevel(190, 100, 'mmHg', { warningSymptoms: true }).level, 5)
  equal(bloodPressureLevel(150, 100, 'mmHg', { warningSymptoms: true }).level, 3)
})

test('the mean arterial pressure of 120/80 is 93.3, and comes with each blood pressure', () => {
  for (const result of [meanArterialPressure(120, 80), bloodPressureLevel(120, 80)]) {
    ok(result.status === 'known')
    equal(Math.round((result.inputs.mean as number) * 10) / 10, 93.3)
  }
})

test('BMI examples: 30 kg / 150 cm = 13.33, 60 kg / 150 cm = 26.67', () => {
  for (const [weight, expected] of [
    [30, 13.33],
    [60, 26.67],
  ] as const) {
    const result = bodyMassIndexLevel({ weight, height: 150 })
    ok(result.status === 'known')
    equal(Math.round(result.value * 100) / 100, expected)
    ok(result.rule.id && result.rule.version && result.source && result.unit === 'kg/m2')
  }
})

test('property: less oxygen, more fever and more pressure are never judged milder', () => {
  const pair = (min: number, max: number) =>
    fc
      .tuple(fc.double({ min, max, noNaN: true }), fc.double({ min, max, noNaN: true }))
      .map((two) => two.sort((a, b) => a - b))
  const level = (result: VitalResult) => (result.status === 'known' ? result.level : -1)
  fc.assert(
    fc.property(pair(50, 100), pair(36.1, 45), pair(91, 300), ([lowO2, highO2], [cool, hot], [low, high]) => {
      ok(level(oxygenSaturationLevel(lowO2 as number)) >= level(oxygenSaturationLevel(highO2 as number)))
      ok(level(temperatureLevel(hot as number)) >= level(temperatureLevel(cool as number)))
      ok(level(bloodPressureLevel(high as number, 75)) >= level(bloodPressureLevel(low as number, 75)))
    }),
  )
})

function bandAndLevel(result: VitalResult): [string, number | 'unknown'] {
  return [result.band, result.level]
}
