import { notFound, PlatformError } from '../../../../kernel/errors.ts'
import type { RawAnswer } from '../../../../kernel/raw.ts'
import { type ExportLevel, type ExportOrder, readExportOrder } from '../../domain/bulkExport.ts'
import { isObject, type Json, type JsonObject, listOf, parseJson } from '../../domain/json.ts'
import { isId } from '../../domain/primitives.ts'
import { insertJob } from '../../store/bulk.ts'
import { findResource } from '../../store/resources.ts'
import { addressOf, bodyJson, type Call, isLenient, type Pairs } from '../call.ts'
import { homeOfGroup, partsOfGroup, spansRecords } from './records.ts'
import { mayExport } from './rights.ts'
import { accepted, assertAsync, KEPT_MS, MOST_AT_ONCE, tooMany } from './shared.ts'

/** Where an export stands: the type, and the last id of it that is in a file. */
export interface ExportPosition {
  readonly type: string
  readonly after: string
  readonly ordinal: number
  readonly isDeletedDone?: boolean
}

/** `$export`: begins the work, and answers where to ask for it. */
export async function startExport(call: Call, level: ExportLevel, group?: string): Promise<RawAnswer> {
  assertAsync(call)
  const pairs: Pairs = call.method === 'POST' ? [...call.query, ...(await bodyPairs(call))] : call.query
  const read = readExportOrder(level, pairs, isLenient(call), call.engines)
  const order = mayExport(call, group === undefined ? read : await ofGroup(call, group, read))
  const isWide = spansRecords(call) || order.records !== undefined
  if (isWide)
    return begin(call, { ...order, records: order.records ?? 'all' }, call.context.accountId, 'export-records')
  return begin(call, order, call.personId, 'export')
}

/** Writes the job: of one record with that record, of several with whoever asked. */
async function begin(call: Call, order: ExportOrder, personId: string, name: string): Promise<RawAnswer> {
  const { context } = call
  const now = context.now()
  const id = context.newId()
  const own = personId === call.personId ? context : context.forPerson(personId, 'the job of whoever asked')
  const begun = await own.transact(async (transaction) => {
    const job = {
      id,
      personId,
      requester: context.accountId,
      kind: 'export' as const,
      request: addressOf(call, call.path.join('/'), call.query),
      parameters: order,
      position: { type: '', after: '', ordinal: 0 } satisfies ExportPosition,
      now,
      expiresAt: new Date(now.getTime() + KEPT_MS),
    }
    const isWritten = await insertJob(transaction, job, MOST_AT_ONCE)
    if (isWritten) await transaction.enqueue(name, { job: id }, { key: id })
    return isWritten
  })
  if (!begun) throw tooMany()
  own.audit({ action: 'fhir_export', grantId: id })
  return accepted(call, id, personId)
}

/** Parameters of a POST: one pair each, whatever type their values have. */
async function bodyPairs(call: Call): Promise<Pairs> {
  const body = await bodyJson(call)
  if (!isObject(body) || body.resourceType !== 'Parameters')
    throw new PlatformError('bad_request', 'The body must be Parameters')
  return listOf(body.parameter).map((one): [string, string] => {
    const text = isObject(one) ? textOf(one) : undefined
    if (!isObject(one) || typeof one.name !== 'string' || text === undefined)
      throw new PlatformError('bad_request', 'Each parameter needs a name and a plain value')
    return [one.name, text]
  })
}

function textOf(parameter: JsonObject): string | undefined {
  const value: Json | undefined = Object.entries(parameter).find(([key]) => key.startsWith('value'))?.[1]
  const plain = isObject(value) ? value.reference : value
  return typeof plain === 'string' ? plain : undefined
}

/** The order with the patients of a group, or those of them that were asked for. Throws 404 without such a group. */
async function ofGroup(call: Call, id: string, order: ExportOrder): Promise<ExportOrder> {
  if (!isId(id)) throw notFound('Group')
  const home = await homeOfGroup(call, id)
  const row = await findResource(home.context.db, home.personId, 'Group', id)
  if (row === undefined || row.is_deleted) throw notFound(`Group/${id.slice(0, 64)}`)
  const group = parseJson(row.content) as JsonObject
  const members = listOf(group.member).flatMap((member) => {
    const entity =
      isObject(member) && member.inactive !== true && isObject(member.entity) ? member.entity.reference : ''
    return /^Patient\/([A-Za-z0-9\-.]{1,64})$/.exec(String(entity))?.[1] ?? []
  })
  const stray = order.patients?.find((one) => !members.includes(one))
  if (stray !== undefined) throw new PlatformError('bad_request', 'patient names somebody who is not in the group')
  const patients = order.patients ?? members
  const records = await partsOfGroup(call, home, patients)
  return { ...order, patients: [...patients], ...(records === undefined ? {} : { records }) }
}
