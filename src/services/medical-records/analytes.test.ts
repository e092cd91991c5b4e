import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { ANALYTE_LIST, analyteById, matchAnalyte } from './domain/analytes/catalogue.ts'
import { CHILDHOOD } from './domain/analytes/childhood.ts'
import type { AnalyteDefinition } from './domain/analytes/definition.ts'
import { checkPlausible } from './domain/analytes/plausible.ts'
import { PREGNANCY } from './domain/analytes/pregnancy.ts'
import { criticalAt, interpret, rangeFor } from './domain/analytes/ranges.ts'
import { inOtherSystems, UNIT_SYSTEMS, unitsOfSystems } from './domain/analytes/systems.ts'
import { canReadIn, convertLab, readLabUnit } from './domain/analytes/units.ts'
import { egfrCkdEpi2021 } from './domain/labs/egfr.ts'
import { pregnancyAt } from './domain/labs/pregnancy.ts'
import { retestSchedule } from './domain/labs/retest.ts'
import { deltaOf, labTrend, referenceChangePercent, sinceMedication } from './domain/labs/series.ts'

const VECTORS = new URL('../../../../shared/vectors/ckdepi2021_cases.json', import.meta.url)
const known = (id: string): AnalyteDefinition => analyteById(id) ?? assert.fail(id)
const near = (actual: number, expected: number, share = 1e-3) =>
  assert.ok(Math.abs(actual - expected) <= share * Math.abs(expected), `${actual} is not near ${expected}`)

/** The check digit of a LOINC code (modulus 10 with doubling). */
function hasCheckDigit(code: string): boolean {
  const [digits = '', check] = code.split('-')
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = index % 2 === 0 ? Number(digit) * 2 : Number(digit)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return (10 - (sum % 10)) % 10 === Number(check)
}

