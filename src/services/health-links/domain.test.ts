import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { addDays } from '../../shared/dates.ts'
import { cardOf, type ProfileFacts, type RecordFacts } from './domain/card.ts'
import { cardText, LONGEST_CARD_BYTES } from './domain/cardText.ts'
import { COURSE_DAYS, courseDays, coursesOf, drawing } from './domain/courses.ts'
import { flagsOf, linkState, readManifestRequest, readShlink, recipientOf, shlinkOf } from './domain/shlink.ts'
import { readSummary } from './domain/summary.ts'

const NOW = new Date('2026-03-01T10:00:00Z')
const METRIC = { units: null, glucose_unit: null } as const
const KEY = 'A'.repeat(43)
const url = 'https://salus.example.test/shl/m/x'

describe('health links: rules', () => {
  test('a link reads back as it was written, also behind the address of a viewer and with spaces around', () => {
    const payload = { url, key: KEY, exp: 1_900_000_000, flag: 'LP', label: 'Für Dr. Rão' }
    const text = shlinkOf(payload)
    for (const pasted of [text, `  ${text}\n`, `https://viewer.example.test/#${text}`]) {
      assert.deepEqual(readShlink(pasted), payload)
    }
    assert.deepEqual(readShlink(shlinkOf({ url, key: KEY, flag: '' })), { url, key: KEY })
  })

  test('what is no link is none, whatever is pasted', () => {
    const of = (payload: unknown) => `shlink:/${Buffer.from(JSON.stringify(payload)).toString('base64url')}`
    const bad = [
      '',
      'shlink:/',
      'shlink:/!!',
      'https://example.test',
      of([]),
      of(null),
      of({}),
      of({ url }),
      of({ key: KEY }),
    ]
    for (const text of [...bad, of({ url, key: 'short' }), of({ url: 7, key: KEY }), of({ url, key: KEY, v: 2 })]) {
      assert.equal(readShlink(text), undefined, text)
    }
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => readShlink(text) === undefined))
    fc.assert(
      fc.property(fc.json(), (json) => {
        const read = readShlink(`shlink:/${Buffer.from(json).toString('base64url')}`)
        return read === undefined || (typeof read.url === 'string' && read.key.length === 43)
      }),
    )
  })

  test('a manifest request says who asks, or what is wrong with it; nothing thrown at it throws', () => {
    assert.deepEqual(readManifestRequest('{"recipient":" A\\u0007\\u2028B ","other":1}'), { recipient: 'A B' })
    assert.deepEqual(readManifestRequest('{"recipient":"A","passcode":"p","embeddedLengthMax":0}'), {
      recipient: 'A',
      passcode: 'p',
      embeddedLengthMax: 0,
    })
    for (const text of ['', 'null', '[]', '{}', '{"recipient":" "}', '{"recipient":"A","embeddedLengthMax":1.5}']) {
      assert.ok('fault' in readManifestRequest(text), text)
    }
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => typeof readManifestRequest(text) === 'object'))
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = recipientOf(text)
        return line === undefined || !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(line)
      }),
    )
  })

  test('flags are in the order of the alphabet, and each end of a link has its name', () => {
    assert.equal(flagsOf({ isLongTerm: true, hasPasscode: true, isDirect: false }), 'LP')
    assert.equal(flagsOf({ isLongTerm: true, hasPasscode: false, isDirect: true }), 'LU')
    const link = { revoked_at: null, expires_at: new Date('2026-03-02'), max_uses: null, uses: 3, tries_left: 10 }
    assert.equal(linkState(link, NOW), 'active')
    assert.equal(linkState({ ...link, revoked_at: NOW }, NOW), 'revoked')
    assert.equal(linkState({ ...link, expires_at: NOW }, NOW), 'expired')
    assert.equal(linkState({ ...link, tries_left: 0 }, NOW), 'locked')
    assert.equal(linkState({ ...link, max_uses: 3 }, NOW), 'used-up')
  })
})

