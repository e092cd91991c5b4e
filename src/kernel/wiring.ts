import { systemCaller } from './context.ts'
import type { Contract } from './contract.ts'
import type { Consumer, StoredEvent } from './events.ts'
import { newId } from './ids.ts'
import type { RunnableJob } from './jobs.ts'
import type { Keeping } from './keeping.ts'
import type { Caller } from './principal.ts'
import type { Context, Service } from './service.ts'
import { sql } from './sql.ts'

type ContextFor = (service: string, caller: Caller) => Context

/** Everything that hears events here: the services' reactions, and their part in an erasure. */
export function consumersOf(
  { services, contracts }: { readonly services: readonly Service[]; readonly contracts: readonly Contract[] },
  contextFor: ContextFor,
  keeping: Keeping,
): Consumer[] {
  return services.flatMap((service) => [
    ...reactionConsumers(service, contextFor),
    ...erasureConsumers(service, contracts, contextFor, keeping),
  ])
}

function reactionConsumers(service: Service, contextFor: ContextFor): Consumer[] {
  return (service.reactions ?? []).map((reaction) => ({
    name: `${service.contract.name}.${reaction.name}`,
    type: reaction.on,
    handle: async (event, done) => {
      const context = contextFor(service.contract.name, systemCaller(event.requestId ?? newId(), event.key))
      await context.transact(async (transaction) => {
        await done(transaction)
        await reaction.handle(context, event, transaction)
      })
    },
  }))
}

/** Under which id a removal is noted: that of the certificate where the announcement names one. */
function certificateOf(event: StoredEvent): string {
  const { certificate_id: named } = event.data as { certificate_id?: unknown }
  return typeof named === 'string' ? named : event.id
}

/** Whoever holds rows about people removes them when a person leaves; a service cannot forget to listen. */
function erasureConsumers(
  service: Service,
  contracts: readonly Contract[],
  contextFor: ContextFor,
  keeping: Keeping,
): Consumer[] {
  const { personal } = service
  if (personal === undefined) return []
  const leaving = contracts.flatMap((contract) => Object.values(contract.events)).filter((type) => type.erasesPerson)
  return leaving.map((type) => ({
    name: `${service.contract.name}.erase-${type.service}`,
    type,
    handle: async (event, done) => {
      const context = contextFor(service.contract.name, systemCaller(newId(), event.key))
      // Before the delivery is done: what is not removed when this process ends is removed at the next delivery.
      await keeping.forget(event.key)
      await context.system('a person left the platform').transact(async (transaction) => {
        await done(transaction)
        const rows = await personal.eraseAll(transaction, event.key)
        await transaction.run(
          sql`select kernel.write_erasure_note(${certificateOf(event)}, ${service.contract.name}, ${JSON.stringify(rows)}::jsonb,
            ${context.now()})`,
        )
        await transaction.run(sql`select kernel.forget(${event.key}, ${event.id}), kernel.forget_rights(${event.key})`)
      })
    },
  }))
}

/** The services' jobs, each with a context of its own. */
export function jobsOf(services: readonly Service[], contextFor: ContextFor): RunnableJob[] {
  return services.flatMap((service) =>
    (service.jobs ?? []).map((definition) => ({
      service: service.contract.name,
      definition,
      run: (data: Readonly<Record<string, unknown>>, personId: string | undefined, jobId: string) =>
        definition.run(contextFor(service.contract.name, systemCaller(jobId, personId)), data),
    })),
  )
}
