import type { Transaction } from '../../../../kernel/database.ts'
import { PlatformError } from '../../../../kernel/errors.ts'
import { dropHandover, type Handover } from '../../store/handovers.ts'
import { ownersOfNames, refreshStatistics } from '../../store/projection.ts'
import type { Stored } from '../answers.ts'
import type { Call } from '../call.ts'
import type { Change, Changed } from '../changes.ts'
import { applyChanges } from '../writing.ts'
import { contentsOf } from './filling.ts'
import { handOver, isRefusal, keepHere } from './handover.ts'
import { type OwnedChanges, prepareOwned, refusalOf } from './owned.ts'
import { presentedText } from './owners.ts'

/** So many changes may be a hundred times what the database plans for. */
const MANY = 500

/**
 * Does all changes, or none, here and at the services that own what is changed. `more` runs in the same transaction.
 * A single change that its owner refuses changes nothing; one of a transaction that is refused only after all the others
 * are done (a patch) is stored here whole. What an owner that is away must be told waits for it.
 */
export async function changeAll(
  call: Call,
  changes: readonly Change[],
  more: (transaction: Transaction) => Promise<void> = async () => undefined,
): Promise<Changed[]> {
  const owned = await prepareOwned(call, changes)
  const done = await call.context
    .transact(async (transaction) => {
      const results = await applyChanges(call, transaction, changes, owned)
      await more(transaction)
      return results
    })
    .catch((error: unknown) => {
      throw refusedByPolicy(error)
    })
  if (changes.length >= MANY) await refreshStatistics(call.context.db)
  const told = new Map<string, Stored | undefined>()
  for (const handover of owned.handovers) {
    told.set(`${handover.type}/${handover.id}`, await settled(call, owned, handover, changes.length === 1))
  }
  const results = done.map((one) => {
    const stored = one.stored === undefined ? undefined : told.get(`${one.stored.type}/${one.stored.id}`)
    return stored === undefined ? one : { ...one, stored }
  })
  return withContents(call, results)
}

/** What the database's policy refuses is a right that the caller lacks. */
function refusedByPolicy(error: unknown): unknown {
  const isPolicy = (error as { code?: unknown } | null)?.code === '42501'
  return isPolicy
    ? new PlatformError('forbidden', 'Your right to this record does not reach resources of this kind')
    : error
}

async function settled(
  call: Call,
  owned: OwnedChanges,
  handover: Handover,
  isSingle: boolean,
): Promise<Stored | undefined> {
  const { context } = call
  try {
    return await handOver(context, handover, owned.isOwned(handover) ? owned.ownerVersionOf(handover) : undefined)
  } catch (error) {
    if (isSingle && owned.isOwned(handover)) {
      await dropHandover(context.db, context.personId, handover)
      throw refusalOf(error)
    }
    if (!isRefusal(error) || handover.method === 'DELETE') {
      context.log.warn({ owner: handover.owner, code: (error as { code?: unknown }).code }, 'an owner is told later')
      return undefined
    }
    return keepHere(context, handover)
  }
}

/** Results that found an owner's resource, as it reads. */
async function withContents(call: Call, results: readonly Changed[]): Promise<Changed[]> {
  const empty = results.flatMap(({ status, stored }) => (status === 200 && stored?.content === '' ? [stored] : []))
  if (empty.length === 0) return [...results]
  const rows = await ownersOfNames(call.context.db, call.personId, empty)
  const items = await contentsOf(call.context, rows)
  const byName = new Map(
    rows.map((row) => [`${row.type}/${row.id}`, items.get(`${row.owner} ${row.type}/${row.owner_id}`)]),
  )
  return results.map((one) => {
    const item = one.stored?.content === '' ? byName.get(`${one.stored.type}/${one.stored.id}`) : undefined
    if (item === undefined || one.stored === undefined) return one
    const { version, updated_at } = item
    return {
      ...one,
      stored: { ...one.stored, version, updated_at: new Date(updated_at), content: presentedText(item) },
    }
  })
}
