import { ENTRIES, type Entry, QUALITIES, type Quality } from '../contract/shapes.ts'

const BOUNDS = [undefined, 'below', 'above'] as const

/** What a sample says of itself beside its value. */
export interface Marks {
  readonly quality: Quality
  readonly entry: Entry
  readonly bound: 'below' | 'above' | undefined
}

/** The marks in one small number: two bits of bound, four of quality, the rest the entry. */
export function flagsOf(marks: {
  readonly quality?: Quality | undefined
  readonly entry?: Entry | undefined
  readonly bound?: 'below' | 'above' | undefined
}): number {
  const entry = ENTRIES.indexOf(marks.entry ?? 'api_import')
  return BOUNDS.indexOf(marks.bound) + 4 * QUALITIES.indexOf(marks.quality ?? 'unknown') + 64 * entry
}

/** The marks of a number that `flagsOf` gave. */
export function marksOf(flags: number): Marks {
  return {
    bound: BOUNDS[flags % 4],
    quality: QUALITIES[Math.floor(flags / 4) % 16] ?? 'unknown',
    entry: ENTRIES[Math.floor(flags / 64)] ?? 'api_import',
  }
}
