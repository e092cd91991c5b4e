/** Times are instants (`Date`, or epoch milliseconds as `...Ms`); days are `YYYY-MM-DD` texts and belong to a zone. */

export interface CalendarDate {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
}

export type InstantVerdict = 'ok' | 'too-early' | 'in-the-future'

/** The instants a person's local day runs between: `startsAt` included, `endsAt` excluded; 23, 24 or 25 hours apart. */
export interface DayBounds {
  readonly startsAt: Date
  readonly endsAt: Date
}

/** Wall-clock fields of an instant in a zone. */
export interface WallClock {
  /** `YYYY-MM-DD` */
  readonly day: string
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?$/i
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const EARLIEST_MS = Date.UTC(1900, 0, 1)
const MAXIMUM_OFFSET_MINUTES = 14 * 60
const HOUR_MS = 3_600_000
/** IANA names only: `UTC`, `Asia/Kolkata`, `America/Argentina/Ushuaia`, `Etc/GMT+3`; not `+05:30`. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/
const MAXIMUM_CACHED_ZONES = 600

/** Making a formatter costs far more than using it; a pure memo. */
const formatters = new Map<string, Intl.DateTimeFormat>()

/**
 * Reads `YYYY-MM-DD`, only if that day exists in the (proleptic Gregorian) calendar.
 * @returns undefined for any other text
 */
export function parseDate(text: string): CalendarDate | undefined {
  const match = DATE.exec(text)
  if (!match) return undefined
  const date = { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) }
  return isRealDate(date) ? date : undefined
}

/** Whether the day exists: 2024-02-29 does, 2023-02-29 does not. */
export function isRealDate({ year, month, day }: CalendarDate): boolean {
  if (![year, month, day].every(Number.isInteger) || year < 1 || year > 9999) return false
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}

/** `YYYY-MM-DD`. */
export function formatDate({ year, month, day }: CalendarDate): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/**
 * Reads an ISO 8601 date-time with `T` or a space, seconds and fraction optional, `Z` or an offset up to 14 h.
 * @param options.naive what to do with a time without a zone: refuse it (default) or read it as UTC, as old clients mean it
 * @param options.dateOnly accept a bare date as its midnight UTC (default false)
 * @returns undefined for anything else; days that do not exist, hour 24 and second 60 are refused, never rolled over
 */
