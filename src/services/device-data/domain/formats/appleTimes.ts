import { type Moment, readStamp } from './times.ts'

const SHAPE = 25

/**
 * `2024-01-05 08:11:22 +0530`, the one way in which Apple writes times, read without a pattern because a file holds
 * millions; anything else goes to the slower reader. Undefined for no time.
 */
export function readAppleTime(text: string | undefined): Moment | undefined {
  if (text === undefined) return undefined
  if (text.length !== SHAPE || text.charCodeAt(10) !== 32 || text.charCodeAt(19) !== 32) return readStamp(text)
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  const hour = digits(text, 11, 2)
  const minute = digits(text, 14, 2)
  const second = digits(text, 17, 2)
  const zoneHour = digits(text, 21, 2)
  const zoneMinute = digits(text, 23, 2)
  const sign = text.charCodeAt(20)
  const isKnown =
    year + month + day + hour + minute + second + zoneHour + zoneMinute >= 0 && (sign === 43 || sign === 45)
  if (!isKnown || month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59) {
    return readStamp(text)
  }
  if (zoneHour > 14 || zoneMinute > 59) return undefined
  const offsetMinutes = (zoneHour * 60 + zoneMinute) * (sign === 45 ? -1 : 1)
  return { ms: Date.UTC(year, month - 1, day, hour, minute, second) - offsetMinutes * 60_000, offsetMinutes }
}

/** The number of so many digits; far below zero when one of them is none. */
function digits(text: string, at: number, count: number): number {
  let value = 0
  for (let index = at; index < at + count; index += 1) {
    const digit = text.charCodeAt(index) - 48
    if (!(digit >= 0 && digit <= 9)) return -1e9
    value = value * 10 + digit
  }
  return value
}
