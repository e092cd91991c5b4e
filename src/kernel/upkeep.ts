import pg from 'pg'
import type { Audit } from './audit.ts'
import type { Clock } from './clock.ts'
import type { LocalCarrier } from './events.ts'
import type { JobRunner } from './jobs.ts'
import type { Keeping } from './keeping.ts'
import { errorFields, type Log } from './log.ts'

const POLL_MS = 5000
const FIRST_TICK_MS = 500
const PROBE_LIMIT_MS = 3000
const PRUNE_EVERY_MS = 3_600_000
/** What a device could not send is sent again under its key when it is back: after a week away at the latest. */
const IDEMPOTENCY_DAYS = 7
const CHANNEL = 'salus_work'

export interface UpkeepOptions {
  readonly carrier: LocalCarrier
  readonly jobs: JobRunner
  readonly keeping: Pick<Keeping, 'tidy'>
  readonly audit: Audit
  readonly databaseUrl: string
  readonly systemPool: pg.Pool
  /** Whether other processes of this platform wait for word. */
  readonly hasPeers: boolean
  readonly clock: Clock
  readonly log: Log
}

/**
 * Wakes deliveries and jobs: at once after a commit of this process, on a notification from another one, and every few
 * seconds as a net under both. Prunes what the frame keeps only for a while.
 */
export class Upkeep {
  private readonly options: UpkeepOptions
  private listener: pg.Client | undefined
  private isListening = false
  private timer: NodeJS.Timeout | undefined
  private ticking: Promise<void> | undefined
  private lastPruneMs = 0
  private isAutomatic = false
  private notifying = false
  /** Whether the last probe reached the database; read by /health, which asks nobody. */
  isDatabaseHealthy = true

  constructor(options: UpkeepOptions) {
    this.options = options
  }

  async start(): Promise<void> {
    this.isAutomatic = true
    await this.options.carrier.takeUp()
    if (this.options.hasPeers) await this.listen()
    // The first requests after a start come before what has waited through it.
    this.timer = setTimeout(() => {
      this.tickAlone()
      this.timer = setInterval(() => this.tickAlone(), POLL_MS)
      this.timer.unref()
    }, FIRST_TICK_MS)
    this.timer.unref()
  }

  /** One tick at a time; a stop waits for it. */
  private tickAlone(): void {
    this.ticking ??= this.tick().finally(() => {
      this.ticking = undefined
    })
  }

  /** Something was committed that may be due now. */
  poke(): void {
    if (!this.isAutomatic) return
    this.wake()
    if (this.options.hasPeers) this.notifyOthers()
  }

  /** Delivers and runs all that is due, until nothing is. */
  async settle(): Promise<void> {
    await this.options.carrier.settle()
    await this.options.jobs.runDue()
    await this.options.carrier.settle()
    await this.options.audit.settle()
  }

  /** Asks the database for a sign of life, and waits for it a few seconds at most. */
  async probe(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const silence = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the database does not answer')), PROBE_LIMIT_MS)
    })
    try {
      await Promise.race([this.options.systemPool.query('select 1'), silence])
      this.isDatabaseHealthy = true
    } catch (error) {
      this.isDatabaseHealthy = false
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  async close(): Promise<void> {
    this.isAutomatic = false
    clearTimeout(this.timer)
    await this.options.carrier.close()
    await this.options.jobs.close()
    await this.ticking
    await this.listener?.end().catch(() => undefined)
  }

  /** Many commits in a row make one notification. */
  private notifyOthers(): void {
    if (this.notifying) return
    this.notifying = true
    setImmediate(() => {
      this.notifying = false
      if (!this.isAutomatic) return
      this.options.systemPool
        .query(`notify ${CHANNEL}`)
        .catch((error) => this.options.log.debug(errorFields(error), 'notify failed; others poll'))
    })
  }

  private wake(): void {
    this.options.carrier.poke()
    this.options.jobs
      .runDue()
      .catch((error) => this.options.log.warn(errorFields(error), 'jobs could not be run; tried again'))
  }

  private async listen(): Promise<void> {
    if (this.isListening) return
    this.isListening = true
    const client = new pg.Client({ connectionString: this.options.databaseUrl })
    client.on('notification', () => this.wake())
    client.on('error', (error) => this.options.log.debug(errorFields(error), 'listening ended; it is opened again'))
    client.once('end', () => {
      this.listener = undefined
      this.isListening = false
    })
    try {
      await client.connect()
      await client.query(`listen ${CHANNEL}`)
      this.listener = client
    } catch (error) {
      this.isListening = false
      await client.end().catch(() => undefined)
      throw error
    }
    if (!this.isAutomatic) await client.end()
  }

  private async tick(): Promise<void> {
    try {
      await this.probe()
      if (this.options.hasPeers && this.isAutomatic) await this.listen()
      this.options.carrier.poke()
      await this.options.audit.settle()
      await this.options.jobs.runDue()
      await this.pruneSometimes()
    } catch (error) {
      this.options.log.warn(errorFields(error), 'upkeep could not do its work; it is tried again')
    }
  }

  private async pruneSometimes(): Promise<void> {
    const nowMs = this.options.clock.now().getTime()
    if (nowMs - this.lastPruneMs < PRUNE_EVERY_MS) return
    this.lastPruneMs = nowMs
    await this.prune()
  }

  /** Removes what the frame keeps only for a while. */
  async prune(): Promise<void> {
    const nowMs = this.options.clock.now().getTime()
    const before = (days: number) => new Date(nowMs - days * 86_400_000)
    const { systemPool, carrier } = this.options
    await carrier.forgetLeavers()
    await systemPool.query('delete from kernel.idempotency where created_at < $1', [before(IDEMPOTENCY_DAYS)])
    await systemPool.query('delete from kernel.job where done_at < $1', [before(7)])
    await systemPool.query(
      `delete from kernel.outbox o where created_at < $1 and not exists (
         select from kernel.inbox i where i.event_id = o.id and i.done_at is null and i.failed_at is null)`,
      [before(30)],
    )
    await this.options.keeping.tidy()
  }
}
