import { PlatformError } from '../../../kernel/errors.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import type { Context, StreamHandler } from '../../../kernel/service.ts'
import { marksOf } from '../domain/flags.ts'
import {
  type ReadRecord,
  readDeviceStatus,
  readEntry,
  readTreatment,
  type UploadedRecord,
} from '../domain/nightscout.ts'
import type { Sample } from '../domain/sample.ts'
import { newestPoints } from '../store/reads.ts'
import { storeSamples } from '../store/samples.ts'
import { listSeries } from '../store/series.ts'
import { newestDocuments, saveDocuments, type UploadedDocument, uploaderOf } from '../store/uploaders.ts'
import { announceDelivery } from './announcing.ts'
import { zoneOf } from './person.ts'
import { digestOfSent, sentFor } from './uploaders.ts'

const LARGEST_BODY_BYTES = 2 * 1024 * 1024
const MOST_READ_BYTES = 16 * 1024 * 1024
const MOST_RECORDS = 5000
const SHA1 = /^[0-9a-f]{40}$/i
const YEAR_MS = 366 * 86_400_000

interface Collection {
  readonly kind: 'entries' | 'treatments' | 'devicestatus'
  readonly read: (record: UploadedRecord) => ReadRecord
}

const COLLECTIONS: Readonly<Record<string, Collection>> = {
  entries: { kind: 'entries', read: readEntry },
  treatments: { kind: 'treatments', read: readTreatment },
  devicestatus: { kind: 'devicestatus', read: readDeviceStatus },
}

export const nightscoutRoutes: Readonly<Record<string, StreamHandler>> = {
  async nightscoutStatus(context) {
    return json({
      status: 'ok',
      name: 'salus',
      version: '15.0.0',
      apiEnabled: true,
      careportalEnabled: true,
      serverTime: context.now().toISOString(),
      serverTimeEpoch: context.now().getTime(),
      settings: { units: 'mg/dl', enable: ['careportal'] },
    })
  },
  async nightscoutVerify(context, request) {
    const owner = await ownerOf(context, request).catch(() => undefined)
    const message =
      owner === undefined ? 'UNAUTHORIZED' : { canRead: owner.mayRead, canWrite: true, isAdmin: false, message: 'OK' }
    return json({ status: 200, message })
  },
  postEntries: (context, request) => upload(context, request, COLLECTIONS.entries as Collection),
  postTreatments: (context, request) => upload(context, request, COLLECTIONS.treatments as Collection),
  postDeviceStatus: (context, request) => upload(context, request, COLLECTIONS.devicestatus as Collection),
  getEntries,
  getTreatments: (context, request) => documents(context, request, 'treatments'),
  getDeviceStatus: (context, request) => documents(context, request, 'devicestatus'),
  async postDocumentV3(context, request) {
    const collection = COLLECTIONS[request.params.collection ?? '']
    if (collection === undefined) throw new PlatformError('not_found', 'Collection not found')
    const { stored, names } = await take(context, request, collection)
    return json(
      { status: stored > 0 ? 201 : 200, identifier: names[0], isDeduplication: stored === 0 },
      stored > 0 ? 201 : 200,
    )
  },
}

interface Owner {
  readonly context: Context
  readonly mayRead: boolean
}

/** Whose upload it is: the bearer of a token of ours, or the secret of an uploader. Throws 401 otherwise. */
async function ownerOf(context: Context, { headers, query }: RawRequest): Promise<Owner> {
  if (context.caller.principal !== undefined) return { context, mayRead: true }
  const given = headers['api-secret'] ?? query.secret ?? query.token
  const text = Array.isArray(given) ? given[0] : given
  if (text === undefined || text.length > 200)
    throw new PlatformError('unauthenticated', 'The api-secret header is required')
  const sent = SHA1.test(text) ? text : sentFor(text)
  const { db } = context.system('the secret names the person')
  const found = await uploaderOf(db, digestOfSent(sent), context.now())
  if (found === undefined) throw new PlatformError('invalid_token', 'The api-secret is not valid')
  return { context: context.forPerson(found.user_id, 'whose uploader this secret is'), mayRead: found.may_read }
}

