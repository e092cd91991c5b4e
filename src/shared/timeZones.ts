import { addDays, parseDate } from './dates.ts'

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

const HOUR_MS = 3_600_000
/** IANA names only: `UTC`, `Asia/Kolkata`, `America/Argentina/Ushuaia`, `Etc/GMT+3`; not `+05:30`. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/
const MAXIMUM_CACHED_ZONES = 600

/** Making a formatter costs far more than using it; a pure memo. */
const formatters = new Map<string, Intl.DateTimeFormat>()

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