describe('health links: what a page shows of a summary', () => {
  const lab = (more: object) => ({ resourceType: 'Observation', id: 'o', code: { text: 'Potassium' }, ...more })
  const rowOf = (resource: object) => {
    const composition = {
      resourceType: 'Composition',
      section: [{ title: 'S', entry: [{ reference: 'Observation/o' }] }],
    }
    const summary = readSummary({ resourceType: 'Bundle', entry: [{ resource: composition }, { resource }] })
    return summary?.sections[0]?.rows[0]
  }
  const mmol = (value: string) => ({ value, unit: 'mmol/L' })

  test('a result stands beside its range, and is called low or high only where flag or numbers say so', () => {
    const referenceRange = [{ low: mmol('3.5'), high: mmol('5.10') }]
    const high = rowOf(lab({ valueQuantity: mmol('5.90'), referenceRange, effectiveDateTime: '2026-01-05T08:00:00Z' }))
    const { said, bounds, code, ...shown } = high ?? assert.fail('no row')
    assert.deepEqual(
      [code, said, bounds?.high?.number],
      ['', [{ number: 5.9, unit: 'mmol/L', metric_type: '', text: '5.90 mmol/L' }], 5.1],
    )
    assert.deepEqual(shown, {
      what: 'Potassium',
      value: '5.90 mmol/L',
      range: '3.5 mmol/L – 5.10 mmol/L',
      verdict: 'above',
      at: '2026-01-05',
    })
    const verdict = (more: object) => rowOf(lab({ referenceRange, ...more }))?.verdict
    assert.equal(verdict({ valueQuantity: mmol('3.49') }), 'below')
    assert.equal(verdict({ valueQuantity: mmol('3.5') }), 'within')
    assert.equal(verdict({ valueQuantity: { ...mmol('3'), comparator: '<' } }), '')
    assert.equal(verdict({ valueQuantity: { value: '3', unit: 'mg/dL' } }), '')
    assert.equal(verdict({ valueQuantity: mmol('') }), '')
    const flag = [{ coding: [{ code: 'H' }] }]
    assert.equal(verdict({ valueQuantity: mmol('4'), interpretation: flag }), 'above')
  })

  test('whatever a document holds, it is read or left out; nothing throws', () => {
    const names = [
      'resourceType',
      'entry',
      'resource',
      'section',
      'reference',
      'code',
      'text',
      'coding',
      'value',
      'low',
    ]
    const words = fc.constantFrom('Bundle', 'Composition', 'Observation', 'Observation/o', 'o', 'Patient')
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        words,
        fc.jsonValue(),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom(...names), tie('tree'), { maxKeys: 6 }),
      ),
    }))
    fc.assert(fc.property(tree, (document) => typeof readSummary(document) !== 'string'))
    fc.assert(fc.property(tree, (value) => typeof rowOf(lab({ referenceRange: value, component: value })) !== 'string'))
  })
})

