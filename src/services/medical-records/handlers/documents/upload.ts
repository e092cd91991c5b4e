import type { Transaction } from '../../../../kernel/database.ts'
import { fieldError, PlatformError } from '../../../../kernel/errors.ts'
import { peek, takeUpload, type UploadedFile } from '../../../../kernel/http/uploads.ts'
import type { StoredFile } from '../../../../kernel/ports.ts'
import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import { type Context, settingsOf } from '../../../../kernel/service.ts'
import { DOCUMENT_TYPES, type DocumentType, STORAGE_POLICIES, type StoragePolicy } from '../../contract/shapes.ts'
import { medicalRecords } from '../../contract.ts'
import { ACCEPTED_TYPES, type FileType, fileTypeOf, SNIFFED_BYTES, tidyFileName } from '../../domain/fileTypes.ts'
import { recordSettings } from '../../domain/settings.ts'
import * as store from '../../store/documents.ts'
import { announcementOf } from './announce.ts'
import { tidyTags } from './documents.ts'
import { announceDocument } from './fhirViews.ts'
import { AREA } from './remove.ts'
import { sealDetails } from './sealed.ts'
import { viewOf } from './views.ts'

/** How long a document lasts that is kept for a time. */
export const TEMPORARY_DAYS = 30
const DAY_MS = 86_400_000

/** A file that lies encrypted in the person's folder, and what it is. */
export interface KeptFile {
  readonly stored: StoredFile
  readonly type: FileType
  readonly name: string | undefined
}

/** Adds a file; it is read afterwards, by job. A file that is there already is answered, and not kept twice. */
export async function uploadDocument(context: Context, request: RawRequest): Promise<RawAnswer> {
  const { fields, result: file } = await takeUpload(request, (given) => keepFile(context, given))
  const { asked, policy } = await orDropped(context, file, () => ({ asked: askedOf(fields), policy: policyOf(fields) }))
  if (policy === 'do_not_store') {
    await dropFile(context, file)
    throw fieldError('storage_policy', 'keeps nothing: send the file to /health-records/analyze to have it read only', [
      'permanent',
      'temporary',
    ])
  }
  const { row, isDuplicate } = await addDocument(context, file, { ...asked, policy, source: 'upload', isDraft: false })
  const answer = { ...(await viewOf(context, row)), is_duplicate: isDuplicate }
  return {
    status: isDuplicate ? 200 : 201,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(answer),
  }
}

async function orDropped<Result>(context: Context, file: KeptFile, work: () => Result): Promise<Result> {
  try {
    return work()
  } catch (error) {
    await dropFile(context, file)
    throw error
  }
}

/** Stores a file, encrypted, while it arrives. Throws for a type that is not taken and for one that is too large. */
export async function keepFile(context: Context, { name, content }: UploadedFile): Promise<KeptFile> {
  const { head, whole } = await peek(content, SNIFFED_BYTES)
  const type = acceptedType(head)
  const owner = { personId: context.personId, area: AREA }
  const stored = await context.ports.files.store(owner, whole, { maximumBytes: largestBytes(context) })
  return { stored, type, name: tidyFileName(name) }
}

export function largestBytes(context: Context): number {
  return settingsOf(context, recordSettings).largestMb * 1_048_576
}

/** The type of a file by its content. Throws `unsupported_media_type`, and `validation_failed` for an empty file. */
export function acceptedType(head: Uint8Array): FileType {
  if (head.length === 0) throw fieldError('file', 'is empty')
  const type = fileTypeOf(head)
  if (type === undefined) {
    const allowed = ACCEPTED_TYPES.join(', ')
    throw new PlatformError('unsupported_media_type', `This kind of file is not taken; allowed by content: ${allowed}`)
  }
  return type
}

/** Removes a file that was stored for nothing, unless a document of before has the same. */
export async function dropFile(context: Context, { stored }: KeptFile): Promise<void> {
  const { personId } = context
  await context.transact(async (transaction) => {
    await store.holdAddress(transaction, personId, stored.address)
    const row = await store.findByAddress(transaction, personId, stored.address)
    if (row === undefined) await context.ports.files.delete({ personId, area: AREA }, stored.address)
  })
}

export interface Asked {
  readonly title: string | undefined
  readonly documentType: DocumentType | undefined
  readonly tags: readonly string[]
}

function askedOf(fields: Readonly<Record<string, string>>): Asked {
  const { title, document_type: type, tags = '' } = fields
  const tidy = tidyTags(tags.split(','))
  if (title !== undefined && (title.trim() === '' || title.length > 200 || /\p{Cc}/u.test(title))) {
    throw fieldError('title', 'must have 1 to 200 characters')
  }
  if (type !== undefined && !(DOCUMENT_TYPES as readonly string[]).includes(type)) {
    throw fieldError('document_type', 'is not known', DOCUMENT_TYPES)
  }
  if (tidy.length > 30 || tidy.some((tag) => tag.length > 60 || /\p{Cc}/u.test(tag))) {
    throw fieldError('tags', 'may be 30 words of at most 60 characters')
  }
  return { title, documentType: type as DocumentType | undefined, tags: tidy }
}

