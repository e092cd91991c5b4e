import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import pg from 'pg'
import type { DataOf, EventType } from './contract.ts'
import type { Statement } from './sql.ts'

/** Reads and single-statement writes; each statement is one round trip and its own transaction. */
export interface Database {
  /** All rows. */
  many<Row extends object>(statement: Statement): Promise<Row[]>
  /** The first row, or undefined. */
  one<Row extends object>(statement: Statement): Promise<Row | undefined>
  /** Runs the statement; returns the number of rows it touched. */
  run(statement: Statement): Promise<number>
  /** Runs the statements in one transaction and one round trip; returns the rows of each. */
  batch(statements: readonly Statement[]): Promise<object[][]>
}

/** The handle inside a transaction. */
export interface Transaction extends Database {
  /** Announces an event; it is delivered when, and only when, the transaction commits. */
  publish<Event extends EventType>(type: Event, data: DataOf<Event>): Promise<void>
  /** Queues a job of this service; it runs when, and only when, the transaction commits. */
  enqueue(job: string, data: object, options?: EnqueueOptions): Promise<void>
}

export interface EnqueueOptions {
  readonly runAt?: Date
  /** Two jobs with one key are one job while the first waits. */
  readonly key?: string
}

/** Whose rows a handle reaches. */
export interface Scope {
  readonly personId: string | undefined
  readonly accountId: string | undefined
}

/** Who may open connections: `service` is limited row by row, `system` is not. */
export type PoolKind = 'service' | 'system'

type ScopedClient = pg.PoolClient & { salusScope?: string }

const insideTransaction = new AsyncLocalStorage<true>()

/** Throws when called inside a transaction: a call to another service there would hold rows and wait for itself. */
export function assertOutsideTransaction(operation: string): void {
  if (insideTransaction.getStore() === true) throw new Error(`${operation} may not be called inside a transaction`)
}

const statementNames = new Map<string, string>()
const MAXIMUM_STATEMENTS = 2000

/** Constant texts are prepared once a connection; a text beyond the bound is sent unprepared. */
function statementName(text: string): string | undefined {
  const known = statementNames.get(text)
  if (known !== undefined || statementNames.size >= MAXIMUM_STATEMENTS) return known
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 22)
  statementNames.set(text, name)
  return name
}

const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: unknown) {
    // int8 as a number where it is safe, date as its text: a Date would shift with the process's zone.
    if (oid === 20) return (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : text)
    if (oid === 1082) return (text: string) => text
    return pg.types.getTypeParser(oid, format as 'text')
  },
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
    ...(options.role === undefined ? {} : { options: `-c role=${options.role}` }),
  } as pg.PoolConfig)
  pool.on('error', options.onError)
  return pool
}

const SET_SCOPE = "select set_config('salus.person', $1, false), set_config('salus.account', $2, false)"

/** What a scoped handle needs to know beyond its rows. */
export interface HandleOptions {
  readonly pool: pg.Pool
  readonly scope: Scope
  readonly publish: (type: EventType, data: unknown) => Statement
  readonly enqueue: (job: string, data: object, options: EnqueueOptions) => Statement
  /** Runs after a commit that announced something. */
  readonly afterCommit: () => void
  /** Runs first in a transaction: claims the idempotency key of the request, when it has one. */
  readonly claim?: ((transaction: Database) => Promise<void>) | undefined
}

/** A handle limited to one person's (and account's) rows. */
export function scopedDatabase(options: HandleOptions): Database {
  const onClient = <Result>(work: (client: ScopedClient) => Promise<Result>) => withClient(options, work)
  const alone = async <Result>(statement: Statement, work: (client: ScopedClient) => Promise<Result>) => {
    const result = await onClient(work)
    if (leavesWork(statement)) options.afterCommit()
    return result
  }
  const database: Database = {
    many: <Row extends object>(statement: Statement) =>
      claims(options, statement)
        ? transact(options, (transaction) => transaction.many<Row>(statement))
        : alone(statement, (client) => rowsOf<Row>(client, statement)),
    one: async <Row extends object>(statement: Statement) => (await database.many<Row>(statement))[0],
    run: (statement) =>
      claims(options, statement)
        ? transact(options, (transaction) => transaction.run(statement))
        : alone(statement, (client) => countOf(client, statement)),
    batch: async (statements) => {
      if (options.claim !== undefined) return transact(options, (transaction) => transaction.batch(statements))
      const rows = await onClient((client) => runBatch(client, statements))
      if (statements.some(leavesWork)) options.afterCommit()
      return rows
    },
  }
  return database
}

