import { pino } from 'pino'

/** A structured log. Messages and fields hold no personal data: ids of requests and operations, never of people. */
export interface Log {
  debug(fields: object, message?: string): void
  info(fields: object, message?: string): void
  warn(fields: object, message?: string): void
  error(fields: object, message?: string): void
}

/** Opens the log: one JSON line an event on the standard output, from `level` up. */
export function openLog(level: string): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime })
}

/** A log that keeps nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** What of an error a log may hold: its kind, code and place; the message only for errors that are ours. */
export function errorFields(thrown: unknown): object {
  if (!(thrown instanceof Error)) return { error: typeof thrown }
  const { code, table, constraint, options } = thrown as Error & {
    code?: unknown
    table?: unknown
    constraint?: unknown
    options?: { privateDetail?: string }
  }
  const cause = thrown.cause === undefined ? {} : { cause: errorFields(thrown.cause) }
  // A database message can quote a person's value; its place and code cannot.
  const isDatabase = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)
  const message = isDatabase ? {} : { message: thrown.message }
  return {
    error: thrown.name,
    code,
    table,
    constraint,
    ...message,
    why: options?.privateDetail,
    at: placeOf(thrown),
    ...cause,
  }
}

function placeOf(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 6)
    .map((line) => line.trim())
}
