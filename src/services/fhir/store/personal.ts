import type { Database, Transaction } from '../../../kernel/database.ts'
import { eraseBulk, exportBulk } from './bulk.ts'
import { eraseAll as eraseResources, exportAll as exportResources } from './resources.ts'
import { eraseSubscriptions, exportSubscriptions } from './subscriptions.ts'

/** Everything that the service holds about a person. */
export async function exportAll(db: Database, personId: string) {
  return {
    ...(await exportResources(db, personId)),
    ...(await exportBulk(db, personId)),
    ...(await exportSubscriptions(db, personId)),
  }
}

/** Removes everything that the service holds about a person; the frame removes their files. */
export async function eraseAll(transaction: Transaction, personId: string) {
  return {
    ...(await eraseBulk(transaction, personId)),
    ...(await eraseSubscriptions(transaction, personId)),
    ...(await eraseResources(transaction, personId)),
  }
}
