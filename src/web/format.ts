import { manner } from './client/manner.ts'
import { language, locale } from './texts/catalogue.ts'

/** A number as the person reads it, with at most `decimals` places. */
export function number(value: number, decimals = 1): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: decimals }).format(value)
}

/** A value with as many places as it was measured with. */
export function measured(value: number): string {
  return number(value, Math.abs(value) >= 100 ? 1 : 2)
}

/** `14 March`, with the year when it isn't this one; by the person's format where they chose one. */
export function day(iso: string | Date): string {
  return written(asDate(iso), 'long')
}

export function weekday(date: Date): string {
  const isOwn = manner.get().date_format != null
  const name = date.toLocaleDateString(locale(), {
    weekday: 'long',
    ...(isOwn ? {} : { day: 'numeric', month: 'long' }),
  })
  return isOwn ? listed([name, day(date)]) : name
}

export function clock(iso: string | Date): string {
  const hour12 = isOf12Hours()
  const options = { hour: hour12 ? 'numeric' : '2-digit', minute: '2-digit', hour12 } as const
  return asDate(iso).toLocaleTimeString(locale(), options)
}

/** An hour of the day, 0 to 24, as it stands along an axis. */
export function hourOfDay(hour: number): string {
  if (!isOf12Hours()) return String(hour)
  return new Date(2000, 0, 1, hour).toLocaleTimeString(locale(), { hour: 'numeric', hour12: true })
}

function isOf12Hours(): boolean {
  return manner.get().time_format === '12-hour'
}

/** Several in a row, with the comma of the language. */
export function listed(words: readonly string[]): string {
  return words.join(locale().startsWith('ar') ? '، ' : ', ')
}

/** `14 Mar, 09:05`. */
export function dayAndClock(iso: string | Date): string {
  return listed([shortDay(iso), clock(iso)])
}

/** What keeps its own direction, and does not change places with what stands beside it, among Arabic letters. */
export function apart(text: string): string {
  return text !== '' && language() === 'ar' ? `\u2068${text}\u2069` : text
}

/** `14 Mar`, with the year when it isn't this one; by the person's format where they chose one. */
export function shortDay(iso: string | Date): string {
  return written(asDate(iso), 'short')
}

/** A day along an axis: in a format of the person's own without the year, where it is this one. */
export function tickDay(date: Date): string {
  return written(date, 'short', true)
}

function written(date: Date, month: 'long' | 'short', isTick = false): string {
  const format = manner.get().date_format
  const year = date.getFullYear()
  const isThisYear = year === new Date().getFullYear()
  if (format != null) {
    const two = (value: number) => String(value).padStart(2, '0')
    const text = (isTick && isThisYear ? format.replace(/\W?YYYY\W?/, '') : format)
      .replace('YYYY', String(year))
      .replace('MM', two(date.getMonth() + 1))
      .replace('DD', two(date.getDate()))
    return led(apart(text))
  }
  return led(date.toLocaleDateString(locale(), { day: 'numeric', month, ...(isThisYear ? {} : { year: 'numeric' }) }))
}

/** A day begins with a number, which would else join Latin letters before it; marked, it starts out as Arabic does. */
function led(text: string): string {
  return language() === 'ar' ? `\u200f${text}` : text
}

/** `5 minutes ago`, `yesterday`, and the day when it is longer. */
export function ago(iso: string): string {
  const minutes = (asDate(iso).getTime() - Date.now()) / 60_000
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' })
  if (minutes > -1) return words.format(0, 'second')
  if (minutes > -60) return words.format(Math.round(minutes), 'minute')
  const startOfToday = new Date().setHours(0, 0, 0, 0)
  const days = Math.floor((asDate(iso).getTime() - startOfToday) / 86_400_000)
  if (days >= 0) return words.format(Math.round(minutes / 60), 'hour')
  return days > -7 ? words.format(days, 'day') : day(iso)
}

/** A time without a zone is UTC, as old answers print it. */
function asDate(iso: string | Date): Date {
  if (iso instanceof Date) return iso
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(iso) || /^\d{4}-\d\d-\d\d$/.test(iso)
  return new Date(hasZone ? iso : `${iso}Z`)
}

/** The value of a `datetime-local` field for an instant, in this device's zone. */
export function fieldTime(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** The value of a `date` field for today, or so many days from it. */
export function fieldDay(days = 0): string {
  return fieldTime(new Date(Date.now() + days * 86_400_000)).slice(0, 10)
}

/** The instant of a `datetime-local` field; undefined when it is empty. */
export function instantOf(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? text : date.toISOString()
}
