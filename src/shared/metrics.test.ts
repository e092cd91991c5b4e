import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ADDED_METRIC_TYPES, LEGACY_METRIC_TYPES, METRIC_TYPES } from './metrics/metricDefinition.ts'
import { allMetrics, allowedUnits, assess, isMetricType, metricDefinition, unitOfMetric } from './metrics.ts'
import { LEGACY_UNIT_TEXTS } from './units/unitSynonyms.ts'
import { canConvert, isUcum, toUcum } from './units.ts'

test('the catalogue holds the 47 old metric types and ours, each once', () => {
  equal(LEGACY_METRIC_TYPES.length, 47)
  deepEqual(
    allMetrics()
      .map((metric) => metric.type)
      .sort(),
    [...METRIC_TYPES].sort(),
  )
  equal(new Set(METRIC_TYPES).size, LEGACY_METRIC_TYPES.length + ADDED_METRIC_TYPES.length)
})

for (const metric of allMetrics()) {
  test(`catalogue: ${metric.type} is consistent`, () => {
    ok(isUcum(metric.canonicalUnit))
    ok(metric.units.some((unit) => unit.text === metric.defaultUnit))
    for (const { text, ucum } of metric.units) {
      ok(canConvert(ucum, metric.canonicalUnit, { analyte: metric.analyte }), text)
      ok(assess(metric.type, 1, text).status !== 'refused', text)
    }
    for (const ucum of Object.keys(metric.loincByUnit ?? {})) ok(metric.units.some((unit) => unit.ucum === ucum))
    if (metric.loinc) match(metric.loinc, /^\d{1,6}-\d$/)
    const { hardLimits: hard, unusualLimits: unusual, reference } = metric
    if (metric.type !== 'custom') ok(hard?.low !== undefined && hard.high !== undefined && hard.low < hard.high)
    const ladder = [hard?.low, unusual?.low, reference?.low, reference?.high, unusual?.high, hard?.high]
    const given = ladder.filter((limit) => limit !== undefined)
    deepEqual(
      given,
      [...given].sort((a, b) => a - b),
    )
  })
}

test('every unit string of the old clients is taken by some metric', () => {
  for (const text of LEGACY_UNIT_TEXTS)
    ok(
      allMetrics().some((metric) => unitOfMetric(metric, text) !== undefined),
      text,
    )
})

const READ: readonly (readonly [string, number, string | undefined, string, number, string])[] = [
  ['weight', 75.5, 'kg', 'ok', 75.5, 'kg'],
  ['weight', 165, 'LBS', 'ok', 74.84274105, 'kg'],
  ['weight', 75, undefined, 'ok', 75, 'kg'],
  ['weight', 700, 'kg', 'impossible', 700, 'kg'],
  ['weight', 650, 'kg', 'unusual', 650, 'kg'],
  ['weight', 0, 'kg', 'impossible', 0, 'kg'],
  ['height', 5.9, 'ft', 'ok', 179.832, 'cm'],
  ['height', 1.8, 'cm', 'impossible', 1.8, 'cm'],
  ['heart_rate', 72, 'bpm', 'ok', 72, '/min'],
  ['heart_rate', 19, 'bpm', 'impossible', 19, '/min'],
  ['heart_rate', 20, 'bpm', 'unusual', 20, '/min'],
  ['heart_rate', 301, 'count/min', 'impossible', 301, '/min'],
  ['temperature', 98.6, '°F', 'ok', 37, 'Cel'],
  ['temperature', 98.6, '°C', 'impossible', 98.6, 'Cel'],
  ['oxygen_saturation', 98, '%', 'ok', 98, '%'],
  ['oxygen_saturation', 0.98, 'fraction', 'ok', 98, '%'],
  ['oxygen_saturation', 101, '%', 'impossible', 101, '%'],
  ['blood_pressure_systolic', 16, 'kPa', 'ok', 120.010200867, 'mm[Hg]'],
  ['blood_glucose', 5.5, 'mmol/L', 'ok', 99.0858, 'mg/dL'],
  ['cholesterol_total', 5, 'mmol/L', 'ok', 193.325, 'mg/dL'],
  ['hemoglobin_a1c', 53, 'mmol/mol', 'ok', 7.00044, '%'],
  ['steps', 8000, 'count', 'ok', 8000, '{steps}'],
  ['steps', 150_001, 'steps', 'impossible', 150_001, '{steps}'],
  ['sleep_duration', 450, 'minutes', 'ok', 7.5, 'h'],
  ['sleep_duration', 25, 'hours', 'impossible', 25, 'h'],
  ['distance', 5, 'km', 'ok', 5000, 'm'],
  ['distance', 5000, 'meters', 'ok', 5000, 'm'],
  ['calories_consumed', 500, 'cal', 'ok', 500, 'kcal'],
  ['water', 8, 'oz', 'ok', 236.5882365, 'mL'],
  ['protein', 1, 'oz', 'ok', 28.349523125, 'g'],
  ['sodium', 2, 'g', 'ok', 2000, 'mg'],
  ['mood', 7, 'count', 'ok', 7, '{score}'],
  ['mood', 11, 'score', 'impossible', 11, '{score}'],
  ['iron', 90, 'mcg/dL', 'ok', 90, 'ug/dL'],
  ['custom', -3, 'bananas', 'ok', -3, 'bananas'],
  ['custom', 3, 'lbs', 'ok', 3, '[lb_av]'],
]

