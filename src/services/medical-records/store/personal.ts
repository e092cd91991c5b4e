import type { Transaction } from '../../../kernel/database.ts'
import { eraseDocuments } from './documentsPersonal.ts'
import { eraseLabs } from './labsPersonal.ts'

/** Removes all rows about the person. */
export async function eraseAll(transaction: Transaction, userId: string) {
  return { ...(await eraseDocuments(transaction, userId)), ...(await eraseLabs(transaction, userId)) }
}
