import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { object } from '../../kernel/fields.ts'
import { faultsOf, matches } from '../../kernel/schema.ts'
import { healthFields } from './contract/healthAttributes.ts'
import { profileFields } from './contract/profile.ts'
import { given } from './contract/sections.ts'
import { accountData, signUpProfile } from './domain/account.ts'
import { conditionsOf, factsOf, isPregnant } from './domain/facts.ts'
import { readHealthAttributes } from './domain/healthAttributes.ts'
import { dayOf, needsBirthDate, readProfile } from './domain/profile.ts'
import { completionOf, computedOf, knownOf, type SectionName, type Sections } from './domain/sections.ts'
import { PREFERENCE_DEFAULTS, privacyDefaults, readPreferences, withDefaults } from './domain/settings.ts'
import { type Data, tidy } from './domain/tidy.ts'
import { expectedVersions, versionsOf } from './domain/versions.ts'

const now = new Date('2026-06-15T12:00:00Z')
const ProfileInput = object(given(profileFields))
const HealthInput = object(given(healthFields))

function sectionsOf(data: Partial<Record<SectionName, Data>>): Sections {
  return Object.fromEntries(
    Object.entries(data).map(([section, one]) => [
      section,
      { section, version: 1, data: one, created_at: now, updated_at: now },
    ]),
  ) as Sections
}

function faultOf(change: object, birthDate?: string): string | undefined {
  return readProfile(change, { now, birthDate }).faults[0]?.field
}

describe('what a client says of a person', () => {
  for (const [why, change, field] of [
    ['a day that does not exist', { date_of_birth: '2023-02-29' }, 'date_of_birth'],
    ['the future', { date_of_birth: '2026-06-17' }, 'date_of_birth'],
    ['131 years ago', { date_of_birth: '1895-06-14' }, 'date_of_birth'],
    ['a height without its unit', { height: 70 }, 'height_unit'],
    ['a unit without its height', { height_unit: 'cm' }, 'height'],
    ['a height in kilograms', { height: 70, height_unit: 'kg' }, 'height_unit'],
    ['a height said twice', { height: 70, height_unit: 'in', height_cm: 178 }, 'height'],
    ['a weight in a unit nobody knows', { weight: 70, weight_unit: 'catties' }, 'weight_unit'],
    ['9 feet 11', { height: 9.92, height_unit: 'ft' }, 'height_cm'],
    ['1200 lbs', { weight: 1200, weight_unit: 'lbs' }, 'weight_kg'],
    ['an adult of 40 cm', { height_cm: 40, date_of_birth: '1990-01-01' }, 'height_cm'],
    ['19 kg at an unknown age', { weight_kg: 19 }, 'weight_kg'],
    ['a zone that is none', { timezone: 'Mars/Olympus' }, 'timezone'],
    ['an offset as zone', { timezone: '+05:30' }, 'timezone'],
    ['a blank name', { first_name: '   ' }, 'first_name'],
    ['a name with a line break', { first_name: 'A\nB' }, 'first_name'],
    ['a blank allergy', { allergies: ['nuts', ' '] }, 'allergies.1'],
    ['a blank relative', { family_history: [{ relation: ' ', condition: 'x' }] }, 'family_history.0.relation'],
    ['a pregnancy stated tomorrow', { pregnancy_stated_on: '2026-06-20' }, 'pregnancy_stated_on'],
    ['a due date in two years', { pregnancy_due_date: '2028-06-15' }, 'pregnancy_due_date'],
    ['a due date of years ago', { pregnancy_due_date: '2021-06-15' }, 'pregnancy_due_date'],
    ['a due date that does not exist', { pregnancy_due_date: '2026-02-30' }, 'pregnancy_due_date'],
  ] as const) {
    test(`${why} is refused, naming ${field}`, () => assert.equal(faultOf(change), field))
  }

  for (const [why, change, birthDate] of [
    ['born today', { date_of_birth: '2026-06-15' }, undefined],
    ['born today where it is tomorrow already', { date_of_birth: '2026-06-16' }, undefined],
    ['130 years old', { date_of_birth: '1896-06-15' }, undefined],
    ['a newborn of 49 cm and 3.4 kg', { date_of_birth: '2026-06-01', height_cm: 49, weight_kg: 3.4 }, undefined],
    ['12 kg for a child whose age is known from before', { weight_kg: 12 }, '2023-01-01'],
    ['everything cleared', { height_cm: null, date_of_birth: null, allergies: null, timezone: null }, undefined],
  ] as const) {
    test(`${why} is taken`, () => assert.equal(faultOf(change, birthDate), undefined))
  }

  test('the limits of a child end on the twelfth birthday', () => {
    assert.equal(
      faultOf({ weight_kg: 19 }, '2014-06-16'),
      'weight_kg',
      'twelve tomorrow in UTC is twelve today in Kiribati',
    )
    assert.equal(faultOf({ weight_kg: 19 }, '2014-06-17'), undefined)
  })

  test('imperial measures become centimetres and kilograms', () => {
    const read = readProfile({ height: 70, height_unit: 'inches', weight: 154, weight_unit: 'lbs' }, { now })
    assert.deepEqual(read, { data: { height_cm: 177.8, weight_kg: 69.85 }, faults: [] })
    assert.deepEqual(readProfile({ height: null }, { now }).data, { height_cm: null })
  })

  test('the wrong unit is answered with those that fit', () => {
    const [fault] = readProfile({ weight: 70, weight_unit: 'bpm' }, { now }).faults
    assert.ok(fault?.allowed?.includes('kg') && fault.allowed.includes('lbs'))
  })

  test('the stored date of birth is asked for only where a small child could be meant', () => {
    assert.equal(needsBirthDate({ weight_kg: 70 }), false)
    assert.equal(needsBirthDate({ weight_kg: 12 }), true)
    assert.equal(needsBirthDate({ weight: 26, weight_unit: 'lbs' }), true)
    assert.equal(needsBirthDate({ weight_kg: 12, date_of_birth: '2023-01-01' }), false)
  })

  test('lists lose blanks and repetitions in any case', () => {
    assert.deepEqual(tidy({ conditions: [' Asthma', 'asthma ', 'gout'] }).data, { conditions: ['Asthma', 'gout'] })
  })

  test('a pregnancy keeps the day it was said, unless the client says another', () => {
    const read = (change: object) => readProfile(change, { now }).data.pregnancy_stated_on
    assert.equal(read({ pregnancy_status: 'pregnant' }), '2026-06-15')
    assert.equal(read({ pregnancy_status: 'pregnant', pregnancy_stated_on: '2026-05-01' }), '2026-05-01')
    assert.equal(read({ pregnancy_status: null }), null)
    assert.equal(read({ first_name: 'A' }), undefined)
  })

  test('free members of a client are kept as they are, up to 16 KiB', () => {
    const custom_preferences = { nested: { text: '  \n ' } }
    assert.deepEqual(readPreferences({ custom_preferences }), { data: { custom_preferences }, faults: [] })
    const large = { custom_preferences: { text: 'x'.repeat(17_000) } }
    assert.equal(readPreferences(large).faults[0]?.field, 'custom_preferences')
  })
})