describe('the analytes', () => {
  test('are at least 120, each with an id, codes with right check digits, and no code that two share', () => {
    const codes = ANALYTE_LIST.flatMap((one) => [...Object.values(one.loinc), ...one.otherLoinc])
    assert.ok(ANALYTE_LIST.length >= 120)
    assert.equal(new Set(ANALYTE_LIST.map((one) => one.id)).size, ANALYTE_LIST.length)
    assert.equal(new Set(codes).size, codes.length)
    for (const code of codes) assert.ok(hasCheckDigit(code), code)
  })

  test('have ranges and critical limits inside the limits of life, each with a source, and codes in units they read', () => {
    for (const one of ANALYTE_LIST) {
      const bounds = [...one.ranges, ...(one.critical === undefined ? [] : [one.critical])]
      for (const { low, high, source } of bounds) {
        for (const value of [low, high]) {
          if (value !== undefined) assert.ok(value >= one.plausible.low && value <= one.plausible.high, one.id)
        }
        assert.ok(source.citation.length > 10 && source.version !== '', one.id)
      }
      for (const unit of Object.keys(one.loinc)) assert.ok(canReadIn(one, unit), `${one.id} ${unit}`)
    }
  })

  for (const [name, unit, id] of [
    ['Hb', 'gm%', 'hemoglobin'],
    ['HAEMOGLOBIN', 'g/L', 'hemoglobin'],
    ['Hämoglobin', 'g/dl', 'hemoglobin'],
    ['TLC', 'cells/cumm', 'white_cells'],
    ['Platelet Count', 'lakhs/cumm', 'platelets'],
    ['RBC Count', 'mill/cumm', 'red_cells'],
    ['Neutrophils', '%', 'neutrophils_percent'],
    ['Neutrophils', '10^3/uL', 'neutrophils'],
    ['SGPT (ALT)', 'IU/L', 'alt'],
    ['Creatinine, Serum', 'µmol/L', 'creatinine'],
    ['Glycosylated Hemoglobin (HbA1c)', '%', 'hba1c'],
    ['Glycémie à jeun', 'mmol/L', 'glucose_fasting'],
    ['Vitamin D (25-OH)', 'nmol/L', 'vitamin_d'],
    ['Lp(a)', 'nmol/L', 'lipoprotein_a_molar'],
    ['Lp(a)', 'mg/dL', 'lipoprotein_a'],
    ['Urine Creatinine', 'mg/dL', 'creatinine_urine'],
    ['ESR', 'mm/1st hr', 'esr'],
    ['Potassium', 'mg/L of tea', undefined],
    ['Creatinine', 'mL', undefined],
    ['Moon phase', '%', undefined],
  ] as const) {
    test(`"${name}" in ${unit} is ${id ?? 'not recognised'}`, () => {
      assert.equal(matchAnalyte(name, { unit })?.analyte.id, id)
    })
  }

  for (const [id, value, from, to, expected] of [
    ['creatinine', 88.42, 'umol/L', 'mg/dL', 1],
    ['glucose', 5.5, 'mmol/L', 'mg/dL', 99.09],
    ['cholesterol_total', 5, 'mmol/L', 'mg/dL', 193.3],
    ['triglycerides', 1, 'mmol/L', 'mg/dL', 88.57],
    ['urea_nitrogen', 1, 'mmol/L', 'mg/dL', 2.801],
    ['vitamin_d', 20, 'ng/mL', 'nmol/L', 49.92],
    ['hba1c', 53, 'mmol/mol', '%', 7.0004],
    ['hba1c', 6.5, '%', 'mmol/mol', 47.53],
    ['platelets', 2.4, '10*5/uL', '10*9/L', 240],
    ['insulin', 60, 'pmol/L', 'm[iU]/L', 10],
    ['prolactin', 10, 'ng/mL', 'm[iU]/L', 212],
    ['albumin_creatinine_ratio', 3, 'mg/mmol', 'mg/g', 26.52],
  ] as const) {
    test(`${id}: ${value} ${from} is ${expected} ${to}`, () => near(convertLab(known(id), value, from, to), expected))
  }

  for (const [id, value, unit, expected] of [
    ['platelets', 245, '10³/µL', 245],
    ['platelets', 245, '103/uL', 245],
    ['white_cells', 6.2, '10⁹/L', 6.2],
    ['red_cells', 4.5, 'x 10¹²/L', 4.5],
    ['platelets', 245, 'G/l', 245],
    ['red_cells', 4.5, 'Mio/µl', 4.5],
    ['hemoglobin', 135, 'G/L', 13.5],
    ['tsh', 1.85, 'mU/l', 1.85],
    ['insulin', 10, 'µU/mL', 10],
  ] as const) {
    test(`${id}: ${value} printed in ${unit} is ${expected}`, () => {
      const ucum = readLabUnit(known(id), unit) ?? ''
      near(convertLab(known(id), value, ucum, known(id).unit), expected)
    })
  }

  test('HbA1c is never taken from percent to thousandths by arithmetic, nor Lp(a) from mass to amount', () => {
    near(convertLab(known('hba1c'), 7, '%', 'mmol/mol'), 53, 0.001)
    assert.equal(canReadIn(known('lipoprotein_a'), 'nmol/L'), false)
    assert.equal(readLabUnit(known('inr'), '%'), undefined)
  })

  test('a value is the same after going to any of its units and back', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ANALYTE_LIST), fc.double({ min: 0.001, max: 1, noNaN: true }), (one, share) => {
        const value = one.plausible.low + share * (one.plausible.high - one.plausible.low)
        for (const unit of Object.keys(one.loinc))
          near(convertLab(one, convertLab(one, value, one.unit, unit), unit, one.unit), value, 1e-8)
      }),
      { numRuns: 200 },
    )
  })

  test('a result stands in both systems by its own conversion, and there and back it is the same', () => {
    const pairs = ANALYTE_LIST.filter(({ id }) => unitsOfSystems(id) !== undefined)
    assert.equal(pairs.length, 61)
    for (const one of pairs) {
      const units = unitsOfSystems(one.id)
      for (const system of UNIT_SYSTEMS) assert.ok(canReadIn(one, units?.[system] ?? ''), `${one.id} ${system}`)
      const value = (one.plausible.low + one.plausible.high) / 2
      for (const told of inOtherSystems(one, one.unit, { value, low: null })) {
        assert.equal(told.low, null)
        near(convertLab(one, told.value ?? 0, told.unit, one.unit), value, 1e-5)
      }
    }
    const [molar] = inOtherSystems(known('hba1c'), '%', { value: 6.5 })
    assert.deepEqual([molar?.system, molar?.unit, Math.round(molar?.value ?? 0)], ['si', 'mmol/mol', 48])
    assert.deepEqual(inOtherSystems(known('tsh'), 'm[iU]/L', { value: 2 }), [])
  })

  test('recognising and judging hostile names and units never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 80 }), fc.double(), (name, unit, value) => {
        matchAnalyte(name, { unit })
        checkPlausible(name, value, unit)
        for (const one of ANALYTE_LIST.slice(0, 20)) readLabUnit(one, unit)
      }),
      { numRuns: 300 },
    )
  })

  for (const [name, value, unit, verdict] of [
    ['Potassium', 4.1, 'mmol/L', 'plausible'],
    ['Potassium', 41, 'mmol/L', 'impossible'],
    ['Hemoglobin', 132, 'g/dL', 'impossible'],
    ['Hemoglobin', 132, 'g/L', 'plausible'],
    ['Hemoglobin', 13.2, null, 'unknown_unit'],
    ['Hemoglobin', 13.2, 'mm', 'unknown_unit'],
    ['INR', 1.1, null, 'plausible'],
    ['Sunshine', 1, 'mg/dL', 'unknown'],
    ['TSH', Number.NaN, 'mIU/L', 'impossible'],
  ] as const) {
    test(`${name} ${value} ${unit} is ${verdict}`, () =>
      assert.equal(checkPlausible(name, value, unit).verdict, verdict))
  }
})

