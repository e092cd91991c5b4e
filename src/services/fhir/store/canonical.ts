import type { Database } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'
import { keyOf } from '../domain/keys.ts'

/** Resources of a record under these canonical addresses, newest first. */
export async function listCanonical(
  db: Database,
  personId: string,
  type: 'ValueSet' | 'CodeSystem',
  urls: readonly string[],
): Promise<string[]> {
  const keys = urls.map((url) => keyOf('url', 'value', url))
  const rows = await db.many<{ content: string }>(sql`select r.content from fhir.resource r
    where r.user_id = ${personId} and r.type = ${type} and not r.is_deleted and r.keys && ${keys}::bigint[]
    order by r.updated_at desc limit 50`)
  return rows.map((row) => row.content)
}
