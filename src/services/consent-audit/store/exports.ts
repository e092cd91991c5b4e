import type { Database } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface ExportRow {
  readonly id: string
  readonly user_id: string
  readonly state: 'waiting' | 'running' | 'ready' | 'failed' | 'expired'
  readonly parts_done: number
  readonly parts_total: number
  readonly size_bytes: number | null
  readonly address: string | null
  readonly sha256: string | null
  readonly created_at: Date
  readonly ready_at: Date | null
  readonly expires_at: Date
}

const columns = sql`id, user_id, state, parts_done, parts_total, size_bytes, address, sha256, created_at, ready_at, expires_at`

/** Writes a new export; undefined while another of the person is being made. */
export function insertExport(
  db: Database,
  wanted: { readonly id: string; readonly userId: string; readonly expiresAt: Date },
  now: Date,
): Promise<ExportRow | undefined> {
  return db.one<ExportRow>(
    sql`insert into consent_audit.export (id, user_id, state, created_at, expires_at)
        select ${wanted.id}::uuid, ${wanted.userId}::uuid, 'waiting', ${now}::timestamptz, ${wanted.expiresAt}::timestamptz
         where not exists (select from consent_audit.export
           where user_id = ${wanted.userId} and state in ('waiting', 'running') and expires_at > ${now})
        returning ${columns}`,
  )
}

export function listExports(db: Database, userId: string, limit: number): Promise<ExportRow[]> {
  return db.many<ExportRow>(
    sql`select ${columns} from consent_audit.export where user_id = ${userId} order by created_at desc limit ${limit}`,
  )
}

export function findExport(db: Database, userId: string, id: string): Promise<ExportRow | undefined> {
  return db.one<ExportRow>(sql`select ${columns} from consent_audit.export where id = ${id} and user_id = ${userId}`)
}

/** Counts the parts that lie ahead; a run that was interrupted starts again from nothing. */
export async function beginExport(db: Database, id: string, partsTotal: number): Promise<void> {
  await db.run(
    sql`update consent_audit.export set state = 'running', parts_done = 0, parts_total = ${partsTotal} where id = ${id}`,
  )
}

export async function noteProgress(db: Database, id: string, partsDone: number): Promise<void> {
  await db.run(sql`update consent_audit.export set parts_done = ${partsDone} where id = ${id}`)
}

export async function finishExport(
  db: Database,
  id: string,
  result: { readonly sizeBytes: number; readonly address: string; readonly sha256: string },
  now: Date,
): Promise<void> {
  await db.run(
    sql`update consent_audit.export set state = 'ready', size_bytes = ${result.sizeBytes}, address = ${result.address},
          sha256 = ${result.sha256}, ready_at = ${now} where id = ${id}`,
  )
}

export async function failExport(db: Database, id: string): Promise<void> {
  await db.run(sql`update consent_audit.export set state = 'failed' where id = ${id}`)
}

/** Closes the exports whose time is over, of all people; needs the system handle. Their files are the caller's to remove. */
export function expireExports(systemDb: Database, now: Date, limit: number): Promise<ExportRow[]> {
  return systemDb.many<ExportRow>(
    sql`update consent_audit.export set state = 'expired' where id in (
          select id from consent_audit.export where state <> 'expired' and expires_at <= ${now} order by expires_at limit ${limit})
        returning ${columns}`,
  )
}
