import { fieldError, PlatformError } from '../../../../kernel/errors.ts'
import type { ProjectedResource } from '../../../../kernel/projection.ts'
import type { Context, Handlers } from '../../../../kernel/service.ts'
import type { medicalRecords } from '../../contract.ts'
import { type ReadDocument, readDocument } from '../../domain/fhir/readDocument.ts'
import type { Json } from '../../domain/fhirImport/json.ts'
import { SNIFFED_BYTES } from '../../domain/fileTypes.ts'
import { type DocumentRow, findDocument, updateDocument } from '../../store/documents.ts'
import { checked, type How, takenOr, UUID } from '../exchange/fhirWriting.ts'
import { changedMeanwhile } from '../labs/common.ts'
import { checkDocumentDate } from './documents.ts'
import { announceDocument, resourceOf } from './fhirViews.ts'
import { removeDocument } from './remove.ts'
import { openDetails, sealDetails } from './sealed.ts'
import { acceptedType, addDocument, dropFile, keepFile } from './upload.ts'

type WriteHandlers = Pick<Handlers<typeof medicalRecords>, 'documentsFhirWrite' | 'documentsFhirRemove'>

const DATA = 'DocumentReference.content.attachment.data'

/** A DocumentReference that brings a file makes a document of it: stored encrypted and read, as an upload is. */
export const documentFhirWrites: WriteHandlers = {
  async documentsFhirWrite(context, { id, is_new, content, if_version, is_check = false }) {
    const read = readDocument(JSON.parse(content) as Json)
    if (read === undefined) return { kept: null }
    checkDocumentDate(read.documentDate, context.now())
    const how = { id, isNew: is_new, version: if_version, isCheck: is_check }
    return { kept: (await (is_new ? add(context, read, how) : change(context, read, how))) ?? null }
  },

  async documentsFhirRemove(context, { id, if_version }) {
    const row = await documentOf(context, id)
    if (row === undefined) return { removed: false }
    if (if_version !== undefined && row.version !== if_version) throw changedMeanwhile()
    return { removed: await removeDocument(context, row) }
  },
}

async function documentOf(context: Context, id: string): Promise<DocumentRow | undefined> {
  const row = UUID.test(id) ? await findDocument(context.db, id) : undefined
  return row?.is_draft === true ? undefined : row
}

async function add(context: Context, read: ReadDocument, how: How): Promise<ProjectedResource | undefined> {
  // Where the file is elsewhere, there is nothing to keep or read.
  if (read.data === undefined) return undefined
  const bytes = Buffer.from(read.data, 'base64')
  const type = typeOf(bytes)
  if (how.isCheck) return checked(context, 'DocumentReference', how.id)
  const file = await keepFile(context, { name: `${read.title ?? 'document'}.${type.extension}`, content: once(bytes) })
  const asked = { title: read.title, documentType: read.documentType, tags: [] }
  const adding = { ...asked, policy: 'permanent', source: 'upload', isDraft: false } as const
  try {
    const { row, isDuplicate } = await takenOr(context, how.id, (id) => addDocument(context, file, { ...adding, id }))
    if (!isDuplicate) await describeDocument(context, row, read)
    return await rendered(context, row.id)
  } catch (error) {
    await dropFile(context, file)
    throw error
  }
}

function typeOf(bytes: Buffer) {
  try {
    return acceptedType(bytes.subarray(0, SNIFFED_BYTES))
  } catch (error) {
    if (error instanceof PlatformError) throw fieldError(DATA, error.message)
    throw error
  }
}

async function* once(bytes: Buffer) {
  yield bytes
}

async function change(context: Context, read: ReadDocument, how: How): Promise<ProjectedResource | undefined> {
  const row = await documentOf(context, how.id)
  if (row === undefined) return undefined
  if (how.version !== undefined && row.version !== how.version) throw changedMeanwhile()
  if (read.data !== undefined && !(await isSameFile(context, row, read.data))) {
    throw fieldError(DATA, 'is another file than the document’s: add a new document')
  }
  if (how.isCheck) return checked(context, 'DocumentReference', how.id)
  await describeDocument(context, row, read)
  return rendered(context, row.id)
}

/** The address is made of the content: equal files of a person have one. */
async function isSameFile(context: Context, row: DocumentRow, data: string): Promise<boolean> {
  const bytes = Buffer.from(data, 'base64')
  if (row.address === null || Number(row.size_bytes) !== bytes.length) return false
  const file = await keepFile(context, { name: undefined, content: once(bytes) })
  await dropFile(context, file)
  return file.stored.address === row.address
}

/** Writes down what is said of a document, beside what is read in it. */
export async function describeDocument(
  context: Context,
  row: DocumentRow,
  read: Omit<ReadDocument, 'data'>,
): Promise<void> {
  const before = await openDetails(context, row)
  const details = {
    ...before,
    title: read.title ?? before.title,
    doctor_name: read.doctor,
    hospital_name: read.hospital,
    notes: read.notes,
  }
  const sealed = await sealDetails(context, row.id, details)
  await context.transact(async (transaction) => {
    const said = { documentType: read.documentType, documentDate: read.documentDate, details: sealed }
    await updateDocument(transaction, row.id, said, context.now())
    await announceDocument(context, transaction, row.id)
  })
}

async function rendered(context: Context, id: string): Promise<ProjectedResource | undefined> {
  const row = await documentOf(context, id)
  return row === undefined ? undefined : resourceOf(context, row)
}
