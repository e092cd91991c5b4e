import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** One line of the log as it is kept for the operator's look back. */
export interface LogLine {
  readonly at: Date
  readonly level: LogLevel
  readonly message: string
  readonly requestId: string | undefined
  /** The other fields as JSON, cut where they are long. */
  readonly fields: string
}

const KEPT_LINES = 1000
const KEPT_CHARACTERS = 2000

/**
 * The newest lines of the log, in memory only: they are gone with the process. They hold what any log line may hold, ids
 * of requests and operations and never of people. Also what the set level leaves out of the log is kept here.
 */
export class RecentLog {
  private readonly clock: Clock
  private readonly lines: LogLine[] = []
  private next = 0

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** A log that writes to `log` and remembers. */
  over(log: Log): Log {
    const through =
      (level: LogLevel) =>
      (fields: object, message = '') => {
        this.keep(level, fields, message)
        log[level](fields, message)
      }
    return { debug: log.debug.bind(log), info: through('info'), warn: through('warn'), error: through('error') }
  }

  /** The newest lines first: of one request, from a level up. */
  read(wanted: {
    readonly requestId?: string | undefined
    readonly level?: LogLevel | undefined
    readonly limit: number
  }) {
    const { requestId, level = 'debug', limit } = wanted
    const least = LOG_LEVELS.indexOf(level)
    const inOrder = [...this.lines.slice(this.next), ...this.lines.slice(0, this.next)]
    return inOrder
      .reverse()
      .filter((line) => LOG_LEVELS.indexOf(line.level) >= least)
      .filter((line) => requestId === undefined || line.requestId === requestId)
      .slice(0, limit)
  }

  private keep(level: LogLevel, fields: object, message: string): void {
    const { requestId, ...rest } = fields as { requestId?: unknown }
    // Whoever looks at the lines would see little else.
    if ('route' in rest && String(rest.route).startsWith('/api/v1/operations/') && level === 'info') return
    this.lines[this.next] = {
      at: this.clock.now(),
      level,
      message,
      requestId: typeof requestId === 'string' ? requestId : undefined,
      fields: JSON.stringify(rest).slice(0, KEPT_CHARACTERS),
    }
    this.next = (this.next + 1) % KEPT_LINES
  }
}
