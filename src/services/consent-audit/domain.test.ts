import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { hashPasscode, isPasscode } from '../../kernel/secrets.ts'
import { LANGUAGES } from '../../shared/languages.ts'
import { ALL_CATEGORIES, ALL_PURPOSES, ALL_RECIPIENTS } from './contract/words.ts'
import { FRAMEWORKS, statusOf } from './domain/frameworks.ts'
import { erasureDue, POLICIES, requestDue } from './domain/jurisdictions.ts'
import { CONSENT_WORDS, cellsOfWord, purposeOf, readCells, shareableOf } from './domain/matrix.ts'
import { noticeFor } from './domain/notices.ts'
import { sentenceOf } from './domain/sentences.ts'
import { csvOf, jsonOf } from './providers/archive.ts'
import { canonicalJson } from './providers/receipts.ts'

const AT = new Date('2026-06-15T12:00:00Z')
const text = (pieces: Iterable<Uint8Array>) => Buffer.concat([...pieces]).toString()

describe('the matrix', () => {
  for (const [category, purpose, recipient, read] of [
    ['Medications', 'REMINDER', 'self', 'medications.reminder.self'],
    ['anything', 'medicine_reminders', 'anybody', 'medications.reminder.self'],
    ['vitals', 'machine_learning', 'ai_service', 'vitals.ai_processing.ai_service'],
    ['vitals', 'payment', 'insurer', 'vitals.operations.insurer'],
    ['conversations', 'ai_processing', 'ai_service', 'conversations.ai_processing.ai_service'],
    ['conversations', 'sharing', 'family', 'DPDP_PURPOSE_NOT_ALLOWED'],
    ['rights', 'storage', 'self', 'DPDP_CATEGORY_NOT_ALLOWED'],
    ['', 'storage', 'self', 'DPDP_CATEGORY_NOT_ALLOWED'],
    ['vitals', 'storage', '', 'DPDP_PURPOSE_NOT_ALLOWED'],
  ] as const) {
    test(`${category || 'nothing'} for ${purpose} to ${recipient || 'nobody'} reads as ${read}`, () => {
      const cells = readCells({ category, purpose, recipient })
      const shown =
        'fault' in cells ? cells.fault : cells.map((c) => `${c.category}.${c.purpose}.${c.recipient}`).join()
      assert.equal(shown, read)
    })
  }

  test('every word of every old list stands for cells that exist', () => {
    assert.equal(CONSENT_WORDS.length, 6 + 15 + 5)
    for (const word of CONSENT_WORDS) {
      for (const cell of cellsOfWord(word) ?? []) {
        assert.ok(ALL_CATEGORIES.includes(cell.category), word)
        assert.ok(ALL_PURPOSES.includes(cell.purpose), word)
        assert.ok(ALL_RECIPIENTS.includes(cell.recipient), word)
      }
    }
    assert.deepEqual(
      [cellsOfWord('no such'), purposeOf('no such'), shareableOf('no such')],
      [undefined, undefined, undefined],
    )
  })

  test('every cell has a notice that names data, use, and how to take it back', () => {
    for (const category of ALL_CATEGORIES) {
      for (const purpose of ALL_PURPOSES) {
        const notice = noticeFor({ category, purpose, recipient: 'self' })
        assert.ok(
          notice.items.length > 0 && notice.uses.length > 0 && notice.calls.withdraw.includes('/consent/revoke'),
        )
        for (const one of LANGUAGES) {
          const said = Object.values(noticeFor({ category, purpose, recipient: 'self' }, one)).filter(
            (part) => typeof part === 'string',
          )
          assert.doesNotMatch(said.join(' '), /\/api\/|POST/)
        }
      }
    }
  })

  test('what is never shared has no word that shares it', () => {
    for (const word of ['conversations', 'rights', 'chat', '*', 'all']) assert.equal(shareableOf(word), undefined)
  })
})

