import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { addDays } from '../../shared/dates.ts'
import { METRIC_TYPES, type MetricType } from '../../shared/metrics/metricDefinition.ts'
import { isSeverity, worstOf } from '../../shared/severity.ts'
import { defaultClear, evaluate, hysteresisOf, problemOf, type Rule, type WatchedReading } from './domain/alertRules.ts'
import { assessVital } from './domain/assessment.ts'
import { csvField, csvRecord } from './domain/csv.ts'
import type { DayPoint } from './domain/days.ts'
import { DEFAULT_RULES } from './domain/defaultRules.ts'
import { expectedDays, type GoalEvidence, type GoalTerms, progressOf } from './domain/goals.ts'
import { readNumber } from './domain/reading.ts'
import { readSymptomSeverity, wordOfLevel } from './domain/symptoms.ts'
import { readBound, readMoment } from './domain/times.ts'
import { wantedVersion } from './domain/versions.ts'
import { readVital } from './domain/vitalParts.ts'
import { readPaging } from './handlers/paging.ts'

const NOW = new Date('2026-06-15T12:00:00Z')
const ADULT = { ageYears: 40, heightCm: undefined, isPregnant: undefined }

function days(values: readonly number[], last = '2026-06-15'): DayPoint[] {
  return values.map((value, index) => ({ day: addDays(last, index - values.length + 1), value, n: 1 }))
}

describe('levels of vital signs', () => {
  for (const [vital, values, band, level] of [
    ['oxygen_saturation', { oxygen_saturation: [98, '%'] }, 'normal', 0],
    ['oxygen_saturation', { oxygen_saturation: [0.98, 'fraction'] }, 'normal', 0],
    ['oxygen_saturation', { oxygen_saturation: [89, '%'] }, 'very-low', 4],
    ['body_temperature', { temperature: [37, '°C'] }, 'normal', 0],
    ['body_temperature', { temperature: [98.6, '°F'] }, 'normal', 0],
    ['body_temperature', { temperature: [102.2, '°F'] }, 'fever', 2],
    ['heart_rate', { heart_rate: [72, 'bpm'] }, 'normal', 0],
    ['blood_pressure', { blood_pressure_systolic: [181, 'mmHg'], blood_pressure_diastolic: [90, 'mmHg'] }, 'severe', 4],
    ['blood_pressure', { blood_pressure_systolic: [16, 'kPa'], blood_pressure_diastolic: [10, 'kPa'] }, 'elevated', 1],
    ['blood_glucose', { blood_glucose: [2.9, 'mmol/L'] }, 'very-low', 4],
    ['blood_glucose', { blood_glucose: [90, 'mg/dL'] }, 'normal', 0],
    ['body_composition', { weight: [75, 'kg'], height: [175, 'cm'] }, 'normal', 0],
    ['body_composition', { weight: [165, 'lbs'], height: [70, 'inches'] }, 'normal', 0],
  ] as const) {
    test(`D2: ${vital} ${JSON.stringify(values)} is ${band}`, () => {
      const given = new Map(
        Object.entries(values).map(([type, [value, unit]]) => [type as MetricType, { value, unit }] as const),
      )
      const assessment = assessVital(vital, given, {}, ADULT)
      assert.deepEqual([assessment.band, assessment.level], [band, level])
      assert.notEqual(assessment.source, '')
    })
  }

  test('D2: without a height there is no BMI, and none is assumed', () => {
    const weight = new Map([['weight' as const, { value: 75, unit: 'kg' }]])
    const unknown = assessVital('body_composition', weight, {}, ADULT)
    assert.deepEqual([unknown.status, unknown.level, unknown.missing], ['unknown', null, ['height']])
    const known = assessVital('body_composition', weight, {}, { ...ADULT, heightCm: 175 })
    assert.equal(known.band, 'normal')
  })

  test('a rule for adults says nothing about a child, nor about anyone while the profile is away', () => {
    const pulse = new Map([['heart_rate' as const, { value: 120, unit: 'bpm' }]])
    assert.equal(assessVital('heart_rate', pulse, {}, { ...ADULT, ageYears: 4 }).reason, 'age-outside-rule')
    assert.equal(assessVital('heart_rate', pulse, {}, undefined).reason, 'profile-unavailable')
  })

  test('D1: the worst of levels is the clinically worst in every order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 6 }), (levels) => {
        const [first = 0, ...others] = levels.filter(isSeverity)
        assert.equal(worstOf(first as 0, ...(others as 0[])), Math.max(...levels))
      }),
    )
  })
})

