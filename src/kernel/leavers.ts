import type pg from 'pg'
import type { Clock } from './clock.ts'

/** A row is visible so long after the time it carries: transactions are over by then, and clocks of processes agree. */
const LATE_MS = 3_600_000

/**
 * Announcements that a person left go with the last who heard them: the outbox remembers nobody who is gone. Those whose
 * process ended between the last removal and this are looked for among what is new since the last look.
 */
export class Leavers {
  private readonly pool: pg.Pool
  private readonly clock: Clock
  private lookedUntilMs = 0
  /** Announcements that somebody had still to hear at the last look. */
  private unheard: readonly string[] = []

  constructor(pool: pg.Pool, clock: Clock) {
    this.pool = pool
    this.clock = clock
  }

  /** Removes what is held under the key of an announcement that was just heard, if that was the last hearing. */
  async forget(key: string, eventId: string): Promise<void> {
    await this.pool.query(
      `delete from kernel.outbox o where o.key = $1
         and not exists (select from kernel.inbox i where i.event_id in (o.id, $2) and i.done_at is null)`,
      [key, eventId],
    )
  }

  /** The same for every announcement of these types that all have heard. Reads everything once, afterwards what is new. */
  async forgetLate(types: readonly string[]): Promise<void> {
    const nowMs = this.clock.now().getTime()
    const { rows } = await this.pool.query<{ id: string }>(
      `with announced as (
         select id, key from kernel.outbox where created_at >= $2 and type = any($1)
         union select id, key from kernel.outbox where id = any($3::uuid[])),
       leaving as (
         select a.id, a.key, bool_and(i.done_at is not null) as is_heard
           from announced a join kernel.inbox i on i.event_id = a.id group by a.id, a.key),
       gone as (
         delete from kernel.outbox o using leaving l
          where l.is_heard and o.key = l.key
            and not exists (select from kernel.inbox i where i.event_id = o.id and i.done_at is null))
       select id from leaving where not is_heard`,
      [types, new Date(this.lookedUntilMs), this.unheard],
    )
    this.unheard = rows.map((row) => row.id)
    this.lookedUntilMs = nowMs - LATE_MS
  }
}
