import type { Transaction } from '../../../../kernel/database.ts'
import { PlatformError } from '../../../../kernel/errors.ts'
import { MOST_PROJECTED_IDS, type ProjectedResource } from '../../../../kernel/projection.ts'
import type { Context } from '../../../../kernel/service.ts'
import { parseJson, type Resource, stringify } from '../../domain/json.ts'
import { overlaid } from '../../domain/lossless.ts'
import {
  beginIndex,
  dropIndex,
  dropUnseen,
  type IndexRow,
  indexStates,
  knownNames,
  linkedNames,
  linkRow,
  listChanges,
  moveIndex,
  noteChanges,
  ownersOfNames,
  refreshStatistics,
  restartIndex,
  rowsOfOwner,
  takeChanges,
  writeIndex,
} from '../../store/projection.ts'
import { type Name, writeVersions } from '../../store/resources.ts'
import { Pace } from '../call.ts'
import { engines } from '../engines.ts'
import { leaveWord, someoneWatches } from '../subscriptions/noticing.ts'
import { askOwner, mayHave, type Owner, openOwners, ownerOf, ownersOf, presented } from './owners.ts'

/** People whose record is indexed as a whole: asked for once a process. */
const ready = new Set<string>()
const MOST_READY = 20_000
const PAGE = 500
/** Pages of an owner that a request waits for; a larger record goes on in a job. */
const PAGES_AT_ONCE = 4

/**
 * Indexes what the owners hold about the person of the call, where that was not done yet. False when something is still
 * missing (a large record, an owner that is away): then answers say so.
 */
export async function ensureIndexed(context: Context): Promise<boolean> {
  const { personId } = context
  if (ready.has(personId)) return true
  const states = new Map((await indexStates(context.db, personId)).map((state) => [state.owner, state]))
  const all = ownersOf(context)
  const missing = all.filter((owner) => states.get(owner.key)?.is_done !== true)
  if (missing.length === 0) {
    markReady(personId)
    return true
  }
  const open = new Set((await openOwners(context)).map((owner) => owner.key))
  let isWhole = true
  let isAll = true
  for (const owner of missing) {
    if (!open.has(owner.key)) {
      isAll = false
      continue
    }
    const outcome = await indexOwner(context, owner, PAGES_AT_ONCE).catch((error: unknown) => outcomeOfFailure(error))
    if (outcome === 'more')
      await context.transact((transaction) => transaction.enqueue('index-record', {}, { key: personId }))
    isWhole &&= outcome === 'done' || outcome === 'closed'
    isAll &&= outcome === 'done'
  }
  if (isAll) markReady(personId)
  return isWhole
}

function markReady(personId: string): void {
  if (ready.size >= MOST_READY) ready.clear()
  ready.add(personId)
}

type Outcome = 'done' | 'more' | 'away' | 'closed'

/** What a caller may not see is no part of what they ask for; what can't be reached is missing. */
function outcomeOfFailure(error: unknown): Outcome {
  if (!(error instanceof PlatformError)) throw error
  if (error.code === 'not_found' || error.code === 'forbidden') return 'closed'
  if (error.options.privateDetail === 'neither in SERVICES nor in PEERS') return 'closed'
  if (error.status >= 500) return 'away'
  throw error
}

/** Reads the rows of an owner on from where it stopped, at most `pages` of them. */
async function indexOwner(context: Context, owner: Owner, pages: number): Promise<Outcome> {
  const { personId } = context
  const { cursor, round } = await beginning(context, owner)
  let page = await askOwner(context, owner, { limit: PAGE, ...(cursor === null ? {} : { cursor }) })
  for (let count = 1; ; count += 1) {
    const { items, next_cursor } = page
    const rows = await indexRows(items)
    const isHere = await context.transact(async (transaction) => {
      const doneAt = next_cursor === null ? context.now() : null
      if (!(await moveIndex(transaction, personId, { owner: owner.key, round }, next_cursor, doneAt))) return false
      await writeOwned(transaction, context, owner, items, rows)
      if (next_cursor === null) {
        // What a whole reading did not come upon is gone.
        await dropUnseen(transaction, personId, { owner: owner.key, round }, context.now())
        await lookAtLinked(transaction, context, owner)
      }
      return true
    })
    if (!isHere) return 'closed'
    // A whole page and more may be a hundred times what the database plans for.
    const isLast = next_cursor === null || count >= pages
    if (isLast && (count > 1 || items.length === PAGE)) await refreshStatistics(context.db)
    if (next_cursor === null) return 'done'
    if (count >= pages) return 'more'
    page = await askOwner(context, owner, { limit: PAGE, cursor: next_cursor })
  }
}

