import type { EventType } from '../../kernel/contract.ts'
import type { Transaction } from '../../kernel/database.ts'
import type { FhirChanged } from '../../kernel/projection.ts'
import { type Context, type Reaction, reaction } from '../../kernel/service.ts'
import { deviceData } from '../device-data/contract.ts'
import { healthTracking } from '../health-tracking/contract.ts'
import { medicalRecords } from '../medical-records/contract.ts'
import { userProfile } from '../user-profile/contract.ts'
import { indexAnew } from './handlers/projection/indexing.ts'
import { noteChanges } from './store/projection.ts'

/** The index follows what each owner announces. */
export const reactions: readonly Reaction[] = [userProfile, healthTracking, medicalRecords, deviceData].map(
  ({ name, events }) =>
    reaction({
      name: `${name}-changed`,
      on: events.fhirChanged as EventType,
      async handle(context, event, transaction) {
        await noted(context, transaction, name, event.data as FhirChanged)
      },
    }),
)

async function noted(context: Context, transaction: Transaction, service: string, data: FhirChanged): Promise<void> {
  const owner = `${service}.${data.projection}`
  if (data.resources.length === 0) return indexAnew(transaction, context, owner)
  // Where nobody asked for the person's record yet nothing is indexed: it is read as a whole when somebody does.
  const isNoted = await noteChanges(transaction, context.personId, owner, data.resources, context.now())
  if (isNoted) await transaction.enqueue('index-changes', {})
}
