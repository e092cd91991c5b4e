import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface RequestRow {
  readonly id: string
  readonly user_id: string
  readonly reference: string
  readonly kind: string
  readonly state: 'open' | 'done' | 'refused' | 'cancelled'
  readonly detail: string | null
  readonly answer: string | null
  readonly created_at: Date
  readonly due_at: Date
  readonly done_at: Date | null
}

const columns = sql`id, user_id, reference, kind, state, detail, answer, created_at, due_at, done_at`

export function insertRequest(db: Database, request: Omit<RequestRow, 'answer'>): Promise<RequestRow | undefined> {
  return db.one<RequestRow>(
    sql`insert into consent_audit.rights_request (id, user_id, reference, kind, state, detail, created_at, due_at, done_at)
        values (${request.id}, ${request.user_id}, ${request.reference}, ${request.kind}, ${request.state}, ${request.detail},
          ${request.created_at}, ${request.due_at}, ${request.done_at}) returning ${columns}`,
  )
}

export function listRequests(db: Database, userId: string, limit: number): Promise<RequestRow[]> {
  return db.many<RequestRow>(
    sql`select ${columns} from consent_audit.rights_request where user_id = ${userId} order by created_at desc limit ${limit}`,
  )
}

/** Of all people; needs the system handle. */
export function openRequests(systemDb: Database, limit: number): Promise<RequestRow[]> {
  return systemDb.many<RequestRow>(
    sql`select ${columns} from consent_audit.rights_request where state = 'open' order by due_at limit ${limit}`,
  )
}

/** How many requests of all people are past their day. */
export async function countOverdue(systemDb: Database, now: Date): Promise<number> {
  const row = await systemDb.one<{ overdue: number }>(
    sql`select count(*) as overdue from consent_audit.rights_request where state = 'open' and due_at < ${now}`,
  )
  return row?.overdue ?? 0
}

export function answerRequest(
  systemDb: Database,
  reference: string,
  answer: { readonly state: 'done' | 'refused'; readonly text: string },
  now: Date,
): Promise<RequestRow | undefined> {
  return systemDb.one<RequestRow>(
    sql`update consent_audit.rights_request set state = ${answer.state}, answer = ${answer.text}, done_at = ${now}
         where reference = ${reference} and state = 'open' returning ${columns}`,
  )
}

export interface NomineeRow {
  readonly name: string
  readonly relationship: string
  readonly contact: string
  readonly updated_at: Date
}

export async function setNominee(
  db: Database,
  userId: string,
  nominee: { readonly name: string; readonly relationship: string; readonly contact: string },
  now: Date,
): Promise<NomineeRow> {
  const row = await db.one<NomineeRow>(
    sql`insert into consent_audit.nominee (user_id, name, relationship, contact, updated_at)
        values (${userId}, ${nominee.name}, ${nominee.relationship}, ${nominee.contact}, ${now})
        on conflict (user_id) do update set name = excluded.name, relationship = excluded.relationship,
          contact = excluded.contact, updated_at = excluded.updated_at
        returning name, relationship, contact, updated_at`,
  )
  return row as NomineeRow
}

export function findNominee(db: Database, userId: string): Promise<NomineeRow | undefined> {
  return db.one<NomineeRow>(
    sql`select name, relationship, contact, updated_at from consent_audit.nominee where user_id = ${userId}`,
  )
}

export async function deleteNominee(db: Database, userId: string): Promise<boolean> {
  return (await db.run(sql`delete from consent_audit.nominee where user_id = ${userId}`)) > 0
}

export async function setJurisdiction(db: Database, userId: string, code: string, now: Date): Promise<void> {
  await db.run(
    sql`insert into consent_audit.jurisdiction (user_id, code, updated_at) values (${userId}, ${code}, ${now})
        on conflict (user_id) do update set code = excluded.code, updated_at = excluded.updated_at`,
  )
}

/** What the person said; undefined where nothing was said. */
export async function findJurisdiction(db: Database, userId: string): Promise<string | undefined> {
  const row = await db.one<{ code: string }>(sql`select code from consent_audit.jurisdiction where user_id = ${userId}`)
  return row?.code
}

/** Restricts the record, or ends that; the frame enforces it from this transaction on. */
export async function setRestriction(transaction: Transaction, userId: string, isRestricted: boolean, now: Date) {
  await transaction.run(
    isRestricted
      ? sql`select kernel.write_hold(${userId}, 'restriction', ${now})`
      : sql`select kernel.end_hold(${userId}, 'restriction')`,
  )
}
