import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CLEAR_STATE, type HysteresisRule, ruleProblem, step } from './hysteresis.ts'

/** The changes a list of readings causes, by their place. */
function changes(rule: HysteresisRule, readings: readonly number[]): (readonly [number, string])[] {
  let state = CLEAR_STATE
  return readings.flatMap((reading, index) => {
    const next = step(state, rule, reading)
    state = next.state
    return next.change ? [[index, next.change] as const] : []
  })
}

const HIGH: HysteresisRule = { danger: 'above', raiseAt: 140, clearAt: 135 }
const LOW: HysteresisRule = { danger: 'below', raiseAt: 92, clearAt: 94, readingsToRaise: 2, readingsToClear: 2 }

const CASES: readonly (readonly [string, HysteresisRule, readonly number[], readonly (readonly [number, string])[]])[] =
  [
    ['raises at the threshold', HIGH, [139, 140], [[1, 'raised']]],
    ['stays raised inside the band', HIGH, [141, 139, 136, 141, 136], [[0, 'raised']]],
    [
      'clears at the clear threshold',
      HIGH,
      [150, 136, 135, 139],
      [
        [0, 'raised'],
        [2, 'cleared'],
      ],
    ],
    [
      'needs two readings in a row',
      LOW,
      [91, 93, 91, 92, 93, 94, 93, 94, 95],
      [
        [3, 'raised'],
        [8, 'cleared'],
      ],
    ],
    ['a reading that is no number changes nothing, not even a streak', LOW, [91, Number.NaN, 91], [[2, 'raised']]],
  ]
for (const [name, rule, readings, expected] of CASES) test(name, () => deepEqual(changes(rule, readings), expected))

test('a rule whose thresholds do not lie apart on the right side is refused', () => {
  for (const rule of [
    { ...HIGH, clearAt: 140 },
    { ...HIGH, clearAt: 141 },
    { ...LOW, clearAt: 92 },
    { ...HIGH, raiseAt: Number.NaN },
    { ...HIGH, readingsToRaise: 0 },
    { ...HIGH, readingsToClear: 1.5 },
  ]) {
    ok(ruleProblem(rule))
    throws(() => step(CLEAR_STATE, rule, 1), RangeError)
  }
  equal(ruleProblem(HIGH), undefined)
})

test('property: inside the band nothing changes, whatever came before', () => {
  const readings = fc.array(fc.integer({ min: 100, max: 180 }))
  const inside = fc.array(fc.double({ min: 135, max: 140, minExcluded: true, maxExcluded: true, noNaN: true }), {
    minLength: 1,
  })
  fc.assert(
    fc.property(readings, inside, fc.integer({ min: 1, max: 3 }), (before, band, count) => {
      const rule = { ...HIGH, readingsToRaise: count, readingsToClear: count }
      equal(changes(rule, [...before, ...band]).length, changes(rule, before).length)
    }),
  )
})

test('property: raised and cleared alternate, each with a reading beyond its own threshold', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 120, max: 160 })), (readings) => {
      const found = changes(HIGH, readings)
      for (const [order, [index, change]] of found.entries()) {
        equal(change, order % 2 === 0 ? 'raised' : 'cleared')
        const reading = readings[index] as number
        ok(change === 'raised' ? reading >= 140 : reading <= 135)
      }
    }),
  )
})
