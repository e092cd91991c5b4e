import { PlatformError } from '../../../kernel/errors.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import type { Context, StreamHandler } from '../../../kernel/service.ts'
import type { UploadedRecord } from '../domain/nightscout.ts'
import { fixedField, readSearch } from '../domain/nightscoutSearch.ts'
import { changedDocuments, type DocumentRow, findDocument, lastChanges, searchDocuments } from '../store/documents.ts'
import { COLLECTIONS, type Collection, json, keep, withdraw } from './nightscout.ts'
import { bodyOf, jsonOf } from './rawBody.ts'
import { ownerOfV3, tokenFor } from './uploaderAccess.ts'

const LARGEST_DOCUMENT_BYTES = 262_144
const MOST_CHANGES = 1000
const VERSION = { version: '15.0.0', apiVersion: '3.0.4' }

export const nightscoutV3Routes: Readonly<Record<string, StreamHandler>> = {
  versionV3: async (context) => json({ status: 200, result: about(context) }),
  async statusV3(context, request) {
    const { mayRead } = await ownerOfV3(context, request)
    const rights = mayRead ? 'crud' : 'cud'
    const apiPermissions = Object.fromEntries(Object.keys(COLLECTIONS).map((name) => [name, rights]))
    return json({ status: 200, result: { ...about(context), apiPermissions } })
  },
  async lastModifiedV3(context, request) {
    const owner = await readerIn(context, request)
    const collections = await lastChanges(owner.db, Object.keys(COLLECTIONS))
    return json({ status: 200, result: { srvDate: context.now().getTime(), collections } })
  },
  async tokenV2(context, { params }) {
    const made = await tokenFor(context, params.secret ?? '')
    if (made === undefined) throw new PlatformError('invalid_token', 'The secret is not valid')
    return json(made)
  },
  searchV3,
  createV3,
  historyV3: (context, request) => history(context, request, request.headers['last-modified']),
  historySinceV3: (context, request) => history(context, request, named(request.params.since)),
  async readV3(context, request) {
    const { row } = await existing(await readerIn(context, request), request)
    return json({ status: 200, result: viewOf(row) })
  },
  replaceV3,
  patchV3,
  async removeV3(context, request) {
    const { context: owner } = await ownerOfV3(context, request)
    const { row, collection } = await existing(owner, request)
    await owner.transact((transaction) => withdraw(transaction, owner, collection, row))
    return json({ status: 200 })
  },
}

function about(context: Context) {
  return { ...VERSION, srvDate: context.now().getTime(), storage: { storage: 'postgresql', version: '' } }
}

async function readerIn(context: Context, request: RawRequest): Promise<Context> {
  const { context: owner, mayRead } = await ownerOfV3(context, request)
  if (mayRead) return owner
  throw new PlatformError('insufficient_scope', 'This uploader may write and not read')
}

/** Names in paths may end in `.json`. */
const named = (name = '') => name.replace(/\.json$/, '')

function collectionIn({ params }: RawRequest): Collection {
  const name = named(params.collection)
  const collection = Object.hasOwn(COLLECTIONS, name) ? COLLECTIONS[name] : undefined
  if (collection === undefined) throw new PlatformError('not_found', 'Collection not found')
  return collection
}

/** A document that holds. Throws 404 for none, and `gone` for one that was removed. */
async function existing(owner: Context, request: RawRequest) {
  const collection = collectionIn(request)
  const row = await findDocument(owner.db, collection.kind, named(request.params.identifier))
  if (row === undefined) throw new PlatformError('not_found', 'Document not found')
  if (!row.is_valid) throw new PlatformError('gone', 'The document was removed')
  return { row, collection }
}

async function documentIn(request: RawRequest): Promise<UploadedRecord> {
  const value = jsonOf(await bodyOf(request, LARGEST_DOCUMENT_BYTES))
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as UploadedRecord
  throw new PlatformError('validation_failed', 'The body must be one document')
}

