import type pg from 'pg'
import type { Clock } from './clock.ts'
import type { EnqueueOptions } from './database.ts'
import { newId } from './ids.ts'
import { errorFields, type Log } from './log.ts'
import type { Context } from './service.ts'
import { type Statement, sql } from './sql.ts'

/** Work outside a request. `everySeconds` makes it recur; without it, it runs when queued. */
export interface JobDefinition {
  readonly name: string
  readonly summary: string
  /** A recurring job that was missed (sleep, restart) runs once when the platform is back. */
  readonly everySeconds?: number
  /** How long a run may take before another process may take it over. */
  readonly leaseSeconds?: number
  /** Runs at least once a queued job. `data` is what was queued, `{}` for a recurring job. */
  run(context: Context, data: Readonly<Record<string, unknown>>): Promise<void>
}

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

/** Runs queued and recurring jobs under leases in the database: never two at once, and again after a crash. */
export class JobRunner {
  private readonly jobs = new Map<string, RunnableJob>()
  private readonly pool: pg.Pool
  private readonly clock: Clock
  private readonly log: Log
  private running: Promise<void> | undefined
  private closed = false

  constructor(pool: pg.Pool, clock: Clock, log: Log) {
    this.pool = pool
    this.clock = clock
    this.log = log
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

  /** Runs all that is due. A run in progress is waited for instead. */
  async runDue(): Promise<void> {
    if (this.closed || this.jobs.size === 0) return
    this.running ??= this.drain().finally(() => {
      this.running = undefined
    })
    await this.running
  }

  /** Starts no more jobs and waits for the running one. */
  async close(): Promise<void> {
    this.closed = true
    await this.running?.catch(() => undefined)
  }

  private async drain(): Promise<void> {
    while (!this.closed) {
      const recurring = await this.claimRecurring()
      const queued = await this.claimQueued()
      if (recurring.length === 0 && queued.length === 0) return
      for (const row of recurring) await this.runRecurring(row)
      for (const row of queued) await this.runQueued(row)
    }
  }

  /** Moves the due time on when claiming: however many runs were missed, one run catches up. */
  private async claimRecurring(): Promise<{ service: string; name: string }[]> {
    const now = this.clock.now()
    const claimed: { service: string; name: string }[] = []
    for (const { service, definition } of this.jobs.values()) {
      if (definition.everySeconds === undefined) continue
      const { rowCount } = await this.pool.query(
        `update kernel.schedule set lease_until = $4, next_at = $3::timestamptz + $5 * interval '1 second'
          where service = $1 and name = $2 and next_at <= $3 and (lease_until is null or lease_until < $3)`,
        [service, definition.name, now, this.leaseEnd(definition, now), definition.everySeconds],
      )
      if (rowCount === 1) claimed.push({ service, name: definition.name })
    }
    return claimed
  }

  private async claimQueued(): Promise<QueuedJob[]> {
    const now = this.clock.now()
    const names = [...this.jobs.values()].map((job) => `${job.service}.${job.definition.name}`)
    const { rows } = await this.pool.query<QueuedJob>(
      `update kernel.job set lease_until = $2, attempts = attempts + 1 where id in (
         select id from kernel.job where service || '.' || name = any($1) and done_at is null and failed_at is null
            and run_at <= $3 and (lease_until is null or lease_until < $3)
          order by run_at limit 10 for update skip locked)
       returning id, service, name, user_key, data, attempts`,
      [names, new Date(now.getTime() + DEFAULT_LEASE_SECONDS * 1000), now],
    )
    return rows
  }

  private leaseEnd(definition: JobDefinition, now: Date): Date {
    return new Date(now.getTime() + (definition.leaseSeconds ?? DEFAULT_LEASE_SECONDS) * 1000)
  }

  private async runRecurring(row: { service: string; name: string }): Promise<void> {
    const job = this.jobs.get(`${row.service}.${row.name}`)
    let failure: string | null = null
    try {
      await job?.run({}, undefined, newId())
    } catch (error) {
      failure = error instanceof Error ? error.name : 'error'
      this.log.warn({ job: `${row.service}.${row.name}`, ...errorFields(error) }, 'a recurring job failed')
    }
    await this.pool.query(
      `update kernel.schedule set lease_until = null, last_run_at = $3, last_error = $4 where service = $1 and name = $2`,
      [row.service, row.name, this.clock.now(), failure],
    )
  }

  private async runQueued(row: QueuedJob): Promise<void> {
    const job = this.jobs.get(`${row.service}.${row.name}`)
    const now = () => this.clock.now()
    try {
      await job?.run(row.data, row.user_key ?? undefined, row.id)
      await this.pool.query('update kernel.job set done_at = $2, lease_until = null where id = $1', [row.id, now()])
    } catch (error) {
      this.log.warn(
        { job: `${row.service}.${row.name}`, attempts: row.attempts, ...errorFields(error) },
        'a job failed',
      )
      const waitSeconds = Math.min(3600, 5 * 2 ** row.attempts)
      await this.pool.query(
        `update kernel.job set lease_until = null, run_at = $2, failed_at = $3, last_error = $4 where id = $1`,
        [
          row.id,
          new Date(now().getTime() + waitSeconds * 1000),
          row.attempts >= MAXIMUM_ATTEMPTS ? now() : null,
          error instanceof Error ? error.name : 'error',
        ],
      )
    }
  }
}