describe('ranges', () => {
  test('depend on age and sex, and nothing is assumed for who did not tell', () => {
    const woman = rangeFor(known('hemoglobin'), { ageYears: 30, sex: 'female' })
    const child = rangeFor(known('hemoglobin'), { ageYears: 4, sex: 'male' })
    assert.deepEqual(
      [woman.status === 'found' && woman.rule.low, child.status === 'found' && child.rule.low],
      [11.7, 11],
    )
    const unknown = rangeFor(known('hemoglobin'), { ageYears: 30 })
    assert.deepEqual(unknown.status === 'none' && unknown.missing, ['sex'])
    assert.equal(rangeFor(known('sodium'), { ageYears: 30, isPregnant: true }).status, 'none')
    assert.equal(rangeFor(known('troponin_i'), { ageYears: 30, sex: 'male' }).status, 'none')
  })

  test('children and pregnancy have their own, each with its source; where it is not told, none', () => {
    for (const [id, person, low, high, source] of [
      ['creatinine', { ageYears: 9, sex: 'male' }, 27, 54, 'caliper-2012'],
      ['alkaline_phosphatase', { ageYears: 13, sex: 'male' }, 127, 517, 'caliper-2012'],
      ['tsh', { ageYears: 5, sex: 'female' }, 0.7, 4.17, 'caliper-2013'],
      ['white_cells', { ageYears: 3, sex: 'female' }, 6, 17, 'dallman-1977'],
      [
        'hemoglobin',
        { ageYears: 30, sex: 'female', isPregnant: true },
        10.5,
        undefined,
        'who-haemoglobin-2024-pregnancy',
      ],
      ['creatinine', { ageYears: 30, sex: 'female', isPregnant: true }, undefined, 77, 'wiles-2019'],
      ['glucose_fasting', { ageYears: 30, sex: 'female', isPregnant: true }, undefined, 91, 'ada-gestational'],
      ['platelets', { ageYears: 6, sex: 'male' }, 150, 450, 'accp-pedsap-2018'],
      ['hemoglobin', { ageYears: 0, ageDays: 2, sex: 'male' }, 14.5, 22.5, 'dallman-1977'],
      ['hemoglobin', { ageYears: 0, ageDays: 200 }, 10.5, undefined, 'who-haemoglobin-2024'],
      ['mcv', { ageYears: 8 }, 77, 95, 'dallman-1977'],
      ['creatinine', { ageYears: 0, ageDays: 12 }, 27, 88, 'accp-pedsap-2018'],
      ['alt', { ageYears: 0, ageDays: 90 }, 5, 51, 'caliper-2012'],
      ['triglycerides', { ageYears: 10 }, undefined, 89, 'nhlbi-children-2011'],
      ['hemoglobin', { ageYears: 30, isPregnant: true, trimester: 3 }, 11, undefined, 'who-haemoglobin-2024-pregnancy'],
      ['alkaline_phosphatase', { ageYears: 30, isPregnant: true, trimester: 3 }, 38, 229, 'abbassi-ghanavati-2009'],
      ['creatinine', { ageYears: 30, isPregnant: true, trimester: 2 }, undefined, 72, 'wiles-2019'],
    ] as const) {
      const choice = rangeFor(known(id), person)
      assert.ok(choice.status === 'found', id)
      assert.deepEqual([choice.rule.low, choice.rule.high, choice.rule.source.id], [low, high, source], id)
    }
    for (const [id, person, why] of [
      ['creatinine', { ageYears: 0, sex: 'male' }, /this age/],
      ['bilirubin_total', { ageYears: 0, ageDays: 3, sex: 'male' }, /this age/],
      ['potassium', { ageYears: 0, ageDays: 3, sex: 'male' }, /this age/],
      ['free_t4', { ageYears: 9, sex: 'male' }, /this age/],
      ['alt', { ageYears: 30, sex: 'female', isPregnant: true }, /due date/],
      ['ferritin', { ageYears: 30, sex: 'female', isPregnant: true, trimester: 3 }, /part of pregnancy/],
      ['free_t4', { ageYears: 30, sex: 'female', isPregnant: true, trimester: 1 }, /in pregnancy/],
    ] as const) {
      const choice = rangeFor(known(id), person)
      assert.match(choice.status === 'none' ? choice.reason : '', why, id)
    }
    assert.equal(rangeFor(known('hemoglobin'), { ageYears: 30, sex: 'female', isPregnant: 'maybe' }).status, 'none')
  })

  const ALL_AGES = ['vitamin_d', 'lead', 'albumin_creatinine_ratio']
  const DAYS = [0, 1, 5, 7, 13, 14, 29, 30, 60, 61, 90, 91, 121, 122, 182, 183, 364]
  const AGES = [
    ...DAYS.map((ageDays) => ({ ageYears: 0, ageDays })),
    ...Array.from({ length: 99 }, (_, index) => ({ ageYears: index + 1, ageDays: 366 * (index + 1) })),
  ]

  test('at every age, sex and week of pregnancy at most one holds, with no hole between the first birthday and the last', () => {
    for (const one of ANALYTE_LIST) {
      for (const sex of ['female', 'male'] as const) {
        const found = AGES.map((age) => {
          const holding = one.ranges.filter(
            (rule) =>
              rangeFor({ ...one, ranges: [rule] }, { ...age, sex }).status === 'found' &&
              rule.isOfPregnancy === undefined,
          )
          assert.ok(holding.length <= 1, `${one.id} at ${age.ageYears} years, ${age.ageDays} days`)
          return holding.length
        })
        const years = found.slice(DAYS.length).join('')
        assert.match(years, /^0*1*0*$/, `${one.id}, ${sex}: ${years}`)
      }
      const trimesters = one.ranges.filter((rule) => rule.isOfPregnancy).map((rule) => rule.trimester ?? 0)
      assert.equal(new Set(trimesters).size, trimesters.length, one.id)
    }
  })

  test('nobody under eighteen and nobody pregnant is given the range of a grown person who is not', () => {
    for (const one of ANALYTE_LIST) {
      for (const rule of one.ranges) {
        assert.ok(rule.low !== undefined || rule.high !== undefined, one.id)
        if (rule.low !== undefined && rule.high !== undefined) assert.ok(rule.low < rule.high, one.id)
        if (rule.isOfPregnancy || rule.belowYears === undefined || rule.belowYears > 18)
          assert.ok(rule.isOfPregnancy || rule.fromYears >= 18 || ALL_AGES.includes(one.id), one.id)
      }
      for (const age of AGES.filter(({ ageYears }) => ageYears < 18)) {
        const choice = rangeFor(one, { ...age, sex: 'female' })
        if (choice.status === 'found' && !ALL_AGES.includes(one.id))
          assert.ok((choice.rule.belowYears ?? 99) <= 18, `${one.id} at ${age.ageYears}`)
      }
      for (const trimester of [undefined, 1, 2, 3] as const) {
        const choice = rangeFor(one, { ageYears: 30, sex: 'female', isPregnant: true, trimester })
        if (choice.status === 'found') assert.equal(choice.rule.isOfPregnancy, true, one.id)
      }
    }
    for (const id of [...Object.keys(CHILDHOOD), ...Object.keys(PREGNANCY)]) known(id)
  })

  test('every source is listed in the page of sources, with what its ranges were compared against', () => {
    const page = readFileSync(new URL('../../../docs/guides/reference-ranges.md', import.meta.url), 'utf8')
    const ids = new Set(
      ANALYTE_LIST.flatMap(({ ranges, critical }) =>
        [...ranges, ...(critical ? [critical] : [])].map((rule) => rule.source.id),
      ),
    )
    for (const id of ids) assert.ok(page.includes(`\`${id}\``), id)
  })

  test('a due date tells the trimester of each day; without one the months before it was said stay open', () => {
    const due = { isPregnant: true, pregnancyStatedOn: '2026-03-01', dueDate: '2026-10-08' }
    for (const [day, expected] of [
      ['2026-01-14', {}],
      ['2026-01-15', { isPregnant: true, trimester: 1 }],
      ['2026-04-08', { isPregnant: true, trimester: 1 }],
      ['2026-04-09', { isPregnant: true, trimester: 2 }],
      ['2026-07-15', { isPregnant: true, trimester: 2 }],
      ['2026-07-16', { isPregnant: true, trimester: 3 }],
      ['2026-10-22', { isPregnant: true, trimester: 3 }],
      ['2026-10-23', {}],
    ] as const)
      assert.deepEqual(pregnancyAt(due, day), expected, day)
    const undated = { ...due, dueDate: undefined }
    assert.deepEqual(pregnancyAt(undated, '2026-02-01'), { isPregnant: 'maybe' })
    assert.deepEqual(pregnancyAt(undated, '2025-01-01'), {})
    assert.deepEqual(pregnancyAt(undated, '2026-03-02'), { isPregnant: true })
  })

  test('glucose is critical for a child from 15 mmol/L, for a grown person from 25', () => {
    const high = (ageYears: number | undefined) => criticalAt(known('glucose'), ageYears)?.high
    assert.deepEqual(
      [high(17), high(18), high(undefined), criticalAt(known('potassium'), 3)?.high],
      [270, 450, 450, 6.5],
    )
  })

  for (const [value, comparator, word] of [
    [4.9, undefined, 'low'],
    [5, undefined, 'normal'],
    [10, undefined, 'normal'],
    [10.1, undefined, 'high'],
    [2, undefined, 'critical_low'],
    [20, undefined, 'critical_high'],
    [5, '<', 'low'],
    [8, '<', 'unknown'],
    [10, '>', 'high'],
    [8, '>', 'unknown'],
  ] as const) {
    test(`${comparator ?? ''}${value} in 5 to 10 with critical 2 and 20 is ${word}`, () => {
      assert.equal(interpret({ value, comparator }, { low: 5, high: 10 }, { low: 2, high: 20 }).word, word)
    })
  }
})

