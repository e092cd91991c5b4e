import { equal, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ANALYTES, type Analyte } from './units/analytes.ts'
import { UCUM_ATOMS } from './units/ucumAtoms.ts'
import { LEGACY_UNIT_TEXTS, WORDS } from './units/unitSynonyms.ts'
import { canConvert, convert, isUcum, toUcum, UnitError } from './units.ts'

const WRITTEN: readonly (readonly [string, string])[] = [
  ['lbs', '[lb_av]'],
  ['Pounds', '[lb_av]'],
  ['inches', '[in_i]'],
  ['mmHg', 'mm[Hg]'],
  ['mm Hg', 'mm[Hg]'],
  ['MMHG', 'mm[Hg]'],
  ['bpm', '/min'],
  ['beats/min', '/min'],
  ['breaths/min', '/min'],
  ['breaths per minute', '/min'],
  ['count/min', '/min'],
  ['°C', 'Cel'],
  ['º C', 'Cel'],
  ['℃', 'Cel'],
  ['°F', '[degF]'],
  ['degrees Fahrenheit', '[degF]'],
  ['mcg/dL', 'ug/dL'],
  ['µg/dL', 'ug/dL'],
  ['μg/dl', 'ug/dL'],
  ['MG/DL', 'mg/dL'],
  ['mmol/l', 'mmol/L'],
  ['mmol<180.1558800000541>/L', 'mmol/L'],
  ['IU/L', '[iU]/L'],
  ['mIU/L', 'm[iU]/L'],
  ['mEq/L', 'meq/L'],
  ['K/uL', '10*3/uL'],
  ['x10^9/L', '10*9/L'],
  ['10^9/L', '10*9/L'],
  ['10E9/L', '10*9/L'],
  ['mL/min/1.73m2', 'mL/min/{1.73_m2}'],
  ['fl oz', '[foz_us]'],
  ['cups', '[cup_us]'],
  ['cal', '[Cal]'],
  ['kj', 'kJ'],
  ['steps', '{steps}'],
  ['steps/day', '{steps}/d'],
  ['kg/m²', 'kg/m2'],
]

for (const [text, code] of WRITTEN) test(`${text} is read as ${code}`, () => equal(toUcum(text), code))

test('all 34 unit strings of the old clients have a UCUM code', () => {
  equal(LEGACY_UNIT_TEXTS.length, 34)
  for (const text of LEGACY_UNIT_TEXTS) ok(isUcum(toUcum(text) ?? 'none'), text)
})

test('every synonym leads to a UCUM code, and every UCUM code is read as itself', () => {
  for (const [word, code] of WORDS) ok(isUcum(code), word)
  const codes = [
    'mg/dL',
    'mm[Hg]',
    '[lb_av]',
    'Cel',
    '[degF]',
    '10*9/L',
    'mL/min/{1.73_m2}',
    'kg/m2',
    '{steps}',
    '/min',
  ]
  for (const code of [...codes, 'm[iU]/L', 'cm[H2O]', '%', 'mmol/mol', 'g/cm2', 'ug/L', 'cal_th', '1'])
    equal(toUcum(code), code)
})

for (const text of [
  '',
  ' ',
  'bananas',
  'mg//dL',
  '/',
  '.',
  'm/',
  'kkg',
  'mg/dL/',
  'Cel/min',
  'k[lb_av]',
  'm'.repeat(61),
  '(',
  '{',
  '__proto__',
])
  test(`"${text.slice(0, 12)}" is no unit`, () => equal(toUcum(text), undefined))

const REFERENCE: readonly (readonly [number, string, number, string, Analyte | undefined])[] = [
  [98.6, '[degF]', 37, 'Cel', undefined],
  [100.4, '[degF]', 38, 'Cel', undefined],
  [37, 'Cel', 310.15, 'K', undefined],
  [-40, '[degF]', -40, 'Cel', undefined],
  [165, '[lb_av]', 74.84274105, 'kg', undefined],
  [120, 'mm[Hg]', 15.99864, 'kPa', undefined],
  [70, '[in_i]', 177.8, 'cm', undefined],
  [100, '[Cal]', 418.4, 'kJ', undefined],
  [100, 'kcal', 418.4, 'kJ', undefined],
  [1, '[mi_i]', 1.609344, 'km', undefined],
  [1, '[cup_us]', 236.5882365, 'mL', undefined],
  [16, '[oz_av]', 1, '[lb_av]', undefined],
  [72, '/min', 1.2, 'Hz', undefined],
  [5.5, 'mmol/L', 99.0858, 'mg/dL', 'glucose'],
  [88.42, 'umol/L', 1.0002, 'mg/dL', 'creatinine'],
  [5, 'mmol/L', 193.325, 'mg/dL', 'cholesterol'],
  [1, 'mmol/L', 88.57, 'mg/dL', 'triglycerides'],
  [10, 'mmol/L', 28.014, 'mg/dL', 'urea_nitrogen'],
  [1, 'mg/dL', 59.485, 'umol/L', 'urate'],
  [1, 'mg/dL', 17.104, 'umol/L', 'bilirubin'],
  [10, 'mg/dL', 2.4951, 'mmol/L', 'calcium'],
  [1, 'ng/mL', 2.496, 'nmol/L', 'vitamin_d'],
  [140, 'meq/L', 140, 'mmol/L', 'sodium'],
  [2.5, 'mmol/L', 5, 'meq/L', 'calcium'],
  [12, 'U/L', 0.2, 'ukat/L', undefined],
]

