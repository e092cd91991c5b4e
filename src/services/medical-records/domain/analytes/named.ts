import { ANALYTE_LIST } from './catalogue.ts'

/** Ids of the analytes whose names have all the words (in small letters), whatever a laboratory calls them; none for none. */
export function analytesNamed(words: readonly string[]): string[] {
  if (words.length === 0) return []
  return ANALYTE_LIST.filter(({ label, names }) => {
    const whole = [label, ...names].join(' ').toLowerCase()
    return words.every((word) => whole.includes(word))
  }).map(({ id }) => id)
}
