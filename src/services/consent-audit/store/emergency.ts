import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface EmergencyRow {
  readonly id: string
  readonly user_id: string
  readonly clinician: string | null
  readonly reason: string
  readonly categories: string[]
  readonly opened_at: Date
  readonly ends_at: Date
  readonly ended_at: Date | null
}

const columns = sql`id, user_id, clinician, reason, categories, opened_at, ends_at, ended_at`

/** Writes the access and opens it, in one transaction; needs the system handle. */
export async function openEmergency(
  transaction: Transaction,
  access: Omit<EmergencyRow, 'ended_at' | 'clinician'> & { readonly clinician: string },
): Promise<EmergencyRow> {
  const row = await transaction.one<EmergencyRow>(
    sql`insert into consent_audit.emergency_access (id, user_id, clinician, reason, categories, opened_at, ends_at)
        values (${access.id}, ${access.user_id}, ${access.clinician}, ${access.reason}, ${access.categories}::text[],
          ${access.opened_at}, ${access.ends_at}) returning ${columns}`,
  )
  await transaction.run(
    sql`select kernel.write_access_right(${access.clinician}::uuid, ${access.user_id}::uuid, category, 'read',
          ${access.ends_at}::timestamptz, 'break-glass', ${access.id}::uuid)
          from unnest(${access.categories}::text[]) as given (category)`,
  )
  return row as EmergencyRow
}

/** Ends an access early: by the clinician who opened it, or by the person. */
export async function endEmergency(
  transaction: Transaction,
  id: string,
  of: { readonly userId: string } | { readonly clinician: string },
  now: Date,
): Promise<EmergencyRow | undefined> {
  const owner = 'userId' in of ? sql`user_id = ${of.userId}` : sql`clinician = ${of.clinician}`
  const row = await transaction.one<EmergencyRow>(
    sql`update consent_audit.emergency_access set ended_at = coalesce(ended_at, ${now}) where id = ${id} and ${owner}
        returning ${columns}`,
  )
  if (row !== undefined) await transaction.run(sql`select kernel.end_access_right(${id})`)
  return row
}

export function emergenciesAbout(db: Database, userId: string, limit: number): Promise<EmergencyRow[]> {
  return db.many<EmergencyRow>(
    sql`select ${columns} from consent_audit.emergency_access where user_id = ${userId} order by opened_at desc limit ${limit}`,
  )
}

/** Of all people; needs the system handle. */
export function emergenciesBy(systemDb: Database, clinician: string, limit: number): Promise<EmergencyRow[]> {
  return systemDb.many<EmergencyRow>(
    sql`select ${columns} from consent_audit.emergency_access where clinician = ${clinician}
         order by opened_at desc limit ${limit}`,
  )
}

/** Accounts that keep the person's record for them. */
export async function guardiansOf(systemDb: Database, userId: string): Promise<string[]> {
  const rows = await systemDb.many<{ account: string }>(sql`select kernel.guardians_of(${userId}) as account limit 20`)
  return rows.map((row) => row.account)
}
