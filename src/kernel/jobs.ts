import type pg from 'pg'
import type { Clock } from './clock.ts'
import type { EnqueueOptions } from './database.ts'
import { newId } from './ids.ts'
import { errorFields, type Log } from './log.ts'
import type { JobDefinition } from './service.ts'
import { type Statement, sql } from './sql.ts'

/** A job of a service in this process. */
export interface RunnableJob {
  readonly service: string
  readonly definition: JobDefinition
  run(data: Readonly<Record<string, unknown>>, personId: string | undefined, jobId: string): Promise<void>
}

/** The statement that queues a job; it belongs in the transaction of what caused it. */
export function enqueueStatement(
  service: string,
  job: string,
  data: object,
  options: EnqueueOptions,
  context: { personId: string | undefined; clock: Clock },
): Statement {
  const now = context.clock.now()
  return sql`select kernel.enqueue(${newId(now.getTime())}, ${service}, ${job}, ${options.key ?? null},
    ${context.personId ?? null}, ${JSON.stringify(data)}::jsonb, ${options.runAt ?? now}, ${now})`
}

const DEFAULT_LEASE_SECONDS = 120
const MAXIMUM_ATTEMPTS = 8

interface QueuedJob {
  id: string
  service: string
  name: string
  user_key: string | null
  data: Record<string, unknown>
  attempts: number
}

interface RecurringRun {
  service: string
  name: string
  lease_until: Date
}

/** Runs queued and recurring jobs under leases in the database: never two at once, and again after a crash. */
export class JobRunner {
  private readonly jobs = new Map<string, RunnableJob>()
  private readonly pool: pg.Pool
  private readonly clock: Clock
  private readonly log: Log
  private readonly parallel: number
  private readonly workers = new Set<Promise<void>>()
  private again = false
  private closed = false

  /** `parallel` jobs may run side by side: a long one does not keep a reminder waiting. */
  constructor(pool: pg.Pool, clock: Clock, log: Log, parallel = 1) {
    this.pool = pool
    this.clock = clock
    this.log = log
    this.parallel = parallel
  }

  /** Registers the jobs of this process and the first due time of recurring ones. */
  async register(jobs: readonly RunnableJob[]): Promise<void> {
    for (const job of jobs) this.jobs.set(`${job.service}.${job.definition.name}`, job)
    const recurring = jobs.filter((job) => job.definition.everySeconds !== undefined)
    if (recurring.length === 0) return
    await this.pool.query(
      `insert into kernel.schedule (service, name, next_at)
       select service, name, $3::timestamptz + wait * interval '1 second'
         from unnest($1::text[], $2::text[], $4::int[]) as s (service, name, wait) on conflict do nothing`,
      [
        recurring.map((job) => job.service),
        recurring.map((job) => job.definition.name),
        this.clock.now(),
        recurring.map((job) => job.definition.everySeconds),
      ],
    )
  }

  /** Runs all that is due, and waits for all that runs. */
  async runDue(): Promise<void> {
    this.startWorker()
    while (this.workers.size > 0) await Promise.all(this.workers)
  }

  /** Starts no more jobs and waits for the running ones. */
  async close(): Promise<void> {
    this.closed = true
    await Promise.allSettled(this.workers)
  }

  private startWorker(): void {
    if (this.closed || this.jobs.size === 0) return
    this.again = true
    if (this.workers.size >= this.parallel) return
    const worker: Promise<void> = this.work().finally(() => this.workers.delete(worker))
    // Whoever waits in `runDue` sees the failure.
    worker.catch(() => undefined)
    this.workers.add(worker)
  }

  /** Claims and runs one job after the other: a lease starts when its job does. */
  private async work(): Promise<void> {
    while (this.again && !this.closed) {
      this.again = false
      for (let run = await this.claim(); run !== undefined; run = await this.claim()) {
        this.startWorker()
        await run()
      }
    }
  }

  private async claim(): Promise<(() => Promise<void>) | undefined> {
    if (this.closed) return undefined
    const recurring = await this.claimRecurring()
    if (recurring !== undefined) return () => this.runRecurring(recurring)
    const queued = await this.claimQueued()
    return queued === undefined ? undefined : () => this.runQueued(queued)
  }

