import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type FieldOf, rulesOf, tablesOf } from './fieldTable.ts'
import { FieldError, numberFrom, readField } from './reading.ts'

/** What the field reads, or what it says is wrong. */
function read(row: string, ...given: string[]): unknown {
  try {
    return readField(rulesOf(['a_field', row] as FieldOf), given)
  } catch (problem) {
    if (!(problem instanceof FieldError)) throw problem
    assert.equal(problem.field, 'a_field')
    return `fault: ${problem.message}`
  }
}

describe('the fields of a form', () => {
  const noon = new Date('2026-03-14T12:00').toISOString()
  const words = { number: 'fault: Write a number, such as 71.5.', needed: 'fault: This is needed.' }
  const cases: readonly (readonly [promise: string, row: string, given: readonly string[], is: unknown])[] = [
    ['text comes without the spaces around it', 't!,200', ['  Headache '], 'Headache'],
    ['a field that is left empty is left out', 't,200', ['  '], undefined],
    ['one that is needed is asked for', 't!,200', [''], words.needed],
    ['a choice that is needed is asked for', 'c!', [''], 'fault: Choose one.'],
    ['text that is too long says how long it may be', 't,3', ['long'], 'fault: At most 3 characters.'],
    ['a letter beyond the first plane counts once', 't,3', ['👣👣👣'], '👣👣👣'],
    ['text that is too short says so', 't4,64', ['abc'], 'fault: At least 4 characters.'],
    ['spaces belong to a password', 'p!', [' a b '], ' a b '],
    ['a comma is a point', 'n!', ['71,5'], 71.5],
    [
      'a comma before three digits may be no point',
      'n!',
      ['10,000'],
      'fault: Write it without a comma, such as 10000.',
    ],
    ['after nothing it is one', 'n!', ['0,125'], 0.125],
    ['words are no number', 'n!', ['much'], words.number],
    ['a number outside its bounds is told both', 'n0,300', ['301'], 'fault: Between 0 and 300.'],
    ['or the one there is', 'n1', ['0'], 'fault: 1 or more.'],
    ['or the other', 'n,9.5', ['9,6'], 'fault: 9.5 or less.'],
    ['the bounds themselves are inside', 'i0,130', ['130'], 130],
    ['a whole number has no fraction', 'i0,130', ['1.5'], 'fault: Write a whole number.'],
    ['an instant is that of this device', 'z', ['2026-03-14T12:00'], noon],
    ['a date stays as it is', 'd', ['2026-03-14'], '2026-03-14'],
    ['nonsense is no date', 'd', ['soon'], 'fault: Write a whole date.'],
    ['only what is offered can be chosen', 'c!:read|write', ['own'], 'fault: Choose one.'],
    ['what is offered can', 'c!:read|write', ['read'], 'read'],
    ['an e-mail has its sign', 'e!', ['noor'], 'fault: Write an e-mail address, such as name@example.org.'],
    ['a box is ticked', 'b', ['on'], true],
    ['or it is not', 'b', [], false],
    ['ticked boxes are a list', 'l,3', ['a', 'b'], ['a', 'b']],
    ['so are lines', 'l,3', ['a\n\n b '], ['a', 'b']],
    ['too many are counted', 'l,1', ['a', 'b'], 'fault: At most 1 entries.'],
    ['a list that is needed has one at least', 'l!,3', [], 'fault: Choose at least one.'],
  ]
  for (const [promise, row, given, is] of cases) {
    test(promise, () => assert.deepEqual(read(row, ...given), is))
  }

  test('numbers are read in the digits of every language of the client', () => {
    assert.deepEqual(
      ['٧١٫٥', '۷۱٫۵', '७१.५', '−3', '+4'].map((one) => numberFrom(one, '')),
      [71.5, 71.5, 71.5, -3, 4],
    )
    assert.deepEqual(
      ['', '1.2.3', '1e5', 'NaN', '0x10'].map((one) => numberFrom(one, '')),
      Array(5).fill(undefined),
    )
  })

  test('a table names each of its fields', () => {
    const tables = tablesOf<{ op: { a: FieldOf } }>({ op: { a: 't!,200' } })
    assert.deepEqual(tables.op.a, ['a', 't!,200'])
  })
})