describe('personal reference ranges', () => {
  const read = (...reference_ranges: object[]) => readHealthAttributes({ reference_ranges } as never)

  for (const [why, range, field] of [
    ['a metric that does not exist', { metric_type: 'karma', low: 1 }, 'reference_ranges.0.metric_type'],
    ['the metric without meaning', { metric_type: 'custom', low: 1 }, 'reference_ranges.0.metric_type'],
    ['no bound', { metric_type: 'heart_rate' }, 'reference_ranges.0'],
    ['low above high', { metric_type: 'heart_rate', low: 90, high: 60 }, 'reference_ranges.0.low'],
    ['a unit of another kind', { metric_type: 'heart_rate', low: 60, unit: 'kg' }, 'reference_ranges.0.unit'],
    ['a pulse of 5000', { metric_type: 'heart_rate', high: 5000 }, 'reference_ranges.0.high'],
  ] as const) {
    test(`${why} is refused, naming ${field}`, () => assert.equal(read(range).faults[0]?.field, field))
  }

  test('a second range of one metric is refused', () => {
    const range = { metric_type: 'heart_rate', low: 50 }
    assert.equal(read(range, range).faults[0]?.field, 'reference_ranges.1.metric_type')
  })

  test('bounds are stored in the canonical unit, and are taken again as they were stored', () => {
    const first = read({ metric_type: 'temperature', low: 96.8, high: 100.4, unit: '°F' })
    const stored = { metric_type: 'temperature', low: 36, high: 38, unit: 'Cel', note: null }
    assert.deepEqual(first, { data: { reference_ranges: [stored] }, faults: [] })
    assert.deepEqual(read(stored).data, first.data)
  })

  test('a systolic pressure must lie above the diastolic one', () => {
    const { faults } = readHealthAttributes({ blood_pressure_systolic: 80, blood_pressure_diastolic: 80 })
    assert.equal(faults[0]?.field, 'blood_pressure_systolic')
  })
})

