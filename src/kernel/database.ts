import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import type pg from 'pg'
import { connected } from './connect.ts'
import type { DataOf, EventType } from './contract.ts'
import { sharedConnections } from './pool.ts'
import { queryScoped, type Scope, scopeStatement } from './scope.ts'
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

/** Who may open connections: `service` is limited row by row, `system` is not. */
export type PoolKind = 'service' | 'system'

type ScopedClient = pg.PoolClient & {
  /** Whether its last transaction could not be undone, so that nobody may use it again. */
  isLost?: boolean | undefined
}

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

/** What a scoped handle needs to know beyond its rows. */
export interface HandleOptions {
  readonly pool: pg.Pool
  readonly scope: Scope
  readonly publish: (type: EventType, data: unknown) => Statement
  readonly enqueue: (job: string, data: object, options: EnqueueOptions) => Statement
  /** Runs after a commit that announced something. */
  readonly afterCommit: () => void
  /** Claims the idempotency key of the request, when it has one. */
  readonly claim?: Claim | undefined
}

/** The claim of a request's idempotency key: taken first in a transaction, held once one has committed. */
export interface Claim {
  take(transaction: Database): Promise<void>
  committed(): void
}

/** A handle limited to one person's (and account's) rows. */
export function scopedDatabase(options: HandleOptions): Database {
  const alone = async (statement: Statement) => {
    const result = await runShared(options, statement)
    if (leavesWork(statement)) options.afterCommit()
    return result
  }
  const isClaiming = (statement: Statement) => options.claim !== undefined && !isRead(statement)
  const database: Database = {
    many: async <Row extends object>(statement: Statement) =>
      isClaiming(statement)
        ? transact(options, (transaction) => transaction.many<Row>(statement))
        : ((await alone(statement)).rows as Row[]),
    one: async <Row extends object>(statement: Statement) => (await database.many<Row>(statement))[0],
    run: async (statement) =>
      isClaiming(statement)
        ? transact(options, (transaction) => transaction.run(statement))
        : ((await alone(statement)).rowCount ?? 0),
    batch: async (statements) => {
      if (statements.some(isClaiming)) return transact(options, (transaction) => transaction.batch(statements))
      const results = await withClient(options, (client) => sendTogether(client, options.scope, statements))
      if (statements.some(leavesWork)) options.afterCommit()
      return results.map((result) => result.rows as object[])
    },
  }
  return database
}

/** One statement with its scope, beside those of other requests on a shared connection. */
async function runShared({ pool, scope }: HandleOptions, statement: Statement): Promise<pg.QueryResult> {
  assertOutsideTransaction('A query on another connection (use the transaction)')
  return sharedConnections(pool).run(statement.text, (client) => queryScoped(client, scope, named(statement)))
}

/** Whether a statement announces an event or queues a job. */
function leavesWork(statement: Statement): boolean {
  return statement.text.includes('kernel.publish(') || statement.text.includes('kernel.enqueue(')
}

/** Whether a statement leaves nothing behind: no rows, no event, no job, no right. */
function isRead(statement: Statement): boolean {
  return /^\s*select\b/i.test(statement.text) && !leavesWork(statement) && !/kernel\.(write|end)_/.test(statement.text)
}

/** Runs `work` in one transaction. Rolls back, and throws what was thrown, when it fails. */
export function transact<Result>(
  options: HandleOptions,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return withClient(options, async (client) => {
    for (const sent of begin(client, options.scope)) sent.catch(ignoreHere)
    let isWorkLeft = false
    const onWork = () => {
      isWorkLeft = true
    }
    try {
      const result = await insideTransaction.run(true, async () => {
        const transaction = transactionOn(client, options, onWork)
        await options.claim?.take(transaction)
        return work(transaction)
      })
      const { command } = await client.query('commit')
      // Where a statement failed and nobody minded, the database rolls back whatever it is asked.
      if (command === 'ROLLBACK') throw new Error('A transaction went on after a failed statement, and was undone')
      options.claim?.committed()
      if (isWorkLeft) options.afterCommit()
      return result
    } catch (error) {
      client.isLost = await client.query('rollback').then(
        () => false,
        () => true,
      )
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
  const sent = <Result>(statement: Statement, read: (result: pg.QueryResult) => Result) => {
    const result = send(client, noted(statement)).then(read)
    // A statement that `work` has not waited for when it throws must not fail the process too.
    result.catch(ignoreHere)
    return result
  }
  const run = (statement: Statement) => sent(statement, (result) => result.rowCount ?? 0)
  const many = <Row extends object>(statement: Statement) => sent(statement, (result) => result.rows as Row[])
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
  // Whoever holds one connection while waiting for another can wait for ever.
  assertOutsideTransaction('A query on another connection (use the transaction)')
  const client: ScopedClient = await connected(options.pool)
  client.isLost = undefined
  let isLost = false
  try {
    return await work(client)
  } catch (error) {
    isLost = client.isLost ?? isConnectionError(error)
    throw error
  } finally {
    client.release(isLost)
  }
}

/** Errors of the server leave the connection usable, except those that say that it goes. */
function isConnectionError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || code.startsWith('57P') || code.startsWith('08')
}

/** Opens a transaction under its scope, which ends with it. Sent, not waited for. */
function begin(client: ScopedClient, scope: Scope): Promise<pg.QueryResult>[] {
  return [client.query('begin'), client.query(scopeStatement(scope))]
}

function send(client: ScopedClient, statement: Statement): Promise<pg.QueryResult> {
  const { name, text, values } = named(statement)
  return client.query(name === undefined ? { text, values } : { name, text, values })
}

function named({ text, values }: Statement): { name: string | undefined; text: string; values: unknown[] } {
  return { name: statementName(text), text, values: values as unknown[] }
}

/** Sends the statements as one transaction in one round trip. */
async function sendTogether(
  client: ScopedClient,
  scope: Scope,
  statements: readonly Statement[],
): Promise<pg.QueryResult[]> {
  const opened = begin(client, scope)
  const sent = statements.map((statement) => send(client, statement))
  const results = await allOf([...opened, ...sent, client.query('commit')])
  return results.slice(opened.length, -1)
}

/** Waits for all; throws what failed first, which is what made the rest fail. */
async function allOf(sent: readonly Promise<pg.QueryResult>[]): Promise<pg.QueryResult[]> {
  const settled = await Promise.allSettled(sent)
  const failed = settled.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return settled.map((one) => (one as PromiseFulfilledResult<pg.QueryResult>).value)
}
