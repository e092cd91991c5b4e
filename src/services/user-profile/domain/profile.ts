import { addDays, ageInYears, dueDayFault, isTimeZone, localDay, parseDate } from '../../../shared/dates.ts'
import { assess } from '../../../shared/metrics.ts'
import type { ProfileChange } from '../contract/profile.ts'
import { type Data, type Fault, type Reading, tidy } from './tidy.ts'

const MAXIMUM_AGE_YEARS = 130
/** Below this age a person may be smaller and lighter than the limits for everybody else. */
const CHILD_YEARS = 12
const SMALLEST_CM = 50
const LIGHTEST_KG = 20
const DAY_MS = 86_400_000
/** No pregnancy lasts longer from the day it was stated: 42 weeks. */
export const LONGEST_PREGNANCY_DAYS = 294
/** A profile may be saved with the due date of a pregnancy that is over, but not with one of years ago. */
const LATEST_DUE_DAYS = 366
/** Today may be tomorrow already where the person is. */
const MOST_AHEAD_MS = DAY_MS * (14 / 24)

/** What a check needs to know beyond the values. */
export interface Situation {
  readonly now: Date
  /** The stored date of birth, where the values may leave it out. */
  readonly birthDate?: string | null | undefined
}

/** Whether judging the values takes the date of birth that is stored. */
export function needsBirthDate(change: ProfileChange): boolean {
  if (change.date_of_birth !== undefined) return false
  const { data } = readMeasures(change, [])
  return isSmall(data)
}

function isSmall({ height_cm, weight_kg }: Data): boolean {
  return (
    (typeof height_cm === 'number' && height_cm < SMALLEST_CM) ||
    (typeof weight_kg === 'number' && weight_kg < LIGHTEST_KG)
  )
}

/** Reads what a client says of a person: measures in cm and kg, texts tidy; and everything that is wrong with it. */
export function readProfile(change: ProfileChange, situation: Situation): Reading {
  const faults: Fault[] = []
  const measured = readMeasures(change, faults)
  const { data, faults: untidy } = tidy(measured.data)
  faults.push(...untidy)
  const latest = new Date(situation.now.getTime() + MOST_AHEAD_MS).toISOString().slice(0, 10)
  checkBirthDate(data, latest, faults)
  checkMeasures(data, situation, latest, faults)
  checkZone(data, faults)
  return { data: readPregnancy(data, situation.now, latest, faults), faults }
}

/** Height and weight in a unit of the client's choice become height_cm and weight_kg. */
function readMeasures(change: ProfileChange, faults: Fault[]): { data: Data } {
  const { height, height_unit, weight, weight_unit, ...rest } = change
  const data: Record<string, unknown> = rest
  readMeasure(data, { metric: 'height', target: 'height_cm', value: height, unit: height_unit }, faults)
  readMeasure(data, { metric: 'weight', target: 'weight_kg', value: weight, unit: weight_unit }, faults)
  return { data }
}

interface Measure {
  readonly metric: 'height' | 'weight'
  readonly target: 'height_cm' | 'weight_kg'
  readonly value: number | null | undefined
  readonly unit: string | undefined
}

function readMeasure(data: Record<string, unknown>, { metric, target, value, unit }: Measure, faults: Fault[]): void {
  if (value === undefined) {
    if (unit !== undefined) faults.push({ field: metric, detail: `is required with ${metric}_unit` })
    return
  }
  if (data[target] !== undefined) {
    faults.push({ field: metric, detail: `is given twice; send either ${metric} or ${target}` })
    return
  }
  if (value === null) {
    data[target] = null
    return
  }
  // Without a unit 70 may be centimetres or inches: it is asked for, not guessed.
  const assessed = assess(metric, value, unit ?? '')
  if (assessed.status === 'refused') {
    const detail = unit === undefined ? `is required with ${metric}` : 'does not fit'
    faults.push({ field: `${metric}_unit`, detail, allowed: assessed.allowedUnits })
    return
  }
  data[target] = Math.round(assessed.canonicalValue * 100) / 100
}

function checkBirthDate(data: Data, latest: string, faults: Fault[]): void {
  const { date_of_birth: born } = data
  if (typeof born !== 'string') return
  const age = ageInYears(born, latest)
  if (parseDate(born) === undefined) faults.push({ field: 'date_of_birth', detail: 'is not a day that exists' })
  else if (age === undefined) faults.push({ field: 'date_of_birth', detail: 'lies in the future' })
  else if (age > MAXIMUM_AGE_YEARS) faults.push({ field: 'date_of_birth', detail: 'lies more than 130 years back' })
}

const MEASURE_LIMITS = [
  { field: 'height_cm', adult: SMALLEST_CM, low: 30, high: 300, unit: 'cm' },
  { field: 'weight_kg', adult: LIGHTEST_KG, low: 0.3, high: 500, unit: 'kg' },
] as const

function checkMeasures(data: Data, situation: Situation, latest: string, faults: Fault[]): void {
  const born = data.date_of_birth === undefined ? situation.birthDate : data.date_of_birth
  const age = typeof born === 'string' ? ageInYears(born, latest) : undefined
  const isChild = age !== undefined && age < CHILD_YEARS
  for (const { field, adult, low, high, unit } of MEASURE_LIMITS) {
    const value = data[field]
    if (typeof value !== 'number') continue
    if (value > high || value < low) faults.push({ field, detail: `must be ${low} to ${high} ${unit}` })
    else if (value < adult && !isChild) {
      faults.push({
        field,
        detail: `must be ${adult} to ${high} ${unit}; less only for a child whose date_of_birth is known`,
      })
    }
  }
}

/** Adds what is wrong with the zone of a person. */
export function checkZone(data: Data, faults: Fault[]): void {
  const { timezone } = data
  if (typeof timezone === 'string' && !isTimeZone(timezone)) {
    faults.push({ field: 'timezone', detail: 'is not a time zone of the IANA database, such as Asia/Kolkata' })
  }
}

/** A status keeps the day it was said, so that nobody takes an old one for news. */
function readPregnancy(data: Data, now: Date, latest: string, faults: Fault[]): Data {
  const { pregnancy_due_date: due, pregnancy_stated_on: stated, pregnancy_status: status } = data
  if (typeof stated === 'string' && (parseDate(stated) === undefined || stated > latest)) {
    faults.push({ field: 'pregnancy_stated_on', detail: 'is not a day that exists, or lies in the future' })
  }
  const detail =
    typeof due === 'string'
      ? dueDayFault(due, addDays(latest, -LATEST_DUE_DAYS), addDays(latest, LONGEST_PREGNANCY_DAYS))
      : undefined
  if (detail !== undefined) faults.push({ field: 'pregnancy_due_date', detail })
  if (status === undefined || stated !== undefined) return data
  return { ...data, pregnancy_stated_on: status === null ? null : now.toISOString().slice(0, 10) }
}

/** The calendar day where the person is; in UTC while the zone is unknown. */
export function dayOf(now: Date, zone: unknown): string {
  return localDay(now, typeof zone === 'string' && isTimeZone(zone) ? zone : 'UTC')
}