async function searchV3(context: Context, request: RawRequest): Promise<RawAnswer> {
  const owner = await readerIn(context, request)
  const { kind } = collectionIn(request)
  const search = readSearch(request.query)
  if ('fault' in search) throw new PlatformError('bad_request', search.fault)
  const rows = await searchDocuments(owner.db, kind, search)
  const { fields } = search
  const result = rows.map(viewOf).map((view) => (fields === undefined ? view : picked(view, fields)))
  return json({ status: 200, result })
}

function picked(view: Readonly<Record<string, unknown>>, fields: readonly string[]) {
  return Object.fromEntries(fields.flatMap((name) => (Object.hasOwn(view, name) ? [[name, view[name]]] : [])))
}

function viewOf({ identifier, at_ms, document, created_ms, modified_ms, is_valid }: DocumentRow) {
  const { _id, ...fields } = document
  const kept = is_valid ? fields : {}
  return { ...kept, identifier, date: at_ms, srvCreated: created_ms, srvModified: modified_ms, isValid: is_valid }
}

/** The same document again is told to be known: its name is made of what it is where it brings none. */
async function createV3(context: Context, request: RawRequest): Promise<RawAnswer> {
  const { context: owner } = await ownerOfV3(context, request)
  const collection = collectionIn(request)
  return store(owner, collection, await documentIn(request))
}

async function replaceV3(context: Context, request: RawRequest): Promise<RawAnswer> {
  const { context: owner } = await ownerOfV3(context, request)
  const collection = collectionIn(request)
  return store(owner, collection, { ...(await documentIn(request)), identifier: named(request.params.identifier) })
}

async function store(owner: Context, collection: Collection, document: UploadedRecord): Promise<RawAnswer> {
  const read = collection.read(document)
  if ('fault' in read) throw new PlatformError('validation_failed', `The document ${read.fault}`)
  const { identifier } = read
  const known = await findDocument(owner.db, collection.kind, identifier)
  if (known?.is_valid === true) refuseFixed(known, document)
  await keep(owner, collection, [document], known === undefined ? [] : [known])
  const lastModified = owner.now().getTime()
  if (known === undefined) return json({ status: 201, identifier, lastModified }, 201)
  return json({ status: 200, identifier, lastModified, isDeduplication: true, deduplicatedIdentifier: identifier })
}

async function patchV3(context: Context, request: RawRequest): Promise<RawAnswer> {
  const { context: owner } = await ownerOfV3(context, request)
  const { row, collection } = await existing(owner, request)
  const change = await documentIn(request)
  refuseFixed(row, change)
  await keep(owner, collection, [{ ...row.document, ...change, identifier: row.identifier }], [row])
  return json({ status: 200 })
}

function refuseFixed(row: DocumentRow, change: UploadedRecord): void {
  const field = fixedField({ ...row.document, identifier: row.identifier }, change)
  if (field !== undefined) throw new PlatformError('bad_request', `Field ${field} cannot be modified by the client`)
}

async function history(context: Context, request: RawRequest, since: string | undefined): Promise<RawAnswer> {
  const owner = await readerIn(context, request)
  const { kind } = collectionIn(request)
  const sinceMs = /^\d{1,15}$/.test(since ?? '') ? Number(since) : Date.parse(since ?? '')
  if (Number.isNaN(sinceMs)) throw new PlatformError('bad_request', 'Last-Modified must tell an instant')
  const limit = Number(request.query.limit ?? MOST_CHANGES)
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= MOST_CHANGES)) {
    throw new PlatformError('validation_failed', `limit must be from 1 to ${MOST_CHANGES}`)
  }
  const rows = await changedDocuments(owner.db, kind, sinceMs, limit)
  const lastMs = rows.at(-1)?.modified_ms ?? sinceMs
  const answer = json({ status: 200, result: rows.map(viewOf) })
  return {
    ...answer,
    headers: { ...answer.headers, 'last-modified': new Date(lastMs).toUTCString(), etag: `W/"${lastMs}"` },
  }
}
