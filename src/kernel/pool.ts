import pg from 'pg'
import { prepareScopes } from './scope.ts'
import { StatementLanes } from './statementLanes.ts'

/** int8 as a number where it is safe. */
const int8 = (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : text)
const arrayOf = (parse: (text: string) => unknown) => (text: string) =>
  (pg.types.getTypeParser(TEXT_ARRAY as never)(text) as (string | null)[]).map((one) =>
    one === null ? null : parse(one),
  )

const TEXT_ARRAY = 1009
/** By the number of the type: int8, int8[], date, date[]. A date stays text: a Date would shift with the process's zone. */
const parsers = new Map<number, (text: string) => unknown>([
  [20, int8],
  [1016, arrayOf(int8)],
  [1082, (text) => text],
  [1182, arrayOf((text) => text)],
  [1184, (text) => instant(text)],
])

const TIMESTAMPTZ = 1184
const parseAnyInstant = pg.types.getTypeParser(TIMESTAMPTZ as never) as (text: string) => unknown

/** An instant as the server writes it in UTC, `2026-01-15 10:30:00.123456+00`; anything else goes the library's slower way. */
function instant(text: string): unknown {
  if (!text.endsWith('+00') || text.length < 22 || text.charCodeAt(4) !== 45) return parseAnyInstant(text)
  const iso = `${text.slice(0, 10)}T${text.slice(11, Math.min(text.length - 3, 23))}Z`
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? parseAnyInstant(text) : at
}

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: unknown) => parsers.get(oid) ?? pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig

export interface PoolOptions {
  readonly url: string
  readonly role: string | undefined
  readonly connections: number
  readonly onError: (error: Error) => void
}

/** A pool of pipelining connections that act as `role`. */
export function openPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    allowExitOnIdle: true,
    types,
    pipeline: true,
    options: [...(options.role === undefined ? [] : [`-c role=${options.role}`]), STATEMENT_TIMEOUT, UTC].join(' '),
  } as pg.PoolConfig)
  let isEnding = false
  // What breaks while the pool is being closed is missed by nobody: the database may be stopping too.
  const onError = (error: Error) => {
    if (!isEnding) options.onError(error)
  }
  pool.on('error', onError)
  // A connection lost while it is in use fails its queries; without a listener it would end the process as well.
  pool.on('connect', (client) => {
    client.on('error', ignoreHere)
    // Sent before anything else on this connection; a failure shows in what is sent after it.
    for (const prepared of prepareScopes(client)) prepared.catch(ignoreHere)
  })
  const shared = new StatementLanes(pool, options.connections, onError)
  sharedByPool.set(pool, shared)
  const end = pool.end.bind(pool)
  pool.end = (() => {
    isEnding = true
    shared.close()
    return end()
  }) as typeof pool.end
  return pool
}

const sharedByPool = new WeakMap<pg.Pool, StatementLanes>()

/** The connections of a pool that single statements share. The rest of the pool is left for transactions. */
export function sharedConnections(pool: pg.Pool): StatementLanes {
  const shared = sharedByPool.get(pool)
  if (shared === undefined) throw new Error('This pool was not opened by openPool')
  return shared
}

/** As the embedded database has it: a runaway query on any server ends. */
const STATEMENT_TIMEOUT = '-c statement_timeout=30000'
/** Instants are written in UTC, whatever zone the server is set to. */
const UTC = '-c timezone=UTC'

/** The failure is seen by whoever uses the connection next. */
function ignoreHere(): void {}
