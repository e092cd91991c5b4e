import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface LinkRow {
  readonly id: string
  readonly user_id: string
  readonly label: string | null
  readonly categories: string[]
  readonly passcode_hash: string | null
  readonly failures: number
  readonly locked_until: Date | null
  readonly max_uses: number | null
  readonly uses: number
  readonly created_at: Date
  readonly expires_at: Date
  readonly last_used_at: Date | null
  readonly revoked_at: Date | null
  /** `YYYY-MM-DD`; null where that side is open. */
  readonly from_day: string | null
  readonly until_day: string | null
  readonly zone: string
}

export interface NewLink {
  readonly id: string
  readonly userId: string
  readonly tokenHash: Buffer
  readonly label: string | null
  readonly categories: readonly string[]
  readonly passcodeHash: string | null
  readonly maxUses: number | null
  readonly expiresAt: Date
  readonly from: string | null
  readonly until: string | null
  readonly zone: string
}

const columns = sql`id, user_id, label, categories, passcode_hash, failures, locked_until, max_uses, uses, created_at,
  expires_at, last_used_at, revoked_at, to_char(from_day, 'YYYY-MM-DD') as from_day,
  to_char(until_day, 'YYYY-MM-DD') as until_day, zone`

/** Writes a link and opens what it shows; undefined when the person has as many as may be. */
export async function insertLink(
  transaction: Transaction,
  link: NewLink,
  maximum: number,
  now: Date,
): Promise<LinkRow | undefined> {
  const row = await transaction.one<LinkRow>(
    sql`insert into consent_audit.share_link (id, user_id, token_hash, label, categories, passcode_hash, max_uses, created_at,
          expires_at, from_day, until_day, zone)
        select ${link.id}::uuid, ${link.userId}::uuid, ${link.tokenHash}::bytea, ${link.label}, ${link.categories}::text[],
          ${link.passcodeHash}, ${link.maxUses}::integer, ${now}::timestamptz, ${link.expiresAt}::timestamptz,
          ${link.from}::date, ${link.until}::date, ${link.zone}
         where (select count(*) from consent_audit.share_link
                 where user_id = ${link.userId} and revoked_at is null and expires_at > ${now}) < ${maximum}::integer
        returning ${columns}`,
  )
  if (row === undefined) return undefined
  await transaction.run(
    sql`select kernel.write_access_right(${link.id}::uuid, ${link.userId}::uuid, category, 'read', ${link.expiresAt}::timestamptz,
          'link', ${link.id}::uuid) from unnest(${link.categories}::text[]) as given (category)`,
  )
  return row
}

export function listLinks(db: Database, userId: string, limit: number): Promise<LinkRow[]> {
  return db.many<LinkRow>(
    sql`select ${columns} from consent_audit.share_link where user_id = ${userId} order by created_at desc limit ${limit}`,
  )
}

/** Ends a link and what it opened; undefined when the person has no such one. */
export async function endLink(
  transaction: Transaction,
  userId: string,
  id: string,
  now: Date,
): Promise<LinkRow | undefined> {
  const row = await transaction.one<LinkRow>(
    sql`update consent_audit.share_link set revoked_at = coalesce(revoked_at, ${now}) where id = ${id} and user_id = ${userId}
        returning ${columns}`,
  )
  if (row !== undefined) await transaction.run(sql`select kernel.end_access_right(${id})`)
  return row
}

/** The link that a token belongs to; needs the system handle. */
export function findLink(systemDb: Database, tokenHash: Buffer): Promise<LinkRow | undefined> {
  return systemDb.one<LinkRow>(sql`select ${columns} from consent_audit.share_link where token_hash = ${tokenHash}`)
}

/** Counts a use; false when none is left, however many open it at once. */
export async function countUse(systemDb: Database, id: string, now: Date): Promise<boolean> {
  const used = await systemDb.run(
    sql`update consent_audit.share_link set uses = uses + 1, last_used_at = ${now}, failures = 0, locked_until = null
         where id = ${id} and revoked_at is null and expires_at > ${now} and (max_uses is null or uses < max_uses)`,
  )
  return used === 1
}

/** Takes one of the tries of a passcode before it is compared; false when none is left for now. */
export async function takeTry(
  systemDb: Database,
  id: string,
  limits: { readonly tries: number; readonly pauseUntil: Date },
  now: Date,
): Promise<boolean> {
  const taken = await systemDb.run(
    sql`update consent_audit.share_link
           set failures = failures + 1,
               locked_until = case when (failures + 1) % ${limits.tries}::integer = 0 then ${limits.pauseUntil}::timestamptz end
         where id = ${id} and (locked_until is null or locked_until <= ${now})`,
  )
  return taken === 1
}
