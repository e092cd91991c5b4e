import { addDays, checkInstant, localDay, localDayBounds, parseDate, parseInstant } from '../../../shared/dates.ts'

/** A time as a client wrote it, read; `fault` says in words what is wrong with it. */
export type ReadTime = { readonly at: Date } | { readonly fault: string }

/** Reads when something was measured or felt: naive is UTC; unreal, before 1900 or more than five minutes ahead is a fault. */
export function readMoment(text: string, now: Date): ReadTime {
  const at = parseInstant(text, { naive: 'utc', dateOnly: true })
  if (at === undefined) return { fault: 'is not a date and time that exists' }
  switch (checkInstant(at, now)) {
    case 'ok':
      return { at }
    case 'too-early':
      return { fault: 'lies before the year 1900' }
    case 'in-the-future':
      return { fault: 'lies in the future' }
  }
}

/** Reads a time that may lie ahead: a reminder, an end. */
export function readAnyTime(text: string): ReadTime {
  const at = parseInstant(text, { naive: 'utc', dateOnly: true })
  if (at === undefined) return { fault: 'is not a date and time that exists' }
  return at.getUTCFullYear() < 1900 || at.getUTCFullYear() > 2200 ? { fault: 'lies outside 1900 to 2200' } : { at }
}

/** Reads an end of a period. A bare date is the whole local day: its first instant, or its last millisecond. */
export function readBound(text: string, end: 'from' | 'to', zone: string): ReadTime {
  if (parseDate(text) === undefined) return readAnyTime(text)
  const { startsAt, endsAt } = localDayBounds(text, zone)
  return { at: end === 'from' ? startsAt : new Date(endsAt.getTime() - 1) }
}

/** The local days of the `days` days that end today, and the instants they run between (the end excluded). */
export interface Period {
  readonly zone: string
  readonly firstDay: string
  readonly lastDay: string
  readonly startsAt: Date
  readonly endsAt: Date
}

/** The last `days` local days, today included. @throws RangeError for an unknown zone */
export function lastDays(days: number, now: Date, zone: string): Period {
  const lastDay = localDay(now, zone)
  const firstDay = addDays(lastDay, 1 - days)
  return {
    zone,
    firstDay,
    lastDay,
    startsAt: localDayBounds(firstDay, zone).startsAt,
    endsAt: localDayBounds(lastDay, zone).endsAt,
  }
}
