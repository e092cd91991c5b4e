import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkPlausible } from '../analytes/plausible.ts'
import { extractFrom } from './extract.ts'
import { mayBeSamePerson, readDay } from './facts.ts'
import type { LabContent } from './findings.ts'
import { readMedicine } from './medicines.ts'
import { findRange, readNumber } from './numbers.ts'
import { pageOfText, type ReadPage } from './pages.ts'

const HEAD = 'City Laboratory\nCollected: 12 Mar 2026\n'
const labsIn = (pages: readonly ReadPage[]) =>
  extractFrom(pages, checkPlausible).findings.flatMap((one) =>
    one.kind === 'lab' ? [{ ...(one.content as LabContent), doubts: one.doubts }] : [],
  )
const labIn = (line: string) => labsIn([pageOfText(`${HEAD}${line}`, 1)])[0]

describe('printed numbers', () => {
  for (const [text, value, doubts] of [
    ['5.4', 5.4, []],
    ['5,4', 5.4, []],
    ['1,234', 1234, ['comma']],
    ['2,50,000', 250_000, []],
    ['1,234.5', 1234.5, []],
    ['1O5', 105, ['digit_confusion']],
    ['l4', 14, ['digit_confusion']],
    ['04', 4, ['decimal_point']],
    ['1.2.3', undefined, []],
    ['1,2,3', undefined, []],
    ['', undefined, []],
    ['Oil', undefined, []],
  ] as const) {
    test(`${JSON.stringify(text)} is ${value}${doubts.length > 0 ? `, doubted: ${doubts}` : ''}`, () => {
      const read = readNumber(text)
      assert.equal(read?.value, value)
      assert.deepEqual(read?.doubts ?? [], doubts)
    })
  }

  for (const [text, low, high] of [
    ['3.9 - 5.6', 3.9, 5.6],
    ['(135-145)', 135, 145],
    ['12,0 – 16,0', 12, 16],
    ['< 1.7', undefined, 1.7],
    ['up to 40', undefined, 40],
    ['>= 60', 60, undefined],
  ] as const) {
    test(`the range ${text} is ${low} to ${high}`, () => {
      const range = findRange(text)
      assert.deepEqual([range?.low, range?.high], [low, high])
    })
  }
})

