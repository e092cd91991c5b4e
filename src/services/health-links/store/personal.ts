import type { Database, Transaction } from '../../../kernel/database.ts'
import { decryptedText } from '../../../kernel/encryption.ts'
import type { Context } from '../../../kernel/service.ts'
import { raw, sql } from '../../../kernel/sql.ts'
import { findNotes } from './card.ts'

export const NOTES = 'health_links.card_note.notes'
const TABLES = ['file_ticket', 'health_link', 'card_note', 'card_link'] as const

/** Everything that the service holds about a person, without addresses and keys. */
export async function exportAll(db: Database, userId: string, context: Context) {
  const [links = [], card = []] = await db.batch([
    sql`select id, label, categories, passcode_hash is not null as has_passcode, tries_left, is_long_term, is_direct, uses,
          max_uses, created_at, expires_at, last_used_at, revoked_at
        from health_links.health_link where user_id = ${userId} order by created_at`,
    sql`select opened, created_at, last_opened_at from health_links.card_link where user_id = ${userId}`,
  ])
  const notes = await decryptedText(context, NOTES, await findNotes(db, userId))
  return { health_links: links, emergency_card: card, card_notes: notes === null ? [] : [{ notes }] }
}

/** Removes all rows about the person. */
export async function eraseAll(transaction: Transaction, userId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of TABLES) {
    counts[table] = await transaction.run(sql`delete from ${raw(`health_links.${table}`)} where user_id = ${userId}`)
  }
  return counts
}