async function upload(context: Context, request: RawRequest, collection: Collection): Promise<RawAnswer> {
  const { records } = await take(context, request, collection)
  return json(records)
}

/** Stores what was sent: each record once, and the samples that it holds. */
async function take(context: Context, request: RawRequest, { kind, read }: Collection) {
  const { context: owner } = await ownerOf(context, request)
  const records = recordsOf(await bodyOf(request))
  const samples: Sample[] = []
  const kept: UploadedDocument[] = []
  for (const record of records) {
    const result = read(record)
    if ('fault' in result) throw new PlatformError('validation_failed', `A record ${result.fault}`)
    samples.push(...result.samples)
    // Readings are samples, and are shown as entries again from them.
    if (kind !== 'entries')
      kept.push({
        kind,
        identifier: result.identifier,
        atMs: result.atMs,
        document: { ...record, _id: result.identifier },
      })
  }
  const zone = await zoneOf(owner)
  const { personId } = owner
  const now = owner.now()
  const stored = await owner.transact(async (transaction) => {
    await saveDocuments(transaction, personId, kept, now)
    if (samples.length === 0) return kept.length
    const result = await storeSamples(transaction, { personId, now, zone, mode: 'replace' }, samples)
    await announceDelivery(transaction, { personId, now, way: 'nightscout' }, samples, result)
    return result.taken + kept.length
  })
  const names = records.map((record) => (read(record) as { identifier: string }).identifier)
  return { stored, names, records: records.map((record, index) => ({ ...record, _id: names[index] })) }
}

async function bodyOf({ body }: RawRequest): Promise<unknown> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of body) {
    size += (part as Buffer).length
    // Read on for a while: a request that is left half read keeps its connection from the next one.
    if (size <= LARGEST_BODY_BYTES) parts.push(part as Buffer)
    else if (size > MOST_READ_BYTES) break
  }
  if (size > LARGEST_BODY_BYTES) throw new PlatformError('payload_too_large', 'At most 2 MiB can be sent at once')
  try {
    return JSON.parse(Buffer.concat(parts).toString())
  } catch {
    throw new PlatformError('malformed_body', 'The body is not JSON')
  }
}

function recordsOf(body: unknown): UploadedRecord[] {
  const list: unknown[] = Array.isArray(body) ? body : [body]
  if (list.length > MOST_RECORDS)
    throw new PlatformError('payload_too_large', `At most ${MOST_RECORDS} records can be sent at once`)
  const isRecord = (one: unknown): one is UploadedRecord =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
  if (!list.every(isRecord)) throw new PlatformError('validation_failed', 'Every record must be an object')
  return list as UploadedRecord[]
}

async function readerOf(context: Context, request: RawRequest): Promise<Context> {
  const { context: owner, mayRead } = await ownerOf(context, request)
  if (mayRead) return owner
  throw new PlatformError('insufficient_scope', 'This uploader may write and not read')
}

async function getEntries(context: Context, request: RawRequest): Promise<RawAnswer> {
  const owner = await readerOf(context, request)
  const series = await listSeries(owner.db, { metrics: ['continuous_glucose'] })
  const untilMs = owner.now().getTime() + 300_000
  const points = await newestPoints(
    owner.db,
    series.map((one) => one.id),
    { fromMs: untilMs - YEAR_MS, untilMs },
    countOf(request),
  )
  const sourceOf = new Map(series.map((one) => [one.id, one.source]))
  return json(
    points.map((point) => ({
      type: 'sgv',
      sgv: Math.round(point.value),
      date: point.startMs,
      dateString: new Date(point.startMs).toISOString(),
      utcOffset: point.offsetMinutes,
      device: sourceOf.get(point.seriesId),
      ...(marksOf(point.flags).bound === undefined ? {} : { bound: marksOf(point.flags).bound }),
    })),
  )
}

async function documents(context: Context, request: RawRequest, kind: string): Promise<RawAnswer> {
  const owner = await readerOf(context, request)
  return json((await newestDocuments(owner.db, kind, countOf(request))).map((row) => row.document))
}

function countOf({ query }: RawRequest): number {
  const count = Number(query.count ?? 10)
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count
  throw new PlatformError('validation_failed', 'count must be from 1 to 1000')
}

function json(value: unknown, status = 200): RawAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(value),
  }
}