  /** Moves the due time on when claiming: however many runs were missed, one run catches up. */
  private async claimRecurring(): Promise<RecurringRun | undefined> {
    const recurring = [...this.jobs.values()].filter((job) => job.definition.everySeconds !== undefined)
    if (recurring.length === 0) return undefined
    const { rows } = await this.pool.query<RecurringRun>(
      `update kernel.schedule s set lease_until = $4::timestamptz + due.lease * interval '1 second',
          next_at = $4::timestamptz + due.wait * interval '1 second'
         from (select q.service, q.name, mine.lease, mine.wait from kernel.schedule q
           join unnest($1::text[], $2::text[], $3::int[], $5::int[]) as mine (service, name, lease, wait) using (service, name)
           where q.next_at <= $4 and (q.lease_until is null or q.lease_until < $4)
           order by q.next_at limit 1 for update of q skip locked) as due
        where s.service = due.service and s.name = due.name returning s.service, s.name, s.lease_until`,
      [...this.columns(recurring), this.clock.now(), recurring.map((job) => job.definition.everySeconds)],
    )
    return rows[0]
  }

  private async claimQueued(): Promise<QueuedJob | undefined> {
    const { rows } = await this.pool.query<QueuedJob>(
      `update kernel.job j set lease_until = $4::timestamptz + due.lease * interval '1 second', attempts = j.attempts + 1
         from (select q.id, mine.lease from kernel.job q
           join unnest($1::text[], $2::text[], $3::int[]) as mine (service, name, lease) using (service, name)
           where q.done_at is null and q.failed_at is null and q.run_at <= $4
             and (q.lease_until is null or q.lease_until < $4)
           order by q.run_at, q.id limit 1 for update of q skip locked) as due
        where j.id = due.id returning j.id, j.service, j.name, j.user_key, j.data, j.attempts`,
      [...this.columns([...this.jobs.values()]), this.clock.now()],
    )
    return rows[0]
  }

  /** Services, names and leases of jobs, as columns. */
  private columns(jobs: readonly RunnableJob[]): unknown[] {
    return [
      jobs.map((job) => job.service),
      jobs.map((job) => job.definition.name),
      jobs.map((job) => job.definition.leaseSeconds ?? DEFAULT_LEASE_SECONDS),
    ]
  }

  private async runRecurring(row: RecurringRun): Promise<void> {
    const job = this.jobs.get(`${row.service}.${row.name}`)
    let failure: string | null = null
    try {
      await job?.run({}, undefined, newId())
    } catch (error) {
      failure = error instanceof Error ? error.name : 'error'
      this.log.warn({ job: `${row.service}.${row.name}`, ...errorFields(error) }, 'a recurring job failed')
    }
    // Whoever took it over after the lease has a lease of their own, and ends it themselves.
    await this.pool.query(
      `update kernel.schedule set lease_until = null, last_run_at = $3, last_error = $4
        where service = $1 and name = $2 and lease_until = $5`,
      [row.service, row.name, this.clock.now(), failure, row.lease_until],
    )
  }

  private async runQueued(row: QueuedJob): Promise<void> {
    const job = this.jobs.get(`${row.service}.${row.name}`)
    try {
      // Every attempt before this one ended the whole process: it is not given another one to end.
      if (row.attempts > MAXIMUM_ATTEMPTS) throw new Error('it never came to an end')
      await job?.run(row.data, row.user_key ?? undefined, row.id)
    } catch (error) {
      return this.postpone(row, error)
    }
    await this.pool.query('update kernel.job set done_at = $2, lease_until = null where id = $1 and done_at is null', [
      row.id,
      this.clock.now(),
    ])
  }

  private async postpone(row: QueuedJob, error: unknown): Promise<void> {
    this.log.warn({ job: `${row.service}.${row.name}`, attempts: row.attempts, ...errorFields(error) }, 'a job failed')
    const waitSeconds = Math.min(3600, 5 * 2 ** row.attempts)
    const now = this.clock.now()
    await this.pool.query(
      `update kernel.job set lease_until = null, run_at = $2, failed_at = $3, last_error = $4
        where id = $1 and attempts = $5 and done_at is null`,
      [
        row.id,
        new Date(now.getTime() + waitSeconds * 1000),
        row.attempts >= MAXIMUM_ATTEMPTS ? now : null,
        error instanceof Error ? error.name : 'error',
        row.attempts,
      ],
    )
  }
}
