import { zoneOffsetMinutes } from '../../../shared/dates.ts'

export const DAY_MS = 86_400_000
export const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** Sleep after six in the evening belongs to the day of the morning after. */
const EVENING_MS = 6 * HOUR_MS
const MAXIMUM_KEPT_DAYS = 4000

/** The UTC day of an instant as days since 1970-01-01. */
export function utcDay(ms: number): number {
  return Math.floor(ms / DAY_MS)
}

/** `YYYY-MM-DD` of a number of days since 1970-01-01. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** Days since 1970-01-01 of `YYYY-MM-DD`. */
export function dayNumber(text: string): number {
  return Math.floor(Date.parse(`${text}T00:00:00Z`) / DAY_MS)
}

/**
 * The day of a person that a sample counts for, as days since 1970-01-01: the local day it began on; sleep, the day of
 * waking (a night is cut at six in the evening).
 */
export function localDayOf(startMs: number, offsetMinutes: number, isSleep: boolean): number {
  return utcDay(startMs + offsetMinutes * MINUTE_MS + (isSleep ? EVENING_MS : 0))
}

/** Minutes that a zone's clock is ahead of UTC, for many instants: asks the calendar only where the clocks may change. */
export function offsetsIn(zone: string): (ms: number) => number {
  const ofDay = new Map<number, number | undefined>()
  const exactly = (ms: number) => zoneOffsetMinutes(new Date(ms), zone)
  return (ms) => {
    const day = utcDay(ms)
    if (!ofDay.has(day)) {
      if (ofDay.size > MAXIMUM_KEPT_DAYS) ofDay.clear()
      const first = exactly(day * DAY_MS)
      ofDay.set(day, first === exactly((day + 1) * DAY_MS) ? first : undefined)
    }
    return ofDay.get(day) ?? exactly(ms)
  }
}