describe('lines of results', () => {
  for (const [line, value, unit, low, high, flag] of [
    ['Glucose, fasting      5.4     mmol/L    3.9 - 5.6', 5.4, 'mmol/L', 3.9, 5.6, null],
    ['Hemoglobin            11.2 L  g/dL      12.0 - 16.0', 11.2, 'g/dL', 12, 16, 'L'],
    ['Hemoglobin    g/dL    13.1    12.0 - 16.0', 13.1, 'g/dL', 12, 16, null],
    ['Sodium: 140 mmol/L (135-145)', 140, 'mmol/L', 135, 145, null],
    ['Total cholesterol     212     mg/dL     125 - 200    H', 212, 'mg/dL', 125, 200, 'H'],
    ['WBC count             6.2     x10^3/uL  4.0 - 11.0', 6.2, 'x10^3/uL', 4, 11, null],
    ['Platelet count        2,45,000  /cumm   1,50,000 - 4,10,000', 245_000, '/cumm', 150_000, 410_000, null],
    ['ESR                   12      mm/1st hr 0 - 20', 12, 'mm/1sthr', 0, 20, null],
  ] as const) {
    test(line.replaceAll(/\s+/g, ' '), () => {
      const lab = labIn(line)
      assert.deepEqual(
        [lab?.value, lab?.unit, lab?.reference_low, lab?.reference_high, lab?.flag],
        [value, unit, low, high, flag],
      )
      assert.equal(lab?.observed_on, '2026-03-12')
    })
  }

  for (const line of [
    'Age: 45 years',
    'Phone: 555 0100',
    'Page 1 of 3',
    'Sample No. 12345',
    'Collected 12/03/2026 08:15',
    'Registration 4711 - 4712',
  ]) {
    test(`is no result: ${line}`, () => assert.equal(labIn(line), undefined))
  }

  for (const [line, doubt] of [
    ['Hemoglobin    135    g/dL     12.0 - 16.0', 'impossible'],
    ['Potassium     41     mmol/L   3.5 - 5.1', 'decimal_point'],
    ['Sodium        1O5    mmol/L   135 - 145', 'digit_confusion'],
    ['Hemoglobin    13.5   mmol/mol 12.0 - 16.0', 'unit_mismatch'],
    ['Sodium        140    mmol/L   145 - 135', 'range_odd'],
    ['Glucose       5.4    mmol/L   39 - 56', 'range_odd'],
    ['Sodium        140 H  mmol/L   135 - 145', 'flag_contradicts'],
    ['Quixotine     5.4    mmol/L   3.9 - 5.6', 'unknown_test'],
    ['Ferritin      88     30 - 400', 'unit_missing'],
  ] as const) {
    test(`${line.replaceAll(/\s+/g, ' ')} is doubted: ${doubt}`, () => {
      assert.ok(labIn(line)?.doubts.includes(doubt), JSON.stringify(labIn(line)))
    })
  }

  test('a column of earlier results is not taken for the result', () => {
    const table =
      'Test            Previous    Result     Unit       Reference range\nSodium          131         140        mmol/L     135 - 145'
    const [lab] = labsIn([pageOfText(`${HEAD}${table}`, 1)])
    assert.deepEqual([lab?.value, lab?.doubts], [140, []])
  })

  for (const [what, table] of [
    [
      'by its title',
      'Test       Result    Previous result (10 Jan 2026)   Unit     Range\nPotassium            4.1                             mmol/L   3.5 - 5.1',
    ],
    [
      'by the line above',
      '           Current   Previous\nTest       Result    Result    Unit     Range\nPotassium            4.1       mmol/L   3.5 - 5.1',
    ],
  ] as const) {
    test(`an earlier result is none of now, told ${what}`, () => {
      assert.deepEqual(labsIn([pageOfText(`${HEAD}${table}`, 1)]), [])
    })
  }

  for (const [what, table, doubt] of [
    [
      'in a column of days',
      'Test        12 Mar 2026   10 Jan 2026   Unit     Range\nSodium      140           138           mmol/L   135 - 145\nPotassium                 4.1           mmol/L   3.5 - 5.1',
      'several_values',
    ],
    [
      'behind the name of another test',
      'Hemoglobin   pending                     Albumin    4.2      g/dL   3.5 - 5.0',
      'several_values',
    ],
    [
      'with a range of men',
      'Hemoglobin   14.5   g/dL   Male: 13.0 - 17.0\n                          Female: 12.0 - 15.0',
      'range_odd',
    ],
    [
      'with a range of others below',
      'Hemoglobin   14.5   g/dL   13.0 - 17.0\n                          Female: 12.0 - 15.0',
      'range_odd',
    ],
    ['with a range of a stage', 'eGFR   55   mL/min/1.73m2   CKD stage 3a: 45 - 59', 'range_odd'],
    ['with a range of the ill', 'HbA1c   5.9   %   Prediabetes: 5.7 - 6.4', 'range_odd'],
    [
      'with a point that parts thousands',
      'NT-proBNP   1.234   pg/ml   < 125\nCreatinine   0,92   mg/dl   0,60 - 1,20',
      'comma',
    ],
  ] as const) {
    test(`a result ${what} is doubted: ${doubt}`, () => {
      const labs = labsIn([pageOfText(`${HEAD}${table}`, 1)]).filter((one) => one.test_name !== 'Creatinine')
      assert.ok(labs.at(-1)?.doubts.includes(doubt), JSON.stringify(labs))
    })
  }

  test('two tables side by side are two lines each', () => {
    const table =
      'Test         Result   Unit   Range       Test         Result   Unit     Range\n' +
      'Hemoglobin   13.5     g/dL   12.0-16.0   Sodium       140      mmol/L   135-145\n' +
      'Ferritin     pending                     Albumin      4.2      g/dL     3.5-5.0'
    assert.deepEqual(
      labsIn([pageOfText(`${HEAD}${table}`, 1)]).map((one) => [
        one.test_name,
        one.value,
        one.reference_low,
        one.doubts,
      ]),
      [
        ['Hemoglobin', 13.5, 12, []],
        ['Sodium', 140, 135, []],
        ['Albumin', 4.2, 3.5, []],
      ],
    )
  })

  test('what a heading says of its specimen belongs to the name: potassium of urine is not that of blood', () => {
    const page = `${HEAD}URINE ANALYSIS\nTest     Result   Unit\nPotassium   6.5   mmol/L\nSERUM BIOCHEMISTRY\nSodium   140   mmol/L`
    const names = labsIn([pageOfText(page, 1)]).map((one) => [one.test_name, one.doubts])
    assert.deepEqual(names, [
      ['Potassium, urine', ['unknown_test']],
      ['Sodium', []],
    ])
  })

  test('each result has the day of collection that stands above it', () => {
    const page =
      'Laboratory\nCollected: 12 Mar 2026\nSodium   140   mmol/L\nCollected: 5 Jan 2026\nSodium   139   mmol/L'
    assert.deepEqual(
      labsIn([pageOfText(page, 1)]).map((one) => one.observed_on),
      ['2026-03-12', '2026-01-05'],
    )
  })

  for (const page of [
    'Hemoglobin   15.0   g/dL   13.5-17.5',
    'Geb. 25.05.1980\nHemoglobin   15.0   g/dL   13.0 - 17.5',
  ]) {
    test(`neither a range nor a birth date is the day of collection: ${page.slice(0, 10)}`, () => {
      assert.deepEqual(labsIn([pageOfText(page, 1)])[0]?.doubts, ['date_missing'])
    })
  }

  test('without a date on the document nothing is certain', () => {
    const [lab] = labsIn([pageOfText('Sodium    140    mmol/L    135 - 145', 1)])
    assert.deepEqual(lab?.doubts, ['date_missing'])
  })
})