describe('hostile values', () => {
  test('whatever passes the schema is read without a throw, and what was read passes the schema and is read the same', () => {
    const day = fc.constantFrom('2026-06-15', '0001-01-01', '9999-12-31', '2024-02-29', '1896-06-14')
    const name = fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme' })
    const measure = fc.double({ min: 0, max: 600, noNaN: true })
    const change = fc.record(
      {
        first_name: name,
        timezone: fc.string({ minLength: 1, maxLength: 50, unit: 'binary' }),
        date_of_birth: day,
        pregnancy_stated_on: day,
        pregnancy_status: fc.constantFrom('pregnant', 'unknown', null),
        height_cm: measure,
        weight: measure,
        weight_unit: fc.string({ minLength: 1, maxLength: 20 }),
        allergies: fc.array(name, { maxLength: 5 }),
        family_history: fc.array(fc.record({ relation: name, condition: name }), { maxLength: 3 }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(change, (one) => {
        const { data, faults } = readProfile(one as never, { now })
        for (const fault of faults) assert.ok(fault.field.length > 0 && fault.detail.length > 0)
        if (faults.length > 0) return
        assert.deepEqual(faultsOf(ProfileInput, data), [])
        assert.deepEqual(readProfile(data as never, { now }), { data, faults: [] })
      }),
      { numRuns: 2000 },
    )
  })

  test('ranges of any metric, unit and number are refused or stored so that they can be read again', () => {
    const range = fc.record(
      {
        metric_type: fc.constantFrom(
          'heart_rate',
          'temperature',
          'weight',
          'blood_glucose',
          'steps',
          '__proto__',
          'custom',
        ),
        low: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        high: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        unit: fc.constantFrom('bpm', '°F', 'lbs', 'mmol/L', 'constructor', 'Cel', '%'),
      },
      { requiredKeys: ['metric_type'] },
    )
    fc.assert(
      fc.property(fc.array(range, { maxLength: 4 }), (reference_ranges) => {
        const { data, faults } = readHealthAttributes({ reference_ranges } as never)
        if (faults.length > 0) return
        assert.ok(matches(HealthInput, data))
        assert.deepEqual(readHealthAttributes(data as never), { data, faults: [] })
      }),
      { numRuns: 2000 },
    )
  })

  test('any text is an If-Match that matches some versions, or any', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const versions = versionsOf(text)
        assert.ok(versions === undefined ? text.includes('*') : versions.every(Number.isInteger))
      }),
    )
  })
})

describe('versions', () => {
  for (const [header, versions] of [
    [undefined, undefined],
    ['*', undefined],
    ['W/"3"', [3]],
    ['"3"', [3]],
    ['3', [3]],
    ['W/"3", "4"', [3, 4]],
    ['W/"x"', []],
    ['', []],
  ] as const) {
    test(`If-Match ${header ?? 'missing'}`, () => assert.deepEqual(versionsOf(header), versions))
  }

  test('the version of a body narrows the header', () => {
    assert.deepEqual(expectedVersions({ version: 3 }), [3])
    assert.deepEqual(expectedVersions({ version: 3, if_match: '"3", "4"' }), [3])
    assert.deepEqual(expectedVersions({ version: 3, if_match: '"4"' }), [])
    assert.deepEqual(expectedVersions({ version: 3, if_match: '*' }), [3])
  })
})

