import type { Transaction } from '../../../kernel/database.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import type { Context, StreamHandler } from '../../../kernel/service.ts'
import { marksOf } from '../domain/flags.ts'
import {
  type ReadRecord,
  readDeviceStatus,
  readEntry,
  readPlain,
  readTreatment,
  type UploadedRecord,
} from '../domain/nightscout.ts'
import { entriesIn, type Find, readFind } from '../domain/nightscoutSearch.ts'
import type { Sample } from '../domain/sample.ts'
import { type DocumentRow, endDocument, findDocument, findDocuments } from '../store/documents.ts'
import { correctPoint } from '../store/points.ts'
import { newestPoints } from '../store/reads.ts'
import { storeSamples } from '../store/samples.ts'
import { listSeries } from '../store/series.ts'
import { saveDocuments, type UploadedDocument } from '../store/uploaders.ts'
import { announceDelivery } from './announcing.ts'
import { zoneOf } from './person.ts'
import { bodyOf, jsonOf } from './rawBody.ts'
import { ownerOf, readerOf } from './uploaderAccess.ts'

const LARGEST_BODY_BYTES = 2 * 1024 * 1024
const MOST_RECORDS = 5000
const YEAR_MS = 366 * 86_400_000

export interface Collection {
  readonly kind: string
  readonly read: (record: UploadedRecord) => ReadRecord
}

/** What uploaders keep here. Of food and settings nothing is understood: they are kept as they are. */
export const COLLECTIONS: Readonly<Record<string, Collection>> = {
  entries: { kind: 'entries', read: readEntry },
  treatments: { kind: 'treatments', read: readTreatment },
  devicestatus: { kind: 'devicestatus', read: readDeviceStatus },
  profile: { kind: 'profile', read: readPlain },
  food: { kind: 'food', read: readPlain },
  settings: { kind: 'settings', read: readPlain },
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
  async nightscoutTest(context, request) {
    await ownerOf(context, request)
    return json({ status: 'ok' })
  },
  entriesOfType: getEntries,
  postEntries: (context, request) => upload(context, request, COLLECTIONS.entries as Collection),
  postTreatments: (context, request) => upload(context, request, COLLECTIONS.treatments as Collection),
  postDeviceStatus: (context, request) => upload(context, request, COLLECTIONS.devicestatus as Collection),
  getEntries,
  getTreatments: (context, request) => documents(context, request, 'treatments'),
  getDeviceStatus: (context, request) => documents(context, request, 'devicestatus'),
  getProfiles: (context, request) => documents(context, request, 'profile'),
  postProfile: (context, request) => upload(context, request, COLLECTIONS.profile as Collection),
  putTreatments: (context, request) => upload(context, request, COLLECTIONS.treatments as Collection),
  currentEntry: (context, request) => getEntries(context, { ...request, query: { ...request.query, count: '1' } }),
  async deleteTreatment(context, request) {
    const { context: owner } = await ownerOf(context, request)
    const identifier = (request.params.identifier ?? '').replace(/\.json$/, '')
    const row = await findDocument(owner.db, 'treatments', identifier)
    if (row?.is_valid !== true) throw new PlatformError('not_found', 'Treatment not found')
    await owner.transact((transaction) => withdraw(transaction, owner, COLLECTIONS.treatments as Collection, row))
    return json({ n: 1, ok: 1 })
  },
}

async function upload(context: Context, request: RawRequest, collection: Collection): Promise<RawAnswer> {
  const { records } = await take(context, request, collection)
  return json(records)
}

/** Stores what was sent: each record once, and the samples that it holds. */
async function take(context: Context, request: RawRequest, collection: Collection) {
  const { context: owner } = await ownerOf(context, request)
  const records = recordsOf(jsonOf(await bodyOf(request, LARGEST_BODY_BYTES)))
  const names = await keep(owner, collection, records)
  return { records: records.map((record, index) => ({ ...record, _id: names[index] })) }
}