describe('eGFR', () => {
  test('agrees with the vectors of CKD-EPI 2021', {
    skip: existsSync(VECTORS) ? false : 'the shared vectors are absent',
  }, () => {
    const { cases } = JSON.parse(readFileSync(VECTORS, 'utf8'))
    for (const one of cases) {
      const sex = one.sex === 'Female' ? 'female' : 'male'
      const { value } = egfrCkdEpi2021({ creatinineMgDl: one.scr_mg_dl, ageYears: one.age, sex })
      assert.ok(Math.abs((value ?? 0) - one.egfr) <= 0.011, `${value} is not ${one.egfr}`)
    }
  })

  test('agrees with published worked values, says its category, and refuses what it is not for', () => {
    assert.equal(egfrCkdEpi2021({ creatinineMgDl: 1.4, ageYears: 60, sex: 'male' }).value, 57.54)
    assert.equal(egfrCkdEpi2021({ creatinineMgDl: 0.8, ageYears: 40, sex: 'female' }).band, 'G1')
    assert.deepEqual(egfrCkdEpi2021({ ageYears: 40 }).missing, ['creatinine', 'sex_at_birth'])
    for (const more of [{ ageYears: 17 }, { ageYears: 130 }, { creatinineMgDl: 80 }, { isPregnant: true }]) {
      const result = egfrCkdEpi2021({ creatinineMgDl: 1, ageYears: 40, sex: 'female', ...more })
      assert.deepEqual([result.status, result.value], ['not_computed', undefined])
    }
  })
})

