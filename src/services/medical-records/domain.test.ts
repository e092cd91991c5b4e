import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { tidyNote } from './domain.ts'

describe('medical-records rules', () => {
  for (const [text, note] of [
    ['slept well', 'slept well'],
    ['  slept \n well ', 'slept well'],
    [' \t\n', undefined],
    ['', undefined],
  ] as const) {
    test(`${JSON.stringify(text)} is kept as ${JSON.stringify(note)}`, () => {
      assert.equal(tidyNote(text), note)
    })
  }
})
