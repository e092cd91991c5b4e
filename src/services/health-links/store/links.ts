import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface LinkRow {
  readonly id: string
  readonly user_id: string
  readonly key: Buffer | null
  readonly label: string | null
  readonly categories: string[]
  readonly passcode_hash: string | null
  readonly tries_left: number
  readonly is_long_term: boolean
  readonly is_direct: boolean
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
  readonly allows_notes: boolean
}

export interface NewLink {
  readonly id: string
  readonly userId: string
  readonly addressHash: Buffer
  readonly viewerHash: Buffer
  readonly key: Buffer
  readonly label: string | null
  readonly categories: readonly string[]
  readonly passcodeHash: string | null
  readonly tries: number
  readonly isLongTerm: boolean
  readonly isDirect: boolean
  readonly maxUses: number | null
  readonly expiresAt: Date
  readonly from: string | null
  readonly until: string | null
  readonly zone: string
  readonly allowsNotes: boolean
}

export const linkColumns = sql`id, user_id, key, label, categories, passcode_hash, tries_left, is_long_term, is_direct, max_uses,
  uses, created_at, expires_at, last_used_at, revoked_at, to_char(from_day, 'YYYY-MM-DD') as from_day,
  to_char(until_day, 'YYYY-MM-DD') as until_day, zone, allows_notes`

/** Writes a link and opens what it shows; undefined when the person has as many as may be. */
export async function insertLink(
  transaction: Transaction,
  link: NewLink,
  maximum: number,
  now: Date,
): Promise<LinkRow | undefined> {
  const row = await transaction.one<LinkRow>(
    sql`insert into health_links.health_link (id, user_id, address_hash, viewer_hash, key, label, categories, passcode_hash,
          tries_left, is_long_term, is_direct, max_uses, created_at, expires_at, from_day, until_day, zone, allows_notes)
        select ${link.id}::uuid, ${link.userId}::uuid, ${link.addressHash}::bytea, ${link.viewerHash}::bytea,
          ${link.key}::bytea::kernel.encrypted, ${link.label}, ${link.categories}::text[], ${link.passcodeHash},
          ${link.tries}::integer, ${link.isLongTerm}::boolean, ${link.isDirect}::boolean, ${link.maxUses}::integer,
          ${now}::timestamptz, ${link.expiresAt}::timestamptz, ${link.from}::date, ${link.until}::date, ${link.zone},
          ${link.allowsNotes}::boolean
         where (select count(*) from health_links.health_link
                 where user_id = ${link.userId} and revoked_at is null and expires_at > ${now}) < ${maximum}::integer
        returning ${linkColumns}`,
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
    sql`select ${linkColumns} from health_links.health_link where user_id = ${userId}
          order by created_at desc, id desc limit ${limit}`,
  )
}

/** Ends a link, what it opened, and its key; undefined when the person has no such one. */
export async function endLink(
  transaction: Transaction,
  userId: string,
  id: string,
  now: Date,
): Promise<LinkRow | undefined> {
  const row = await transaction.one<LinkRow>(
    sql`update health_links.health_link set revoked_at = coalesce(revoked_at, ${now}), key = null
         where id = ${id} and user_id = ${userId} returning ${linkColumns}`,
  )
  if (row === undefined) return undefined
  await transaction.run(sql`select kernel.end_access_right(${id})`)
  await transaction.run(sql`delete from health_links.file_ticket where link_id = ${id}`)
  return row
}

/** The link of an address, or of a viewer page; needs the system handle. */
export function findLink(
  systemDb: Database,
  by: { readonly address: Buffer } | { readonly viewer: Buffer },
): Promise<LinkRow | undefined> {
  const which = 'address' in by ? sql`address_hash = ${by.address}` : sql`viewer_hash = ${by.viewer}`
  return systemDb.one<LinkRow>(sql`select ${linkColumns} from health_links.health_link where ${which}`)
}

/** Counts a use; false when none is left or the link is over, however many open it at once. */
export async function countUse(systemDb: Database, id: string, now: Date): Promise<boolean> {
  const used = await systemDb.run(
    sql`update health_links.health_link set uses = uses + 1, last_used_at = ${now}
         where id = ${id} and revoked_at is null and expires_at > ${now} and (max_uses is null or uses < max_uses)`,
  )
  return used === 1
}

/** Takes one of the tries before a passcode is compared; how many are left then, undefined when none was. */
export async function takeTry(systemDb: Database, id: string): Promise<number | undefined> {
  const row = await systemDb.one<{ tries_left: number }>(
    sql`update health_links.health_link set tries_left = tries_left - 1 where id = ${id} and tries_left > 0
        returning tries_left`,
  )
  return row?.tries_left
}

/** Gives the try of a right passcode back: only wrong ones count. */
export async function returnTry(systemDb: Database, id: string, maximum: number): Promise<void> {
  await systemDb.run(
    sql`update health_links.health_link set tries_left = least(tries_left + 1, ${maximum}::integer) where id = ${id}`,
  )
}

/** Notes the addresses of files; needs the system handle. */
export async function insertTickets(
  systemDb: Database,
  link: Pick<LinkRow, 'id' | 'user_id'>,
  tickets: readonly { readonly hash: Buffer; readonly patientId: string }[],
  expiresAt: Date,
): Promise<void> {
  await systemDb.run(
    sql`insert into health_links.file_ticket (ticket_hash, user_id, link_id, patient_id, expires_at)
        select hash, ${link.user_id}::uuid, ${link.id}::uuid, patient, ${expiresAt}::timestamptz
          from unnest(${tickets.map((one) => one.hash)}::bytea[], ${tickets.map((one) => one.patientId)}::text[])
            as given (hash, patient)`,
  )
}

/** The link behind the address of a file, and whose summary it is; needs the system handle. */
export function findTicket(
  systemDb: Database,
  hash: Buffer,
  now: Date,
): Promise<(LinkRow & { readonly patient_id: string }) | undefined> {
  return systemDb.one<LinkRow & { readonly patient_id: string }>(
    sql`select l.*, t.patient_id from health_links.file_ticket t
          cross join lateral (select ${linkColumns} from health_links.health_link where id = t.link_id) l
         where t.ticket_hash = ${hash} and t.expires_at > ${now}`,
  )
}

/** Removes the addresses of files that are over; needs the system handle. */
export function removeTickets(systemDb: Database, now: Date): Promise<number> {
  return systemDb.run(sql`delete from health_links.file_ticket where expires_at <= ${now}`)
}
