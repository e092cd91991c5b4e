import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { allMetrics } from '../shared/metrics.ts'
import type { Analyte } from '../shared/units/analytes.ts'
import { convert } from '../shared/units.ts'
import { manner } from './client/manner.ts'
import { clock, day, dayAndClock, hourOfDay, shortDay, tickDay, weekday } from './format.ts'
import { personUnit } from './units.ts'

const MOLAR = { glucose_unit: 'mmol/L', hba1c_unit: 'mmol/mol', laboratory_units: 'si' } as const
const SENSOR: readonly (readonly [string, string, Analyte | undefined])[] = [
  ['continuous_glucose', 'mg/dL', 'glucose'],
  ['avg_glucose', 'mg/dL', 'glucose'],
]

describe('the units of a person', () => {
  afterEach(() => manner.set({}))

  const metrics = allMetrics().map((one) => [one.type as string, one.canonicalUnit, one.analyte] as const)
  for (const [metric, canonical, analyte] of [...metrics, ...SENSOR]) {
    test(`${metric} is converted by shared/units in every system, and shown as it is in its own`, () => {
      for (const choice of [{}, { units: 'imperial' }, MOLAR, { ...MOLAR, units: 'imperial' }] as const) {
        manner.set(choice)
        const { unit, of, step } = personUnit(canonical, metric)
        if (choice === MOLAR && analyte !== undefined) assert.notEqual(unit, canonical)
        if (Object.keys(choice).length === 0) assert.equal(unit, canonical)
        for (const value of [0, 1, 36.6, 70.25, 154, 1234.5]) {
          const shown = convert(value, canonical, unit, { analyte })
          // Rounded to the places that are shown, and otherwise the same.
          assert.ok(Math.abs(of(value) - shown) <= (unit === canonical ? 0 : 0.5001), `${value} ${unit}`)
          const change = shown - convert(0, canonical, unit, { analyte })
          assert.ok(Math.abs(step(value) - change) <= 0.0006, `a change of ${value} ${unit}`)
        }
      }
    })
  }

  for (const [metric, canonical, places, values] of [
    ['blood_glucose', 'mg/dL', 1, [2.8, 3.9, 5.5, 7, 10, 13.9, 27.8]],
    ['cholesterol_ldl', 'mg/dL', 2, [1.4, 2.56, 3.05, 4.14]],
    ['triglycerides', 'mg/dL', 2, [0.45, 1.69, 11.3]],
    ['hemoglobin_a1c', '%', 0, [31, 42, 48, 53, 108]],
    ['vitamin_d', 'ng/mL', 1, [12.5, 49.9, 75]],
    ['weight', 'kg', 1, [70.1, 154.3, 180]],
    ['temperature', 'Cel', 1, [96.8, 98.6, 104.1]],
  ] as const) {
    test(`${metric} written in one unit comes back as it was written, however often it is looked at`, () => {
      manner.set({ ...MOLAR, units: 'imperial' })
      const { unit, of } = personUnit(canonical, metric)
      const analyte = allMetrics().find((one) => one.type === metric)?.analyte
      for (const written of values) {
        let value: number = written
        for (let turn = 0; turn < 5; turn += 1) value = of(convert(value, unit, canonical, { analyte }))
        assert.equal(Number(value.toFixed(places)), written)
      }
    })
  }

  test('each choice is its own: glucose, HbA1c and other results; whatever is measured in mg/dL is not one substance', () => {
    manner.set({ glucose_unit: 'mmol/L', hba1c_unit: '%', laboratory_units: 'as_reported' })
    const unitOf = (canonical: string, metric: string) => personUnit(canonical, metric).unit
    assert.equal(unitOf('mg/dL', 'continuous_glucose'), 'mmol/L')
    assert.equal(unitOf('mg/dL', 'cholesterol_ldl'), 'mg/dL')
    assert.equal(unitOf('%', 'hemoglobin_a1c'), '%')
    assert.equal(unitOf('mg/dL/min', 'glucose_trend'), 'mg/dL/min')
    manner.set({ hba1c_unit: 'mmol/mol', laboratory_units: 'si' })
    assert.deepEqual([unitOf('mg/dL', 'glucose'), unitOf('%', 'hemoglobin_a1c')], ['mg/dL', 'mmol/mol'])
    assert.deepEqual([unitOf('mg/dL', 'calcium'), unitOf('%', 'oxygen_saturation')], ['mmol/L', '%'])
  })

  test('metric and units without a twin stay as they are; a change has no offset', () => {
    assert.equal(personUnit('kg', 'weight').of(70.123456), 70.123456)
    manner.set({ units: 'imperial' })
    assert.deepEqual([personUnit('mm[Hg]').unit, personUnit('mm[Hg]').of(120)], ['mm[Hg]', 120])
    assert.deepEqual([personUnit('Cel').of(38), personUnit('Cel').step(1)], [100.4, 1.8])
    assert.deepEqual([personUnit('kg').of(70), personUnit('kg').entry, personUnit('ms').entry], [154.32, 'lbs', ''])
  })
})

describe('days and times of a person', () => {
  const at = new Date(2020, 2, 4, 14, 5)
  afterEach(() => manner.set({}))

  for (const [date_format, written] of [
    ['YYYY-MM-DD', '2020-03-04'],
    ['DD/MM/YYYY', '04/03/2020'],
    ['MM/DD/YYYY', '03/04/2020'],
    ['DD-MM-YYYY', '04-03-2020'],
    ['MM-DD-YYYY', '03-04-2020'],
  ] as const) {
    test(`${date_format} holds for every day, short or long, and always says the year`, () => {
      manner.set({ date_format })
      assert.deepEqual([day(at), shortDay(at), dayAndClock(at)], [written, written, `${written}, 14:05`])
      assert.equal(weekday(at), `Wednesday, ${written}`)
      const thisYear = new Date(new Date().getFullYear(), 2, 4)
      assert.deepEqual([tickDay(at), tickDay(thisYear)], [written, written.replace(/\W?2020\W?/, '')])
    })
  }

  test('without a choice a day is written as the language does', () => {
    assert.deepEqual([day(at), shortDay(at), clock(at)], ['4 March 2020', '4 Mar 2020', '14:05'])
  })

  test('the clock of 12 hours holds for times and hours of the day', () => {
    manner.set({ time_format: '12-hour' })
    assert.deepEqual([clock(at), clock(new Date(2020, 2, 4, 0, 5))], ['2:05 pm', '12:05 am'])
    assert.deepEqual([0, 6, 12, 24].map(hourOfDay), ['12 am', '6 am', '12 pm', '12 am'])
    manner.set({ time_format: '24-hour' })
    assert.deepEqual([clock(at), hourOfDay(6), hourOfDay(24)], ['14:05', '6', '24'])
  })
})
