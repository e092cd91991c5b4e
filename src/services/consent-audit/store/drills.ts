import type { Database } from '../../../kernel/database.ts'
import type { SystemAccess } from '../../../kernel/service.ts'
import { sql } from '../../../kernel/sql.ts'

/** Ends a transaction whose effects nobody may keep. */
class Undo extends Error {}

/** What the database says before a consent, with it, and after its withdrawal; nothing of it stays. */
export async function consentDrill(
  system: SystemAccess,
  personId: string,
  consentId: string,
  now: Date,
): Promise<string[]> {
  const seen: string[] = []
  const until = new Date(now.getTime() + 60_000)
  await system
    .transact(async (transaction) => {
      const ask = async () => {
        const row = await transaction.one<{ verdict: string }>(
          sql`select verdict from kernel.decide_access(${personId}, ${personId}, 'wellness', 'read', 'analytics', 'self', ${now})`,
        )
        seen.push(row?.verdict ?? '')
      }
      await ask()
      await transaction.run(
        sql`select kernel.write_consent(${personId}, 'wellness', 'analytics', 'self', ${until}, ${consentId})`,
      )
      await ask()
      await transaction.run(sql`select kernel.end_consent(${consentId})`)
      await ask()
      throw new Undo()
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error
    })
  return seen
}

/** A row of a person that does not exist, and, when given, somebody's right to see it. */
export async function writeDrillRow(
  systemDb: Database,
  personId: string,
  now: Date,
  right?: { readonly holderId: string; readonly until: Date },
): Promise<void> {
  await systemDb.run(
    sql`insert into consent_audit.jurisdiction (user_id, code, updated_at) values (${personId}, 'IN', ${now})
        on conflict do nothing`,
  )
  if (right === undefined) return
  await systemDb.run(
    sql`select kernel.write_access_right(${right.holderId}, ${personId}, 'wellness', 'read', ${right.until}, 'grant', ${personId})`,
  )
}

/** How many rows the scope of the handle sees. */
export async function seeDrillRow(db: Database): Promise<number> {
  const row = await db.one<{ seen: number }>(sql`select count(*) as seen from (
    select 1 from consent_audit.jurisdiction limit 2) as found`)
  return row?.seen ?? 0
}

/** Takes away what a drill made: the right, and unless it is still needed all else. */
export async function removeDrillRow(
  systemDb: Database,
  personId: string,
  { keepsRow }: { keepsRow: boolean },
): Promise<void> {
  await systemDb.run(sql`select kernel.end_access_right(${personId})`)
  if (keepsRow) return
  await systemDb.run(sql`delete from consent_audit.jurisdiction where user_id = ${personId}`)
}
