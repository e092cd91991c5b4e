import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { averageOf, naiveTime, readTime, trendOf } from './domain.ts'

const NOW = new Date('2026-06-15T12:00:00Z')

describe('wellness rules', () => {
  test('the printed time has seconds and no zone', () => {
    assert.equal(naiveTime(new Date('2026-01-15T10:30:00.999Z')), '2026-01-15T10:30:00')
  })

  for (const [text, reading] of [
    ['2026-01-15T10:30:00', '2026-01-15T10:30:00.000Z'],
    ['2026-01-15T10:30', '2026-01-15T10:30:00.000Z'],
    ['2026-01-15', '2026-01-15T00:00:00.000Z'],
    ['2026-01-15T10:30:00-02:00', '2026-01-15T12:30:00.000Z'],
    ['2026-06-15T12:04:00Z', '2026-06-15T12:04:00.000Z'],
    ['2026-06-15T12:06:00Z', 'lies in the future'],
    ['2025-02-29T00:00:00Z', 'is not a date and time that exists'],
    ['1899-12-31T23:59:59Z', 'lies before the year 1900'],
  ] as const) {
    test(`${text} reads as ${reading}`, () => {
      const read = readTime(text, NOW)
      assert.equal('at' in read ? read.at.toISOString() : read.fault, reading)
    })
  }

  test('an average of nothing is nothing, and any average lies within its scores', () => {
    assert.equal(averageOf([]), null)
    fc.assert(
      fc.property(fc.array(fc.float({ min: 0, max: 10, noNaN: true }), { minLength: 1 }), (scores) => {
        const average = averageOf(scores) as number
        assert.ok(average >= Math.min(...scores) - 0.01 && average <= Math.max(...scores) + 0.01)
      }),
    )
  })

  test('turning a series round turns its trend round', () => {
    const opposite = { improving: 'declining', declining: 'improving', stable: 'stable' } as const
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 4, maxLength: 40 }), (given) => {
        const scores = given.length % 2 === 0 ? given : given.slice(1)
        if (scores.length < 4) return
        const points = (values: readonly number[]) =>
          values.map((score, day) => ({ score, at: new Date(Date.UTC(2026, 0, 1 + day)) }))
        assert.equal(trendOf(points([...scores].reverse())).trend, opposite[trendOf(points(scores)).trend])
      }),
    )
  })
})