describe('reading numbers', () => {
  test('a value of any metric outside its hard limits is refused, and one inside is kept as it is', () => {
    for (const metricType of METRIC_TYPES) {
      const read = readNumber(metricType, Number.NaN, undefined, { value: 'value', unit: 'unit' })
      assert.ok(metricType === 'custom' || 'faults' in read, metricType)
    }
    const impossible = readNumber('heart_rate', 301, 'bpm', { value: 'value', unit: 'unit' })
    assert.ok('faults' in impossible && impossible.faults[0]?.detail.includes('20 to 300'))
  })

  for (const [fields, field] of [
    [{ systolic: 80, diastolic: 120 }, 'diastolic'],
    [{ systolic: 120, diastolic: 120 }, 'diastolic'],
    [{ systolic: 301, diastolic: 80 }, 'systolic'],
    [{ systolic: 120 }, 'diastolic'],
    [{ systolic: 120, diastolic: 80, oxygen_saturation: 98 }, 'oxygen_saturation'],
    [{ systolic: 120, diastolic: 80, unit: 'bpm' }, 'unit'],
  ] as const) {
    test(`a blood pressure of ${JSON.stringify(fields)} is refused at ${field}`, () => {
      const read = readVital('blood_pressure', fields)
      assert.ok('faults' in read && read.faults.some((fault) => fault.field === field))
    })
  }

  test('glucose needs its unit: 15 is an emergency in one and common in the other', () => {
    const read = readVital('blood_glucose', { blood_glucose: 15 })
    assert.ok('faults' in read && read.faults[0]?.field === 'glucose_unit')
    assert.ok('parts' in readVital('blood_glucose', { blood_glucose: 15, glucose_unit: 'mmol/L' }))
  })

  test('a BMI or mean pressure that disagrees with what it derives from is warned about, never stored', () => {
    const body = readVital('body_composition', { weight: 75, height: 175, bmi: 30 })
    assert.ok('parts' in body && body.parts.warnings.length === 1 && body.parts.readings.length === 2)
    const pressure = readVital('blood_pressure', { systolic: 120, diastolic: 80, mean_arterial_pressure: 93 })
    assert.ok('parts' in pressure && pressure.parts.warnings.length === 0)
  })

  for (const [text, ok] of [
    ['2026-06-15T12:04:00Z', true],
    ['2026-06-15T12:06:00Z', false],
    ['1899-12-31T00:00:00Z', false],
    ['2026-02-30T00:00:00Z', false],
    ['2026-06-15 10:00', true],
    ['2026-06-15', true],
  ] as const) {
    test(`the time ${text} is ${ok ? 'taken' : 'refused'}`, () => assert.equal('at' in readMoment(text, NOW), ok))
  }

  test('a bare date of a period is the whole local day', () => {
    const from = readBound('2026-06-15', 'from', 'Asia/Kolkata')
    const to = readBound('2026-06-15', 'to', 'Asia/Kolkata')
    assert.ok('at' in from && 'at' in to)
    assert.equal(from.at.toISOString(), '2026-06-14T18:30:00.000Z')
    assert.equal(to.at.toISOString(), '2026-06-15T18:29:59.999Z')
  })
})

