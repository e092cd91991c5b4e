import type pg from 'pg'
import type { Clock } from './clock.ts'
import { newId } from './ids.ts'
import { errorFields, type Log } from './log.ts'
import type { Caller } from './principal.ts'

interface AuditRow {
  readonly id: string
  readonly at: Date
  readonly accountId: string | undefined
  readonly personId: string | undefined
  readonly service: string
  readonly operation: string
  readonly outcome: 'allowed' | 'refused'
  readonly reason: string | undefined
  readonly requestId: string
}

const MAXIMUM_WAITING = 10_000

/** Who reached for whose record, and with what outcome. Rows are written in the background, in sets. */
export class Audit {
  private waiting: AuditRow[] = []
  private writing: Promise<void> | undefined
  private readonly pool: pg.Pool
  private readonly clock: Clock
  private readonly log: Log

  constructor(pool: pg.Pool, clock: Clock, log: Log) {
    this.pool = pool
    this.clock = clock
    this.log = log
  }

  /** Notes one access or refusal. Costs the request no round trip. */
  record(
    target: { readonly service: string; readonly name: string },
    caller: Caller,
    personId: string | undefined,
    outcome: AuditRow['outcome'],
    reason?: string,
  ): void {
    if (this.waiting.length >= MAXIMUM_WAITING) {
      this.log.error(
        { waiting: this.waiting.length },
        'audit rows wait for the database; the newest was logged instead',
      )
      this.log.warn({ service: target.service, operation: target.name, outcome, reason, requestId: caller.requestId })
      return
    }
    const at = this.clock.now()
    this.waiting.push({
      id: newId(at.getTime()),
      at,
      accountId: caller.principal?.accountId,
      personId,
      service: target.service,
      operation: target.name,
      outcome,
      reason,
      requestId: caller.requestId,
    })
    this.writing ??= Promise.resolve().then(() => this.write())
  }

  /** Writes what waits, and waits for it. What the database refuses at the moment stays for the next time. */
  async settle(): Promise<void> {
    if (this.waiting.length > 0) this.writing ??= this.write()
    await this.writing
  }

  private async write(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        const rows = this.waiting.slice(0, 500)
        await this.insert(rows)
        this.waiting = this.waiting.slice(rows.length)
      }
    } catch (error) {
      this.log.error({ ...errorFields(error), waiting: this.waiting.length }, 'audit rows could not be written yet')
    } finally {
      this.writing = undefined
    }
  }

  private async insert(rows: readonly AuditRow[]): Promise<void> {
    const column = <Key extends keyof AuditRow>(key: Key) => rows.map((row) => row[key] ?? null)
    await this.pool.query({
      name: 'audit_insert',
      text: `insert into kernel.audit (id, at, account_id, person_id, service, operation, outcome, reason, request_id)
        select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[],
          $8::text[], $9::text[]) on conflict do nothing`,
      values: [
        column('id'),
        column('at'),
        column('accountId'),
        column('personId'),
        column('service'),
        column('operation'),
        column('outcome'),
        column('reason'),
        column('requestId'),
      ],
    })
  }
}