for (const [type, value, unit, status, canonical, canonicalUnit] of READ) {
  test(`${type} ${value} ${unit ?? '(default)'} is ${status}: ${canonical} ${canonicalUnit}`, () => {
    const assessed = assess(type, value, unit)
    ok(assessed.status !== 'refused')
    equal(assessed.status, status)
    equal(assessed.canonicalUnit, canonicalUnit)
    ok(Math.abs(assessed.canonicalValue - canonical) < 1e-6)
    equal(assessed.reason === undefined, status === 'ok')
  })
}

const REFUSED: readonly (readonly [string, number, string, string])[] = [
  ['weight', 80, 'bpm', 'unit-does-not-fit'],
  ['heart_rate', 72, 'kg', 'unit-does-not-fit'],
  ['steps', 5000, '%', 'unit-does-not-fit'],
  ['blood_glucose', 100, '%', 'unit-does-not-fit'],
  ['temperature', 37, 'bananas', 'unknown-unit'],
  ['temperature', 37, '', 'unknown-unit'],
  ['weight', Number.NaN, 'kg', 'not-a-number'],
  ['weight', Number.POSITIVE_INFINITY, 'kg', 'not-a-number'],
  ['aura', 1, 'kg', 'unknown-metric'],
  ['__proto__', 1, 'kg', 'unknown-metric'],
  ['custom', 1, ' ', 'unknown-unit'],
  ['custom', 1, 'x'.repeat(51), 'unknown-unit'],
]

for (const [type, value, unit, code] of REFUSED) {
  test(`${type} in "${unit.slice(0, 8)}" is refused: ${code}`, () => {
    const assessed = assess(type, value, unit)
    ok(assessed.status === 'refused')
    equal(assessed.code, code)
    if (isMetricType(type) && code === 'unit-does-not-fit') {
      deepEqual(assessed.allowedUnits, allowedUnits(metricDefinition(type)))
      for (const allowed of assessed.allowedUnits) ok(assessed.message.includes(allowed))
    }
  })
}

test('the LOINC code follows the unit the value came in', () => {
  for (const [type, unit, code] of [
    ['blood_glucose', 'mg/dL', '41653-7'],
    ['blood_glucose', 'mmol/L', '15074-8'],
    ['hemoglobin_a1c', '%', '4548-4'],
    ['hemoglobin_a1c', 'mmol/mol', '59261-8'],
  ] as const) {
    const assessed = assess(type, 7, unit)
    ok(assessed.status !== 'refused')
    equal(assessed.loinc, code)
  }
})

test('property: a value is never changed but by its unit, and a unit of another kind is always refused', () => {
  const units = fc.constantFrom(...LEGACY_UNIT_TEXTS)
  const types = fc.constantFrom(...METRIC_TYPES.filter((type) => type !== 'custom'))
  fc.assert(
    fc.property(types, units, fc.double({ min: 0, max: 1e6, noNaN: true }), (type, unit, value) => {
      const metric = metricDefinition(type)
      const assessed = assess(type, value, unit)
      const ucum = unitOfMetric(metric, unit)
      equal(assessed.status === 'refused', ucum === undefined)
      if (assessed.status !== 'refused' && ucum === metric.canonicalUnit) equal(assessed.canonicalValue, value)
      if (!canConvert(ucum ?? toUcum(unit) ?? '', metric.canonicalUnit, { analyte: metric.analyte }))
        equal(assessed.status, 'refused')
    }),
    { numRuns: 2000 },
  )
})
