import type { InputOf } from '../../../../kernel/contract.ts'
import { fieldError, notFound } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import { checkDay } from '../../../../shared/dates.ts'
import { medicalRecords } from '../../contract.ts'
import * as store from '../../store/documents.ts'
import { announcementOf } from './announce.ts'
import { announceDocument } from './fhirViews.ts'
import { findOwn, removeDocument } from './remove.ts'
import { type Details, openDetails, openPages, sealDetails } from './sealed.ts'
import { type DocumentView, viewOf } from './views.ts'

type Operations = typeof medicalRecords.operations

export const documentHandlers = {
  listDocuments,
  listRecords: listDocuments,
  createDocument,
  getDocument: async (context: Context, { id }: { id: string }) => viewOf(context, await findOwn(context, id)),
  updateDocument,
  deleteDocument,
  documentStatus,
  documentText,
}

async function listDocuments(context: Context, input: InputOf<Operations['listDocuments']>) {
  const { page = 1, size = 20, document_type: documentType, status, tag } = input
  const window = { limit: size, offset: (page - 1) * size }
  const { rows, total } = await store.listDocuments(context.db, context.personId, { documentType, status, tag }, window)
  const items = await Promise.all(rows.map((row) => viewOf(context, row)))
  return { items, total, page, size, pages: Math.ceil(total / size) }
}

async function createDocument(context: Context, input: InputOf<Operations['createDocument']>): Promise<DocumentView> {
  const { title, doctor_name, hospital_name, patient_name, notes, tags = [], document_date: day } = input
  checkDocumentDate(day, context.now())
  const id = context.newId()
  const details = await sealDetails(context, id, { title, doctor_name, hospital_name, patient_name, notes })
  const row = await insert(context, {
    id,
    isDraft: false,
    documentType: input.document_type,
    status: 'validated',
    fault: null,
    storagePolicy: 'permanent',
    source: 'manual',
    mimeType: null,
    sizeBytes: null,
    address: null,
    documentDate: day ?? null,
    tags: tidyTags(tags),
    details,
    consentedAt: null,
    expiresAt: null,
    now: context.now(),
  })
  return viewOf(context, row)
}

async function insert(context: Context, document: store.NewDocument): Promise<store.DocumentRow> {
  return context.transact(async (transaction) => {
    const row = (await store.insertDocument(transaction, context.personId, document)) as store.DocumentRow
    const data = announcementOf('document_uploaded', context.personId, row, context.now())
    await transaction.publish(medicalRecords.events.documentUploaded, data)
    await announceDocument(context, transaction, row.id)
    return row
  })
}

/** Refuses a date that lies in the future. */
export function checkDocumentDate(day: string | null | undefined, now: Date): void {
  if (day === undefined || day === null) return
  const verdict = checkDay(day, now.toISOString().slice(0, 10))
  if (verdict !== 'ok')
    throw fieldError('document_date', verdict === 'in-the-future' ? 'lies in the future' : 'is too early')
}

/** Tags without spaces around them, each once. */
export function tidyTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))]
}

async function updateDocument(context: Context, input: InputOf<Operations['updateDocument']>): Promise<DocumentView> {
  const row = await findOwn(context, input.id)
  checkDocumentDate(input.document_date, context.now())
  const before = await openDetails(context, row)
  const given = <Key extends 'doctor_name' | 'hospital_name' | 'patient_name' | 'notes'>(key: Key) =>
    input[key] === undefined ? before[key] : (input[key] ?? undefined)
  const details: Details = {
    ...before,
    title: input.title ?? before.title,
    doctor_name: given('doctor_name'),
    hospital_name: given('hospital_name'),
    patient_name: given('patient_name'),
    notes: given('notes'),
  }
  const change = {
    documentType: input.document_type,
    documentDate: input.document_date,
    tags: input.tags === undefined ? undefined : tidyTags(input.tags),
    details: await sealDetails(context, row.id, details),
  }
  await context.transact(async (transaction) => {
    await store.updateDocument(transaction, row.id, change, context.now())
    await announceDocument(context, transaction, row.id)
  })
  return viewOf(context, await findOwn(context, row.id))
}

async function deleteDocument(context: Context, { id }: { id: string }): Promise<null> {
  const row = await findOwn(context, id)
  if (!(await removeDocument(context, row))) throw notFound('Document')
  return null
}

async function documentStatus(context: Context, { id }: { id: string }) {
  const view = await viewOf(context, await findOwn(context, id))
  return {
    id: view.id,
    status: view.status,
    fault: view.fault,
    reading_method: view.reading_method,
    ocr_confidence: view.ocr_confidence,
    page_count: view.page_count,
    values_to_review: view.values_to_review,
    updated_at: view.updated_at,
  }
}

async function documentText(context: Context, { id }: { id: string }) {
  const row = await findOwn(context, id)
  const pages = await openPages(context, row.id, await store.contentOf(context.db, row.id))
  return { id: row.id, ocr_text: pages.join('\n\n'), pages }
}
