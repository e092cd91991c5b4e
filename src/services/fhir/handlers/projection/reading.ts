import { findResource, type StateRow } from '../../store/resources.ts'
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
