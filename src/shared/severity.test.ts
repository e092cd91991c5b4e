import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  isSeverity,
  parseSeverity,
  SEVERITIES,
  SEVERITY_SURFACES,
  type Severity,
  severityWord,
  severityWords,
  worstKnown,
  worstOf,
} from './severity.ts'

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}

test('D1: worst-of over every permutation of levels returns the clinically worst', () => {
  for (let subset = 1; subset < 1 << SEVERITIES.length; subset += 1) {
    const levels = SEVERITIES.filter((level) => subset & (1 << level))
    const expected = levels.at(-1)
    for (const order of permutations(levels)) {
      equal(worstOf(...(order as [Severity, ...Severity[]])), expected)
      equal(worstKnown(order), expected)
    }
  }
})

for (const surface of SEVERITY_SURFACES) {
  test(`D1: the words of ${surface} keep the clinical order in every permutation, though the alphabet has another`, () => {
    const words = severityWords(surface)
    for (const order of permutations(words)) {
      const [first, ...rest] = order.map((word) => parseSeverity(word, surface) as Severity) as [
        Severity,
        ...Severity[],
      ]
      equal(severityWord(worstOf(first, ...rest), surface), words.at(-1))
    }
  })
  test(`${surface}: every word comes back as itself, no level is rendered milder than it is`, () => {
    for (const word of severityWords(surface))
      equal(severityWord(parseSeverity(word, surface) as Severity, surface), word)
    for (const level of SEVERITIES) {
      const back = parseSeverity(severityWord(level, surface), surface)
      ok(back !== undefined && (back >= level || level === 5))
    }
  })
}

const READ: readonly (readonly [string, (typeof SEVERITY_SURFACES)[number], Severity | undefined])[] = [
  ['critical', 'triage', 5],
  ['MEDIUM', 'triage', 2],
  ['mentalHealth', 'triage_client', 3],
  ['unknown', 'triage_client', undefined],
  ['non-urgent', 'urgency', 1],
  ['Less Urgent', 'urgency', 2],
  ['immediate', 'urgency', 5],
  ['critical', 'risk', 4],
  ['very high', 'risk_score', 4],
  ['severe', 'symptom', 3],
  ['', 'salus', undefined],
  ['constructor', 'salus', undefined],
  ['high', 'urgency', undefined],
]
for (const [word, surface, level] of READ)
  test(`"${word}" of ${surface} is ${level}`, () => equal(parseSeverity(word, surface), level))

test('nothing judged is not the same as nothing wrong', () => {
  equal(worstKnown([]), undefined)
  equal(worstKnown(['unknown', undefined]), undefined)
  equal(worstKnown(['unknown', 0]), 0)
  equal(worstKnown([2, 'unknown', 1]), 2)
  deepEqual([-1, 0, 5, 6, 2.5, Number.NaN].map(isSeverity), [false, true, true, false, false, false])
})

test('property: rendering keeps the order of levels', () => {
  const levels = fc.constantFrom(...SEVERITIES)
  fc.assert(
    fc.property(levels, levels, fc.constantFrom(...SEVERITY_SURFACES), (left, right, surface) => {
      const words = severityWords(surface)
      const placeOf = (level: Severity) => words.indexOf(severityWord(level, surface))
      if (left <= right) ok(placeOf(left) <= placeOf(right))
    }),
  )
})
