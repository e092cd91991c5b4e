import { Unsupported } from './fhirpathNodes.ts'

/** A date, a time of the day or both, as far as it was written. */
interface Moment {
  readonly isTime: boolean
  /** Year, month, day, hour, minute, second with its fraction: those that were written; of a time the last three. */
  readonly parts: readonly number[]
  /** Digits behind the second's point. */
  readonly digits: number
  /** As it was written, and in minutes; undefined where there is none. */
  readonly zone: string | undefined
}

const MOMENT =
  /^(?:(\d{4})(?:-(\d\d)(?:-(\d\d))?)?)?(?:T?(?:(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?(Z|[+-]\d\d:\d\d)?)?)?$/

/** Reads a date, dateTime, instant or time of FHIR or FHIRPath; undefined for another text. */
function readMoment(text: string): Moment | undefined {
  const isTime = /^T?\d\d(?::|$)/.test(text)
  const match = MOMENT.exec(isTime && !text.startsWith('T') ? `T${text}` : text)
  if (match === null) return undefined
  const found = match.slice(isTime ? 4 : 1, 7).flatMap((part) => (part === undefined ? [] : [Number(part)]))
  return { isTime, parts: found, digits: (match[6]?.split('.')[1] ?? '').length, zone: match[7] }
}

function minutesOf(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))
  return zone.startsWith('-') ? -minutes : minutes
}

/** The same moment at Greenwich. */
function universal({ parts, zone, ...rest }: Moment): Moment {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second] = parts
  const at = new Date(Date.UTC(2000, month - 1, day, hour, minute - minutesOf(zone ?? 'Z')))
  at.setUTCFullYear(at.getUTCFullYear() - 2000 + year)
  const moved = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes()]
  return { ...rest, zone: 'Z', parts: second === undefined ? moved.slice(0, parts.length) : [...moved, second] }
}

/** The order of two dates or times; undefined where what both say is the same and one says more, or has no zone. */
export function compareDates(a: string, b: string): number | undefined {
  let [left, right] = [readMoment(a), readMoment(b)]
  if (left === undefined || right === undefined || left.isTime !== right.isTime) return undefined
  if (!left.isTime && left.parts.length > 3 && right.parts.length > 3) {
    if ((left.zone === undefined) !== (right.zone === undefined)) return undefined
    if (left.zone !== right.zone) [left, right] = [universal(left), universal(right)]
  }
  const length = Math.min(left.parts.length, right.parts.length)
  for (let index = 0; index < length; index += 1) {
    const difference = (left.parts[index] as number) - (right.parts[index] as number)
    if (difference !== 0) return difference
  }
  return left.parts.length === right.parts.length ? 0 : undefined
}

/** By the name of a calendar unit: the place in a date that it counts, and how many of it make one. */
const STEPS: Readonly<Record<string, readonly [place: number, size: number]>> = {
  year: [0, 1],
  month: [1, 1],
  week: [2, 7],
  day: [2, 1],
  hour: [3, 1],
  minute: [4, 1],
  second: [5, 1],
  millisecond: [5, 0.001],
}
/** How many of a place make one of the place before, where a date does not say its own. */
const MAKE = [1, 12, 30, 24, 60, 60]

/**
 * A date or a time with an amount of a calendar unit added; what is finer than the date says is left out: 2014 and 23
 * months is 2015. Throws `Unsupported` for a unit that is none of the calendar's.
 */
