import type pg from 'pg'
import { PlatformError } from '../errors.ts'
import { SHOWN } from './contract.ts'

interface Counts {
  readonly jobs_waiting: number
  readonly jobs_running: number
  readonly jobs_failed: number
  readonly deliveries_waiting: number
  readonly deliveries_failed: number
  readonly oldest: Date | null
}

interface RecurringRow {
  readonly service: string
  readonly name: string
  readonly next_at: Date
  readonly last_run_at: Date | null
  readonly last_error: string | null
  readonly is_running: boolean
}

interface FailedJob {
  readonly id: string
  readonly service: string
  readonly name: string
  readonly attempts: number
  readonly failed_at: Date
  readonly error: string | null
}

interface FailedDelivery {
  readonly event_id: string
  readonly type: string
  readonly consumer: string
  readonly attempts: number
  readonly failed_at: Date
  readonly error: string | null
}

/** More than this is counted no further: the number is read by a person. */
const COUNTED = 10_000

const count = (table: string, where: string) =>
  `(select count(*)::int from (select 1 from kernel.${table} where ${where} limit ${COUNTED}) counted)`
const OPEN = 'done_at is null and failed_at is null'

const COUNTS = `select ${count('job', `${OPEN} and (lease_until is null or lease_until < $1)`)} as jobs_waiting,
    ${count('job', `${OPEN} and lease_until >= $1`)} as jobs_running,
    ${count('job', 'failed_at is not null')} as jobs_failed,
    ${count('inbox', OPEN)} as deliveries_waiting, ${count('inbox', 'failed_at is not null')} as deliveries_failed,
    (select o.created_at from kernel.inbox i join kernel.outbox o on o.id = i.event_id
      where i.done_at is null and i.failed_at is null order by i.position limit 1) as oldest`

/** What waits, runs, recurs and failed, of all processes of the platform: they share these tables. */
export async function readWork(pool: pg.Pool, now: Date) {
  const [counts, recurring, jobs, deliveries] = await Promise.all([
    pool.query<Counts>(COUNTS, [now]),
    pool.query<RecurringRow>(
      `select service, name, next_at, last_run_at, last_error, coalesce(lease_until >= $1, false) as is_running
         from kernel.schedule order by last_error is null, next_at limit ${SHOWN * 5}`,
      [now],
    ),
    pool.query<FailedJob>(
      `select id, service, name, attempts, failed_at, last_error as error from kernel.job
        where failed_at is not null order by failed_at desc limit ${SHOWN}`,
    ),
    pool.query<FailedDelivery>(
      `select i.event_id, o.type, i.consumer, i.attempts, i.failed_at, i.last_error as error
         from kernel.inbox i join kernel.outbox o on o.id = i.event_id
        where i.failed_at is not null order by i.failed_at desc limit ${SHOWN}`,
    ),
  ])
  const [row] = counts.rows as [Counts]
  return {
    jobs: { waiting: row.jobs_waiting, running: row.jobs_running, failed: row.jobs_failed },
    deliveries: {
      waiting: row.deliveries_waiting,
      failed: row.deliveries_failed,
      oldest_waiting_at: row.oldest?.toISOString() ?? null,
    },
    recurring: recurring.rows.map((one) => ({
      ...one,
      next_at: one.next_at.toISOString(),
      last_run_at: one.last_run_at?.toISOString() ?? null,
    })),
    failed_jobs: jobs.rows.map((one) => ({ ...one, failed_at: one.failed_at.toISOString() })),
    failed_deliveries: deliveries.rows.map((one) => ({ ...one, failed_at: one.failed_at.toISOString() })),
  }
}

const UNIQUE_VIOLATION = '23505'

/** Queues a failed job anew, with all its attempts. Throws `not_found`, or `conflict` when the same work waits already. */
export async function retryJob(pool: pg.Pool, id: string, now: Date): Promise<void> {
  try {
    const { rowCount } = await pool.query(
      `update kernel.job set failed_at = null, attempts = 0, run_at = $2, lease_until = null
        where id = $1 and failed_at is not null`,
      [id, now],
    )
    if (rowCount === 0) throw new PlatformError('not_found', 'There is no failed job with this id')
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error
    throw new PlatformError('conflict', 'The same work waits already; this one need not be done again')
  }
}

/** Delivers a failed delivery anew, with all its attempts. Throws `not_found`. */
export async function retryDelivery(pool: pg.Pool, eventId: string, consumer: string, now: Date): Promise<void> {
  const { rowCount } = await pool.query(
    `update kernel.inbox set failed_at = null, attempts = 0, next_at = $3
      where event_id = $1 and consumer = $2 and failed_at is not null`,
    [eventId, consumer, now],
  )
  if (rowCount === 0) throw new PlatformError('not_found', 'There is no failed delivery of this event to this consumer')
}
