import type { Database, Transaction } from '../../../kernel/database.ts'
import { decryptedText } from '../../../kernel/encryption.ts'
import type { Context } from '../../../kernel/service.ts'
import { raw, sql } from '../../../kernel/sql.ts'
import { findNotes } from './card.ts'
import { findQuestions, listNotes } from './notes.ts'

export const NOTES = 'health_links.card_note.notes'
export const QUESTIONS = 'health_links.visit_question.questions'
export const LINK_NOTE = 'health_links.link_note.content'
const TABLES = ['file_ticket', 'visit', 'link_note', 'health_link', 'card_note', 'card_link', 'visit_question'] as const

/** Everything that the service holds about a person, without addresses and keys. */
export async function exportAll(db: Database, userId: string, context: Context) {
  const [links = [], card = []] = await db.batch([
    sql`select id, label, categories, passcode_hash is not null as has_passcode, tries_left, is_long_term, is_direct, uses,
          max_uses, created_at, expires_at, last_used_at, revoked_at, to_char(from_day, 'YYYY-MM-DD') as from_day,
          to_char(until_day, 'YYYY-MM-DD') as until_day, allows_notes
        from health_links.health_link where user_id = ${userId} order by created_at, id`,
    sql`select opened, created_at, last_opened_at from health_links.card_link where user_id = ${userId}`,
  ])
  const notes = await decryptedText(context, NOTES, await findNotes(db, userId))
  const asked = await findQuestions(db, userId)
  const questions = await decryptedText(context, QUESTIONS, asked?.questions ?? null)
  const waiting = await listNotes(db, userId)
  const link_notes = await Promise.all(
    waiting.map(async ({ id, link_id, content, written_at }) => ({
      link_id,
      written_at,
      ...(JSON.parse((await decryptedText(context, LINK_NOTE, content, id)) ?? '{}') as object),
    })),
  )
  return {
    health_links: links,
    emergency_card: card,
    card_notes: notes === null ? [] : [{ notes }],
    visit_questions: questions === null ? [] : [{ questions: JSON.parse(questions) as unknown }],
    link_notes,
  }
}

/** Removes all rows about the person. */
export async function eraseAll(transaction: Transaction, userId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of TABLES) {
    counts[table] = await transaction.run(sql`delete from ${raw(`health_links.${table}`)} where user_id = ${userId}`)
  }
  return counts
}
