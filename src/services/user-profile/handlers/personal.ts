import type { Transaction } from '../../../kernel/database.ts'
import { userProfile } from '../contract.ts'
import { eraseRows } from '../store.ts'

/**
 * Removes all rows of a person. Whoever was kept by this account alone leaves as well: nobody could ever reach,
 * or erase, their record again.
 */
export async function eraseAll(transaction: Transaction, userId: string): Promise<Record<string, number>> {
  const { counts, orphans } = await eraseRows(transaction, userId)
  for (const personId of orphans) await transaction.publish(userProfile.events.profileRemoved, { user_id: personId })
  return counts
}
