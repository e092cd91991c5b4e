import { createHash } from 'node:crypto'
import { notFound, PlatformError } from '../../../../kernel/errors.ts'
import { isUuid } from '../../../../kernel/ids.ts'
import type { Context } from '../../../../kernel/service.ts'
import type { ExportOrder, RecordPart } from '../../domain/bulkExport.ts'
import { type BulkJob, beginJob, endJob, forgetJob, listFiles } from '../../store/bulk.ts'
import { insertPart, listParts, openRecords, recordsHolding } from '../../store/bulkRecords.ts'
import type { Call } from '../call.ts'
import { CATEGORY, KEPT_MS, removeFiles } from './shared.ts'

/** So many records one export may span; a service that was let into more asks by Group. */
const MOST_RECORDS = 20_000
const MOST_ATTEMPTS = 5

type ExportJob = BulkJob<ExportOrder, unknown>

const reason = 'an export over the records that their persons opened to whoever asked, each by its own right'

/** Whether a call names no record: a backend service has none of its own, and means all that it was let into. */
export function spansRecords(call: Call): boolean {
  return call.app?.isBackend === true && call.personId === call.context.accountId
}

/** A Group and the record that it stands in. */
export interface GroupHome {
  readonly context: Context
  readonly personId: string
}

/** Where a Group stands: in the record of the call, or in the one record open to the service that has it. Throws 404. */
export async function homeOfGroup(call: Call, id: string): Promise<GroupHome> {
  if (!spansRecords(call)) return { context: call.context, personId: call.personId }
  const { db } = call.context.system(reason)
  const records = await openRecords(db, call.context.accountId, call.context.now(), MOST_RECORDS)
  const homes = records.length === 0 ? [] : await recordsHolding(db, records, { type: 'Group', id })
  const [home] = homes
  if (home === undefined) throw notFound(`Group/${id}`)
  if (homes.length > 1)
    throw new PlatformError('bad_request', `Several records have a Group/${id}: say which with profile_id`)
  return { context: call.context.asHolder(call.context.accountId, home, CATEGORY), personId: home }
}

/**
 * The records that a Group spans: its own, and those of members who are other persons with a record that the requester may
 * read. Undefined when it is the record of the call alone. Members whose record is closed are left out like strangers.
 */
export async function partsOfGroup(
  call: Call,
  home: GroupHome,
  members: readonly string[],
): Promise<readonly RecordPart[] | undefined> {
  const { accountId } = call.context
  const others = members.filter((one) => isUuid(one) && one !== home.personId)
  const open =
    others.length === 0
      ? new Set<string>()
      : new Set(await openRecords(call.context.system(reason).db, accountId, call.context.now(), MOST_RECORDS))
  if (home.personId !== accountId && call.app === undefined) open.add(accountId)
  const elsewhere = others.filter((one) => open.has(one))
  if (elsewhere.length === 0 && home.personId === call.personId) return undefined
  const here = members.length === 0 ? [] : [{ personId: home.personId, patients: [...members] }]
  return [...here, ...elsewhere.map((personId) => ({ personId, patients: [personId] }))]
}

/** Begins an export of each record, by job: below the one that was asked for. */
export async function openParts(context: Context, id: string): Promise<void> {
  const job = await beginJob<ExportOrder, object>(context.db, context.personId, id, context.now())
  if (job === undefined) return
  const { records, ...order } = job.parameters
  const fail = (text: string) => endJob(context.db, id, 'failed', context.now(), text)
  if (records === undefined || job.attempts > MOST_ATTEMPTS) return void (await fail('The export could not be made'))
  const parts = records === 'all' ? await allRecords(context, job) : records
  if (parts.length > MOST_RECORDS)
    return void (await fail(`More than ${MOST_RECORDS} records are open: export them by Group`))
  for (const part of parts) await openPart(context, job, order, part)
  await endJob(context.db, id, 'done', context.now())
}

async function allRecords(context: Context, job: ExportJob): Promise<RecordPart[]> {
  const { db } = context.system(reason)
  const people = await openRecords(db, job.requester, context.now(), MOST_RECORDS + 1)
  return people.map((personId) => ({ personId }))
}

async function openPart(context: Context, job: ExportJob, order: ExportOrder, part: RecordPart): Promise<void> {
  const { personId, patients } = part
  const id = partId(job.id, personId)
  const own = context.forPerson(personId, 'what is read is asked again under the right of the requester')
  const isNew = await own.transact(async (transaction) => {
    const isWritten = await insertPart(transaction, {
      id,
      personId,
      parent: job.id,
      requester: job.requester,
      kind: 'export',
      request: job.request,
      parameters: patients === undefined ? order : { ...order, patients },
      position: { type: '', after: '', ordinal: 0 },
      // All parts show their records as they were when the whole was asked for.
      now: job.created_at,
      expiresAt: new Date(job.created_at.getTime() + KEPT_MS),
    })
    if (isWritten) await transaction.enqueue('export', { job: id }, { key: id })
    return isWritten
  })
  if (isNew) context.asHolder(job.requester, personId, CATEGORY).audit({ action: 'fhir_export', grantId: job.id })
}

/** The same for each run: a part is begun once. */
function partId(parent: string, personId: string): string {
  const hex = createHash('sha256').update(`${parent} ${personId}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

const AT_ONCE = 200
const FIRST = '00000000-0000-0000-0000-000000000000'

/** Ends all parts of a job, and removes their files. */
export async function cancelParts(call: Call, parent: string): Promise<void> {
  const { context } = call
  const { db, transact } = context.system('the parts of an export that its requester ends')
  for (let after = FIRST; ; ) {
    const parts = await listParts(db, parent, after, AT_ONCE)
    for (const part of parts) {
      const files = await listFiles(db, part.user_id, part.id)
      await transact(async (transaction) => {
        await endJob(transaction, part.id, 'cancelled', context.now())
        await forgetJob(transaction, part.id)
      })
      await removeFiles(context, part, files, db)
    }
    if (parts.length < AT_ONCE) return
    after = parts.at(-1)?.user_id ?? after
  }
}