describe('two readings of a picture', () => {
  const words = (text: string) => pageOfText(`${HEAD}${text}`, 1).readings[0] ?? []
  const picture = (one: string, other: string): ReadPage => ({
    number: 1,
    method: 'ocr',
    aspect: 1,
    readings: [words(one), words(other)],
  })

  for (const [what, one, other, doubts] of [
    ['that agree', 'Sodium   140   mmol/L   135 - 145', 'Sodium   140   mmol/L   135-145', []],
    [
      'of different values',
      'Sodium   140   mmol/L   135 - 145',
      'Sodium   146   mmol/L   135 - 145',
      ['readings_differ'],
    ],
    [
      'of different ranges',
      'Sodium   140   mmol/L   135 - 145',
      'Sodium   140   mmol/L   135 - 148',
      ['readings_differ'],
    ],
    ['of which one sees nothing', 'Sodium   140   mmol/L   135 - 145', '', ['readings_differ']],
    [
      'that both lost the points of a range',
      'Glucose   5.4   mmol/L   39 - 56',
      'Glucose   5.4   mmol/L   39 - 56',
      undefined,
    ],
    [
      'that both lost every point',
      'Triglycerides   23 H   mmol/L   04 - 17',
      'Triglycerides   23 H   mmol/L   04 - 17',
      undefined,
    ],
  ] as const) {
    test(what, () => {
      const [lab] = labsIn([picture(one, other)])
      if (doubts === undefined) assert.ok((lab?.doubts.length ?? 0) > 0)
      else assert.deepEqual(lab?.doubts, doubts)
    })
  }
})