/** Whether a statement announces an event or queues a job. */
function leavesWork(statement: Statement): boolean {
  return statement.text.includes('kernel.publish(') || statement.text.includes('kernel.enqueue(')
}

/** A single write of a request with an idempotency key needs the claim in its own transaction. */
function claims(options: HandleOptions, statement: Statement): boolean {
  return options.claim !== undefined && !/^\s*select\b/i.test(statement.text)
}

/** Runs `work` in one transaction. Rolls back, and throws what was thrown, when it fails. */
export function transact<Result>(
  options: HandleOptions,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  assertOutsideTransaction('A transaction')
  return withClient(options, async (client) => {
    const begun = client.query('begin')
    begun.catch(ignoreHere)
    let isWorkLeft = false
    const onWork = () => {
      isWorkLeft = true
    }
    try {
      const result = await insideTransaction.run(true, async () => {
        const transaction = transactionOn(client, options, onWork)
        await options.claim?.(transaction)
        return work(transaction)
      })
      await begun
      await client.query('commit')
      if (isWorkLeft) options.afterCommit()
      return result
    } catch (error) {
      await client.query('rollback')
      throw error
    }
  })
}

/** The failure is seen by whoever awaits the promise later; without this it would also count as unhandled. */
function ignoreHere(): void {}

function transactionOn(client: ScopedClient, options: HandleOptions, onWork: () => void): Transaction {
  const noted = (statement: Statement) => {
    if (leavesWork(statement)) onWork()
    return statement
  }
  const run = (statement: Statement) => countOf(client, noted(statement))
  const many = <Row extends object>(statement: Statement) => rowsOf<Row>(client, noted(statement))
  return {
    many,
    one: async <Row extends object>(statement: Statement) => (await many<Row>(statement))[0],
    run,
    batch: (statements) => Promise.all(statements.map((statement) => many(statement))),
    publish: async (type, data) => void (await run(options.publish(type, data))),
    enqueue: async (job, data, more = {}) => void (await run(options.enqueue(job, data, more))),
  }
}

async function withClient<Result>(
  options: HandleOptions,
  work: (client: ScopedClient) => Promise<Result>,
): Promise<Result> {
  const client = (await options.pool.connect()) as ScopedClient
  let broken = false
  try {
    // Sent with the first statement, not waited for: a failure here is raised before anything is given back.
    const scoped = setScope(client, options.scope)
    const result = await work(client)
    await scoped
    return result
  } catch (error) {
    delete client.salusScope
    broken = isConnectionError(error)
    throw error
  } finally {
    client.release(broken)
  }
}

function isConnectionError(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || code.startsWith('57P') || code.startsWith('08')
    ? error instanceof Error && error.name !== 'PlatformError'
    : false
}

function setScope(client: ScopedClient, scope: Scope): Promise<unknown> {
  const key = `${scope.personId ?? ''}|${scope.accountId ?? ''}`
  if (client.salusScope === key) return Promise.resolve()
  client.salusScope = key
  const done = client.query({
    name: 'salus_scope',
    text: SET_SCOPE,
    values: [scope.personId ?? '', scope.accountId ?? ''],
  })
  done.catch(ignoreHere)
  return done
}

async function rowsOf<Row extends object>(client: ScopedClient, statement: Statement): Promise<Row[]> {
  return (await send(client, statement)).rows as Row[]
}

async function countOf(client: ScopedClient, statement: Statement): Promise<number> {
  return (await send(client, statement)).rowCount ?? 0
}

function send(client: ScopedClient, statement: Statement): Promise<pg.QueryResult> {
  const name = statementName(statement.text)
  const values = statement.values as unknown[]
  return client.query(name === undefined ? { text: statement.text, values } : { name, text: statement.text, values })
}

async function runBatch(client: ScopedClient, statements: readonly Statement[]): Promise<object[][]> {
  const sent = [
    client.query('begin'),
    ...statements.map((statement) => send(client, statement)),
    client.query('commit'),
  ]
  const settled = await Promise.allSettled(sent)
  const failed = settled.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return settled.slice(1, -1).map((one) => (one as PromiseFulfilledResult<pg.QueryResult>).value.rows as object[])
}