export function addToDate(text: string, amount: number, unit: string): string {
  const moment = readMoment(text)
  const step = STEPS[unit]
  if (moment === undefined || step === undefined) throw new Unsupported(`a date with ${unit} added`)
  const first = moment.isTime ? 3 : 0
  const last = first + moment.parts.length - 1
  let [place, count] = [step[0], Math.trunc(amount) * step[1]]
  if (place < first) throw new Unsupported(`a time with ${unit} added`)
  for (; place > last; place -= 1) count = Math.trunc(count / (MAKE[place] as number))
  const parts = [...(moment.isTime ? [2000, 1, 1] : []), ...moment.parts]
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
  const moved = new Date(Date.UTC(2000, 0, 1))
  moved.setUTCFullYear(year, month - 1, 1)
  if (place <= 1) moved.setUTCMonth(month - 1 + (place === 0 ? count * 12 : count))
  const longest = new Date(Date.UTC(2000, moved.getUTCMonth() + 1, 0))
  longest.setUTCFullYear(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)
  moved.setUTCDate(Math.min(day, longest.getUTCDate()) + (place === 2 ? count : 0))
  moved.setUTCHours(hour + (place === 3 ? count : 0), minute + (place === 4 ? count : 0))
  moved.setTime(moved.getTime() + Math.round((second + (place === 5 ? count : 0)) * 1000))
  return written(moved, moment, step[1] < 1 ? 3 : moment.digits)
}

const pad = (value: number, length = 2) => String(value).padStart(length, '0')

function written(at: Date, { isTime, parts, zone = '' }: Moment, digits: number): string {
  const second = `${pad(at.getUTCSeconds())}${digits === 0 ? '' : `.${pad(at.getUTCMilliseconds(), 3).padEnd(digits, '0').slice(0, digits)}`}`
  const day = [pad(at.getUTCFullYear(), 4), pad(at.getUTCMonth() + 1), pad(at.getUTCDate())]
  const clock = [pad(at.getUTCHours()), pad(at.getUTCMinutes()), second]
  if (isTime) return clock.slice(0, parts.length).join(':')
  const time = clock.slice(0, Math.max(0, parts.length - 3)).join(':')
  return `${day.slice(0, parts.length).join('-')}${time === '' ? '' : `T${time}${zone}`}`
}

/** How many digits a date or a time has, without its zone; undefined for another text. */
export function precisionOf(text: string): number | undefined {
  const moment = readMoment(text)
  if (moment === undefined) return undefined
  const { parts, isTime, digits } = moment
  return (isTime ? parts.length * 2 : 2 + parts.length * 2) + digits
}

/**
 * The first or the last moment that a date or time may mean, with as many digits as asked for: 2014 is from 2014-01.
 * Undefined for a number of digits that no date of its kind has.
 */
export function boundaryOf(text: string, kind: 'date' | 'dateTime' | 'time', isHigh: boolean, digits: number) {
  const moment = readMoment(text)
  const sizes = kind === 'time' ? [2, 4, 6, 9] : kind === 'date' ? [4, 6, 8] : [4, 6, 8, 10, 12, 14, 17]
  if (moment === undefined || !sizes.includes(digits)) return undefined
  const lowest = [0, 1, 1, 0, 0, 0]
  const highest = [9999, 12, 31, 23, 59, 59.999]
  const known = moment.isTime ? [2000, 1, 1, ...moment.parts] : moment.parts
  const full = lowest.map((low, index) => known[index] ?? (isHigh ? (highest[index] as number) : low))
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = full
  const lastDay = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
  const ms = moment.digits > 0 || known.length < 6 ? 0 : isHigh ? 0.999 : 0
  const at = new Date(Date.UTC(2000, 0, 1))
  at.setUTCFullYear(year, month - 1, known.length < 3 && isHigh ? lastDay : day)
  at.setUTCHours(hour, minute, 0, Math.round((second + ms) * 1000))
  const zone = moment.zone ?? (isHigh ? '-12:00' : '+14:00')
  const count = (moment.isTime ? 0 : 3) + 0
  const places = kind === 'time' ? Math.min(3, Math.ceil(digits / 2)) : Math.min(count + 3, Math.ceil((digits - 2) / 2))
  const isFine = digits === 17 || (kind === 'time' && digits === 9)
  return written(at, { ...moment, parts: full.slice(0, places), zone }, isFine ? 3 : 0)
}
