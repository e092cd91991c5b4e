import { isRealDate, localInstant, zoneOffsetMinutes } from '../../../../shared/dates.ts'

const DAY_MS = 86_400_000
const MOST_DAYS_KEPT = 4000

/** Which of day, month and year a written date begins with. */
export type DateOrder = 'day-first' | 'month-first' | 'year-first'

/** A wall-clock time without a zone. */
export interface WallTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
}

/** An instant, and what the wall clock was ahead of UTC when it is known. */
export interface Moment {
  readonly ms: number
  readonly offsetMinutes?: number
}

/** Turns wall-clock times of one zone into instants; days are looked up once. */
export class LocalClock {
  readonly zone: string
  private readonly offsets = new Map<number, number | undefined>()

  /** @param zone IANA name, known to be one */
  constructor(zone: string) {
    this.zone = zone
  }

  /** The instant at which the zone's clocks show the time: the first one where they show it twice. */
  instant(time: WallTime): Moment {
    const dayMs = Date.UTC(time.year, time.month - 1, time.day)
    const inDayMs = ((time.hour * 60 + time.minute) * 60 + time.second) * 1000 + time.millisecond
    const steady = this.steadyOffset(dayMs)
    if (steady !== undefined) return { ms: dayMs + inDayMs - steady * 60_000, offsetMinutes: steady }
    const day = new Date(dayMs).toISOString().slice(0, 10)
    const base = localInstant(day, time.hour * 60 + time.minute, this.zone)
    const ms = base.getTime() + time.second * 1000 + time.millisecond
    return { ms, offsetMinutes: zoneOffsetMinutes(base, this.zone) }
  }

  /** Minutes ahead of UTC when they are the same all day and around it; undefined on the days that clocks change. */
  private steadyOffset(dayMs: number): number | undefined {
    if (this.offsets.has(dayMs)) return this.offsets.get(dayMs)
    const before = zoneOffsetMinutes(new Date(dayMs - DAY_MS), this.zone)
    const after = zoneOffsetMinutes(new Date(dayMs + 2 * DAY_MS), this.zone)
    const steady = before === after ? before : undefined
    if (this.offsets.size >= MOST_DAYS_KEPT) this.offsets.clear()
    this.offsets.set(dayMs, steady)
    return steady
  }
}

const STAMP =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([Zz]|[+-]\d{2}:?\d{2}))?$/

/**
 * Reads `2024-01-05 08:11:22 +0530`, ISO 8601 with `T`, `Z` or an offset; a time without a zone by `clock`. `Z` tells the
 * instant, and nothing of the clock where it was measured.
 * Undefined for anything else, for days that do not exist, and for a time without a zone when there is no clock.
 */
export function readStamp(text: string, clock?: LocalClock): Moment | undefined {
  const match = STAMP.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone] = match
  const time: WallTime = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millisecond: fraction === '' ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0')),
  }
  if (!isWallTime(time)) return undefined
  if (zone === undefined) return clock?.instant(time)
  if (zone === 'Z' || zone === 'z') return { ms: utcOf(time) }
  const offsetMinutes = offsetOf(zone)
  if (offsetMinutes === undefined) return undefined
  return { ms: utcOf(time) - offsetMinutes * 60_000, offsetMinutes }
}

/** Whether every part lies in its range and the day exists. */
export function isWallTime(time: WallTime): boolean {
  return isRealDate(time) && time.hour < 24 && time.minute < 60 && time.second < 60
}

function utcOf({ year, month, day, hour, minute, second, millisecond }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond)
}

function offsetOf(zone: string): number | undefined {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  if (minutes > 14 * 60) return undefined
  return zone.startsWith('-') ? -minutes : minutes
}

const NUMBERED_DATE = /^(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})$/
const CLOCK_TIME = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?\s*([AaPp])?\.?[Mm]?\.?$/

/** The three numbers of a date as `05-01-2024`, `1/5/24` or `2024/01/05`; undefined for another text. */
export function dateNumbers(text: string): readonly [number, number, number] | undefined {
  const match = NUMBERED_DATE.exec(text)
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])]
}

/**
 * Reads a date and a time of day as tables write them, in a known order of day and month; two-digit years are of this
 * century. Undefined when it is no such time, or the day does not exist.
 */
export function readTableTime(date: string, time: string, order: DateOrder): WallTime | undefined {
  const numbers = dateNumbers(date)
  const clock = CLOCK_TIME.exec(time)
  if (numbers === undefined || clock === null) return undefined
  const isYearFirst = numbers[0] > 31
  const [year, month, day] = isYearFirst
    ? [numbers[0], numbers[1], numbers[2]]
    : order === 'month-first'
      ? [numbers[2], numbers[0], numbers[1]]
      : order === 'day-first'
        ? [numbers[2], numbers[1], numbers[0]]
        : [numbers[0], numbers[1], numbers[2]]
  const half = clock[5]?.toLowerCase()
  const shown = Number(clock[1])
  if (half !== undefined && (shown < 1 || shown > 12)) return undefined
  const hour = half === undefined ? shown : (shown % 12) + (half === 'p' ? 12 : 0)
  const wall: WallTime = {
    year: year < 100 ? 2000 + year : year,
    month,
    day,
    hour,
    minute: Number(clock[2]),
    second: Number(clock[3] ?? '0'),
    millisecond: Number((clock[4] ?? '').padEnd(3, '0')),
  }
  return isWallTime(wall) ? wall : undefined
}

/** What the dates of a table allow about the order of day and month. */
export class DateOrderEvidence {
  private firstMaximum = 0
  private secondMaximum = 0
  private isYearFirst = false

  /** Looks at one date; texts that are none are passed over. */
  add(date: string): void {
    const numbers = dateNumbers(date)
    if (numbers === undefined) return
    if (numbers[0] > 31) {
      this.isYearFirst = true
      return
    }
    this.firstMaximum = Math.max(this.firstMaximum, numbers[0])
    this.secondMaximum = Math.max(this.secondMaximum, numbers[1])
  }

  /** The only order that all dates allow; `unknown` when both do, `contradiction` when neither does. */
  verdict(): DateOrder | 'unknown' | 'contradiction' {
    if (this.firstMaximum === 0) return this.isYearFirst ? 'year-first' : 'unknown'
    if (this.firstMaximum > 12) return this.secondMaximum > 12 ? 'contradiction' : 'day-first'
    return this.secondMaximum > 12 ? 'month-first' : 'unknown'
  }
}
