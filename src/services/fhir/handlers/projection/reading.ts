import { findResource, type HistoryRow, type StateRow } from '../../store/resources.ts'
import type { Call } from '../call.ts'
import { filledRows } from './filling.ts'
import { findUnindexed } from './indexing.ts'

/**
 * A resource by its name, with its content whoever owns it. What is not indexed yet is asked for, so that whoever wrote
 * through a service reads it here at once. Undefined when there is none; a deleted one is returned as such.
 */
export async function findWhole(call: Call, type: string, id: string): Promise<StateRow | undefined> {
  let row = await findResource(call.db, call.personId, type, id)
  const isOutside = call.db === call.context.db
  if ((row === undefined || row.is_deleted) && isOutside && (await findUnindexed(call.context, [{ type, id }])) > 0) {
    row = await findResource(call.db, call.personId, type, id)
  }
  if (row === undefined || row.is_deleted) return row
  const [whole] = await filledRows(call, [row])
  return whole
}

/** The version that an owner has now, as the only one: owners keep no older ones. Empty when the name is not theirs. */
export async function ownedHistory(call: Call, { type, id }: { type: string; id: string }): Promise<HistoryRow[]> {
  const row = await findWhole(call, type, id)
  if (row === undefined || row.is_deleted) return []
  const { version, updated_at, content } = row
  return [{ type, id, version, updated_at, method: 'PUT', content, position: 0 }]
}
