import { fieldError } from '../../../kernel/errors.ts'
import { parseInstant } from '../../../shared/dates.ts'

const DAY_MS = 86_400_000

/** Reads a time that must lie ahead, at most `maximumDays`; a date alone is the end of that day. Throws 422 naming the field. */
export function futureField(field: string, text: string, now: Date, maximumDays: number): Date {
  const read = parseInstant(text, { naive: 'utc', dateOnly: true })
  if (read === undefined) throw fieldError(field, 'is not a date and time that exists')
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(read.getTime() + DAY_MS) : read
  if (at.getTime() <= now.getTime()) throw fieldError(field, 'must lie in the future')
  if (at.getTime() > now.getTime() + maximumDays * DAY_MS) {
    throw fieldError(field, `may lie at most ${maximumDays} days ahead`)
  }
  return at
}

/** Reads a time that has been. Throws 422 naming the field. */
export function pastField(field: string, text: string, now: Date): Date {
  const at = parseInstant(text, { naive: 'utc', dateOnly: true })
  if (at === undefined) throw fieldError(field, 'is not a date and time that exists')
  if (at.getTime() > now.getTime()) throw fieldError(field, 'lies in the future')
  return at
}
