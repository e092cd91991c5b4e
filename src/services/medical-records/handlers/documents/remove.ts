import { notFound } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import { medicalRecords } from '../../contract.ts'
import * as store from '../../store/documents.ts'
import { findingsOf } from '../../store/findings.ts'
import { forgetImportsOf } from '../../store/imports.ts'
import { dropStudies } from '../imaging/taken.ts'
import { removeLabResultsOfFindings } from '../labs/accepted.ts'
import { announcementOf } from './announce.ts'
import { announceDocument } from './fhirViews.ts'

export const AREA = medicalRecords.name
const BATCH = 100

/** Removes a document, its values, what was made of them, and its file; false when there is none. */
export async function removeDocument(context: Context, row: { id: string; user_id: string }): Promise<boolean> {
  const owner = { personId: row.user_id, area: AREA }
  return context.transact(async (transaction) => {
    const found = await store.findDocument(transaction, row.id)
    if (found === undefined) return false
    if (found.address !== null) await store.holdAddress(transaction, row.user_id, found.address)
    const values = await findingsOf(transaction, row.id)
    if (values.length > 0) {
      const ids = values.map((value) => value.id)
      await removeLabResultsOfFindings(transaction, context, ids)
      await dropStudies(transaction, context, row.user_id, found.id, ids)
    }
    await forgetImportsOf(transaction, row.id)
    const removed = await store.deleteDocument(transaction, row.id)
    if (removed === undefined) return false
    await transaction.publish(
      medicalRecords.events.documentDeleted,
      announcementOf('document_deleted', row.user_id, found, context.now()),
    )
    if (!found.is_draft) await announceDocument(context, transaction, found.id)
    // Under the lock: an equal file that is added at this moment waits, and is then kept anew.
    if (removed.address !== null) await context.ports.files.delete(owner, removed.address)
    return true
  })
}

/** The row of a document of the person; a draft too. Throws `not_found`. */
export async function findOwn(context: Context, id: string): Promise<store.DocumentRow> {
  const row = await store.findDocument(context.db, id)
  if (row === undefined) throw notFound('Document')
  return row
}

/** Removes the documents of all people whose time is over. */
export async function removeExpired(context: Context): Promise<void> {
  const { db } = context.system('documents of all people whose storage time is over')
  for (;;) {
    const rows = await store.expired(db, context.now(), BATCH)
    for (const row of rows) {
      await removeDocument(context.forPerson(row.user_id, 'the storage time they chose is over'), row)
    }
    if (rows.length < BATCH) return
  }
}
