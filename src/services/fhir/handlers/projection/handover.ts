import type { Transaction } from '../../../../kernel/database.ts'
import { PlatformError } from '../../../../kernel/errors.ts'
import type { ProjectedResource } from '../../../../kernel/projection.ts'
import type { Context } from '../../../../kernel/service.ts'
import { isObject, parseJson, type Resource, stringify } from '../../domain/json.ts'
import { keepsAll } from '../../domain/lossless.ts'
import { dropHandover, type Handover, listHandovers } from '../../store/handovers.ts'
import { dropIndex, leaveToOwner, linkRow, unlinkRow } from '../../store/projection.ts'
import { findResource, writeVersions } from '../../store/resources.ts'
import type { Stored } from '../answers.ts'
import { engines } from '../engines.ts'
import { leaveWord, someoneWatches } from '../subscriptions/noticing.ts'
import { indexRows, linkOf, writeOwned } from './indexing.ts'
import { offer, openWriters } from './owned.ts'
import { type Owner, ownerOf, presented, presentedText } from './owners.ts'

/**
 * Tells the owner of a change, and brings the index together with what it keeps: all of it (then nothing stays here), a
 * part (then the resource is stored here whole and linked) or nothing. Returns how the resource reads now; undefined for a
 * removal. Throws what the owner refuses; then nothing changed.
 */
export async function handOver(context: Context, handover: Handover, ifVersion?: number): Promise<Stored | undefined> {
  if (handover.method === 'DELETE') {
    await tellRemoval(context, handover, ifVersion)
    return undefined
  }
  const sent = parseJson(handover.content) as Resource
  const told = await tell(context, handover, sent, ifVersion)
  return context.transact(async (transaction) => {
    await dropHandover(transaction, context.personId, handover)
    if (told === undefined) return keptByNobody(transaction, context, handover, sent)
    const isWhole = told.kept.id === handover.id && keepsAll(sent, presented(told.kept))
    return isWhole
      ? keptWhole(transaction, context, handover, told.owner, told.kept)
      : keptInPart(transaction, context, handover, told.owner, told.kept)
  })
}

interface Told {
  readonly owner: Owner
  readonly kept: ProjectedResource
}

async function tell(
  context: Context,
  handover: Handover,
  sent: Resource,
  ifVersion?: number,
): Promise<Told | undefined> {
  const { id, owner: key, owner_id } = handover
  const content = stringify({ ...sent, id: owner_id ?? id })
  const owners = key === '' ? await openWriters(context, handover.type) : [ownerOf(context, key)]
  for (const owner of owners) {
    if (!owner.declaration.isWritable) throw readOnly(handover)
    const version = ifVersion === undefined ? {} : { if_version: ifVersion }
    const kept = await offer(context, owner, { id: owner_id ?? id, is_new: owner_id === null, content, ...version })
    if (kept !== undefined) return { owner, kept }
  }
  // The owner's row can't say this any more: it goes, and the resource is stored here alone.
  if (key !== '' && owner_id !== null) await context.call(ownerOf(context, key).operations.remove, { id: owner_id })
  return undefined
}

function readOnly({ type, id }: Handover): PlatformError {
  return new PlatformError(
    'forbidden',
    `${type}/${id} is kept by another service, which does not let it be changed here`,
  )
}

async function tellRemoval(context: Context, handover: Handover, ifVersion?: number): Promise<void> {
  const owner = ownerOf(context, handover.owner)
  if (!owner.declaration.isWritable) throw readOnly(handover)
  const id = handover.owner_id ?? handover.id
  const version = ifVersion === undefined ? {} : { if_version: ifVersion }
  await context.call(owner.operations.remove, { id, ...version })
  await context.transact(async (transaction) => {
    await dropHandover(transaction, context.personId, handover)
    await dropIndex(transaction, context.personId, owner.key, [{ type: handover.type, id }], context.now())
  })
}

async function keptWhole(
  transaction: Transaction,
  context: Context,
  handover: Handover,
  owner: Owner,
  kept: ProjectedResource,
): Promise<Stored> {
  const { type, id } = handover
  const row = await findResource(transaction, context.personId, type, id)
  const isLinked = handover.owner_id !== null && row !== undefined && row.content !== ''
  if (isLinked) {
    await linkRow(transaction, context.personId, { type, id }, linkOf(owner, kept))
    return row
  }
  if (row !== undefined && row.content !== '') {
    await leaveToOwner(transaction, context.personId, { type, id }, linkOf(owner, kept))
  }
  await writeOwned(transaction, context, owner, [kept], await indexRows([kept]))
  const isWatching = await someoneWatches(transaction, context.personId, [type])
  await leaveWord(transaction, isWatching, [{ type, id, version: kept.version, method: 'PUT' }])
  return { type, id, version: kept.version, updated_at: new Date(kept.updated_at), content: presentedText(kept) }
}

async function keptInPart(
  transaction: Transaction,
  context: Context,
  handover: Handover,
  owner: Owner,
  kept: ProjectedResource,
): Promise<Stored> {
  const stored = await storedWhole(transaction, context, handover)
  await linkRow(transaction, context.personId, handover, linkOf(owner, kept))
  return stored
}

async function keptByNobody(
  transaction: Transaction,
  context: Context,
  handover: Handover,
  sent: Resource,
): Promise<Stored> {
  const stored = await storedWhole(transaction, context, handover)
  if (handover.owner_id !== null) await unlinkRow(transaction, context.personId, handover)
  return { ...stored, type: sent.resourceType }
}

/** The resource as it is stored here; where only its owner had it, it is written here now. */
async function storedWhole(transaction: Transaction, context: Context, handover: Handover): Promise<Stored> {
  const { type, id } = handover
  const now = context.now()
  const row = await findResource(transaction, context.personId, type, id)
  if (row !== undefined && row.content !== '') return row
  const version = (row?.version ?? 0) + 1
  const sent = parseJson(handover.content) as Resource
  const meta = { ...(isObject(sent.meta) ? sent.meta : {}), versionId: String(version), lastUpdated: now.toISOString() }
  const resource = { ...sent, meta } as Resource
  const content = stringify(resource)
  const values = engines().extractor.extract(resource)
  const change = { type, id, version, method: 'PUT', content, values } as const
  const written = await writeVersions(transaction, context.personId, [change], now)
  if (written === 0) throw new PlatformError('conflict', 'Somebody else changed this at the same moment')
  return { type, id, version, updated_at: now, content }
}

/** Keeps here whole what its owner refuses now, after the transaction that it was part of is done. */
export function keepHere(context: Context, handover: Handover): Promise<Stored> {
  return context.transact(async (transaction) => {
    await dropHandover(transaction, context.personId, handover)
    return storedWhole(transaction, context, handover)
  })
}

const AT_ONCE = 100

/** Tells owners what they were not told yet: what they refuse stays stored here. Throws where one can't be reached. */
export async function handOverAll(context: Context): Promise<void> {
  for (;;) {
    const waiting = await listHandovers(context.db, context.personId, AT_ONCE)
    if (waiting.length === 0) return
    for (const handover of waiting) {
      await handOver(context, handover).catch(async (error: unknown) => {
        if (!isRefusal(error)) throw error
        if (handover.method === 'DELETE') await dropHandover(context.db, context.personId, handover)
        else await keepHere(context, handover)
      })
    }
  }
}

/** Whether an owner was reached and said no. */
export function isRefusal(error: unknown): boolean {
  return error instanceof PlatformError && error.status < 500
}
