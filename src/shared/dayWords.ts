import { type Language, LOCALES } from './languages.ts'

const monthOnly = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const
const wholeDay = { day: 'numeric', ...monthOnly } as const

/** A day (`YYYY-MM-DD`) as the language writes it: `5 January 2026`. */
export function dayWords(language: Language, day: string): string {
  return new Intl.DateTimeFormat(LOCALES[language], wholeDay).format(new Date(day))
}

/** The days from one to another as the language writes them, by months where they are whole: `January – June 2026`. */
export function rangeWords(language: Language, from: string, until: string): string {
  const isWhole = from.endsWith('-01') && isLastOfMonth(until)
  const format = new Intl.DateTimeFormat(LOCALES[language], isWhole ? monthOnly : wholeDay)
  return format.formatRange(new Date(from), new Date(until))
}

function isLastOfMonth(day: string): boolean {
  return new Date(new Date(day).getTime() + 86_400_000).getUTCDate() === 1
}
