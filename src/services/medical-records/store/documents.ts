import type { Database, Transaction } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'

export interface DocumentRow {
  readonly id: string
  readonly seq: string
  readonly user_id: string
  readonly is_draft: boolean
  readonly document_type: string
  readonly status: string
  readonly fault: string | null
  readonly storage_policy: string
  readonly source: string
  readonly mime_type: string | null
  readonly size_bytes: string | null
  readonly page_count: number | null
  readonly address: string | null
  readonly document_date: string | null
  readonly method: string | null
  readonly confidence: number | null
  readonly tags: string[]
  readonly details: Buffer
  readonly consented_at: Date | null
  readonly expires_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
  readonly version: number
  readonly waiting: number
  /** What was brought by it, where it is a file of a clinic's program. */
  readonly import_id: string | null
}

const columns = sql`d.id, d.seq, d.user_id, d.is_draft, d.document_type, d.status, d.fault, d.storage_policy, d.source,
  d.mime_type, d.size_bytes, d.page_count, d.address, to_char(d.document_date, 'YYYY-MM-DD') as document_date, d.method,
  d.confidence, d.tags, d.details, d.consented_at, d.expires_at, d.created_at, d.updated_at, d.version,
  (select count(*)::int from medical_records.finding f where f.document_id = d.id and f.state = 'unconfirmed') as waiting,
  (select m.id from medical_records.import m where m.document_id = d.id limit 1) as import_id`

export interface NewDocument {
  readonly id: string
  readonly isDraft: boolean
  readonly documentType: string
  readonly status: string
  readonly fault: string | null
  readonly storagePolicy: string
  readonly source: string
  readonly mimeType: string | null
  readonly sizeBytes: number | null
  readonly address: string | null
  readonly documentDate: string | null
  readonly tags: readonly string[]
  readonly details: Buffer
  readonly consentedAt: Date | null
  readonly expiresAt: Date | null
  readonly now: Date
}

/** Writes a document; undefined when the person has one with the same file already. */
export async function insertDocument(
  transaction: Transaction,
  userId: string,
  document: NewDocument,
): Promise<DocumentRow | undefined> {
  const inserted = await transaction.run(
    sql`insert into medical_records.document (id, user_id, is_draft, document_type, status, fault, storage_policy,
        source, mime_type, size_bytes, address, document_date, tags, details, consented_at, expires_at, created_at, updated_at)
      values (${document.id}, ${userId}, ${document.isDraft}, ${document.documentType}, ${document.status},
        ${document.fault}, ${document.storagePolicy}, ${document.source}, ${document.mimeType}, ${document.sizeBytes}, ${document.address},
        ${document.documentDate}, ${document.tags}, ${document.details}, ${document.consentedAt}, ${document.expiresAt},
        ${document.now}, ${document.now})
      on conflict (user_id, address) where address is not null do nothing`,
  )
  return inserted === 0 ? undefined : findDocument(transaction, document.id)
}

/** Holds the file of an address until the transaction ends, against one that adds or removes the same. */
export async function holdAddress(transaction: Transaction, userId: string, address: string): Promise<void> {
  await transaction.run(sql`select pg_advisory_xact_lock(hashtextextended(${`${userId}/${address}`}, 0))`)
}

/** By UUID or by the whole number of S001. */
export function findDocument(db: Database, id: string): Promise<DocumentRow | undefined> {
  return db.one<DocumentRow>(sql`select ${columns} from medical_records.document d where ${named(id)}`)
}

function named(id: string): Statement {
  return /^\d+$/.test(id) ? sql`d.seq = ${id}` : sql`d.id = ${id}`
}

export function findByAddress(db: Database, userId: string, address: string): Promise<DocumentRow | undefined> {
  return db.one<DocumentRow>(
    sql`select ${columns} from medical_records.document d where d.user_id = ${userId} and d.address = ${address}`,
  )
}

export interface DocumentFilter {
  readonly documentType?: string | undefined
  readonly status?: string | undefined
  readonly tag?: string | undefined
  readonly from?: string | undefined
  readonly until?: string | undefined
}

function filtered(userId: string, filter: DocumentFilter): Statement {
  const { documentType, status, tag, from, until } = filter
  return sql`d.user_id = ${userId} and not d.is_draft
    ${documentType === undefined ? nothing : sql`and d.document_type = ${documentType}`}
    ${status === undefined ? nothing : sql`and d.status = ${status}`}
    ${tag === undefined ? nothing : sql`and ${tag} = any(d.tags)`}
    ${from === undefined ? nothing : sql`and coalesce(d.document_date, d.created_at::date) >= ${from}::date`}
    ${until === undefined ? nothing : sql`and coalesce(d.document_date, d.created_at::date) <= ${until}::date`}`
}

/** A page of documents, newest first, and how many there are in all. */
export async function listDocuments(
  db: Database,
  userId: string,
  filter: DocumentFilter,
  window: { readonly limit: number; readonly offset: number; readonly isByDay?: boolean },
): Promise<{ rows: DocumentRow[]; total: number }> {
  const order = window.isByDay === true ? sql`coalesce(d.document_date, d.created_at::date) desc,` : nothing
  const [rows = [], counted = []] = await db.batch([
    sql`select ${columns} from medical_records.document d where ${filtered(userId, filter)}
      order by ${order} d.created_at desc, d.id desc limit ${window.limit} offset ${window.offset}`,
    sql`select count(*)::int as total from medical_records.document d where ${filtered(userId, filter)}`,
  ])
  return { rows: rows as DocumentRow[], total: (counted[0] as { total: number }).total }
}

