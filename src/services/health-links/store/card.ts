import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface CardLinkRow {
  readonly id: string
  readonly user_id: string
  readonly token: Buffer
  readonly opened: number
  readonly created_at: Date
  readonly last_opened_at: Date | null
}

const columns = sql`id, user_id, token, opened, created_at, last_opened_at`

export async function findNotes(db: Database, userId: string): Promise<Buffer | null> {
  const row = await db.one<{ notes: Buffer }>(sql`select notes from health_links.card_note where user_id = ${userId}`)
  return row?.notes ?? null
}

/** Writes what the card adds; null removes it. */
export async function writeNotes(db: Database, userId: string, notes: Buffer | null, now: Date): Promise<void> {
  await db.run(
    notes === null
      ? sql`delete from health_links.card_note where user_id = ${userId}`
      : sql`insert into health_links.card_note (user_id, notes, updated_at) values (${userId}, ${notes}, ${now})
            on conflict (user_id) do update set notes = excluded.notes, updated_at = excluded.updated_at`,
  )
}

export function findCardLink(db: Database, userId: string): Promise<CardLinkRow | undefined> {
  return db.one<CardLinkRow>(sql`select ${columns} from health_links.card_link where user_id = ${userId}`)
}

/** Ends the address of the card and what it opened; undefined when there was none. */
export async function endCardLink(transaction: Transaction, userId: string): Promise<string | undefined> {
  const row = await transaction.one<{ id: string }>(
    sql`delete from health_links.card_link where user_id = ${userId} returning id`,
  )
  if (row === undefined) return undefined
  await transaction.run(sql`select kernel.end_access_right(${row.id})`)
  return row.id
}

/** Writes a new address and opens the emergency part to it, in place of the one before. */
export async function replaceCardLink(
  transaction: Transaction,
  link: { readonly id: string; readonly userId: string; readonly tokenHash: Buffer; readonly token: Buffer },
  now: Date,
): Promise<CardLinkRow> {
  await endCardLink(transaction, link.userId)
  const row = await transaction.one<CardLinkRow>(
    sql`insert into health_links.card_link (id, user_id, token_hash, token, created_at)
        values (${link.id}, ${link.userId}, ${link.tokenHash}, ${link.token}, ${now}) returning ${columns}`,
  )
  await transaction.run(
    sql`select kernel.write_access_right(${link.id}::uuid, ${link.userId}::uuid, 'emergency', 'read', 'infinity', 'link',
          ${link.id}::uuid)`,
  )
  return row as CardLinkRow
}

/** The card of an address; needs the system handle. */
export function cardOfToken(
  systemDb: Database,
  tokenHash: Buffer,
): Promise<Pick<CardLinkRow, 'id' | 'user_id'> | undefined> {
  return systemDb.one(sql`select id, user_id from health_links.card_link where token_hash = ${tokenHash}`)
}

/** Counts an opening; whether the person is told of it (once an hour), undefined when the address is over. */
export async function countOpening(
  systemDb: Database,
  id: string,
  times: { readonly now: Date; readonly toldBefore: Date },
): Promise<boolean | undefined> {
  const row = await systemDb.one<{ is_told: boolean }>(
    sql`update health_links.card_link c set opened = c.opened + 1, last_opened_at = ${times.now},
          last_told_at = case when o.is_due then ${times.now} else c.last_told_at end
        from (select id, last_told_at is null or last_told_at <= ${times.toldBefore} as is_due
                from health_links.card_link where id = ${id} for update) o
       where c.id = o.id returning o.is_due as is_told`,
  )
  return row?.is_told
}

/** Accounts that keep the record of a person; needs the system handle. */
export async function guardiansOf(systemDb: Database, userId: string): Promise<string[]> {
  const rows = await systemDb.many<{ account: string }>(sql`select kernel.guardians_of(${userId}) as account limit 20`)
  return rows.map((row) => row.account)
}