export function parseInstant(
  text: string,
  options: { readonly naive?: 'refuse' | 'utc'; readonly dateOnly?: boolean } = {},
): Date | undefined {
  if (options.dateOnly) {
    const date = parseDate(text)
    if (date) return new Date(utcMs(date))
  }
  const match = DATE_TIME.exec(text)
  if (!match) return undefined
  const [, dateText = '', hour, minute, second = '0', fraction = '', zone] = match
  const date = parseDate(dateText)
  if (!date || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  if (zone === undefined && options.naive !== 'utc') return undefined
  const offsetMinutes = zone === undefined ? 0 : parseOffset(zone)
  if (offsetMinutes === undefined) return undefined
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'))
  const timeMs = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + milliseconds
  return new Date(utcMs(date) + timeMs - offsetMinutes * MINUTE_MS)
}

/**
 * Whether an instant can be when something was measured: not before 1900, not more than the tolerance ahead of now.
 * @param maximumFutureMinutes tolerance for clocks that run ahead
 */
export function checkInstant(instant: Date, now: Date, maximumFutureMinutes = 5): InstantVerdict {
  if (!(instant.getTime() >= EARLIEST_MS)) return 'too-early'
  return instant.getTime() > now.getTime() + maximumFutureMinutes * MINUTE_MS ? 'in-the-future' : 'ok'
}

/** The same for a calendar day such as a date of birth: from 1900-01-01 to `today`. Day texts must be real dates. */
export function checkDay(day: string, today: string): InstantVerdict {
  if (day < '1900-01-01') return 'too-early'
  return day > today ? 'in-the-future' : 'ok'
}

/**
 * Completed years of age on a given day; someone born on 29 February completes a year on 1 March of common years.
 * @param birthDate `YYYY-MM-DD`
 * @param onDate `YYYY-MM-DD`: the day of the measurement, not of the calculation
 * @returns undefined when a date is not real or lies before the birth
 */
export function ageInYears(birthDate: string, onDate: string): number | undefined {
  const born = parseDate(birthDate)
  const on = parseDate(onDate)
  if (!born || !on || onDate < birthDate) return undefined
  const hadBirthday = on.month > born.month || (on.month === born.month && on.day >= born.day)
  return on.year - born.year - (hadBirthday ? 0 : 1)
}

/** The calendar day `count` days later (earlier when negative). @throws RangeError when `day` is not a real date */
export function addDays(day: string, count: number): string {
  const date = requireDate(day)
  return new Date(utcMs(date) + count * DAY_MS).toISOString().slice(0, 10)
}

/** Whole days from one calendar day to another, negative when it lies before. @throws RangeError for unreal dates */
export function daysBetween(fromDay: string, toDay: string): number {
  return Math.round((utcMs(requireDate(toDay)) - utcMs(requireDate(fromDay))) / DAY_MS)
}

/** Whether a text is a zone of the IANA database known to this runtime. */
export function isTimeZone(zone: string): boolean {
  if (!ZONE_NAME.test(zone)) return false
  try {
    formatterOf(zone)
    return true
  } catch {
    return false
  }
}

/**
 * The wall clock of a zone at an instant.
 * @throws RangeError for an unknown zone or an invalid instant
 */
export function wallClock(instant: Date, zone: string): WallClock {
  const fields: Record<string, string> = {}
  for (const part of formatterOf(zone).formatToParts(instant)) fields[part.type] = part.value
  const year = String(fields.year).padStart(4, '0')
  return {
    day: `${year}-${fields.month}-${fields.day}`,
    hour: Number(fields.hour),
    minute: Number(fields.minute),
    second: Number(fields.second),
  }
}

/** The calendar day `YYYY-MM-DD` of an instant in a zone. @throws RangeError for an unknown zone */
export function localDay(instant: Date, zone: string): string {
  return wallClock(instant, zone).day
}

/** Minutes the zone is ahead of UTC at an instant (seconds of ancient local times are rounded). @throws RangeError */
export function zoneOffsetMinutes(instant: Date, zone: string): number {
  return Math.round(offsetMs(instant.getTime(), zone) / 60_000)
}

/**
 * The instants a local day starts and ends, whatever the clocks do in it.
 * A day whose midnight is skipped starts when the clocks come back; a day the zone left out has no length.
 * @param day `YYYY-MM-DD`
 * @throws RangeError for an unreal day or an unknown zone
 */
export function localDayBounds(day: string, zone: string): DayBounds {
  return { startsAt: localInstant(day, 0, zone), endsAt: localInstant(addDays(day, 1), 0, zone) }
}

/**
 * The instant a wall clock shows a time of a day: the first one when it shows it twice (clocks going back),
 * the moment of the jump when it never does (clocks going forward).
 * @param minuteOfDay 0 to 1439
 * @throws RangeError for an unreal day, a minute outside the day or an unknown zone
 */
export function localInstant(day: string, minuteOfDay: number, zone: string): Date {
  if (!parseDate(day) || !(minuteOfDay >= 0 && minuteOfDay < 1440)) throw new RangeError('Not a time of a calendar day')
  const wallMs = Date.parse(`${day}T00:00:00Z`) + minuteOfDay * 60_000
  const earlyMs = wallMs - 26 * HOUR_MS
  const lateMs = wallMs + 26 * HOUR_MS
  const offsets = new Set([offsetMs(earlyMs, zone), offsetMs(wallMs, zone), offsetMs(lateMs, zone)])
  const exact = [...offsets].map((offset) => wallMs - offset).filter((ms) => ms + offsetMs(ms, zone) === wallMs)
  if (exact.length > 0) return new Date(Math.min(...exact))
  return new Date(firstInstantPast(wallMs, earlyMs, lateMs, zone))
}

function requireDate(day: string): CalendarDate {
  const date = parseDate(day)
  if (!date) throw new RangeError('Not a calendar date of the form YYYY-MM-DD')
  return date
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Midnight UTC; `Date.UTC` would read the years 0 to 99 as 1900 to 1999. */
function utcMs({ year, month, day }: CalendarDate): number {
  return new Date(0).setUTCFullYear(year, month - 1, day)
}

function parseOffset(zone: string): number | undefined {
  if (zone.toUpperCase() === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = zone.length > 3 ? Number(zone.slice(-2)) : 0
  const total = hours * 60 + minutes
  if (minutes > 59 || total > MAXIMUM_OFFSET_MINUTES) return undefined
  return zone.startsWith('-') ? -total : total
}

/** The wall clock jumps over `wallMs` between the two instants: the first millisecond at which it shows more. */
function firstInstantPast(wallMs: number, earlyMs: number, lateMs: number, zone: string): number {
  let before = earlyMs
  let after = lateMs
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (middle + offsetMs(middle, zone) >= wallMs) after = middle
    else before = middle
  }
  return after
}

/** Wall clock minus UTC at an instant, in milliseconds. */
function offsetMs(instantMs: number, zone: string): number {
  const { day, hour, minute, second } = wallClock(new Date(instantMs), zone)
  const wholeSeconds = Math.floor(instantMs / 1000) * 1000
  return Date.parse(`${day}T00:00:00Z`) + ((hour * 60 + minute) * 60 + second) * 1000 - wholeSeconds
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known) return known
  if (!ZONE_NAME.test(zone)) throw new RangeError('Not the name of an IANA time zone')
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  if (formatters.size >= MAXIMUM_CACHED_ZONES) formatters.clear()
  formatters.set(zone, made)
  return made
}

/** What is wrong with a day on which something is due: none of the calendar, or not within `first` and `last`. */
export function dueDayFault(day: string, first: string, last: string): string | undefined {
  if (parseDate(day) === undefined) return 'is not a day of the calendar'
  return day < first || day > last ? `lies outside ${first} to ${last}` : undefined
}
