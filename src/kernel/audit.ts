import type pg from 'pg'
import { appendRows, eraseFromAudit } from './audit/chain.ts'
import { type AuditRow, networkOf } from './audit/entry.ts'
import type { Signer } from './audit/signer.ts'
import type { Clock } from './clock.ts'
import { isUuid, newId } from './ids.ts'
import { errorFields, type Log } from './log.ts'
import type { Caller } from './principal.ts'

const MAXIMUM_WAITING = 10_000
const BATCH = 500
/** Rows of people who left are on their way for seconds; a database that is away for longer is allowed for. */
const FORGOTTEN_DAYS = 7

/** What was called. `kind` tells reading from writing. */
export interface AuditTarget {
  readonly service: string
  readonly name: string
  readonly kind?: string
}

/** Why an access was allowed, where somebody asked. */
export interface AuditGrounds {
  /** What the data was used for, in the words of the consent matrix. */
  readonly purpose?: string | undefined
  /** The consent or grant that opened the record. */
  readonly grantId?: string | undefined
  /** What was done, where `read` and `write` say too little: `consent_granted`, `data_exported`. */
  readonly action?: string | undefined
}

/** Who reached for whose record, and with what outcome. Rows are written in the background, in sets. */
export class Audit {
  private waiting: AuditRow[] = []
  private writing: Promise<void> | undefined
  private hasWarned = false
  private readonly pool: pg.Pool
  private readonly clock: Clock
  private readonly log: Log
  private readonly signer: Signer

  constructor(pool: pg.Pool, clock: Clock, log: Log, signer: Signer) {
    this.pool = pool
    this.clock = clock
    this.log = log
    this.signer = signer
  }

  /** The key that checks the audit's checkpoints: Ed25519, base64url. */
  get publicKey(): string {
    return this.signer.publicKey
  }

  /** Notes one access or refusal. Costs the request no round trip. */
  record(
    target: AuditTarget,
    caller: Caller,
    personId: string | undefined,
    outcome: 'allowed' | 'refused',
    reason?: string,
    grounds: AuditGrounds = {},
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
      accountId: idOrNull(caller.principal?.accountId),
      address: networkOf(caller.address),
      personId: idOrNull(personId),
      service: target.service,
      operation: target.name,
      action: textOrNull(grounds.action) ?? (target.kind === 'query' ? 'read' : 'write'),
      outcome,
      reason: textOrNull(reason),
      purpose: textOrNull(grounds.purpose),
      grantId: textOrNull(grounds.grantId),
      requestId: textOrNull(caller.requestId) ?? '',
      erases: null,
    })
    this.writing ??= Promise.resolve().then(() => this.write())
  }

  /** Writes what waits, and waits for it. What the database refuses at the moment stays for the next time. */
  async settle(): Promise<void> {
    if (this.waiting.length > 0) this.writing ??= this.write()
    await this.writing
  }

  /**
   * Takes a person out of the audit: rows about them go, rows about others lose who it was. A row of the tree binds
   * what went. Doing it twice changes nothing. Throws what the database throws.
   */
  async forget(personId: string): Promise<void> {
    await eraseFromAudit(this.pool, this.signer, personId.toLowerCase(), this.moment())
  }

  /** Removes the digests of people who left longer ago than any row can still be on its way. */
  async prune(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - FORGOTTEN_DAYS * 86_400_000)
    await this.pool.query('delete from kernel.forgotten where at < $1', [before])
  }

  private moment() {
    const now = this.clock.now()
    return { now, newId: () => newId(now.getTime()) }
  }

  private async write(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        const rows = this.waiting.slice(0, BATCH)
        const { wasAltered, otherKey } = await appendRows(this.pool, this.signer, { rows, ...this.moment() })
        this.waiting = this.waiting.slice(rows.length)
        if (wasAltered) this.log.error({}, 'the audit was changed from outside; see: npm run salus -- audit verify')
        if (otherKey !== undefined && !this.hasWarned) {
          this.hasWarned = true
          this.log.warn({ otherKey }, 'the audit was signed with another key before; keep SALUS_AUDIT_KEY the same')
        }
      }
    } catch (error) {
      this.log.error({ ...errorFields(error), waiting: this.waiting.length }, 'audit rows could not be written yet')
    } finally {
      this.writing = undefined
    }
  }
}

function idOrNull(id: string | undefined): string | null {
  return id !== undefined && isUuid(id) ? id.toLowerCase() : null
}

const MAXIMUM_TEXT = 300

/** Text that the database takes and gives back as it was: one row it refuses would keep all rows after it waiting. */
function textOrNull(text: string | undefined): string | null {
  return text === undefined ? null : text.slice(0, MAXIMUM_TEXT).toWellFormed().replaceAll('\u0000', '�')
}
