import type { Database, Transaction } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import type { Cell } from '../domain/matrix.ts'

export interface ConsentRow {
  readonly id: string
  readonly seq: number
  readonly user_id: string
  readonly category: string
  readonly purpose: string
  readonly recipient: string
  readonly granted: boolean
  readonly notice_id: string
  readonly notice_version: number
  readonly text_hash: string | null
  readonly language: string
  readonly channel: string
  readonly given_at: Date
  readonly expires_at: Date | null
  readonly ended_at: Date | null
  readonly end_reason: 'withdrawn' | 'superseded' | 'objection' | null
}

export interface NewConsent extends Cell {
  readonly id: string
  readonly userId: string
  readonly granted: boolean
  readonly noticeId: string
  readonly noticeVersion: number
  readonly textHash: string | null
  readonly language: string
  readonly channel: 'api' | 'sign-up' | 'record'
  readonly givenBy: string | null
  readonly givenAt: Date
  readonly expiresAt: Date | null
}

const columns = sql`id, seq, user_id, category, purpose, recipient, granted, notice_id, notice_version, text_hash, language,
  channel, given_at, expires_at, ended_at, end_reason`

/**
 * Writes a decision in place of the one before for the same cell, and what the frame enforces in the same transaction.
 * Two decisions at once for one cell follow one another.
 */
export async function decide(transaction: Transaction, consent: NewConsent): Promise<ConsentRow> {
  const { category, purpose, recipient, userId } = consent
  await transaction.run(
    sql`select pg_advisory_xact_lock(hashtextextended(${`${userId} ${category} ${purpose} ${recipient}`}, 42))`,
  )
  await transaction.run(
    sql`update consent_audit.consent set ended_at = ${consent.givenAt}, end_reason = 'superseded'
         where user_id = ${userId} and category = ${category} and purpose = ${purpose} and recipient = ${recipient}
           and ended_at is null returning kernel.end_consent(id)`,
  )
  const row = await transaction.one<ConsentRow>(
    sql`insert into consent_audit.consent (id, user_id, category, purpose, recipient, granted, notice_id, notice_version,
          text_hash, language, channel, given_by, given_at, expires_at)
        values (${consent.id}, ${userId}, ${category}, ${purpose}, ${recipient}, ${consent.granted}, ${consent.noticeId},
          ${consent.noticeVersion}, ${consent.textHash}, ${consent.language}, ${consent.channel}, ${consent.givenBy},
          ${consent.givenAt}, ${consent.expiresAt})
        returning ${columns}`,
  )
  if (consent.granted) {
    await transaction.run(
      sql`select kernel.write_consent(${userId}, ${category}, ${purpose}, ${recipient}, ${consent.expiresAt}, ${consent.id})`,
    )
  }
  return row as ConsentRow
}

/** Which live consents to end. */
export interface Selection {
  readonly userId: string
  readonly seq?: number | undefined
  readonly category?: string | undefined
  readonly purposes?: readonly string[] | undefined
  readonly recipient?: string | undefined
}

/** Ends the given consents of a person at once, here and where the frame asks. Returns them. */
export function withdraw(
  transaction: Transaction,
  { userId, seq, category, purposes, recipient }: Selection,
  reason: 'withdrawn' | 'objection',
  now: Date,
): Promise<ConsentRow[]> {
  const wanted = (column: Statement, value: unknown) => (value === undefined ? nothing : sql` and ${column} = ${value}`)
  const among = purposes === undefined ? nothing : sql` and purpose = any(${purposes}::text[])`
  return transaction.many<ConsentRow>(
    sql`update consent_audit.consent set ended_at = ${now}, end_reason = ${reason}
         where user_id = ${userId} and ended_at is null and granted and (expires_at is null or expires_at > ${now})
           ${wanted(sql`seq`, seq)} ${wanted(sql`category`, category)} ${wanted(sql`recipient`, recipient)} ${among}
         returning ${columns}, kernel.end_consent(id)::text as ended`,
  )
}

export function listConsents(db: Database, userId: string, limit: number): Promise<ConsentRow[]> {
  return db.many<ConsentRow>(
    sql`select ${columns} from consent_audit.consent where user_id = ${userId} order by seq desc limit ${limit}`,
  )
}

/** How many decisions stand, ended and ran out, of all there are. */
export async function countConsents(db: Database, userId: string, now: Date) {
  const row = await db.one<{ total: number; active: number; revoked: number; expired: number }>(
    sql`select count(*) as total,
          count(*) filter (where granted and ended_at is null and (expires_at is null or expires_at > ${now})) as active,
          count(*) filter (where end_reason in ('withdrawn', 'objection')) as revoked,
          count(*) filter (where granted and ended_at is null and expires_at <= ${now}) as expired
         from consent_audit.consent where user_id = ${userId}`,
  )
  return row as { total: number; active: number; revoked: number; expired: number }
}

export function findConsent(db: Database, userId: string, seq: number): Promise<ConsentRow | undefined> {
  return db.one<ConsentRow>(
    sql`select ${columns} from consent_audit.consent where seq = ${seq} and user_id = ${userId}`,
  )
}

/** The newest decision on a cell. */
export function latestDecision(db: Database, userId: string, cell: Cell): Promise<ConsentRow | undefined> {
  return db.one<ConsentRow>(
    sql`select ${columns} from consent_audit.consent where user_id = ${userId} and category = ${cell.category}
          and purpose = ${cell.purpose} and recipient = ${cell.recipient} order by seq desc limit 1`,
  )
}

/** Purposes the person objects to. */
export async function listObjections(db: Database, userId: string): Promise<string[]> {
  const rows = await db.many<{ purpose: string }>(
    sql`select purpose from consent_audit.objection where user_id = ${userId} order by purpose limit 50`,
  )
  return rows.map((row) => row.purpose)
}

export async function insertObjections(
  transaction: Transaction,
  userId: string,
  purposes: readonly string[],
  now: Date,
) {
  await transaction.run(
    sql`insert into consent_audit.objection (user_id, purpose, created_at)
        select ${userId}::uuid, purpose, ${now}::timestamptz from unnest(${purposes}::text[]) as given (purpose)
        on conflict do nothing`,
  )
}

export async function deleteObjection(db: Database, userId: string, purpose: string): Promise<boolean> {
  return (await db.run(sql`delete from consent_audit.objection where user_id = ${userId} and purpose = ${purpose}`)) > 0
}
