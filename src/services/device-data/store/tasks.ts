import type { Database } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'

export interface TaskRow {
  readonly id: string
  readonly source: string
  readonly status: string
  readonly accepted: number
  readonly skipped: number
  readonly days: number
  readonly detail: string | null
  readonly created_at: Date
  readonly updated_at: Date
}

const columns = sql`id, source, status, accepted, skipped, days, detail, created_at, updated_at`

export async function insertTask(db: Database, userId: string, row: TaskRow): Promise<void> {
  await db.run(
    sql`insert into device_data.sync_task (user_id, ${columns}) values (${userId}, ${row.id}, ${row.source}, ${row.status},
      ${row.accepted}, ${row.skipped}, ${row.days}, ${row.detail}, ${row.created_at}, ${row.updated_at})`,
  )
}

export function findTask(db: Database, id: string): Promise<TaskRow | undefined> {
  return db.one<TaskRow>(sql`select ${columns} from device_data.sync_task where id = ${id}`)
}

/** The task of a source that has not ended yet. */
export function openTask(db: Database, source: string): Promise<TaskRow | undefined> {
  return db.one<TaskRow>(
    sql`select ${columns} from device_data.sync_task
      where source = ${source} and status in ('queued', 'running', 'waiting_for_client') order by created_at desc limit 1`,
  )
}

/** The last tasks of a source, newest first. */
export function tasksOf(db: Database, source: string, limit: number): Promise<TaskRow[]> {
  return db.many<TaskRow>(
    sql`select ${columns} from device_data.sync_task where source = ${source} order by created_at desc limit ${limit}`,
  )
}

/** When each source was last synced whole. */
export async function lastSyncs(db: Database): Promise<Map<string, Date>> {
  const rows = await db.many<{ source: string; at: Date }>(
    sql`select source, max(updated_at) as at from device_data.sync_task where status = 'done' group by source limit 1000`,
  )
  return new Map(rows.map((row) => [row.source, row.at]))
}

/** Notes how far a task is. */
export function noteTask(
  id: string,
  change: {
    readonly status: string
    readonly accepted?: number
    readonly skipped?: number
    readonly detail?: string | null
  },
  now: Date,
): Statement {
  return sql`update device_data.sync_task set status = ${change.status}, accepted = accepted + ${change.accepted ?? 0}::int,
      skipped = skipped + ${change.skipped ?? 0}::int, detail = ${change.detail ?? null}::text, updated_at = ${now}
    where id = ${id}`
}
