import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { convert } from '../shared/units.ts'
import { IMPERIAL, personUnit, unitSystem } from './units.ts'

describe('the units of a person', () => {
  afterEach(() => unitSystem.set('metric'))

  for (const [canonical, [unit, factor, offset]] of Object.entries(IMPERIAL)) {
    // shared/units rounds to twelve digits.
    test(`${canonical} is shown in ${unit} by the exact factors of shared/units`, () => {
      for (const value of [-40, 0, 1, 36.6, 70.25, 1234.5]) {
        assert.ok(Math.abs(value * factor + offset - convert(value, canonical, unit)) < 1e-8)
      }
    })
  }

  test('metric and units without a twin stay as they are; a change has no offset', () => {
    assert.equal(personUnit('kg').of(70.123456), 70.123456)
    unitSystem.set('imperial')
    assert.deepEqual([personUnit('mm[Hg]').unit, personUnit('mm[Hg]').of(120)], ['mm[Hg]', 120])
    assert.deepEqual([personUnit('Cel').of(38), personUnit('Cel').step(1)], [100.4, 1.8])
    assert.equal(personUnit('kg').of(70), 154.32)
  })
})
