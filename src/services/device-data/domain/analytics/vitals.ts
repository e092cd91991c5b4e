import { mean, sortedQuantile } from '../../../../shared/statistics/descriptive.ts'
import { localDayOf } from '../days.ts'

/** Systolic and diastolic pressure of one moment, mm[Hg]. */
export interface PressureReading {
  readonly ms: number
  readonly systolic: number
  readonly diastolic: number
  readonly offsetMinutes: number
}

export interface PressureDay {
  /** Local day, days since 1970-01-01. */
  readonly day: number
  readonly readings: number
  readonly systolic: number
  readonly diastolic: number
}

export interface HomePressure {
  readonly days: readonly PressureDay[]
  /** Mean of the days after the first one of the week; undefined without the least data. */
  readonly average:
    | { readonly systolic: number; readonly diastolic: number; readonly days: number; readonly readings: number }
    | undefined
}

/** ESH: seven days are wished, three with twelve readings are the least. The first day of the week does not count. */
const LEAST_DAYS = 3
const LEAST_READINGS = 12
const WEEK_DAYS = 7
/** ESC: hypertension measured at home (clinical reference 1.2). */
export const HOME_SYSTOLIC = 135
export const HOME_DIASTOLIC = 85

/** The home protocol over the last seven days with readings: the first is dropped, the others averaged. */
export function homePressure(readings: readonly PressureReading[]): HomePressure {
  const byDay = new Map<number, PressureReading[]>()
  for (const reading of readings) {
    const day = localDayOf(reading.ms, reading.offsetMinutes, false)
    byDay.set(day, [...(byDay.get(day) ?? []), reading])
  }
  const days = [...byDay].sort(([left], [right]) => left - right).map(([day, list]) => pressureDay(day, list))
  const last = days.at(-1)?.day ?? 0
  const counted = days.filter((one) => one.day > last - WEEK_DAYS).slice(1)
  const chosen = counted.flatMap((one) => byDay.get(one.day) ?? [])
  if (counted.length < LEAST_DAYS || chosen.length < LEAST_READINGS) return { days, average: undefined }
  const { systolic, diastolic } = pressureDay(0, chosen)
  return { days, average: { systolic, diastolic, days: counted.length, readings: chosen.length } }
}

function pressureDay(day: number, list: readonly PressureReading[]): PressureDay {
  return {
    day,
    readings: list.length,
    systolic: mean(list.map((one) => one.systolic)),
    diastolic: mean(list.map((one) => one.diastolic)),
  }
}

/** What an average measured at home says against the ESC threshold; a label for the person, not a diagnosis. */
export function homeCategory(systolic: number, diastolic: number): string {
  return systolic >= HOME_SYSTOLIC || diastolic >= HOME_DIASTOLIC
    ? 'at or above the home threshold'
    : 'below the home threshold'
}

const NIGHT_HOURS = 6
const LEAST_NIGHT_SAMPLES = 60
const QUIET_SHARE = 0.1

/**
 * Resting heart rate of each local day from heart rates between midnight and six: the lowest tenth. Days with fewer than 60
 * values in the night have none.
 */
export function quietHeartRates(
  points: readonly { readonly startMs: number; readonly value: number; readonly offsetMinutes: number }[],
): { readonly day: number; readonly value: number }[] {
  const byDay = new Map<number, number[]>()
  for (const { startMs, value, offsetMinutes } of points) {
    const localMs = startMs + offsetMinutes * 60_000
    const hour = Math.floor((((localMs % 86_400_000) + 86_400_000) % 86_400_000) / 3_600_000)
    if (hour >= NIGHT_HOURS) continue
    const day = localDayOf(startMs, offsetMinutes, false)
    const list = byDay.get(day)
    if (list === undefined) byDay.set(day, [value])
    else list.push(value)
  }
  return [...byDay]
    .filter(([, values]) => values.length >= LEAST_NIGHT_SAMPLES)
    .map(([day, values]) => ({
      day,
      value: sortedQuantile(
        values.sort((left, right) => left - right),
        QUIET_SHARE,
      ),
    }))
    .sort((left, right) => left.day - right.day)
}