describe('alert rules', () => {
  const at = (minutes: number) => new Date(NOW.getTime() - 3_600_000 + minutes * 60_000)
  const reading = (metricType: MetricType, canonicalValue: number, minutes: number): WatchedReading => ({
    measurementId: `m${minutes}`,
    metricType,
    canonicalValue,
    at: at(minutes),
    isExercise: false,
  })
  const raisedBy = (metricType: MetricType, values: readonly number[], age: number | undefined = 40) =>
    evaluate(
      DEFAULT_RULES,
      [],
      values.map((value, index) => reading(metricType, value, index)),
      NOW,
      age,
    )

  for (const [metricType, value, isRaised] of [
    ['oxygen_saturation', 98, false],
    ['oxygen_saturation', 90, false],
    ['oxygen_saturation', 89.9, true],
    ['blood_pressure_systolic', 180, false],
    ['blood_pressure_systolic', 180.5, true],
    ['blood_pressure_systolic', 69, true],
    ['blood_pressure_diastolic', 120, false],
    ['blood_pressure_diastolic', 121, true],
    ['blood_glucose', 54, false],
    ['blood_glucose', 53, true],
    ['blood_glucose', 450, true],
    ['heart_rate', 29, true],
    ['heart_rate', 180, false],
    ['heart_rate', 181, true],
    ['respiratory_rate', 8, true],
    ['respiratory_rate', 9, false],
    ['respiratory_rate', 30, true],
    ['temperature', 41.5, true],
    ['temperature', 41.4, false],
    ['temperature', 31.9, true],
  ] as const) {
    test(`D2: ${metricType} ${value} ${isRaised ? 'raises' : 'raises nothing'}`, () => {
      assert.equal(raisedBy(metricType, [value]).raised.length, isRaised ? 1 : 0)
    })
  }

  test('values at the edge do not flap: one alert up, one all-clear', () => {
    const effects = raisedBy('oxygen_saturation', [89, 90, 89, 91, 89, 90])
    assert.deepEqual([effects.raised.length, effects.cleared.length], [1, 0])
    const later = evaluate(DEFAULT_RULES, effects.states, [reading('oxygen_saturation', 92, 10)], NOW, 40)
    assert.deepEqual([later.raised.length, later.cleared.length], [0, 1])
  })

  test('a rule for adults waits for the age of a child, for a profile that is away, and in exercise', () => {
    assert.equal(raisedBy('heart_rate', [190], 6).raised.length, 0)
    assert.equal(evaluate(DEFAULT_RULES, [], [reading('heart_rate', 190, 0)], NOW, 'unreachable').raised.length, 0)
    const running = { ...reading('heart_rate', 190, 0), isExercise: true }
    assert.equal(evaluate(DEFAULT_RULES, [], [running], NOW, 40).raised.length, 0)
    assert.equal(raisedBy('blood_glucose', [40], 6).raised.length, 1)
  })

  test('history raises nothing, and an older reading than the last one seen changes nothing', () => {
    const old = { ...reading('oxygen_saturation', 80, 0), at: new Date(NOW.getTime() - 49 * 3_600_000) }
    assert.equal(evaluate(DEFAULT_RULES, [], [old], NOW, 40).raised.length, 0)
    const { states } = raisedBy('oxygen_saturation', [95, 89])
    const late = evaluate(DEFAULT_RULES, states, [reading('oxygen_saturation', 99, -5)], NOW, 40)
    assert.deepEqual([late.cleared.length, late.states.length], [0, 0])
  })

  test('raising and clearing alternate for any readings', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 50, max: 100, noNaN: true }), { maxLength: 40 }), (values) => {
        let open = false
        let states = evaluate(DEFAULT_RULES, [], [], NOW, 40).states
        for (const [index, value] of values.entries()) {
          const effects = evaluate(DEFAULT_RULES, states, [reading('oxygen_saturation', value, index)], NOW, 40)
          assert.ok(effects.raised.length === 0 || !open)
          assert.ok(effects.cleared.length === 0 || open)
          open = effects.raised.length > 0 || (open && effects.cleared.length === 0)
          states = effects.states.length > 0 ? effects.states : states
        }
      }),
      { numRuns: 200 },
    )
  })

  test('a rule needs its all-clear on the safe side', () => {
    const rule = { comparison: 'above', canonicalThreshold: 140, isInclusive: false, consecutive: 1 } as const
    assert.equal(problemOf({ ...rule, canonicalClearThreshold: 140 }), 'must lie on the safe side of the threshold')
    assert.equal(problemOf({ ...rule, canonicalClearThreshold: 130 }), undefined)
    assert.ok(hysteresisOf({ ...rule, canonicalClearThreshold: 130 }).raiseAt > 140)
    assert.equal(defaultClear('above', 140, 'blood_pressure_systolic'), 137.2)
    assert.equal(defaultClear('below', 0, 'steps'), 1)
  })

  test('two readings in a row are needed where the rule says two', () => {
    const rule = { ...(DEFAULT_RULES[3] as Rule), id: 'own', kind: 'own', consecutive: 2 } as Rule
    const one = evaluate([rule], [], [reading('oxygen_saturation', 85, 0)], NOW, 40)
    assert.deepEqual([one.raised.length, one.states[0]?.streak], [0, 1])
    assert.equal(evaluate([rule], one.states, [reading('oxygen_saturation', 85, 1)], NOW, 40).raised.length, 1)
    const broken = evaluate([rule], one.states, [reading('oxygen_saturation', 95, 1)], NOW, 40)
    assert.equal(broken.states[0]?.streak, 0)
  })
})