/** What may be changed of a document; undefined stays. */
export interface DocumentChange {
  readonly isDraft?: boolean
  readonly storagePolicy?: string
  readonly documentType?: string | undefined
  readonly documentDate?: string | null | undefined
  readonly tags?: readonly string[] | undefined
  readonly details?: Buffer | undefined
  readonly status?: string | undefined
  readonly consentedAt?: Date
  readonly expiresAt?: Date | null
}

export async function updateDocument(db: Database, id: string, change: DocumentChange, now: Date): Promise<void> {
  const set = (column: Statement, value: unknown) => (value === undefined ? nothing : sql`, ${column} = ${value}`)
  await db.run(
    sql`update medical_records.document set updated_at = ${now}, version = version + 1
      ${set(sql`is_draft`, change.isDraft)} ${set(sql`storage_policy`, change.storagePolicy)}
      ${set(sql`document_type`, change.documentType)}
      ${set(sql`document_date`, change.documentDate)} ${set(sql`tags`, change.tags)}
      ${set(sql`details`, change.details)} ${set(sql`status`, change.status)}
      ${set(sql`consented_at`, change.consentedAt)} ${set(sql`expires_at`, change.expiresAt)}
      ${change.details === undefined && change.tags === undefined ? nothing : sql`, text_version = text_version + 1`}
      where id = ${id}`,
  )
}

export interface Reading {
  readonly status: string
  readonly fault: string | null
  readonly documentType: string
  readonly documentDate: string | null
  readonly pageCount: number | null
  readonly method: string
  readonly confidence: number | null
  readonly details: Buffer
  readonly content: Buffer | null
}

export async function writeReading(db: Database, id: string, reading: Reading, now: Date): Promise<boolean> {
  const count = await db.run(
    sql`update medical_records.document set status = ${reading.status}, fault = ${reading.fault},
        document_type = ${reading.documentType}, document_date = ${reading.documentDate},
        page_count = ${reading.pageCount}, method = ${reading.method}, confidence = ${reading.confidence},
        details = ${reading.details}, content = ${reading.content}, updated_at = ${now}, version = version + 1,
        text_version = text_version + 1
      where id = ${id}`,
  )
  return count > 0
}

export async function contentOf(db: Database, id: string): Promise<Buffer | null> {
  const row = await db.one<{ content: Buffer | null }>(
    sql`select content from medical_records.document where id = ${id}`,
  )
  return row?.content ?? null
}

export interface SearchRow extends DocumentRow {
  readonly content: Buffer | null
}

/** The newest documents with their text, for a search in what only the person's key opens. */
export function searchable(
  db: Database,
  userId: string,
  filter: DocumentFilter,
  window: { readonly limit: number; readonly offset: number },
): Promise<SearchRow[]> {
  return db.many<SearchRow>(
    sql`select ${columns}, d.content from medical_records.document d where ${filtered(userId, filter)}
      order by d.created_at desc, d.id desc limit ${window.limit} offset ${window.offset}`,
  )
}

/** Removes a document with its values; the address of its file, undefined when there is no such document. */
export async function deleteDocument(
  transaction: Transaction,
  id: string,
): Promise<{ readonly address: string | null } | undefined> {
  await transaction.run(sql`delete from medical_records.finding where document_id = ${id}`)
  return transaction.one<{ address: string | null }>(
    sql`delete from medical_records.document where id = ${id} returning address`,
  )
}

/** Documents of all people, or of one, whose time is over. */
export function expired(db: Database, now: Date, limit: number, userId?: string) {
  return db.many<{ id: string; user_id: string }>(
    sql`select id, user_id from medical_records.document where expires_at <= ${now}
      ${userId === undefined ? nothing : sql`and user_id = ${userId}`} order by expires_at limit ${limit}`,
  )
}

/** Ids of all documents of a person, drafts among them. */
export function allDocuments(db: Database, userId: string, limit: number): Promise<{ id: string }[]> {
  return db.many<{ id: string }>(
    sql`select id from medical_records.document where user_id = ${userId} order by created_at limit ${limit}`,
  )
}

/** A document whose values are all decided about is validated; one with values that wait again is not. */
export async function closeReviewed(transaction: Transaction, id: string, now: Date): Promise<void> {
  await transaction.run(
    sql`update medical_records.document set updated_at = ${now}, version = version + 1, status = 'validated'
      where id = ${id} and status = 'metadata_extracted' and not exists
        (select from medical_records.finding f where f.document_id = ${id} and f.state = 'unconfirmed')`,
  )
}

/** Documents of some ids, or all by pages, oldest first; no drafts. */
export function documentsForFhir(
  db: Database,
  userId: string,
  wanted: {
    readonly ids: readonly string[] | undefined
    readonly after: readonly [at: string, id: string] | undefined
    readonly limit: number
  },
): Promise<DocumentRow[]> {
  const { ids, after, limit } = wanted
  return db.many<DocumentRow>(
    sql`select ${columns} from medical_records.document d where d.user_id = ${userId} and not d.is_draft
      ${ids === undefined ? nothing : sql`and d.id = any(${ids})`}
      ${after === undefined ? nothing : sql`and (d.created_at, d.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)`}
      order by d.created_at, d.id limit ${limit}`,
  )
}

/** A file that was read as what a clinic's program wrote: it is no file that is only kept. */
export async function noteImported(db: Database, id: string, now: Date): Promise<boolean> {
  const changed = await db.run(
    sql`update medical_records.document set status = 'metadata_extracted', fault = null, updated_at = ${now},
        version = version + 1
      where id = ${id} and fault = 'type_not_read'`,
  )
  return changed > 0
}