/** Where to go on; what was forgotten meanwhile has round 0, in which nothing is noted. */
async function beginning(context: Context, owner: Owner): Promise<{ cursor: string | null; round: number }> {
  await beginIndex(context.db, context.personId, owner.key)
  const state = (await indexStates(context.db, context.personId)).find((one) => one.owner === owner.key)
  return state ?? { cursor: null, round: 0 }
}

/** Linked resources whose row may have gone are looked at one by one. */
async function lookAtLinked(transaction: Transaction, context: Context, owner: Owner): Promise<void> {
  const names = await linkedNames(transaction, context.personId, owner.key)
  if (names.length === 0) return
  await noteChanges(transaction, context.personId, owner.key, names, context.now())
  await transaction.enqueue('index-changes', {})
}

/** Reads a person's record wholly, on from where it stopped; throws where an owner can't be reached. */
export async function indexRecord(context: Context): Promise<void> {
  const states = await indexStates(context.db, context.personId)
  for (const owner of ownersOf(context)) {
    const state = states.find((one) => one.owner === owner.key)
    if (state === undefined || state.is_done) continue
    await indexOwner(context, owner, Number.POSITIVE_INFINITY)
  }
}

/** Has what is indexed of an owner read anew; what is not found again then is gone. */
export async function indexAnew(transaction: Transaction, context: Context, key: string): Promise<void> {
  ready.delete(context.personId)
  if (!(await restartIndex(transaction, context.personId, key))) return
  // A job that runs already reads on where it was: another one begins anew.
  await transaction.enqueue('index-record', {})
}

/** What the resources are found by. */
export async function indexRows(items: readonly ProjectedResource[]): Promise<IndexRow[]> {
  const pace = new Pace()
  const rows: IndexRow[] = []
  for (const item of items) {
    const { type, id, version, updated_at } = item
    const values = engines().extractor.extract(presented(item))
    rows.push({ type, id, version, updatedAt: new Date(updated_at), values })
    await pace.step()
  }
  return rows
}

/** Writes what owners say: index rows, and what is stored here whole is brought together with it. */
export async function writeOwned(
  transaction: Transaction,
  context: Context,
  owner: Owner,
  items: readonly ProjectedResource[],
  rows: readonly IndexRow[],
): Promise<void> {
  const { category } = owner.declaration
  await writeIndex(transaction, context.personId, { owner: owner.key, category }, rows, context.now())
  const ids = items.map((item) => item.id)
  const kept = ids.length === 0 ? [] : await rowsOfOwner(transaction, context.personId, owner.key, ids)
  for (const row of kept) {
    const item = items.find((one) => one.type === row.type && one.id === row.owner_id)
    if (!row.is_linked || item === undefined || item.version <= (row.owner_version ?? 0)) continue
    await bringTogether(transaction, context, owner, row, item)
  }
}

/** A linked resource takes over what its owner says now. */
async function bringTogether(
  transaction: Transaction,
  context: Context,
  owner: Owner,
  row: Name & { readonly version: number; readonly content: string },
  item: ProjectedResource,
): Promise<void> {
  const now = context.now()
  const version = row.version + 1
  const stored = parseJson(row.content) as Resource
  const resource = { ...overlaid(stored, presented(item)), id: row.id }
  const meta = {
    ...(typeof stored.meta === 'object' ? stored.meta : {}),
    versionId: String(version),
    lastUpdated: now.toISOString(),
  }
  const content = stringify({ ...resource, meta })
  const values = engines().extractor.extract({ ...resource, meta } as Resource)
  const change = { type: row.type, id: row.id, version, method: 'PUT', content, values } as const
  await writeVersions(transaction, context.personId, [change], now)
  const isWatching = await someoneWatches(transaction, context.personId, [row.type])
  await leaveWord(transaction, isWatching, [change])
  await linkRow(transaction, context.personId, row, linkOf(owner, item))
}

