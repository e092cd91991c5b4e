import { notFound, PlatformError } from '../../../../kernel/errors.ts'
import { isUuid } from '../../../../kernel/ids.ts'
import type { RawAnswer } from '../../../../kernel/raw.ts'
import type { Context } from '../../../../kernel/service.ts'
import { FHIR_JSON, outcomeOf } from '../../contract/outcome.ts'
import { stringify } from '../../domain/json.ts'
import { type BulkJob, findJob, isShared } from '../../store/bulk.ts'
import { addressOf, type Call, type Pairs } from '../call.ts'

/** Under which category of a record the frame decides about all of FHIR. */
export const CATEGORY = 'health_records'
/** The folder of this service's files. */
export const AREA = 'fhir'
/** How long what a job made can be fetched. */
export const KEPT_MS = 24 * 60 * 60 * 1000
/** So many jobs of a kind may be under way for one record. */
export const MOST_AT_ONCE = 2

/** Throws 400 unless the client says that it comes back for the answer. */
export function assertAsync(call: Call): void {
  const { prefer } = call.headers
  const text = Array.isArray(prefer) ? prefer.join(',') : (prefer ?? '')
  if (!/(?:^|[,;\s])respond-async(?:$|[,;\s])/.test(text))
    throw new PlatformError('bad_request', 'This is work in the background: say Prefer: respond-async')
}

/** The address of a job or of something of it, with whose record it is where that isn't the caller's own. */
export function bulkAddress(call: Call, path: string, personId = call.personId): string {
  const { caller } = call.context
  const pairs: Pairs = caller.principal?.accountId === personId ? [] : [['profile_id', personId]]
  return addressOf(call, `$bulk/${path}`, pairs)
}

/** The answer to a kick-off. */
export function accepted(call: Call, id: string, personId = call.personId): RawAnswer {
  const issue = { severity: 'information', code: 'informational', text: 'The work has begun' } as const
  const headers = { 'content-location': bulkAddress(call, id, personId), 'content-type': FHIR_JSON }
  return { status: 202, headers, body: stringify(outcomeOf([issue])) }
}

/** A job that the caller began and that is not past its time. Throws 404. */
export async function ownJob<Parameters, Position>(call: Call, id: string): Promise<BulkJob<Parameters, Position>> {
  const row = isUuid(id) ? await findJob<Parameters, Position>(call.db, call.personId, id) : undefined
  const isMine = row?.requester === call.context.accountId
  if (row === undefined || !isMine || row.state === 'cancelled' || row.expires_at <= call.context.now())
    throw notFound('A job')
  return row
}

/** The context that shows what the requester of a job may see, now. */
export function readerOf(context: Context, job: Pick<BulkJob, 'requester' | 'user_id'>): Context {
  return job.requester === job.user_id ? context : context.asHolder(job.requester, job.user_id, CATEGORY)
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

/** Refuses more jobs than one record may have at once. */
export const tooMany = () =>
  new PlatformError('too_many_requests', `At most ${MOST_AT_ONCE} such jobs run at once for a record`, {
    retryAfterSeconds: 60,
  })
