import type pg from 'pg'
import type { Clock } from './clock.ts'
import { type EventType, eventTypeName } from './contract.ts'
import type { Transaction } from './database.ts'
import { newId } from './ids.ts'
import { Leavers } from './leavers.ts'
import { errorFields, type Log } from './log.ts'
import { faultsOf, matches } from './schema.ts'
import { type Statement, sql } from './sql.ts'

/** An event as a consumer sees it. */
export interface StoredEvent<Data = unknown> {
  readonly id: string
  readonly type: string
  /** The person the event is about. */
  readonly key: string
  readonly data: Data
  readonly requestId: string | undefined
  readonly time: string
}

/** CloudEvents 1.0 envelope of an event, as carriers and webhooks send it. */
export function cloudEvent(event: StoredEvent): Readonly<Record<string, unknown>> {
  const [service, name, version] = event.type.split('.') as [string, string, string]
  return {
    specversion: '1.0',
    id: event.id,
    source: `/services/${service}`,
    type: `health.salus.${service}.${name}.${version}`,
    subject: event.key,
    time: event.time,
    datacontenttype: 'application/json',
    data: event.data,
  }
}

/**
 * The SQL call that announces an event; it belongs in the statement or transaction of what it announces.
 * Throws when `data` isn't what the event's type says. `key` is the person the event is about.
 */
export function publishCall(
  type: EventType,
  data: unknown,
  context: { key: string; requestId: string; clock: Clock },
): Statement {
  if (!matches(type.data, data)) {
    const fields = faultsOf(type.data, data).map((fault) => fault.field)
    throw new Error(`${eventTypeName(type)}: data does not fit its type at ${fields.join(', ')}`)
  }
  const now = context.clock.now()
  return sql`kernel.publish(${newId(now.getTime())}, ${type.service}, ${eventTypeName(type)}, ${type.topic},
    ${context.key}, ${JSON.stringify(data)}::jsonb, ${context.requestId}, ${now})`
}

/** An event about one row of a set that is written. */
export interface RowEvent {
  readonly id: string
  readonly data: unknown
}

/**
 * The SQL query that announces one event for each row of `written` (a query with an `id`): the last step of a statement
 * that writes rows as a set. Gives the rows that have an event; what was not written is not announced.
 * Throws when the data of an event isn't what its type says.
 */
export function publishEach(
  type: EventType,
  events: readonly RowEvent[],
  written: Statement,
  context: { key: string; requestId: string; clock: Clock },
): Statement {
  const now = context.clock.now()
  const list = events.map(({ id, data }) => {
    if (matches(type.data, data)) return { id, event_id: newId(now.getTime()), data }
    const fields = faultsOf(type.data, data).map((fault) => fault.field)
    throw new Error(`${eventTypeName(type)}: data does not fit its type at ${fields.join(', ')}`)
  })
  return sql`select w.*, kernel.publish(e.event_id, ${type.service}::text, ${eventTypeName(type)}::text,
      ${type.topic}::text, ${context.key}::text, e.data, ${context.requestId}::text, ${now}::timestamptz) as announced
    from ${written} w join jsonb_to_recordset(${JSON.stringify(list)}::jsonb)
      as e (id uuid, event_id uuid, data jsonb) on e.id = w.id`
}

/** One consumer of events: a reaction of a service in this process. */
export interface Consumer {
  /** `service.reaction`, unique on the platform. */
  readonly name: string
  readonly type: EventType
  /** Runs the reaction; `done` marks the delivery in the reaction's own transaction. */
  handle(event: StoredEvent, done: (transaction: Transaction) => Promise<void>): Promise<void>
}

const MAXIMUM_ATTEMPTS = 12
const LEASE_SECONDS = 60

interface ClaimedRow {
  event_id: string
  consumer: string
  attempts: number
  type: string
  key: string
  data: unknown
  request_id: string | null
  created_at: Date
}

/**
 * The local carrier: delivers each event to each subscribed consumer at least once, in order per key.
 * The consumer's effects and the mark "delivered" commit together, so that effects happen once.
 */
export class LocalCarrier {
  private readonly consumers = new Map<string, Consumer>()
  private readonly pool: pg.Pool
  private readonly clock: Clock
  private readonly log: Log
  private readonly leavers: Leavers
  private running: Promise<void> | undefined
  private again = false
  private closed = false

  constructor(pool: pg.Pool, clock: Clock, log: Log) {
    this.pool = pool
    this.clock = clock
    this.log = log
    this.leavers = new Leavers(pool, clock)
  }

  /** Registers the consumers of this process; events announced from now on reach them. */
  async subscribe(consumers: readonly Consumer[]): Promise<void> {
    for (const consumer of consumers) this.consumers.set(consumer.name, consumer)
    if (consumers.length === 0) return
    await this.pool.query(
      `insert into kernel.subscription (consumer, type) select * from unnest($1::text[], $2::text[]) on conflict do nothing`,
      [consumers.map((one) => one.name), consumers.map((one) => eventTypeName(one.type))],
    )
  }

  /**
   * Takes up at once what a process that was killed had taken, instead of waiting for its lease to end. Should that process
   * still live, both deliver, and the one that marks the delivery first keeps its effects.
   */
  async takeUp(): Promise<void> {
    await this.pool.query(
      `update kernel.inbox set next_at = $2 where consumer = any($1) and done_at is null and failed_at is null
        and next_at > $2 and attempts > 0`,
      [[...this.consumers.keys()], this.clock.now()],
    )
  }

