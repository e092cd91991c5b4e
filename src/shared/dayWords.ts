import { type Language, LOCALES } from './languages.ts'

const monthOnly = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const
const wholeDay = { day: 'numeric', ...monthOnly } as const
const shortDay = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const
const moment = { ...wholeDay, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const shortMonth = { month: 'short', year: 'numeric', timeZone: 'UTC' } as const
const shortWholeDay = { day: 'numeric', ...shortMonth } as const
const shortMoment = { ...shortWholeDay, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const KINDS = { monthOnly, wholeDay, shortDay, moment, shortMonth, shortWholeDay, shortMoment } as const

/** Making a format costs a hundred times what using it does. */
const made = new Map<string, Intl.DateTimeFormat>()

function formatOf(language: Language, kind: keyof typeof KINDS): Intl.DateTimeFormat {
  const key = `${language} ${kind}`
  const format = made.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], KINDS[kind])
  made.set(key, format)
  return format
}

/** A day (`YYYY-MM-DD`) as the language writes it: `5 January 2026`. */
export function dayWords(language: Language, day: string): string {
  return formatOf(language, 'wholeDay').format(new Date(day))
}

/** A day without its year, for beside a picture: `5 Jan`. */
export function shortDayWords(language: Language, day: string): string {
  return formatOf(language, 'shortDay').format(new Date(day))
}

/**
 * A time as the language writes it, as exact as it is: `2026`, `January 2026`, `5 January 2026`, and of an instant its day, hour
 * and minute in UTC. What is no time stays as it was written.
 */
export function timeWords(language: Language, iso: string): string {
  return written(language, iso, ['monthOnly', 'wholeDay', 'moment'])
}

/** The same with the month shortened, for the narrow column of a table: `5 Jan 2026`. */
export function cellTimeWords(language: Language, iso: string): string {
  return written(language, iso, ['shortMonth', 'shortWholeDay', 'shortMoment'])
}

type Kind = keyof typeof KINDS

function written(language: Language, iso: string, [ofMonth, ofDay, ofMoment]: readonly [Kind, Kind, Kind]): string {
  const at = new Date(iso)
  if (!/^\d{4}-\d{2}/.test(iso) || Number.isNaN(at.getTime())) return iso
  return formatOf(language, iso.length === 7 ? ofMonth : iso.length === 10 ? ofDay : ofMoment).format(at)
}

/** The days from one to another as the language writes them, by months where they are whole: `January – June 2026`. */
export function rangeWords(language: Language, from: string, until: string): string {
  const isWhole = from.endsWith('-01') && isLastOfMonth(until)
  return formatOf(language, isWhole ? 'monthOnly' : 'wholeDay').formatRange(new Date(from), new Date(until))
}

function isLastOfMonth(day: string): boolean {
  return new Date(new Date(day).getTime() + 86_400_000).getUTCDate() === 1
}

/** How a language says which days are shown. */
export interface ShownDaysTexts {
  readonly fromDay: (day: string) => string
  readonly untilDay: (day: string) => string
  readonly between: (days: string) => string
}

/** Which days are shown, `YYYY-MM-DD` and both included, as a sentence; a side that is null is open. Undefined where all are. */
export function shownDaysWords(
  language: Language,
  from: string | null,
  until: string | null,
  texts: ShownDaysTexts,
): string | undefined {
  if (from !== null && until !== null) return texts.between(rangeWords(language, from, until))
  if (from !== null) return texts.fromDay(dayWords(language, from))
  return until === null ? undefined : texts.untilDay(dayWords(language, until))
}
