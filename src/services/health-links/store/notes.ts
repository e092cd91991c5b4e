import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'
import { type LinkRow, linkColumns } from './links.ts'

export interface NoteRow {
  readonly id: string
  readonly link_id: string
  readonly label: string | null
  readonly content: Buffer
  readonly written_at: Date
}

/** Notes that a page was opened; needs the system handle. */
export async function insertVisit(
  systemDb: Database,
  link: Pick<LinkRow, 'id' | 'user_id'>,
  hash: Buffer,
  expiresAt: Date,
): Promise<void> {
  await systemDb.run(
    sql`insert into health_links.visit (visit_hash, user_id, link_id, expires_at)
        values (${hash}, ${link.user_id}, ${link.id}, ${expiresAt})`,
  )
}

/** The link of an opening that is not over, while the link lives; needs the system handle. */
export function linkOfVisit(systemDb: Database, hash: Buffer, now: Date): Promise<LinkRow | undefined> {
  return systemDb.one<LinkRow>(
    sql`select ${linkColumns} from health_links.health_link where revoked_at is null and expires_at > ${now}
          and id = (select link_id from health_links.visit where visit_hash = ${hash} and expires_at > ${now})`,
  )
}

/** Removes openings that are over; needs the system handle. */
export function removeVisits(systemDb: Database, now: Date): Promise<number> {
  return systemDb.run(sql`delete from health_links.visit where expires_at <= ${now}`)
}

export interface NewNote {
  readonly id: string
  readonly linkId: string
  readonly userId: string
  readonly content: Buffer
}

/**
 * Keeps a note while its link lives, takes notes and opens the record, and has room for one more. `full` where it hasn't,
 * `closed` where the link is over; else whether it is the first within the hour. Needs a transaction of the system.
 */
export async function insertNote(
  transaction: Transaction,
  note: NewNote,
  limits: { readonly anHour: number; readonly waiting: number; readonly hourAgo: Date },
  now: Date,
): Promise<'first' | 'further' | 'full' | 'closed'> {
  const link = await transaction.one(
    sql`select id from health_links.health_link where id = ${note.linkId} and revoked_at is null and expires_at > ${now}
          and allows_notes and kernel.opens_record(id, user_id, categories[1], 'read', ${now}) for update`,
  )
  if (link === undefined) return 'closed'
  const counted = await transaction.one<{ recent: number; waiting: number }>(
    sql`select count(*) filter (where written_at > ${limits.hourAgo})::int as recent, count(*)::int as waiting
          from health_links.link_note where link_id = ${note.linkId}`,
  )
  const { recent, waiting } = counted as { recent: number; waiting: number }
  if (recent >= limits.anHour || waiting >= limits.waiting) return 'full'
  await transaction.run(
    sql`insert into health_links.link_note (id, user_id, link_id, content, written_at)
        values (${note.id}, ${note.userId}, ${note.linkId}, ${note.content}, ${now})`,
  )
  return recent === 0 ? 'first' : 'further'
}

const noteColumns = sql`n.id, n.link_id, l.label, n.content, n.written_at`

export function listNotes(db: Database, userId: string): Promise<NoteRow[]> {
  return db.many<NoteRow>(
    sql`select ${noteColumns} from health_links.link_note n join health_links.health_link l on l.id = n.link_id
         where n.user_id = ${userId} order by n.written_at desc, n.id desc limit 1000`,
  )
}

export function findNote(db: Database, userId: string, id: string): Promise<NoteRow | undefined> {
  return db.one<NoteRow>(
    sql`select ${noteColumns} from health_links.link_note n join health_links.health_link l on l.id = n.link_id
         where n.id = ${id} and n.user_id = ${userId}`,
  )
}

/** Removes a note; false when the person has no such one. */
export async function deleteNote(db: Database, userId: string, id: string): Promise<boolean> {
  return (await db.run(sql`delete from health_links.link_note where id = ${id} and user_id = ${userId}`)) === 1
}

export function findQuestions(
  db: Database,
  userId: string,
): Promise<{ readonly questions: Buffer; readonly updated_at: Date } | undefined> {
  return db.one(sql`select questions, updated_at from health_links.visit_question where user_id = ${userId}`)
}

/** Writes what the person wants to ask; null removes it. */
export async function writeQuestions(db: Database, userId: string, questions: Buffer | null, now: Date): Promise<void> {
  await db.run(
    questions === null
      ? sql`delete from health_links.visit_question where user_id = ${userId}`
      : sql`insert into health_links.visit_question (user_id, questions, updated_at) values (${userId}, ${questions}, ${now})
            on conflict (user_id) do update set questions = excluded.questions, updated_at = excluded.updated_at`,
  )
}
