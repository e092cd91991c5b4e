import type { Database, Transaction } from '../../../kernel/database.ts'
import type { Span } from '../../../shared/span.ts'
import { eraseDocuments, summariseDocuments } from './documentsPersonal.ts'
import { eraseHospitals } from './hospitals.ts'
import { eraseLabs, summariseLabs } from './labsPersonal.ts'

/** Removes all rows about the person. */
export async function eraseAll(transaction: Transaction, userId: string) {
  return {
    ...(await eraseDocuments(transaction, userId)),
    ...(await eraseLabs(transaction, userId)),
    ...(await eraseHospitals(transaction, userId)),
  }
}

/** The newest of the record for whoever the person shares it with. */
export async function summarise(db: Database, userId: string, categories: readonly string[], span: Span) {
  const parts = [
    await summariseLabs(db, userId, categories, span),
    await summariseDocuments(db, userId, categories, span),
  ]
  return parts.flat()
}