for (const [value, from, expected, to, analyte] of REFERENCE) {
  test(`${value} ${from} is ${expected} ${to}`, () => {
    const result = convert(value, from, to, { analyte })
    ok(Math.abs(result - expected) <= Math.abs(expected) * 2e-4, String(result))
    if (analyte === undefined) equal(result, expected)
  })
}

test('HbA1c goes between % and mmol/mol by the master equation, and only when it is named', () => {
  for (const [percent, molar] of [
    [5, 31],
    [6, 42],
    [7, 53],
    [8, 64],
    [9, 75],
    [10, 86],
  ] as const) {
    equal(Math.round(convert(percent, '%', 'mmol/mol', { analyte: 'hba1c' })), molar)
    equal(Math.round(convert(molar, 'mmol/mol', '%', { analyte: 'hba1c' })), percent)
  }
  for (const analyte of [undefined, 'glucose'] as const)
    throws(() => convert(7, '%', 'mmol/mol', { analyte }), { code: 'analyte-required' })
})

const REFUSED: readonly (readonly [number, string, string, Analyte | undefined, string])[] = [
  [1, 'kg', '/min', undefined, 'incompatible-units'],
  [1, 'kg', 'cm', 'glucose', 'incompatible-units'],
  [1, 'mg/dL', 'mmol/L', undefined, 'analyte-required'],
  [1, 'meq/L', 'mmol/L', 'glucose', 'analyte-required'],
  [1, 'lbs', 'kg', undefined, 'unknown-unit'],
  [1, 'kg', 'mmHg', undefined, 'unknown-unit'],
  [Number.NaN, 'kg', 'g', undefined, 'not-a-number'],
  [Number.POSITIVE_INFINITY, 'kg', 'g', undefined, 'not-a-number'],
]

for (const [value, from, to, analyte, code] of REFUSED) {
  test(`${from} to ${to} is refused: ${code}`, () => {
    throws(
      () => convert(value, from, to, { analyte }),
      (error: unknown) => error instanceof UnitError && error.code === code,
    )
  })
}

test('property: converting there and back returns the value, for every two units of one kind', () => {
  const codes = [...UCUM_ATOMS.keys()]
  fc.assert(
    fc.property(
      fc.constantFrom(...codes),
      fc.constantFrom(...codes),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      (from, to, value) => {
        if (!canConvert(from, to)) return
        const back = convert(convert(value, from, to), to, from)
        ok(
          Math.abs(back - value) <=
            1e-8 * Math.max(1, Math.abs(value)) + (from === to ? 0 : 1e-6 * Math.min(1, Math.abs(value))),
        )
      },
    ),
    { numRuns: 3000 },
  )
})

test('property: mass and amount of every substance go there and back', () => {
  const names = Object.keys(ANALYTES) as Analyte[]
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.double({ min: 0.01, max: 1e5, noNaN: true }), (analyte, value) => {
      const back = convert(convert(value, 'mg/dL', 'umol/L', { analyte }), 'umol/L', 'mg/dL', { analyte })
      ok(Math.abs(back - value) <= 1e-9 * value)
    }),
  )
})

test('property: any text is read as a UCUM code or not at all, and a code read again stays as it is', () => {
  const pieces = fc.array(
    fc.constantFrom('mg', 'dL', '/', '.', '{', '}', '[', ']', '10*', '3', 'm', 'Hg', ' ', '%', 'l', 'µ'),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 20 }),
        pieces.map((parts) => parts.join('')),
      ),
      (text) => {
        const code = toUcum(text)
        if (code === undefined) return
        ok(isUcum(code), code)
        equal(toUcum(code), code)
      },
    ),
    { numRuns: 3000 },
  )
})