  /** Says that there may be something to deliver. Returns at once. */
  poke(): void {
    if (this.consumers.size === 0 || this.closed) return
    this.again = true
    this.running ??= this.drainAll()
  }

  /** Delivers all that is due and waits for it. */
  async settle(): Promise<void> {
    this.poke()
    await this.running
  }

  /** Takes no more deliveries and waits for the running one; what was taken and not begun is free for others at once. */
  async close(): Promise<void> {
    this.closed = true
    await this.running
  }

  private async drainAll(): Promise<void> {
    try {
      while (this.again && !this.closed) {
        this.again = false
        await this.drain()
      }
    } catch (error) {
      this.log.warn(errorFields(error), 'delivering events failed; it is tried again')
    } finally {
      this.running = undefined
    }
  }

  private async drain(): Promise<void> {
    while (!this.closed) {
      const claimed = await this.claim()
      if (claimed.length === 0) return
      for (const [index, row] of claimed.entries()) {
        if (this.closed) return this.giveBack(claimed.slice(index))
        await this.deliver(row)
      }
    }
  }

  private async giveBack(rows: readonly ClaimedRow[]): Promise<void> {
    await this.pool.query(
      `update kernel.inbox i set next_at = $3, attempts = i.attempts - 1
         from unnest($1::uuid[], $2::text[]) as mine (event_id, consumer)
        where i.event_id = mine.event_id and i.consumer = mine.consumer and i.done_at is null`,
      [rows.map((row) => row.event_id), rows.map((row) => row.consumer), this.clock.now()],
    )
  }

  /** Takes the oldest due delivery of each key and consumer, so that order per key holds. */
  private async claim(): Promise<ClaimedRow[]> {
    const now = this.clock.now()
    const { rows } = await this.pool.query<ClaimedRow>(
      `with due as (
         select i.event_id, i.consumer from kernel.inbox i
          where i.consumer = any($1) and i.done_at is null and i.failed_at is null and i.next_at <= $2
            and not exists (select from kernel.inbox e where e.consumer = i.consumer and e.key = i.key
              and e.position < i.position and e.done_at is null and e.failed_at is null)
          order by i.position limit 50 for update skip locked),
       taken as (
         update kernel.inbox i set next_at = $3, attempts = i.attempts + 1 from due
          where i.event_id = due.event_id and i.consumer = due.consumer
          returning i.event_id, i.consumer, i.attempts, i.position)
       select t.event_id, t.consumer, t.attempts, o.type, o.key, o.data, o.request_id, o.created_at
         from taken t join kernel.outbox o on o.id = t.event_id order by t.position`,
      [[...this.consumers.keys()], now, new Date(now.getTime() + LEASE_SECONDS * 1000)],
    )
    return rows
  }

  private async deliver(row: ClaimedRow): Promise<void> {
    const consumer = this.consumers.get(row.consumer)
    if (consumer === undefined) return
    const event: StoredEvent = {
      id: row.event_id,
      type: row.type,
      key: row.key,
      data: row.data,
      requestId: row.request_id ?? undefined,
      time: row.created_at.toISOString(),
    }
    // Every attempt before this one ended the whole process: it is not given another one to end.
    if (row.attempts > MAXIMUM_ATTEMPTS) return this.postpone(row, new Error('it never came to an end'))
    try {
      await consumer.handle(event, async (transaction) => {
        const marked = await transaction.one<{ marked: boolean }>(
          sql`select kernel.mark_delivered(${row.event_id}, ${row.consumer}, ${this.clock.now()}) as marked`,
        )
        if (marked?.marked !== true) throw new AlreadyDelivered()
      })
      if (consumer.type.erasesPerson) await this.leavers.forget(row.key, row.event_id)
    } catch (error) {
      if (error instanceof AlreadyDelivered) return
      await this.postpone(row, error)
    }
  }

  /** Forgets those who left and whose announcement everybody heard, where no process was left to do it at once. */
  async forgetLeavers(): Promise<void> {
    const types = [...this.consumers.values()]
      .filter(({ type }) => type.erasesPerson)
      .map(({ type }) => eventTypeName(type))
    if (types.length > 0) await this.leavers.forgetLate(types)
  }

  private async postpone(row: ClaimedRow, error: unknown): Promise<void> {
    this.log.warn({ consumer: row.consumer, attempts: row.attempts, ...errorFields(error) }, 'a reaction failed')
    const waitSeconds = Math.min(3600, 2 ** row.attempts)
    const now = this.clock.now()
    await this.pool.query(
      `update kernel.inbox set next_at = $3, failed_at = $4, last_error = $5
        where event_id = $1 and consumer = $2 and done_at is null`,
      [
        row.event_id,
        row.consumer,
        new Date(now.getTime() + waitSeconds * 1000),
        row.attempts >= MAXIMUM_ATTEMPTS ? now : null,
        error instanceof Error ? error.name : 'error',
      ],
    )
  }
}

/** Another process delivered it meanwhile: this run's effects are rolled back. */
class AlreadyDelivered extends Error {}
