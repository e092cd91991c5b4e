import { PlatformError } from '../../../../kernel/errors.ts'
import type { RawAnswer } from '../../../../kernel/raw.ts'
import type { ExportOrder } from '../../domain/bulkExport.ts'
import { stringify } from '../../domain/json.ts'
import { type BulkFile, type BulkJob, endJob, forgetJob, listFiles } from '../../store/bulk.ts'
import { listPartFiles, partsState } from '../../store/bulkRecords.ts'
import type { Call } from '../call.ts'
import { cancelParts } from './records.ts'
import { bulkAddress, ownJob, removeFiles } from './shared.ts'

const POLL_SECONDS = 5
const MOST_FILES = 50_000

/** How far a job is: 202 while it runs, then the manifest, or the error that ended it. */
export async function jobStatus(call: Call, id: string): Promise<RawAnswer> {
  const job = await ownJob(call, id)
  if (job.state === 'failed') throw new PlatformError('internal', job.failure ?? 'The work failed')
  if (job.state !== 'done') {
    const headers = { 'x-progress': progressOf(job), 'retry-after': String(POLL_SECONDS) }
    return { status: 202, headers, body: '' }
  }
  if ((job.parameters as ExportOrder).records !== undefined) return recordsStatus(call, job)
  return manifest(job, manifestOf(call, job, await listFiles(call.db, call.personId, id)))
}

const manifest = (job: BulkJob, body: object): RawAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json', expires: job.expires_at.toUTCString() },
  body: stringify(body),
})

/** How far an export over several records is: done when each of them is. */
async function recordsStatus(call: Call, job: BulkJob): Promise<RawAnswer> {
  const { db } = call.context.system('the parts of an export that its requester asks for')
  const state = await partsState(db, job.id)
  if (state.failed > 0) throw new PlatformError('internal', 'The export could not be made for all records')
  if (state.open > 0) {
    const progress = `${state.done_count} of at most ${state.total_count} resources, in ${state.parts} records`
    return { status: 202, headers: { 'x-progress': progress, 'retry-after': String(POLL_SECONDS) }, body: '' }
  }
  const files = await listPartFiles(db, job, call.context.now(), MOST_FILES + 1)
  if (files.length > MOST_FILES)
    throw new PlatformError('payload_too_large', 'The export has too many files for one manifest: narrow it by _type')
  return manifest(job, manifestOf(call, job, files))
}

function progressOf(job: BulkJob): string {
  if (job.state === 'waiting') return 'waiting'
  const of = job.total_count === null ? '' : ` of at most ${job.total_count}`
  return `${job.done_count}${of} resources`
}

/** Ids are unique within a record: of several, each file says whose it is. */
function fileOf(call: Call, { job, id, type, count, user_id: personId }: BulkFile & { readonly user_id?: string }) {
  const url = bulkAddress(call, `${job}/files/${id}`, personId)
  return { type, url, count, ...(personId === undefined ? {} : { extension: { record: personId } }) }
}

function manifestOf(call: Call, job: BulkJob, files: readonly (BulkFile & { readonly user_id?: string })[]): object {
  const listed = (kind: BulkFile['kind']) =>
    files.filter((file) => file.kind === kind).map((file) => fileOf(call, file))
  const isImport = job.kind === 'import'
  return {
    transactionTime: job.created_at.toISOString(),
    request: job.request,
    requiresAccessToken: true,
    output: listed('output'),
    ...(isImport ? {} : { deleted: listed('deleted') }),
    error: isImport ? notes(call, job) : listed('error'),
    ...(isImport ? { extension: { counts: job.counts } } : ignoredOf(job.parameters as ExportOrder)),
  }
}

/** What an import left out is read from its notes, as OperationOutcomes. */
function notes(call: Call, job: BulkJob): object[] {
  const count = (job.counts.skipped ?? 0) + (job.counts.refused ?? 0)
  return count === 0 ? [] : [{ type: 'OperationOutcome', url: bulkAddress(call, `${job.id}/files/notes`), count }]
}

function ignoredOf({ ignored }: ExportOrder): object {
  return ignored.length === 0 ? {} : { extension: { ignored } }
}

/** `DELETE`: ends a job that runs, or forgets one that is done. */
export async function cancelJob(call: Call, id: string): Promise<RawAnswer> {
  const job = await ownJob(call, id)
  const files = await listFiles(call.db, call.personId, id)
  if ((job.parameters as ExportOrder).records !== undefined) await cancelParts(call, id)
  await call.context.transact(async (transaction) => {
    await endJob(transaction, id, 'cancelled', call.context.now())
    await forgetJob(transaction, id)
  })
  await removeFiles(call.context, job, files)
  return { status: 202, body: '' }
}
