import { createHash } from 'node:crypto'
import { auditOf } from '../../../kernel/audit/read.ts'
import { frameOperations } from '../../../kernel/frameOperations.ts'
import { errorFields } from '../../../kernel/log.ts'
import type { Context } from '../../../kernel/service.ts'
import { consentAudit } from '../contract.ts'
import { type ArchiveEntry, csvOf, indexPage, jsonOf, type PartIndex, zipOf } from '../providers/archive.ts'
import * as store from '../store/exports.ts'
import { rowView } from './audit.ts'

const LARGEST_BYTES = 20 * 1024 ** 3
const AUDIT_PAGE = 500
const AUDIT_PAGES = 200
const area = consentAudit.name

/** Makes the zip of a person's data, by job. Services are asked one after the other; the zip goes to disk as it grows. */
export async function makeExport(context: Context, id: string): Promise<void> {
  const { db, personId } = context
  const row = await store.findExport(db, personId, id)
  if (row === undefined || row.state === 'ready' || row.expires_at <= context.now()) return
  await store.beginExport(db, id, context.contracts.length + 1)
  const hash = createHash('sha256')
  const source = hashed(zipOf(entriesOf(context, id), context.now()), (piece) => hash.update(piece))
  try {
    const file = await context.ports.files.store({ personId, area }, source, { maximumBytes: LARGEST_BYTES })
    const result = { sizeBytes: file.sizeBytes, address: file.address, sha256: hash.digest('hex') }
    await store.finishExport(db, id, result, context.now())
  } catch (error) {
    await store.failExport(db, id)
    throw error
  }
}

async function* hashed(source: AsyncIterable<Buffer>, note: (piece: Buffer) => void): AsyncGenerator<Buffer, void> {
  for await (const piece of source) {
    note(piece)
    yield piece
  }
}

/** Every file of the archive, in order; the index comes last, when it is known what lies in it. */
async function* entriesOf(context: Context, id: string): AsyncGenerator<ArchiveEntry, void> {
  const index: PartIndex[] = []
  for (const [done, { name, summary }] of context.contracts.entries()) {
    const part = await partOf(context, name)
    if (part === undefined) {
      index.push({ service: name, summary, collections: [], files: 0, isMissing: true })
    } else {
      yield* filesOfPart(context, name, part)
      const collections = Object.entries(part.collections)
        .filter(([, rows]) => rows.length > 0)
        .map(([collection, rows]) => ({ name: collection, rows: rows.length }))
      index.push({ service: name, summary, collections, files: part.files.length, isMissing: false })
    }
    await store.noteProgress(context.db, id, done + 1)
  }
  const audit = await auditRows(context)
  yield { name: 'audit/who-did-what.json', content: jsonOf(audit) }
  yield { name: 'audit/who-did-what.csv', content: csvOf(audit) }
  index.push({
    service: 'audit',
    summary: 'Who did what with your record.',
    collections: [{ name: 'who-did-what', rows: audit.length }],
    files: 0,
    isMissing: false,
  })
  yield { name: 'index.html', content: [indexPage(index, context.now())] }
}

type Part = Awaited<ReturnType<typeof askPart>>

function askPart(context: Context, service: string) {
  return context.call(frameOperations(service).exportPart, {})
}

/** What one service holds; undefined, and named so in the index, when it can't be asked. */
async function partOf(context: Context, service: string): Promise<Part | undefined> {
  try {
    return await askPart(context, service)
  } catch (error) {
    context.log.warn({ part: service, ...errorFields(error) }, 'a part of an export is missing')
    return undefined
  }
}

async function* filesOfPart(context: Context, service: string, part: Part): AsyncGenerator<ArchiveEntry, void> {
  for (const [collection, rows] of Object.entries(part.collections)) {
    if (rows.length === 0) continue
    yield { name: `${service}/${collection}.json`, content: jsonOf(rows) }
    yield { name: `${service}/${collection}.csv`, content: csvOf(rows) }
  }
  for (const [number, { name, address }] of part.files.entries()) {
    const file = await context.ports.files.open({ personId: context.personId, area: service }, address)
    yield { name: `${service}/files/${number + 1}-${safeName(name)}`, isCompressed: true, content: file.content }
  }
}

/** A name that is one file in one folder, on any system. */
function safeName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '_').slice(-100)
}

async function auditRows(context: Context) {
  const { db } = context.system('the audit of one person, which the frame keeps')
  const rows: ReturnType<typeof rowView>[] = []
  let cursor: string | undefined
  for (let page = 0; page < AUDIT_PAGES; page += 1) {
    const options = { limit: AUDIT_PAGE, ...(cursor === undefined ? {} : { cursor }) }
    const { entries, nextCursor } = await auditOf(db, context.personId, options)
    rows.push(...entries.map(rowView))
    if (nextCursor === undefined) break
    cursor = nextCursor
  }
  return rows
}

const BATCH = 100

/** Removes the zips whose time is over, of all people. */
export async function removeExpired(context: Context): Promise<void> {
  const { db } = context.system('exports of all people whose time is over')
  const rows = await store.expireExports(db, context.now(), BATCH)
  for (const { user_id: personId, address } of rows) {
    if (address !== null) await context.ports.files.delete({ personId, area }, address)
  }
}