export function linkOf(owner: Owner, item: Pick<ProjectedResource, 'id' | 'version'>) {
  const { key, declaration } = owner
  return { owner: key, ownerId: item.id, ownerVersion: item.version, category: declaration.category }
}

/** Looks at everything that was announced about the person and is not looked at yet. */
export async function indexChanges(context: Context): Promise<void> {
  const { personId } = context
  for (;;) {
    const waiting = await listChanges(context.db, personId, MOST_PROJECTED_IDS)
    const key = waiting[0]?.owner
    if (key === undefined) return
    const owner = ownerOf(context, key)
    const changes = waiting.filter((change) => change.owner === key)
    const { items } = await askOwner(context, owner, { ids: [...new Set(changes.map((change) => change.id))] })
    const rows = await indexRows(items)
    await context.transact(async (transaction) => {
      const taken = await takeChanges(transaction, personId, key, changes)
      const asked = new Set(changes.map(nameOf))
      const mine = new Set(taken.map(nameOf))
      // What was announced again meanwhile is left for the next look; what came unasked belongs to what was asked for.
      const isMine = (one: Name) => mine.has(nameOf(one)) || !asked.has(nameOf(one))
      const theirs = items.filter(isMine)
      const fresh = await newerThanIndex(transaction, personId, theirs)
      await writeOwned(transaction, context, owner, theirs, rows.filter(isMine))
      await tellOf(transaction, context, fresh)
      const found = new Set(items.map(nameOf))
      const gone = taken.filter((one) => !found.has(nameOf(one)))
      if (gone.length > 0) await dropIndex(transaction, personId, key, gone, context.now())
    })
  }
}

const nameOf = ({ type, id }: Name) => `${type}/${id}`

/** What is not indexed yet, or in an older version. What is stored here whole is told of when it is brought together. */
async function newerThanIndex(
  transaction: Transaction,
  personId: string,
  items: readonly ProjectedResource[],
): Promise<ProjectedResource[]> {
  if (items.length === 0) return []
  const known = new Map((await ownersOfNames(transaction, personId, items)).map((row) => [nameOf(row), row.version]))
  return items.filter((item) => item.version > (known.get(nameOf(item)) ?? 0))
}

/** Leaves word of an owner's rows that changed, for whoever subscribed to the like. */
async function tellOf(transaction: Transaction, context: Context, items: readonly ProjectedResource[]): Promise<void> {
  if (items.length === 0) return
  const types = items.map((item) => item.type)
  const isWatching = await someoneWatches(transaction, context.personId, types)
  const versions = items.map(({ type, id, version }) => ({ type, id, version, method: 'PUT' }))
  await leaveWord(transaction, isWatching, versions)
}

/** Asks the owners for resources that are not known here (yet), in batches; indexes what they have, and says how many. */
export async function findUnindexed(context: Context, names: readonly Name[]): Promise<number> {
  if (!ownersOf(context).some((owner) => names.some((name) => mayHave(owner, name)))) return 0
  const owners = await openOwners(context)
  const asked = owners.map((owner) => ({ owner, names: names.filter((name) => mayHave(owner, name)) }))
  const known = await knownNames(context.db, context.personId, names)
  let count = 0
  for (const { owner, names: all } of asked) {
    const wanted = all.filter((name) => !known.has(nameOf(name)))
    for (let start = 0; start < wanted.length; start += MOST_PROJECTED_IDS) {
      count += await indexNamed(context, owner, wanted.slice(start, start + MOST_PROJECTED_IDS))
    }
  }
  return count
}

async function indexNamed(context: Context, owner: Owner, names: readonly Name[]): Promise<number> {
  const page = await askOwner(context, owner, { ids: [...new Set(names.map((name) => name.id))] }).catch(
    (error: unknown) => {
      if (outcomeOfFailure(error) === 'away') throw error
      return undefined
    },
  )
  const wanted = new Set(names.map(nameOf))
  const items = page?.items.filter((item) => wanted.has(nameOf(item))) ?? []
  if (items.length === 0) return 0
  const rows = await indexRows(items)
  // Where all was read before, what is not known yet is new.
  const states = await indexStates(context.db, context.personId)
  const isNew = states.some((state) => state.owner === owner.key && state.is_done)
  await context.transact(async (transaction) => {
    await writeOwned(transaction, context, owner, items, rows)
    if (isNew) await tellOf(transaction, context, items)
  })
  return items.length
}
