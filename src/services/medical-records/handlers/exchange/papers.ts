import { PlatformError } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import type { EhrSystem } from '../../contract/ehr.ts'
import type { ImportedDocument } from '../../domain/imported.ts'
import { HospitalBroken, HospitalRefused } from '../../providers/ehr/hospital.ts'
import { findDocument, updateDocument } from '../../store/documents.ts'
import { findHospital } from '../../store/hospitals.ts'
import { announceDocument } from '../documents/fhirViews.ts'
import { describeDocument } from '../documents/fhirWrites.ts'
import { openDetails, sealDetails } from '../documents/sealed.ts'
import { addDocument, dropFile, keepFile, largestBytes } from '../documents/upload.ts'
import { openRecord, requireHospital } from '../ehr/common.ts'
import { retireLabsOf } from './changed.ts'

/** Makes a document of a paper that the person took: its file is streamed from the clinic, bounded, encrypted and read. Its id. */
export async function keepPaper(context: Context, item: ImportedDocument): Promise<string> {
  const file = await keepFile(context, { name: item.display, content: await contentOf(context, item) })
  const { display: title, documentType, startedOn, doctor, facility, notes } = item
  const asked = { title, documentType: documentType ?? undefined, tags: [] }
  try {
    const adding = { ...asked, policy: 'permanent', source: 'upload', isDraft: false } as const
    const { row, isDuplicate } = await addDocument(context, file, adding)
    if (isDuplicate) return row.id
    const documentDate = startedOn !== null && startedOn.length >= 10 ? startedOn.slice(0, 10) : null
    const said = { doctor: doctor ?? undefined, hospital: facility ?? undefined, notes: notes ?? undefined }
    await describeDocument(context, row, { title, documentType: documentType ?? undefined, documentDate, ...said })
    return row.id
  } catch (error) {
    await dropFile(context, file)
    throw error
  }
}

/**
 * Says of a paper that its clinic has another in its place, or withdrew it. The paper stays; of what was withdrawn, the results
 * that were taken from it count no more.
 */
export async function markPaper(context: Context, id: string, mark: 'replaced' | 'withdrawn'): Promise<void> {
  const row = await findDocument(context.db, id)
  if (row === undefined) return
  const before = await openDetails(context, row)
  const warnings = [...new Set([...(before.warnings ?? []), mark])]
  const details = await sealDetails(context, row.id, { ...before, warnings })
  await context.transact(async (transaction) => {
    await updateDocument(transaction, row.id, { details }, context.now())
    await announceDocument(context, transaction, row.id)
    if (mark === 'withdrawn') await retireLabsOf(context, transaction, { documentId: row.id })
  })
}

async function contentOf(context: Context, item: ImportedDocument): Promise<AsyncIterable<Uint8Array>> {
  if (item.data !== null) return once(Buffer.from(item.data, 'base64'))
  const { hospital: system, url, contentType } = item
  const row = system === undefined ? undefined : await findHospital(context.db, context.personId, system)
  if (row === undefined || url === null) throw gone('the hospital is not connected any more')
  try {
    const record = await openRecord(context, requireHospital(context, system as EhrSystem), row)
    return await record.file(url, contentType, largestBytes(context))
  } catch (error) {
    if (error instanceof HospitalRefused || error instanceof HospitalBroken) throw gone(error.message)
    throw error
  }
}

const gone = (why: string) => new PlatformError('bad_upstream', `the file could not be had: ${why}`)

async function* once(bytes: Uint8Array) {
  yield bytes
}
