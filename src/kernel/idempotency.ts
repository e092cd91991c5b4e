import { createHmac } from 'node:crypto'
import type pg from 'pg'
import type { Clock } from './clock.ts'
import type { Database } from './database.ts'
import { PlatformError } from './errors.ts'
import { sql } from './sql.ts'

/** An answer that is given again for a repeated request. */
export interface KeptAnswer {
  readonly status: number
  readonly body: string
}

export interface IdempotentRequest {
  /** The account, or for anonymous callers the network address. */
  readonly accountKey: string
  readonly key: string
  readonly operation: string
  readonly bodyHash: string
}

/**
 * Fingerprint of a request's input; two requests with one key must agree in it. Keyed, because inputs hold passwords:
 * whoever reads the table can't try words against it.
 */
export function bodyHash(input: unknown, key: string): string {
  return createHmac('sha256', key).update(JSON.stringify(input)).digest('base64url')
}

/**
 * The answer given to the same request before, or undefined when it is new.
 * Throws 422 when the key was used for another request, 409 while the first one still runs (or its answer was lost).
 */
export async function keptAnswer(pool: pg.Pool, request: IdempotentRequest): Promise<KeptAnswer | undefined> {
  const { rows } = await pool.query<{
    operation: string
    body_hash: string
    status: number | null
    answer: string | null
  }>('select operation, body_hash, status, answer from kernel.idempotency where account_key = $1 and key = $2', [
    request.accountKey,
    request.key,
  ])
  const row = rows[0]
  if (row === undefined) return undefined
  if (row.operation !== request.operation || row.body_hash !== request.bodyHash) {
    throw new PlatformError('idempotency_mismatch', 'This Idempotency-Key was used for another request')
  }
  if (row.status === null) throw inProgress()
  return { status: row.status, body: row.answer ?? '' }
}

/** Claims the key in the transaction of the request's effects. Throws 409 when another request holds it. */
export async function claimKey(transaction: Database, request: IdempotentRequest, clock: Clock): Promise<void> {
  const claimed = await transaction.run(
    sql`insert into kernel.idempotency (account_key, key, operation, body_hash, created_at)
      values (${request.accountKey}, ${request.key}, ${request.operation}, ${request.bodyHash}, ${clock.now()})
      on conflict do nothing`,
  )
  if (claimed === 0) throw inProgress()
}

/** Keeps the answer of a request that succeeded, whether its own service wrote (and claimed the key) or another one did. */
export async function keepAnswer(
  pool: pg.Pool,
  request: IdempotentRequest,
  answer: KeptAnswer,
  clock: Clock,
): Promise<void> {
  await pool.query(
    `insert into kernel.idempotency as kept (account_key, key, operation, body_hash, status, answer, created_at)
       values ($1, $2, $5, $6, $3, $4, $7)
     on conflict (account_key, key) do update set status = excluded.status, answer = excluded.answer
       where kept.status is null and kept.operation = excluded.operation and kept.body_hash = excluded.body_hash`,
    [request.accountKey, request.key, answer.status, answer.body, request.operation, request.bodyHash, clock.now()],
  )
}

/** Keeps a refusal, if the request had committed something (and claimed the key) before it was refused. */
export async function keepRefusal(pool: pg.Pool, request: IdempotentRequest, answer: KeptAnswer): Promise<void> {
  await pool.query(
    `update kernel.idempotency set status = $3, answer = $4
      where account_key = $1 and key = $2 and status is null and operation = $5 and body_hash = $6`,
    [request.accountKey, request.key, answer.status, answer.body, request.operation, request.bodyHash],
  )
}

function inProgress(): PlatformError {
  return new PlatformError('conflict', 'A request with this Idempotency-Key was taken and is not answered yet', {
    retryAfterSeconds: 1,
  })
}