describe('goals', () => {
  const terms = (given: Partial<GoalTerms>): GoalTerms => ({
    metricType: 'weight',
    goalType: 'target',
    frequency: 'once',
    target: 80,
    baseline: null,
    tolerance: null,
    startDate: '2026-06-01',
    targetDate: null,
    status: 'active',
    ...given,
  })
  const evidence = (given: Partial<GoalEvidence>): GoalEvidence => ({
    before: null,
    first: null,
    latest: null,
    since: 2,
    days: [],
    today: '2026-06-15',
    ...given,
  })

  for (const goalType of ['target', 'improvement', 'reduction'] as const) {
    test(`D3: weight 90 -> 85 with a target of 80 is 50 % of a ${goalType}`, () => {
      const progress = progressOf(terms({ goalType }), evidence({ before: 90, latest: 85 }))
      assert.deepEqual([progress.fraction, progress.isReached, progress.baseline], [0.5, false, 90])
    })
  }

  test('D3: moving away is below nothing, arriving is reached, and upwards works the same', () => {
    assert.equal(progressOf(terms({}), evidence({ before: 90, latest: 92 })).fraction, -0.2)
    assert.equal(progressOf(terms({}), evidence({ before: 90, latest: 80 })).isReached, true)
    const up = terms({ metricType: 'peak_flow', goalType: 'improvement', target: 500 })
    assert.equal(progressOf(up, evidence({ before: 400, latest: 450 })).fraction, 0.5)
  })

  test('without measurements there is no progress, not 0', () => {
    assert.equal(progressOf(terms({}), evidence({})).fraction, null)
    const single = progressOf(terms({}), evidence({ first: 90, latest: 90, since: 1 }))
    assert.deepEqual([single.fraction, typeof single.reason], [null, 'string'])
    assert.equal(progressOf(terms({ baseline: 95 }), evidence({ first: 90, latest: 90, since: 1 })).fraction, 1 / 3)
  })

  test('a reduction that started at its target and left it is at 0, with the reason', () => {
    const progress = progressOf(terms({ goalType: 'reduction' }), evidence({ before: 79, latest: 82 }))
    assert.deepEqual([progress.fraction, progress.isReached], [0, false])
    assert.match(progress.reason ?? '', /was at the target/)
  })

  test('steps count by the local day: today’s share and the days that were met', () => {
    const steps = terms({ metricType: 'steps', frequency: 'daily', target: 8000 })
    const progress = progressOf(steps, evidence({ days: days([9000, 7000, 8000, 4000]) }))
    assert.deepEqual(
      [progress.current, progress.fraction, progress.periodsMet, progress.periodsCounted],
      [4000, 0.5, 2, 3],
    )
  })

  test('a weekly goal adds up its week, a goal of once everything since the start', () => {
    const week = terms({ metricType: 'steps', frequency: 'weekly', target: 50_000 })
    // 2026-06-15 is a Monday.
    const progress = progressOf(week, evidence({ days: days([10_000, 10_000, 5000]) }))
    assert.deepEqual([progress.current, progress.periodsCounted], [5000, 1])
    const once = terms({ metricType: 'distance', frequency: 'once', target: 100_000 })
    assert.equal(progressOf(once, evidence({ days: days([10_000, 10_000, 5000]) })).fraction, 0.25)
  })

  test('a reduction of a daily sum compares the last week with the two weeks before', () => {
    const sugar = terms({
      metricType: 'sugar',
      goalType: 'reduction',
      frequency: 'daily',
      target: 40,
      startDate: '2026-06-08',
    })
    const before = days([80, 80, 80], '2026-06-07')
    const after = days([60, 60, 60, 60, 60, 10], '2026-06-15')
    const progress = progressOf(sugar, evidence({ days: [...before, ...after] }))
    assert.deepEqual([progress.baseline, progress.current, progress.fraction], [80, 60, 0.5])
    assert.equal(progressOf(sugar, evidence({ days: after })).fraction, null)
  })

  test('a kept value counts the days within its tolerance', () => {
    const keep = terms({ goalType: 'maintenance', target: 70, tolerance: 1 })
    const progress = progressOf(keep, evidence({ latest: 70.5, days: days([70, 70.8, 72, 70.2]) }))
    assert.deepEqual([progress.fraction, progress.periodsMet, progress.isReached], [0.75, 3, true])
    assert.equal(progressOf(keep, evidence({ latest: 70, days: days([70]) })).fraction, null)
  })

  test('an open goal past its day is overdue, a completed one is not', () => {
    const late = { targetDate: '2026-06-14' }
    assert.equal(progressOf(terms(late), evidence({})).isOverdue, true)
    assert.equal(progressOf(terms({ ...late, status: 'completed' }), evidence({})).isOverdue, false)
  })

  test('a day is expected only from a slope that leads to the target', () => {
    assert.deepEqual(expectedDays(85, 80, [-1, -0.5], '2026-06-15'), { from: '2026-07-20', to: '2026-08-24' })
    assert.equal(expectedDays(85, 80, [0.5, 1], '2026-06-15'), undefined)
    assert.equal(expectedDays(85, 80, [-1, 0.5], '2026-06-15'), undefined)
    assert.equal(expectedDays(85, 80, null, '2026-06-15'), undefined)
  })
})

