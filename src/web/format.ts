import { locale } from './texts/catalogue.ts'

/** A number as the person reads it, with at most `decimals` places. */
export function number(value: number, decimals = 1): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: decimals }).format(value)
}

/** A value with as many places as it was measured with. */
export function measured(value: number): string {
  return number(value, Math.abs(value) >= 100 ? 1 : 2)
}

/** `14 March`, with the year when it isn't this one. */
export function day(iso: string | Date): string {
  const date = asDate(iso)
  const isThisYear = date.getFullYear() === new Date().getFullYear()
  return date.toLocaleDateString(locale(), {
    day: 'numeric',
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' }),
  })
}

export function weekday(date: Date): string {
  return date.toLocaleDateString(locale(), { weekday: 'long', day: 'numeric', month: 'long' })
}

export function clock(iso: string | Date): string {
  return asDate(iso).toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit', hour12: false })
}

/** Several in a row, with the comma of the language. */
export function listed(words: readonly string[]): string {
  return words.join(locale().startsWith('ar') ? '، ' : ', ')
}

/** `14 Mar, 09:05`. */
export function dayAndClock(iso: string | Date): string {
  return listed([shortDay(iso), clock(iso)])
}

/** `14 Mar`, with the year when it isn't this one. */
export function shortDay(iso: string | Date): string {
  const date = asDate(iso)
  const isThisYear = date.getFullYear() === new Date().getFullYear()
  return date.toLocaleDateString(locale(), {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
  })
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

/** The instant of a `datetime-local` field; undefined when it is empty. */
export function instantOf(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? text : date.toISOString()
}