describe('what is known', () => {
  test('the account speaks until the person does; what was cleared shows the account again', () => {
    const account = { display_name: 'Test User', email: 'a@example.test', language: 'hi' }
    const profile = { email: 'b@example.test', first_name: null }
    assert.deepEqual(knownOf(sectionsOf({ account })), { email: 'a@example.test', language: 'hi' })
    assert.equal(knownOf(sectionsOf({ account, profile })).email, 'b@example.test')
    assert.equal(knownOf(sectionsOf({ account, profile: { email: null } })).email, 'a@example.test')
    assert.equal(computedOf(sectionsOf({ account, profile }), now).display_name, 'Test User')
  })

  test('a person is called as they prefer, else by the full name', () => {
    const profile = { first_name: 'Ana', middle_name: 'B', last_name: 'Cruz' }
    const named = computedOf(sectionsOf({ profile }), now)
    assert.deepEqual([named.display_name, named.full_name], ['Ana B Cruz', 'Ana B Cruz'])
    assert.equal(
      computedOf(sectionsOf({ profile: { ...profile, preferred_name: 'Annie' } }), now).display_name,
      'Annie',
    )
    assert.equal(computedOf({}, now).display_name, null)
  })

  test('age counts the day where the person is', () => {
    const profile = { date_of_birth: '2000-06-16' }
    const age = (timezone: string) => computedOf(sectionsOf({ profile, preferences: { timezone } }), now).age_years
    assert.equal(age('UTC'), 25)
    assert.equal(age('Pacific/Kiritimati'), 26)
    assert.equal(dayOf(now, 'no zone'), '2026-06-15')
  })

  test('a profile is complete when each part is there; a list counts when it was said, even empty', () => {
    const empty = completionOf({})
    assert.equal(empty.percentage, 0)
    assert.equal(empty.nextSteps.length, empty.missingFields.length)
    const full = {
      ...{ first_name: 'A', date_of_birth: '1990-01-01', sex_at_birth: 'female', height_cm: 170, weight_kg: 60 },
      ...{ activity_level: 'sedentary', blood_type: 'A+', allergies: [], conditions: [], medications: [] },
      ...{ emergency_contact_phone: '1', email: 'a@example.test', timezone: 'UTC' },
    }
    assert.deepEqual(completionOf(full), { percentage: 100, isComplete: true, missingFields: [], nextSteps: [] })
    assert.deepEqual(completionOf({ ...full, allergies: null }).missingFields, ['allergies'])
  })

  test('D2: facts about a person nobody described are null, and named as missing', () => {
    const facts = factsOf('p', {}, now)
    const values = Object.entries(facts).filter(([name]) => !['person_id', 'missing'].includes(name))
    for (const [name, value] of values) assert.ok(value === null || (value as []).length === 0, name)
    for (const name of ['birth_date', 'height_cm', 'time_zone', 'conditions', 'is_pregnant']) {
      assert.ok(facts.missing.includes(name), name)
    }
  })

  test('an unknown sex is no sex for a formula', () => {
    assert.equal(factsOf('p', sectionsOf({ profile: { sex_at_birth: 'unknown' } }), now).sex_at_birth, null)
    assert.equal(factsOf('p', sectionsOf({ profile: { gender: 'female' } }), now).sex_at_birth, null)
  })

  for (const [why, profile, today, expected] of [
    ['nobody said', {}, '2026-06-15', null],
    ['said not to be', { pregnancy_status: 'not_pregnant' }, '2026-06-15', false],
    ['does not apply', { pregnancy_status: 'not_applicable' }, '2026-06-15', false],
    ['said to be unknown', { pregnancy_status: 'unknown' }, '2026-06-15', null],
    ['two weeks overdue', { pregnancy_status: 'pregnant', pregnancy_due_date: '2026-06-01' }, '2026-06-15', true],
    ['longer overdue', { pregnancy_status: 'pregnant', pregnancy_due_date: '2026-06-01' }, '2026-06-16', null],
    ['said 42 weeks ago', { pregnancy_status: 'pregnant', pregnancy_stated_on: '2025-08-25' }, '2026-06-15', true],
    ['said earlier', { pregnancy_status: 'pregnant', pregnancy_stated_on: '2025-08-24' }, '2026-06-15', null],
  ] as const) {
    test(`pregnant: ${why}`, () => assert.equal(isPregnant(profile, today), expected))
  }

  test('conditions are those named and those switched on, each once', () => {
    const health = { has_diabetes: true, has_asthma: true, has_anxiety: false }
    assert.deepEqual(conditionsOf({ conditions: ['Asthma', 'gout'] }, health), ['Asthma', 'gout', 'diabetes'])
  })
})

describe('defaults', () => {
  test('D32: nothing is shared until it is switched on', () => {
    const privacy = privacyDefaults(['share_health_data'])
    assert.equal(privacy.share_health_data, false)
    assert.equal(privacy.profile_visibility, 'private')
    assert.equal(privacy.data_retention_period, 7)
  })

  test('what was cleared is the default again, and what is not ours is not shown', () => {
    const stored = { theme: 'dark', units: null, forgotten: 1 }
    const shown = withDefaults(PREFERENCE_DEFAULTS, stored)
    assert.deepEqual([shown.theme, shown.units, shown.timezone, 'forgotten' in shown], ['dark', 'metric', null, false])
  })
})

describe('what came with the account', () => {
  const event = {
    user_id: '01890000-0000-7000-8000-000000000000',
    display_name: '',
    first_name: null,
    last_name: null,
    email: null,
    phone: '+919999999999',
    language: 'not a language tag',
    is_anonymous: false,
    facts: {},
  }

  test('only what was given is kept, and only a language that is one', () => {
    assert.deepEqual(accountData(event), { phone_number: '+919999999999' })
    assert.deepEqual(accountData({ ...event, language: 'hi', display_name: 'A' }), {
      ...{ display_name: 'A', language: 'hi', phone_number: '+919999999999' },
    })
  })

  test('the sign-up’s words become the profile’s; an age alone is no fact', () => {
    const facts = { age: 40, gender: 'Prefer not to say', blood_group: 'AB-', allergies: [], emergency_contact: 'B' }
    assert.deepEqual(signUpProfile(facts), {
      gender: 'prefer_not_to_say',
      blood_type: 'AB-',
      allergies: [],
      emergency_contact_name: 'B',
    })
    assert.deepEqual(signUpProfile({ gender: 'something else' }), {})
  })
})
