import type { Transaction } from '../../../kernel/database.ts'
import { eraseDocuments } from './documentsPersonal.ts'

/** Removes all rows about the person. */
export async function eraseAll(transaction: Transaction, userId: string) {
  return { ...(await eraseDocuments(transaction, userId)) }
}
