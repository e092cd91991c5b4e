import type pg from 'pg'
import { type AuditReport, verifyAudit } from './audit/verify.ts'

/** A table about people, and whether the database closes it row by row. */
export interface ClosedTable {
  readonly table: string
  readonly isClosed: boolean
}

/** Checks of what the frame itself promises; each does the work and says what it found. */
export interface FrameControls {
  /** Every table about people in the schemas of all services. */
  closedTables(): Promise<ClosedTable[]>
  /** Reads the whole audit and its signatures. */
  verifyAudit(): Promise<AuditReport>
  /** Removes what a drill left with the frame for a person that does not exist: a key. */
  forgetDrill(personId: string): Promise<void>
}

/** `publicKey` checks the signatures of the audit. */
export function frameControls(systemPool: pg.Pool, publicKey: () => string): FrameControls {
  return {
    closedTables: async () => {
      const { rows } = await systemPool.query<ClosedTable>(CLOSED_TABLES)
      return rows
    },
    verifyAudit: async () => {
      const client = await systemPool.connect()
      try {
        await client.query('begin isolation level repeatable read read only')
        return await verifyAudit(client, { publicKeys: [publicKey()] })
      } finally {
        await client.query('rollback').catch(() => undefined)
        client.release()
      }
    },
    forgetDrill: async (personId) => {
      await systemPool.query('select kernel.forget($1, null), kernel.forget_rights($1)', [personId])
    },
  }
}

/** A table counts as closed when its policy compares with the person, or the account, that the frame lets through. */
const CLOSED_TABLES = `select n.nspname || '.' || c.relname as table,
    bool_and(c.relrowsecurity and c.relforcerowsecurity) and bool_or(coalesce(
      pg_get_expr(p.polqual, p.polrelid) ~ '(kernel\\.visible_person|kernel\\.account)\\(\\)', false)) as "isClosed"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_policy p on p.polrelid = c.oid and p.polname = 'owner_only'
  where c.relkind in ('r', 'p') and n.nspname in (select replace(service, '-', '_') from kernel.migration)
    and n.nspname <> 'kernel' and exists (select from pg_attribute a where a.attrelid = c.oid
      and a.attname in ('user_id', 'account_id') and not a.attisdropped)
  group by n.nspname, c.relname order by 1 limit 2000`
