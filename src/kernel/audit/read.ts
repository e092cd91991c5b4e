import type pg from 'pg'
import { isUuid } from '../ids.ts'
import { nothing, type Statement, sql } from '../sql.ts'
import { CHECKPOINT_COLUMNS } from './chain.ts'
import type { Checkpoint } from './signer.ts'

/** Where the audit is read from: the system handle of a service, or `poolRows` of a pool. */
export interface RowSource {
  many<Row extends object>(statement: Statement): Promise<Row[]>
}

/** Reads through a pool that acts as the system. */
export function poolRows(pool: Pick<pg.Pool, 'query'>): RowSource {
  return {
    many: async <Row extends object>({ text, values }: Statement) =>
      (await pool.query(text, values as unknown[])).rows as unknown as Row[],
  }
}

/** One row of the audit. Who did it is null when nobody was signed in, or when the account is gone. */
export interface AuditEntry {
  readonly id: string
  readonly at: Date
  readonly accountId: string | null
  /** Network the call came from: `203.0.113.0/24`. */
  readonly address: string | null
  readonly personId: string | null
  readonly service: string
  readonly operation: string
  readonly action: string
  readonly outcome: 'allowed' | 'refused'
  readonly reason: string | null
  readonly purpose: string | null
  readonly grantId: string | null
  readonly requestId: string
}

export interface AuditFilter {
  /** Whose record it was about. */
  readonly personId?: string
  /** Who did it. */
  readonly accountId?: string
  readonly action?: string
  readonly outcome?: 'allowed' | 'refused'
}

export interface AuditPageOptions {
  /** Rows a page, 1 to 500; 50 when unset. */
  readonly limit?: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[]
  /** Absent on the last page. */
  readonly nextCursor?: string
}

const columns = sql`id, at, account_id as "accountId", address, person_id as "personId", service, operation, action,
  outcome, reason, purpose, grant_id as "grantId", request_id as "requestId"`

/** What happened to a person's record, newest first: who, when, what, why, with what outcome. Needs the system handle. */
export function auditOf(
  source: RowSource,
  personId: string,
  options: AuditPageOptions & Omit<AuditFilter, 'personId'> = {},
): Promise<AuditPage> {
  const { limit, cursor, ...filter } = options
  return auditEntries(source, { ...filter, personId }, { limit, cursor })
}

/** Rows of the audit by person, account, action or outcome, newest first. Without a person or account it reads all rows. */
export async function auditEntries(
  source: RowSource,
  filter: AuditFilter,
  { limit = 50, cursor }: { limit?: number | undefined; cursor?: string | undefined } = {},
): Promise<AuditPage> {
  const size = Math.max(1, Math.min(500, Math.floor(limit)))
  const after = cursor === undefined ? undefined : readCursor(cursor)
  const equal = (column: Statement, value: string | undefined) =>
    value === undefined ? nothing : sql` and ${column} = ${value}`
  const rows = await source.many<AuditEntry & { position: string }>(
    sql`select ${columns}, extract(epoch from at)::text as position from kernel.audit where true
      ${equal(sql`person_id`, filter.personId)} ${equal(sql`account_id`, filter.accountId)}
      ${equal(sql`action`, filter.action)} ${equal(sql`outcome`, filter.outcome)}
      ${after === undefined ? nothing : sql` and (at, id) < (to_timestamp(${after.at}::float8), ${after.id}::uuid)`}
      order by at desc, id desc limit ${size + 1}`,
  )
  const entries = rows.slice(0, size)
  const last = rows.length > size ? entries.at(-1) : undefined
  const plain = entries.map(({ position: _position, ...entry }) => entry)
  return last === undefined ? { entries: plain } : { entries: plain, nextCursor: `${last.position}_${last.id}` }
}

/** A cursor that is none of ours reads from the start, as no cursor does. */
function readCursor(cursor: string): { at: string; id: string } | undefined {
  const [at = '', id = ''] = cursor.split('_')
  return /^\d{1,12}\.\d{1,6}$/.test(at) && isUuid(id) ? { at, id } : undefined
}

/** Signed heads of the audit, newest first. */
export async function checkpoints(source: RowSource, limit = 24): Promise<Checkpoint[]> {
  const rows = await source.many<Checkpoint>({
    text: `select ${CHECKPOINT_COLUMNS} from kernel.audit_checkpoint order by number desc limit $1`,
    values: [limit],
  })
  return rows.map((row) => ({ ...row, size: Number(row.size) }))
}
