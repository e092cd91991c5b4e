/** A stretch of time in milliseconds, both ends included. */
export interface TimeRange {
  readonly from: number
  readonly until: number
}

/** Before and after everything that a date can say. */
export const BEGINNING_MS = -62_198_755_200_000
export const END_MS = 253_402_300_799_999

const DATE_TEXT = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/

/** What a FHIR date or time means: all of its year, month, day, minute or second. Without a zone it is UTC. */
export function timeRange(text: string): TimeRange | undefined {
  const match = DATE_TEXT.exec(text)
  if (match === null) return undefined
  const [, year = '', month, day, hour, minute, second, fraction, zone] = match
  const y = Number(year)
  if (month === undefined) return between(utc(y, 0, 1), utc(y + 1, 0, 1))
  const m = Number(month) - 1
  if (m < 0 || m > 11) return undefined
  if (day === undefined) return between(utc(y, m, 1), utc(y, m + 1, 1))
  const d = Number(day)
  if (d < 1 || d > new Date(utc(y, m + 1, 0)).getUTCDate()) return undefined
  if (hour === undefined) return between(utc(y, m, d), utc(y, m, d + 1))
  const seconds = second === undefined ? '00' : second === '60' ? '59' : second
  const start = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${seconds}${(fraction ?? '').slice(0, 4)}${zone ?? 'Z'}`,
  )
  if (Number.isNaN(start)) return undefined
  if (second === undefined) return { from: start, until: start + 59_999 }
  return { from: start, until: fraction === undefined ? start + 999 : start }
}

function utc(year: number, month: number, day: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  return date.getTime()
}

const between = (from: number, next: number): TimeRange => ({ from, until: next - 1 })

/** A number as it was searched for: its value, and the range that its digits stand for. */
export interface SearchNumber {
  readonly value: number
  readonly from: number
  readonly until: number
}

/** `5.40` stands for 5.395 to 5.405; `1e2` for 95 to 105. Undefined when it is no number. */
export function searchNumber(text: string): SearchNumber | undefined {
  const match = /^[+-]?\d+(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text)
  if (match === null) return undefined
  const value = Number(text)
  if (!Number.isFinite(value)) return undefined
  const [, decimals = '', exponent] = match
  // `1e2` means 95 to 105, `100` means 99.5 to 100.5: HL7 counts a figure more where there is an exponent.
  const half = (exponent === undefined ? 0.5 : 0.05) * 10 ** (Number(exponent ?? 0) - decimals.length)
  return { value, from: value - half, until: value + half }
}

const PLAIN = /^[!-~]+(?: [!-~]+)*$/

/** Text as it is searched: without accents and case, one space between words. */
export function normalText(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase()
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/g, ' ').trim()
}

/** A 53-bit hash, the same everywhere and for ever: what the index of tokens holds. */
export function hash53(text: string): number {
  return new HashPrefix('').of(text)
}

/** The beginning of many texts that are hashed: `new HashPrefix('a').of('b')` is `hash53('ab')`. */
export class HashPrefix {
  private readonly high: number
  private readonly low: number

  constructor(text: string, before?: HashPrefix) {
    let high = before?.high ?? 0xdeadbeef
    let low = before?.low ?? 0x41c6ce57
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      high = Math.imul(high ^ code, 2654435761)
      low = Math.imul(low ^ code, 1597334677)
    }
    this.high = high
    this.low = low
  }

  with(text: string): HashPrefix {
    return new HashPrefix(text, this)
  }

  of(text: string): number {
    let { high, low } = this
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      high = Math.imul(high ^ code, 2654435761)
      low = Math.imul(low ^ code, 1597334677)
    }
    high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
    low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
    return 4294967296 * (2097151 & low) + (high >>> 0)
  }
}

const LOCAL = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/

/** A reference in its parts; undefined for what is none of a resource. */
export function readReference(
  text: string,
): { readonly type: string; readonly id: string; readonly base: string } | undefined {
  const local = LOCAL.exec(text)
  if (local !== null) return { base: '', type: local[1] as string, id: local[2] as string }
  const match = /^(.*?)(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(
    text,
  )
  if (match === null) return undefined
  return { base: match[1] ?? '', type: match[2] ?? '', id: match[3] ?? '' }
}

/** Parts of a value between separators that no backslash escapes; the escapes stay. */
export function splitEscaped(value: string, separator: string): string[] {
  const parts: string[] = ['']
  for (let index = 0; index < value.length; index += 1) {
    const letter = value.charAt(index)
    if (letter === '\\' && index + 1 < value.length) {
      parts[parts.length - 1] += letter + value.charAt(index + 1)
      index += 1
    } else if (letter === separator) parts.push('')
    else parts[parts.length - 1] += letter
  }
  return parts
}

/** The text without its escapes. */
export function unescaped(text: string): string {
  return text.replaceAll(/\\([\\,|$])/g, '$1')
}