describe('series of results', () => {
  const point = (id: string, day: string, value: number, comparator?: '<') => ({
    id,
    at: new Date(`${day}T08:00:00Z`),
    value,
    comparator,
  })

  test('a change is given against the result before, and judged only where its variation is known', () => {
    near(referenceChangePercent('creatinine') ?? 0, 13.65, 0.01)
    const delta = deltaOf('creatinine', point('b', '2026-02-01', 100), point('a', '2026-01-02', 80))
    assert.deepEqual(
      [delta?.change, delta?.changePercent, delta?.daysBetween, delta?.isBeyondVariation],
      [20, 25, 30, true],
    )
    assert.equal(deltaOf('tsh', point('b', '2026-02-01', 2), point('a', '2026-01-02', 1))?.isBeyondVariation, undefined)
    assert.equal(deltaOf('tsh', point('b', '2026-02-01', 2), point('a', '2026-01-02', 1, '<')), undefined)
    assert.equal(deltaOf('tsh', point('b', '2026-02-01', 2), undefined), undefined)
  })

  test('a trend needs five results over sixty days', () => {
    const rising = Array.from({ length: 8 }, (_, month) => point(`p${month}`, `2026-0${month + 1}-01`, 5 + month))
    assert.equal(labTrend(rising).direction, 'rising')
    assert.equal(labTrend(rising.slice(0, 4)).direction, 'not-enough-data')
  })

  test('what happened since a medicine was begun needs a value before and one while it was taken', () => {
    const points = [point('a', '2026-01-01', 160), point('b', '2026-04-01', 120)]
    const medication = { id: 'm', name: 'Atorvastatin', startedOn: '2026-01-10', endedOn: undefined }
    assert.equal(sinceMedication(points, medication)?.changePercent, -25)
    assert.equal(sinceMedication(points.slice(1), medication), undefined)
    assert.equal(sinceMedication(points, { ...medication, endedOn: '2026-02-01' }), undefined)
  })

  test('the retest schedule follows conditions and medicines and says overdue, due soon, ok or no result', () => {
    const schedule = (more: object) =>
      Object.fromEntries(
        retestSchedule({ conditions: [], medications: [], lastResults: new Map(), today: '2026-06-15', ...more }).map(
          (one) => [one.id, one],
        ),
      )
    assert.equal(schedule({}).hba1c, undefined)
    assert.equal(schedule({}).lipids?.status, 'no_result')
    const diabetic = schedule({
      conditions: ['Type 2 diabetes'],
      medications: ['Metformin 500'],
      lastResults: new Map([
        ['hba1c', '2026-01-01'],
        ['creatinine', '2026-01-01'],
        ['cholesterol_ldl', '2026-05-01'],
      ]),
    })
    assert.deepEqual([diabetic.hba1c?.status, diabetic.hba1c?.dueOn], ['overdue', '2026-04-01'])
    assert.deepEqual([diabetic.metabolic?.status, diabetic.lipids?.status], ['due_soon', 'ok'])
    assert.equal(diabetic.vitamin_b12?.status, 'no_result')
    assert.equal(schedule({ conditions: ['Prediabetes', 'Pulmonary hypertension'] }).hba1c, undefined)
  })
})
