import type { Database, Transaction } from '../../../kernel/database.ts'
import { decryptedText } from '../../../kernel/encryption.ts'
import type { Context } from '../../../kernel/service.ts'
import { sql } from '../../../kernel/sql.ts'

interface Exported {
  readonly id: string
  readonly file_name: Buffer | null
}

/** Everything about the person's imports: which files, what was taken of them and what was not. */
export async function exportImports(db: Database, userId: string, context: Context) {
  const rows = await db.many<Exported>(
    sql`select id, file_name, size_bytes::float8 as size_bytes, format, zone, state, taken::float8 as taken,
        duplicates::float8 as duplicates, skipped::float8 as skipped, failure, created_at, started_at, ended_at
      from device_data.import where user_id = ${userId} order by created_at, id`,
  )
  const imports = await Promise.all(
    rows.map(async (row) => ({
      ...row,
      file_name: await decryptedText(context, 'device_data.import.file_name', row.file_name, row.id),
    })),
  )
  const importCounts = await db.many(
    sql`select import_id, metric, source, taken::float8 as taken, duplicates::float8 as duplicates
      from device_data.import_count where user_id = ${userId} order by import_id, metric, source`,
  )
  const importSkips = await db.many(
    sql`select import_id, reason, what, count::float8 as count, places from device_data.import_skip
      where user_id = ${userId} order by import_id, reason, what`,
  )
  return { imports, import_counts: importCounts, import_skips: importSkips }
}

/** Removes the person's imports; the files themselves go with all files of the person. */
export async function eraseImports(transaction: Transaction, userId: string) {
  const [counts, skips] = [
    await transaction.run(sql`delete from device_data.import_count where user_id = ${userId}`),
    await transaction.run(sql`delete from device_data.import_skip where user_id = ${userId}`),
  ]
  const imports = await transaction.run(sql`delete from device_data.import where user_id = ${userId}`)
  return { import: imports, import_count: counts, import_skip: skips }
}

/** Files that wait to be imported or are being. */
export function listImportFiles(db: Database, userId: string): Promise<{ name: string; address: string }[]> {
  return db.many(
    sql`select 'import-' || id as name, file_address as address from device_data.import
      where user_id = ${userId} and file_address is not null order by created_at, id`,
  )
}