/** Keeps documents and their samples; returns their names. Throws `validation_failed` for one that cannot be read. */
export async function keep(
  owner: Context,
  { kind, read }: Collection,
  records: readonly UploadedRecord[],
  before: readonly DocumentRow[] = [],
): Promise<string[]> {
  const samples: Sample[] = []
  const kept: UploadedDocument[] = []
  for (const record of records) {
    const result = read(record)
    if ('fault' in result) throw new PlatformError('validation_failed', `A record ${result.fault}`)
    samples.push(...result.samples)
    const { identifier, atMs } = result
    kept.push({ kind, identifier, atMs, document: { ...record, _id: identifier } })
  }
  const zone = await zoneOf(owner)
  const { personId } = owner
  const now = owner.now()
  await owner.transact(async (transaction) => {
    const names = new Set(samples.map(nameOf))
    for (const row of before) {
      // A value that the new wording does not have any more goes.
      await removeSamples(
        transaction,
        owner,
        samplesIn(read, row).filter((sample) => !names.has(nameOf(sample))),
      )
    }
    await saveDocuments(transaction, personId, kept, now)
    if (samples.length === 0) return
    const result = await storeSamples(transaction, { personId, now, zone, mode: 'replace' }, samples)
    await announceDelivery(transaction, { personId, now, way: 'nightscout' }, samples, result)
  })
  return kept.map((one) => one.identifier)
}

const nameOf = ({ metric, startMs, endMs = startMs }: Sample) => `${metric} ${startMs} ${endMs}`

function samplesIn(read: Collection['read'], row: DocumentRow): readonly Sample[] {
  const result = read(row.document)
  return 'fault' in result ? [] : result.samples
}

/** Ends a document: it no longer holds, and the values that came of it go. */
export async function withdraw(
  transaction: Transaction,
  owner: Context,
  { kind, read }: Collection,
  row: DocumentRow,
): Promise<void> {
  await endDocument(transaction, kind, row.identifier, owner.now())
  await removeSamples(transaction, owner, samplesIn(read, row))
}

async function removeSamples(transaction: Transaction, owner: Context, samples: readonly Sample[]): Promise<void> {
  const series = samples.length === 0 ? [] : await listSeries(transaction, { source: 'nightscout' })
  for (const { metric, startMs, endMs = startMs } of samples) {
    const found = series.find((one) => one.metric === metric)
    if (found === undefined) continue
    const key = { seriesId: found.id, startMs, durationMs: endMs - startMs }
    await correctPoint(transaction, owner.personId, key, { point: undefined, isSleep: false }, owner.now())
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

/** Names of what entries of a type hold. */
const ENTRY_METRICS = { sgv: 'continuous_glucose', mbg: 'blood_glucose' } as const

async function getEntries(context: Context, request: RawRequest): Promise<RawAnswer> {
  const owner = await readerOf(context, request)
  const { filters, count } = findIn(request)
  const untilMs = owner.now().getTime() + 300_000
  const search = entriesIn(filters, { fromMs: untilMs - YEAR_MS, untilMs }, request.params.type?.replace(/\.json$/, ''))
  if ('fault' in search) throw new PlatformError('bad_request', search.fault)
  const { type, ...range } = search
  const series = await listSeries(owner.db, { metrics: [ENTRY_METRICS[type]] })
  const points = await newestPoints(
    owner.db,
    series.map((one) => one.id),
    range,
    count,
  )
  const sourceOf = new Map(series.map((one) => [one.id, one.source]))
  return json(
    points.map((point) => ({
      type,
      [type]: Math.round(point.value),
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
  const { filters, count } = findIn(request)
  return json((await findDocuments(owner.db, kind, filters, count)).map((row) => row.document))
}

function findIn({ query }: RawRequest): Find {
  const find = readFind(query)
  if ('fault' in find) throw new PlatformError('bad_request', find.fault)
  return find
}

/** An answer as JSON. */
export function json(value: unknown, status = 200): RawAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(value),
  }
}