/** What the fields say of keeping; `storage_type` is the name of S001. */
export function policyOf(fields: Readonly<Record<string, string>>): StoragePolicy {
  const policy = (fields.storage_policy ?? fields.storage_type ?? 'permanent').toLowerCase()
  if (!(STORAGE_POLICIES as readonly string[]).includes(policy)) {
    throw fieldError(
      fields.storage_policy === undefined ? 'storage_type' : 'storage_policy',
      'is not known',
      STORAGE_POLICIES,
    )
  }
  return policy as StoragePolicy
}

/** When a document of this policy ends; null for one that stays. */
export function expiryOf(policy: 'permanent' | 'temporary', now: Date): Date | null {
  return policy === 'temporary' ? new Date(now.getTime() + TEMPORARY_DAYS * DAY_MS) : null
}

export interface Adding extends Asked {
  /** The id it shall have; one of ours unless said. */
  readonly id?: string
  readonly policy: 'permanent' | 'temporary'
  readonly source: 'upload' | 'analyze'
  readonly isDraft: boolean
  /** Drafts end unless they are saved. */
  readonly expiresAt?: Date
}

/** The document of a kept file, and the job that reads it; the document of before when the same file is there already. */
export async function addDocument(context: Context, file: KeptFile, adding: Adding) {
  const { personId } = context
  const now = context.now()
  const id = adding.id ?? context.newId()
  const details = await sealDetails(context, id, {
    title: adding.title ?? file.name ?? `Document of ${now.toISOString().slice(0, 10)}`,
    file_name: file.name,
  })
  const isRead = file.type.reading !== 'none'
  const document: store.NewDocument = {
    id,
    isDraft: adding.isDraft,
    documentType: adding.documentType ?? 'other',
    status: 'uploaded',
    fault: isRead ? null : 'type_not_read',
    storagePolicy: adding.policy,
    source: adding.source,
    mimeType: file.type.mime,
    sizeBytes: file.stored.sizeBytes,
    address: file.stored.address,
    documentDate: null,
    tags: adding.tags,
    details,
    consentedAt: null,
    expiresAt: adding.expiresAt ?? expiryOf(adding.policy, now),
    now,
  }
  return context.transact(async (transaction) => {
    await store.holdAddress(transaction, personId, file.stored.address)
    const row = await store.insertDocument(transaction, personId, document)
    if (row === undefined) {
      const before = (await store.findByAddress(transaction, personId, file.stored.address)) as store.DocumentRow
      return { row: await keptLonger(context, transaction, before, adding), isDuplicate: true }
    }
    await assertStillThere(context, file)
    const data = announcementOf('document_uploaded', personId, row, now)
    await transaction.publish(medicalRecords.events.documentUploaded, data)
    if (!adding.isDraft) await announceDocument(context, transaction, row.id)
    const job = { document_id: id, document_type: adding.documentType ?? null, title: adding.title ?? null }
    if (isRead && adding.source === 'upload') await transaction.enqueue('read-document', job, { key: id })
    // What clinics write for programs is read as their files are.
    if (!isRead && adding.source === 'upload')
      await transaction.enqueue('import-document', { document_id: id }, { key: id })
    return { row, isDuplicate: false }
  })
}

/** The document of before; a draft, or one that was kept for a time, lasts as long as it is wanted now. */
async function keptLonger(
  context: Context,
  transaction: Transaction,
  before: store.DocumentRow,
  adding: Adding,
): Promise<store.DocumentRow> {
  const isLonger = before.is_draft || (before.storage_policy === 'temporary' && adding.policy === 'permanent')
  if (adding.isDraft || !isLonger) return before
  const change = {
    isDraft: false,
    storagePolicy: adding.policy,
    expiresAt: expiryOf(adding.policy, context.now()),
    documentType: adding.documentType,
  }
  await store.updateDocument(transaction, before.id, change, context.now())
  await announceDocument(context, transaction, before.id)
  return (await store.findDocument(transaction, before.id)) as store.DocumentRow
}

/** An equal document may have been removed between storing and now, and its file with it. */
async function assertStillThere(context: Context, { stored }: KeptFile): Promise<void> {
  try {
    const file = await context.ports.files.open({ personId: context.personId, area: AREA }, stored.address)
    file.content.destroy()
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'not_found') throw error
    throw new PlatformError('conflict', 'The same file was removed at this moment; send it again')
  }
}