describe('small rules', () => {
  for (const [level, word] of [
    [1, 'mild'],
    [3, 'mild'],
    [3.5, 'moderate'],
    [6, 'moderate'],
    [7, 'severe'],
    [9, 'critical'],
    [10, 'critical'],
  ] as const) {
    test(`a symptom of ${level} of 10 is ${word}`, () => assert.equal(wordOfLevel(level), word))
  }

  test('word and level of a symptom must agree; one is enough', () => {
    assert.deepEqual(readSymptomSeverity('severe', null), { ordinal: 3, level: null })
    assert.deepEqual(readSymptomSeverity(null, 7), { ordinal: 3, level: 7 })
    assert.ok('fault' in readSymptomSeverity('mild', 9))
    assert.ok('fault' in readSymptomSeverity(null, null))
  })

  test('a CSV field cannot become a formula, and what has commas or quotes is quoted', () => {
    assert.equal(csvField('=1+1'), "'=1+1")
    assert.equal(csvField('@cmd'), "'@cmd")
    assert.equal(csvField('-5'), '-5')
    assert.equal(csvField(-5), '-5')
    assert.equal(csvRecord(['a,b', 'say "x"', null, 'line\nline']), '"a,b","say ""x""",,"line\nline"\r\n')
  })

  test('versions are read from body and entity tags', () => {
    assert.equal(wantedVersion({}), null)
    assert.equal(wantedVersion({ if_match: '*' }), null)
    assert.equal(wantedVersion({ if_match: 'W/"3"' }), 3)
    assert.equal(wantedVersion({ version: 2 }), 2)
    assert.equal(wantedVersion({ if_match: 'abc' }), undefined)
  })

  test('all paging styles come to one, and a foreign cursor is refused', () => {
    assert.deepEqual(readPaging({ page: 3, size: 20 }), { limit: 20, skip: 40, after: undefined, page: 3 })
    assert.deepEqual(readPaging({ offset: 5, limit: 10 }), { limit: 10, skip: 5, after: undefined, page: undefined })
    assert.equal(readPaging({ cursor: 'bm9uc2Vuc2U' }), undefined)
    assert.equal(readPaging({ cursor: Buffer.from('["x","y"]').toString('base64url') }), undefined)
  })
})