describe('a third reading', () => {
  const words = (text: string) => pageOfText(`${HEAD}${text}`, 1).readings[0] ?? []
  const right = 'Glucose   5.4   mmol/L   3.9 - 5.6'

  for (const [what, first, third, doubts] of [
    ['outvotes another unit', 'Glucose   5.4   mmoI/l1   3.9 - 5.6', right, []],
    ['outvotes one that lost the point', 'Glucose   54   mmol/L   3.9 - 5.6', right, []],
    ['outvotes nobody about a value', 'Glucose   5.1   mmol/L   3.9 - 5.6', right, ['readings_differ']],
  ] as const) {
    test(what, () => {
      const page: ReadPage = {
        number: 1,
        method: 'ocr',
        aspect: 1,
        readings: [words(first), words(right), words(third)],
      }
      assert.deepEqual(labsIn([page])[0]?.doubts, doubts)
    })
  }

  test('that sees a range where two saw none leaves it to a person', () => {
    const blind = 'Glucose   5.4   mmol/L'
    const page: ReadPage = { number: 1, method: 'ocr', aspect: 1, readings: [words(blind), words(blind), words(right)] }
    assert.ok(labsIn([page])[0]?.doubts.includes('readings_differ'))
  })
})

describe('medicines, dates and names', () => {
  for (const [line, name, dosage, frequency, duration] of [
    ['Tab. Metformin 500 mg 1-0-1 x 30 days', 'Metformin', '500 mg', '1-0-1', '30 days'],
    ['2. Atorvastatin 10 mg once daily at night', 'Atorvastatin', '10 mg', 'once daily', null],
    ['Syp Paracetamol 5 ml every 6 hours for 3 days', 'Paracetamol', '5 ml', 'every 6 hours', '3 days'],
  ] as const) {
    test(line, () => {
      const read = readMedicine(line)
      assert.deepEqual([read?.name, read?.dosage, read?.frequency, read?.duration], [name, dosage, frequency, duration])
    })
  }

  for (const [line, doubt] of [
    ['Tab. Warfarin 5 mg OD - stopped', 'sensitive'],
    ['Tab. Warfarin 5 mg OD, 2.5 mg on Sunday', 'several_values'],
    ["Husband's blood group: B Positive", 'names_another'],
    ['Diagnosis: ? Pneumonia', 'sensitive'],
    ['Diagnosis: No evidence of malignancy', 'sensitive'],
    ['Allergies: Penicillin - tolerated since', 'sensitive'],
  ] as const) {
    test(`${line} is doubted: ${doubt}`, () => {
      const [finding] = extractFrom([pageOfText(`${HEAD}${line}`, 1)], checkPlausible).findings
      assert.ok(finding?.doubts.includes(doubt), JSON.stringify(finding))
    })
  }

  for (const line of [
    'Tab. Metformin 500 mg 1-0-1 x 30 days',
    'Blood group: O Negative',
    'Diagnosis: Asthma',
    'Allergies: Penicillin',
  ]) {
    test(`${line} is not doubted`, () => {
      const [finding] = extractFrom([pageOfText(`${HEAD}${line}`, 1)], checkPlausible).findings
      assert.deepEqual(finding?.doubts, [])
    })
  }

  test('a line that names a medicine without strength or times is none', () => {
    for (const line of ['Metformin was discussed', 'Weight 70 kg', '500 mg', 'Tablet counter']) {
      assert.equal(readMedicine(line), undefined, line)
    }
  })

  for (const [text, date, isDateAmbiguous] of [
    ['12 Mar 2026', '2026-03-12', false],
    ['March 12, 2026', '2026-03-12', false],
    ['2026-03-12', '2026-03-12', false],
    ['25/03/2026', '2026-03-25', false],
    ['03/25/2026', '2026-03-25', false],
    ['03/04/2026', undefined, true],
    ['04.04.2026', '2026-04-04', false],
  ] as const) {
    test(`${text} is ${date ?? 'one of two days'}`, () => assert.deepEqual(readDay(text), { date, isDateAmbiguous }))
  }

  test('what is no date is none', () => {
    for (const text of ['31/02/2026', '99/99/2026', 'soon']) assert.equal(readDay(text), undefined, text)
  })

  for (const [printed, known, same] of [
    ['Ana Example', 'Ana Maria Example', true],
    ['A. Example', 'Ana Example', true],
    ['Ben Example', 'Ana Example', false],
    ['Ana', 'Ana Example', true],
  ] as const) {
    test(`${printed} may ${same ? '' : 'not '}be ${known}`, () => assert.equal(mayBeSamePerson(printed, known), same))
  }
})
