import type { Database } from './database.ts'
import { sql } from './sql.ts'

/** Since when the record is restricted by its person; undefined when it isn't. */
export async function restrictedSince(db: Database, personId: string): Promise<Date | undefined> {
  const row = await db.one<{ since: Date }>(
    sql`select since from kernel.person_hold where person_id = ${personId} and kind = 'restriction'`,
  )
  return row?.since
}
