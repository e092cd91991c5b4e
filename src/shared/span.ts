import { localDayBounds } from './dates.ts'

/** Days of a record that somebody chose to show, both included; a side that is left open has no end. */
export interface DayRange {
  readonly from?: string | undefined
  readonly until?: string | undefined
  /** Whose days they are; an IANA name. */
  readonly zone: string
}

/** The same as days and as instants, with ends that lie beyond everything where a side is open. */
export interface Span {
  readonly fromDay: string
  readonly untilDay: string
  /** Included. */
  readonly startsAt: Date
  /** Not included. */
  readonly endsAt: Date
}

const FIRST_DAY = '0001-01-01'
const LAST_DAY = '9999-12-31'

/** Everything, whenever it was. */
export const ALWAYS: Span = {
  fromDay: FIRST_DAY,
  untilDay: LAST_DAY,
  startsAt: new Date(`${FIRST_DAY}T00:00:00Z`),
  endsAt: new Date(`${LAST_DAY}T00:00:00Z`),
}

/** What a range of days covers. @throws RangeError for an unreal day or an unknown zone */
export function spanOf({ from, until, zone }: DayRange): Span {
  return {
    fromDay: from ?? ALWAYS.fromDay,
    untilDay: until ?? ALWAYS.untilDay,
    startsAt: from === undefined ? ALWAYS.startsAt : localDayBounds(from, zone).startsAt,
    endsAt: until === undefined ? ALWAYS.endsAt : localDayBounds(until, zone).endsAt,
  }
}

/**
 * Whether what began (and ended) then lies in a span, in part at least. Times are ISO 8601, whole or a year, a month or a day
 * alone; what has no beginning and no end is undated and lies in every span, what has one without the other goes on on that side.
 */
export function isWithin(span: Span, start: string | undefined, end: string | undefined): boolean {
  return (start === undefined || !isAfter(start, span)) && (end === undefined || !isBefore(end, span))
}

/** The time of one moment, or of nothing. */
export function isMomentWithin(span: Span, at: string | undefined): boolean {
  return isWithin(span, at, at)
}

function isAfter(time: string, { untilDay, endsAt }: Span): boolean {
  if (time.length <= 10) return time > untilDay.slice(0, time.length)
  return Date.parse(time) >= endsAt.getTime()
}

function isBefore(time: string, { fromDay, startsAt }: Span): boolean {
  if (time.length <= 10) return time < fromDay.slice(0, time.length)
  return Date.parse(time) < startsAt.getTime()
}
