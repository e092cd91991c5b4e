import type { Transaction } from '../../../../kernel/database.ts'
import type { Context } from '../../../../kernel/service.ts'
import { parseJson, type Resource } from '../../domain/json.ts'
import { matches } from '../../domain/matcher.ts'
import { criteriaOf } from '../../domain/subscription.ts'
import { ownersOfNames } from '../../store/projection.ts'
import {
  insertNotifications,
  isWatched,
  listActive,
  readVersions,
  type VersionName,
} from '../../store/subscriptions.ts'
import { Pace } from '../call.ts'
import { engines } from '../engines.ts'
import { contentsOf } from '../projection/filling.ts'
import { presentedText } from '../projection/owners.ts'

/** So many changes are looked at in one go. */
const PORTION = 200

/**
 * Leaves word of written versions for whoever is to be told, in the transaction that writes them; nothing when nobody
 * watches. `isWatching` was asked before, beside the transaction's other questions.
 */
export async function leaveWord(
  transaction: Transaction,
  isWatching: boolean,
  versions: readonly (VersionName & { readonly method: string })[],
): Promise<void> {
  if (!isWatching) return
  const names = versions
    .filter((one) => one.method !== 'DELETE')
    .map(({ type, id, version }) => ({ type, id, version }))
  for (let start = 0; start < names.length; start += PORTION) {
    await transaction.enqueue('match-changes', { changes: names.slice(start, start + PORTION) })
  }
}

/** Whether anybody is to be told of changes of these types. */
export function someoneWatches(transaction: Transaction, personId: string, types: readonly string[]): Promise<boolean> {
  return isWatched(transaction, personId, [...new Set(types)])
}

/** The versions as they were written; of rows of other services, as their owner says them now. */
async function versionsOf(context: Context, changes: readonly VersionName[]) {
  const stored = await readVersions(context.db, context.personId, changes)
  const known = new Set(stored.map((one) => `${one.type}/${one.id}/${one.version}`))
  const others = changes.filter((one) => !known.has(`${one.type}/${one.id}/${one.version}`))
  if (others.length === 0) return stored
  const rows = (await ownersOfNames(context.db, context.personId, others)).filter((row) => !row.is_linked)
  const items = await contentsOf(context, rows)
  const asked = new Map(others.map((one) => [`${one.type}/${one.id}`, one.version]))
  const owned = rows.flatMap(({ owner, type, id, owner_id }) => {
    const item = items.get(`${owner} ${type}/${owner_id}`)
    // A change that its owner was not told yet is looked at again when it was.
    if (item === undefined || item.version < (asked.get(`${type}/${id}`) ?? 0)) return []
    const { version, updated_at } = item
    return [{ type, id, version, updated_at: new Date(updated_at), content: presentedText(item) }]
  })
  return [...stored, ...owned]
}

/** Finds out, by job, whose criteria the changes meet; each finding is told by a job of its own. */
export async function matchChanges(context: Context, changes: readonly VersionName[]): Promise<void> {
  const { personId } = context
  const now = context.now()
  const types = [...new Set(changes.map((one) => one.type))]
  const rows = await listActive(context.db, personId, types, now)
  if (rows.length === 0) return
  const { reader, extractor } = engines()
  const watches = rows.map((row) => ({ row, criteria: criteriaOf(row.type, row.query, reader) }))
  const scope = { nowMs: now.getTime(), base: `${context.publicUrl}/fhir` }
  const found: (VersionName & { id: string; resourceId: string; subscription: string })[] = []
  const pace = new Pace()
  for (const version of await versionsOf(context, changes)) {
    const { type, id } = version
    const values = extractor.extract(parseJson(version.content) as Resource)
    const candidate = { type, id, updatedMs: version.updated_at.getTime(), values }
    for (const { row, criteria } of watches) {
      if (row.type !== type || !matches(candidate, criteria, scope)) continue
      found.push({ id: context.newId(), resourceId: id, subscription: row.id, type, version: version.version })
    }
    await pace.step()
  }
  if (found.length === 0) return
  await context.transact(async (transaction) => {
    for (const { id } of await insertNotifications(transaction, personId, found, now))
      await transaction.enqueue('notify', { notification: id }, { key: id })
  })
}