describe('laws', () => {
  const days = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 86_400_000

  test('an erasure waits for its grace, or for the year of the rule where that is switched on', () => {
    assert.equal(days(AT, erasureDue(POLICIES.IN, AT, false)), 7)
    assert.equal(days(AT, erasureDue(POLICIES.IN, AT, true)), 365)
    assert.equal(days(AT, erasureDue(POLICIES.EU, AT, true)), 7)
    for (const policy of Object.values(POLICIES)) {
      assert.ok(days(AT, erasureDue(policy, AT, false)) <= policy.erasureLimitDays, policy.code)
      assert.ok(policy.sources.length > 0)
    }
  })

  for (const [law, kind, limit] of [
    ['IN', 'grievance', 90],
    ['EU', 'access', 30],
    ['US', 'correction', 60],
    ['EU', 'erasure', 30],
  ] as const) {
    test(`${law}: a request of kind ${kind} is answered within ${limit} days`, () => {
      assert.equal(days(AT, requestDue(POLICIES[law], kind, AT)), limit)
    })
  }
})

describe('how a law stands', () => {
  for (const [states, status, score] of [
    [[], 'not_yet_checked', null],
    [['not yet checked', 'not yet checked'], 'not_yet_checked', null],
    [['unavailable'], 'not_yet_checked', null],
    [['passed', 'not yet checked'], 'partially_compliant', null],
    [['passed', 'unavailable'], 'partially_compliant', 50],
    [['passed', 'passed'], 'compliant', 100],
    [['passed', 'failed'], 'non_compliant', 50],
    [['failed', 'not yet checked'], 'non_compliant', null],
  ] as const) {
    test(`D30: ${states.join(', ') || 'nothing run'} is ${status}`, () => {
      assert.deepEqual(statusOf(states), { status, score })
    })
  }

  test('every law names duties that no control tests', () => {
    for (const { duties } of Object.values(FRAMEWORKS)) assert.ok(duties.some((duty) => duty.controls.length === 0))
  })
})

describe('sentences', () => {
  const known = {
    you: 'me',
    language: 'en' as const,
    others: new Map([['bea', 'Your caregiver']]),
    summaries: new Map([['wellness.list', 'Scores']]),
  }
  const row = { accountId: 'bea', personId: 'me', service: 'wellness', operation: 'list', action: 'read' } as const
  for (const [more, sentence] of [
    [
      { outcome: 'allowed', reason: 'grant', purpose: null },
      'Your caregiver looked at wellness (scores), because you gave them access.',
    ],
    [
      { outcome: 'refused', reason: 'not_found', purpose: null },
      'Your caregiver tried and was refused: looked at wellness (scores): they have no access to this record.',
    ],
    [{ outcome: 'allowed', reason: null, purpose: null, accountId: 'me' }, 'You looked at wellness (scores).'],
    [
      { outcome: 'allowed', reason: 'consent', purpose: 'ai_processing', accountId: 'me' },
      'You looked at wellness (scores), for ai processing.',
    ],
    [
      { outcome: 'allowed', reason: null, purpose: null, accountId: null, action: 'link_opened' },
      'Somebody with your link opened a link to a part of the record.',
    ],
  ] as const) {
    test(sentence, () => {
      assert.equal(sentenceOf({ ...row, ...more }, known).sentence, sentence)
    })
  }
})

describe('archives, receipts, passcodes', () => {
  test('a table has a column for every member, and no cell that a spreadsheet would run', () => {
    const rows = [
      { a: 1, b: 'x,"y"' },
      { a: null, c: '=1+1' },
      { b: 'two\nlines', c: AT },
    ]
    assert.equal(
      text(csvOf(rows)),
      `\uFEFFa,b,c\r\n1,"x,""y""",\r\n,,'=1+1\r\n,"two\nlines",2026-06-15T12:00:00.000Z\r\n`,
    )
  })

  test('rows written as JSON in pieces read back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ n: fc.integer(), t: fc.string() }), { maxLength: 1200 }), (rows) => {
        assert.equal(JSON.stringify(JSON.parse(text(jsonOf(rows)))), JSON.stringify(rows))
      }),
      { numRuns: 30 },
    )
  })

  test('the order of members does not change what is hashed', () => {
    assert.equal(canonicalJson({ b: 1, a: null }), canonicalJson({ a: null, b: 1 }))
  })

  test('a passcode fits its own hash and no other; two hashes of one differ', async () => {
    const [one, two] = [await hashPasscode('blue'), await hashPasscode('blue')]
    assert.notEqual(one, two)
    assert.deepEqual(
      [await isPasscode('blue', one), await isPasscode('Blue', one), await isPasscode('', one)],
      [true, false, false],
    )
  })
})
