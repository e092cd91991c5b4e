import type { Context } from '../../../kernel/service.ts'
import { deviceData } from '../../device-data/contract.ts'
import { deviceNames } from '../domain/deviceReadings.ts'
import {
  keepReadingsStatement,
  keepStatement,
  peopleWithCopies,
  perhapsCopied,
  removeCopiesStatement,
} from '../store/copies.ts'
import { announceObservations } from './projection.ts'
import { deletedEvents } from './recording.ts'

const PEOPLE = 50
const BATCH = 500
/** A person with more goes on the next hour. */
const BATCHES = 40

/**
 * Removes the measurements that once were copied from `device-data`, where it still has them; all others stay. Alerts keep the
 * readings that raised them.
 */
export async function forgetCopies(context: Context): Promise<void> {
  const people = await peopleWithCopies(context.system('people whose readings of devices were copied here').db, PEOPLE)
  for (const { user_id } of people) {
    const owner = context.forPerson(user_id, 'what they measured stands once')
    for (let batch = 0; batch < BATCHES && (await forgetSome(owner)); batch++);
  }
}

async function forgetSome(context: Context): Promise<boolean> {
  const { personId } = context
  const rows = await perhapsCopied(context.db, personId, BATCH)
  const [first] = rows
  if (first === undefined) return false
  const { held } = await context.call(deviceData.operations.held, {
    // Readings of sensors were copied as glucose of a laboratory.
    data_type: first.metric_type === 'glucose' ? 'continuous_glucose' : (deviceNames([first.metric_type])[0] as string),
    source_name: first.source,
    readings: rows.map(({ at, value }) => ({ at: at.toISOString(), value })),
  })
  const copies = held.flatMap((index) => rows[index] ?? [])
  const ids = copies.map((row) => row.id)
  const others = rows.filter((row) => !ids.includes(row.id)).map((row) => row.id)
  const removal =
    ids.length === 0
      ? []
      : [
          keepReadingsStatement(personId, ids),
          removeCopiesStatement(personId, ids, deletedEvents(context, copies)),
          announceObservations(context, ids),
        ]
  await context.db.batch([keepStatement(personId, others), ...removal])
  return true
}
