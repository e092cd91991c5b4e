import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALWAYS, isMomentWithin, isWithin, spanOf } from './span.ts'

test('days belong to a zone, days alone to themselves, and what has no date lies in every span', () => {
  const half = spanOf({ from: '2026-01-01', until: '2026-06-30', zone: 'America/Los_Angeles' })
  assert.deepEqual(
    [half.startsAt.toISOString(), half.endsAt.toISOString()],
    ['2026-01-01T08:00:00.000Z', '2026-07-01T07:00:00.000Z'],
  )
  const cases: [string | undefined, boolean][] = [
    ['2026-01-01T07:59:59Z', false],
    ['2026-01-01T08:00:00Z', true],
    ['2026-07-01T06:59:59.999Z', true],
    ['2026-07-01T07:00:00Z', false],
    ['2026-07-01', false],
    ['2026-06-30', true],
    ['2026', true],
    ['2025', false],
    ['2026-07', false],
    [undefined, true],
  ]
  for (const [at, expected] of cases) assert.equal(isMomentWithin(half, at), expected, at)
})

test('what lasts is shown where it touches the span; an open side has no end', () => {
  const half = spanOf({ from: '2026-01-01', until: '2026-06-30', zone: 'UTC' })
  assert.equal(isWithin(half, '2009', undefined), true)
  assert.equal(isWithin(half, '2009', '2025-12'), false)
  assert.equal(isWithin(half, '2026-06-30', '2027'), true)
  assert.equal(isWithin(half, '2026-08-02', undefined), false)
  assert.equal(isWithin(spanOf({ until: '2026-06-30', zone: 'UTC' }), '1950-01-01', '1950-01-02'), true)
  assert.equal(isWithin(ALWAYS, '1950-01-01', '2090-01-01T00:00:00Z'), true)
})
