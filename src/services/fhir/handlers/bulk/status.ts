import { PlatformError } from '../../../../kernel/errors.ts'
import type { RawAnswer } from '../../../../kernel/raw.ts'
import type { Context } from '../../../../kernel/service.ts'
import type { ExportOrder } from '../../domain/bulkExport.ts'
import { stringify } from '../../domain/json.ts'
import { type BulkFile, type BulkJob, endJob, forgetJob, isShared, listFiles } from '../../store/bulk.ts'
import type { Call } from '../call.ts'
import { AREA, bulkAddress, ownJob } from './shared.ts'

const POLL_SECONDS = 5

/** How far a job is: 202 while it runs, then the manifest, or the error that ended it. */
export async function jobStatus(call: Call, id: string): Promise<RawAnswer> {
  const job = await ownJob(call, id)
  if (job.state === 'failed') throw new PlatformError('internal', job.failure ?? 'The work failed')
  if (job.state !== 'done') {
    const headers = { 'x-progress': progressOf(job), 'retry-after': String(POLL_SECONDS) }
    return { status: 202, headers, body: '' }
  }
  const files = await listFiles(call.db, call.personId, id)
  const headers = { 'content-type': 'application/json', expires: job.expires_at.toUTCString() }
  return { status: 200, headers, body: stringify(manifestOf(call, job, files)) }
}

function progressOf(job: BulkJob): string {
  if (job.state === 'waiting') return 'waiting'
  const of = job.total_count === null ? '' : ` of at most ${job.total_count}`
  return `${job.done_count}${of} resources`
}

function manifestOf(call: Call, job: BulkJob, files: readonly BulkFile[]): object {
  const listed = (kind: BulkFile['kind']) =>
    files
      .filter((file) => file.kind === kind)
      .map((file) => ({ type: file.type, url: bulkAddress(call, `${job.id}/files/${file.id}`), count: file.count }))
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
  await call.context.transact(async (transaction) => {
    await endJob(transaction, id, 'cancelled', call.context.now())
    await forgetJob(transaction, id)
  })
  await removeFiles(call.context, job, files)
  return { status: 202, body: '' }
}

/** Removes stored files that no other job of the person has. */
export async function removeFiles(
  context: Context,
  job: { readonly id: string; readonly user_id: string },
  files: readonly { readonly address: string }[],
  db = context.db,
): Promise<void> {
  for (const { address } of files) {
    if (await isShared(db, job.user_id, job.id, address)) continue
    await context.ports.files.delete({ personId: job.user_id, area: AREA }, address)
  }
}
