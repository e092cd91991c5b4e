import type { Database, Transaction } from '../../../kernel/database.ts'
import type { SummaryPart } from '../../../kernel/service.ts'
import { userProfile } from '../contract.ts'
import { bySection } from '../domain/sections.ts'
import { summaryOf } from '../domain/summary.ts'
import { eraseRows, readSections } from '../store.ts'

/**
 * Removes all rows of a person. Whoever was kept by this account alone leaves as well: nobody could ever reach,
 * or erase, their record again.
 */
export async function eraseAll(transaction: Transaction, userId: string): Promise<Record<string, number>> {
  const { counts, orphans } = await eraseRows(transaction, userId)
  for (const personId of orphans) await transaction.publish(userProfile.events.profileRemoved, { user_id: personId })
  return counts
}

/** What the profile says of the shared categories, for whoever the person shares them with. */
export async function summarise(db: Database, userId: string, categories: readonly string[]): Promise<SummaryPart[]> {
  if (!categories.includes('personal_info') && !categories.includes('emergency')) return []
  return summaryOf(bySection(await readSections(db, userId, ['account', 'profile', 'preferences'])), categories)
}
