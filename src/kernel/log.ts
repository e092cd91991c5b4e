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

const MAXIMUM_CAUSES = 3

/** What of an error a log may hold: its kind, code and place; the message only for errors that are ours. */
export function errorFields(thrown: unknown, depth = 0): object {
  if (!(thrown instanceof Error)) return { error: typeof thrown }
  const { code, table, constraint, options } = thrown as Error & {
    code?: unknown
    table?: unknown
    constraint?: unknown
    options?: { privateDetail?: string }
  }
  const hasCause = thrown.cause !== undefined && depth < MAXIMUM_CAUSES
  return {
    error: thrown.name,
    code,
    table,
    constraint,
    ...(isOurs(thrown) ? { message: thrown.message } : {}),
    why: options?.privateDetail,
    at: placeOf(thrown),
    ...(hasCause ? { cause: errorFields(thrown.cause, depth + 1) } : {}),
  }
}

/**
 * Our own sentences hold no values. Messages of the database, of the runtime and of libraries (they have a code) and of
 * the JSON reader can quote what a person wrote; their code and place cannot.
 */
function isOurs(error: Error & { code?: unknown }): boolean {
  if (error.name === 'PlatformError') return true
  return error.code === undefined && (error.constructor === Error || error instanceof TypeError)
}

/** The places in the stack, without the message above them: its lines may look like places. */
function placeOf(error: Error): string[] {
  const stack = error.stack ?? ''
  const head = stack.indexOf(error.message)
  return stack
    .slice(head < 0 ? 0 : head + error.message.length)
    .split('\n')
    .filter((line) => /^\s*at .*(?::\d+:\d+\)?|\(<anonymous>\)|\(native\))$/.test(line))
    .slice(0, 6)
    .map((line) => line.trim())
}