describe('emergency card: rules', () => {
  const nobody: ProfileFacts = {
    name: null,
    birth_date: null,
    age_years: null,
    blood_type: null,
    allergies: null,
    conditions: null,
    medications: null,
    contact: null,
    language: null,
    updated_at: null,
  }
  const none: RecordFacts = { facts: [], differing_blood_groups: false }
  const card = (profile: Partial<ProfileFacts>, records: Partial<RecordFacts> = {}, notes: string | null = null) =>
    cardOf({ profile: { ...nobody, ...profile }, records: { ...none, ...records }, notes, now: NOW })
  const fact = (kind: 'allergy' | 'blood_group', text: string) => ({
    kind,
    text,
    detail: null,
    source: 'document' as const,
    noted_at: '2026-01-01T00:00:00.000Z',
  })

  test('an empty card says that nothing is known, and how to fill each part', () => {
    const empty = card({})
    assert.deepEqual(
      [empty.allergies.state, empty.conditions.state, empty.medications.state, empty.blood_group],
      ['unknown', 'unknown', 'unknown', null],
    )
    assert.deepEqual(
      empty.missing.map((one) => one.field),
      ['name', 'birth_date', 'blood_group', 'allergies', 'conditions', 'medications', 'contacts', 'language'],
    )
    assert.equal(cardText(empty, undefined).text, 'EMERGENCY CARD')
  })

  test('none that the person said is not the same as none that is known', () => {
    const said = card({ allergies: [] })
    assert.equal(said.allergies.state, 'none')
    assert.match(cardText(said, undefined).text, /ALLERGIES: none, says the person/)
    assert.equal(
      said.missing.some((one) => one.field === 'allergies'),
      false,
    )
  })

  test('the same allergy from two sources stands once, with the source that says more', () => {
    const both = card({ allergies: ['penicillin ', 'Latex'] }, { facts: [fact('allergy', 'Penicillin')] })
    assert.deepEqual(
      both.allergies.lines.map((line) => [line.text, line.source]),
      [
        ['Penicillin', 'document'],
        ['Latex', 'profile'],
      ],
    )
  })

  test('where sources name different blood groups none is told, and that they differ is', () => {
    const same = card({ blood_type: 'O+' }, { facts: [fact('blood_group', 'O Rh positive')] })
    assert.equal(same.blood_group?.value, 'O Rh positive')
    for (const differing of [
      card({ blood_type: 'O+' }, { facts: [fact('blood_group', 'A+')] }),
      card({ blood_type: 'O+' }, { differing_blood_groups: true }),
    ]) {
      assert.equal(differing.blood_group, null)
      assert.match(differing.missing.find((one) => one.field === 'blood_group')?.how ?? '', /different blood groups/)
    }
  })

  test('a part that could not be read is named, and nothing is called missing', () => {
    const away = cardOf({ profile: nobody, records: undefined, notes: null, now: NOW })
    assert.deepEqual([away.unread, away.missing], [['medical-records'], []])
  })

  test('the text of the code never outgrows it, always has the address, and counts what had no room', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 90 })
    const words = fc.option(fc.array(word, { maxLength: 40 }), { nil: null })
    const link = 'https://salus.example.test/e/abc'
    fc.assert(
      fc.property(words, words, words, word, (allergies, conditions, medications, notes) => {
        const made = card({ name: 'Ana', blood_type: 'O+', allergies, conditions, medications }, {}, notes)
        const { text, isShortened } = cardText(made, link)
        assert.ok(Buffer.byteLength(text) <= LONGEST_CARD_BYTES)
        assert.ok(text.startsWith('EMERGENCY CARD\nAna') && text.endsWith(`\n${link}`))
        assert.ok(isShortened || !text.includes(' more'))
      }),
      { numRuns: 200 },
    )
    const many = card({ allergies: Array.from({ length: 60 }, (_one, index) => `Allergy ${index}`) })
    const { text, isShortened } = cardText(many, link)
    assert.match(text, /^ALLERGIES: Allergy 0; .* \+\d+ more$/m)
    assert.equal(isShortened, true)
  })

  test('a course is drawn inside its picture whatever the values, and half of a pair is none', () => {
    const days = { from: '2026-01-01', until: '2026-03-31' }
    const day = fc.integer({ min: 0, max: COURSE_DAYS - 1 }).map((back) => addDays(days.until, -back))
    const values = fc.uniqueArray(
      fc.record({ day, value: fc.double({ min: -1e6, max: 1e6, noNaN: true }), n: fc.constant(1) }),
      {
        selector: (one) => one.day,
        minLength: 1,
      },
    )
    fc.assert(
      fc.property(values, (some) => {
        const sorted = some.toSorted((left, right) => left.day.localeCompare(right.day))
        const [course, ...others] = coursesOf([{ metric_type: 'weight', unit: 'kg', days: sorted }], METRIC)
        assert.ok(course !== undefined && others.length === 0 && course.count === sorted.length)
        const drawn = drawing(course, days)
        assert.doesNotMatch(drawn, /NaN|Infinity|undefined/)
        for (const [, x, y] of drawn.matchAll(/c?x?="?(-?[\d.]+)[,"](?: cy=")?(-?[\d.]+)/g)) {
          assert.ok(Number(x) >= 0 && Number(x) <= 240 && Number(y) >= 0 && Number(y) <= 56, drawn)
        }
      }),
      { numRuns: 200 },
    )
    const one = [{ day: '2026-03-01', value: 120, n: 1 }]
    assert.deepEqual(coursesOf([{ metric_type: 'blood_pressure_systolic', unit: 'mm[Hg]', days: one }], METRIC), [])
  })

  test('of the days of a link at most ninety are shown, none beyond today, and none that it does not open', () => {
    const of = (from_day: string | null, until_day: string | null) =>
      courseDays({ from_day, until_day }, '2026-06-15', (at, back) => addDays(at, -back))
    assert.deepEqual(of(null, null), { from: '2026-03-18', until: '2026-06-15' })
    assert.deepEqual(of('2026-06-01', '2026-07-01'), { from: '2026-06-01', until: '2026-06-15' })
    assert.deepEqual(of('2020-01-01', '2026-02-28'), { from: '2025-12-01', until: '2026-02-28' })
    assert.equal(of('2026-07-01', null), undefined)
  })
})
