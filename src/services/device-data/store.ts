import type { Database, Transaction } from '../../kernel/database.ts'
import { sql } from '../../kernel/sql.ts'

export interface EntryRow {
  readonly id: string
  readonly note: string
  readonly created_at: Date
}

const columns = sql`id, note, created_at`

export async function insertEntry(db: Database, userId: string, entry: EntryRow): Promise<void> {
  await db.run(
    sql`insert into device_data.entry (id, user_id, note, created_at)
      values (${entry.id}, ${userId}, ${entry.note}, ${entry.created_at})`,
  )
}

/** The newest `limit` entries of the person in scope, newest first. */
export function recentEntries(db: Database, limit: number): Promise<EntryRow[]> {
  return db.many<EntryRow>(
    sql`select ${columns} from device_data.entry
      order by created_at desc, id desc limit ${limit}`,
  )
}

export async function exportAll(db: Database, userId: string) {
  const entries = await db.many(
    sql`select ${columns} from device_data.entry
      where user_id = ${userId} order by created_at`,
  )
  return { entries }
}

export async function eraseAll(transaction: Transaction, userId: string) {
  const entry = await transaction.run(
    sql`delete from device_data.entry
      where user_id = ${userId}`,
  )
  return { entry }
}
