import type pg from 'pg'
import { systemCaller } from './context.ts'
import { newId } from './ids.ts'
import type { Keeping } from './keeping.ts'
import { schemaOf } from './migrate.ts'
import type { Context, Service } from './service.ts'

/** Stops the start when a service holds rows about people and cannot give them out and remove them. */
export async function assertPersonalServices(pool: pg.Pool, services: readonly Service[]): Promise<void> {
  const { rows } = await pool.query<{ schema: string; tables: string[] }>(
    `select n.nspname as schema, array_agg(c.relname::text) as tables
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
      where n.nspname = any($1) and c.relkind in ('r', 'p') and a.attname = 'user_id' and not a.attisdropped
      group by n.nspname`,
    [services.map((service) => schemaOf(service.contract.name))],
  )
  for (const service of services) {
    const found = rows.find((row) => row.schema === schemaOf(service.contract.name))
    if (found !== undefined && service.personal === undefined) {
      throw new Error(
        `${service.contract.name} keeps rows about people (${found.tables.join(', ')}) but its manifest has no "personal" ` +
          'with exportAll and eraseAll',
      )
    }
  }
}

/** Everything the given services hold about a person, by service and collection. */
export async function exportPerson(
  services: readonly Service[],
  contextOf: (service: string, personId: string) => Context,
  personId: string,
): Promise<Record<string, Readonly<Record<string, readonly object[]>>>> {
  const result: Record<string, Readonly<Record<string, readonly object[]>>> = {}
  for (const service of services) {
    if (service.personal === undefined) continue
    const context = contextOf(service.contract.name, personId)
    result[service.contract.name] = await service.personal.exportAll(context.db, personId, context)
  }
  return result
}

/** Removes everything the given services and the frame hold about a person. Returns the rows removed, by table. */
export async function erasePerson(
  services: readonly Service[],
  contextOf: (service: string, personId: string) => Context,
  { systemPool, keeping }: { readonly systemPool: pg.Pool; readonly keeping: Pick<Keeping, 'forget'> },
  personId: string,
): Promise<Record<string, number>> {
  const receipt: Record<string, number> = {}
  // Those that others need go last: a service may still ask them while it erases.
  for (const service of [...services].reverse()) {
    const { personal, contract } = service
    if (personal === undefined) continue
    const context = contextOf(contract.name, personId)
    const counts = await context.system('erasure').transact((transaction) => personal.eraseAll(transaction, personId))
    for (const [table, count] of Object.entries(counts)) receipt[`${contract.name}.${table}`] = count
  }
  await keeping.forget(personId)
  await systemPool.query('select kernel.forget($1, null), kernel.forget_rights($1)', [personId])
  return receipt
}

/** A caller for erasure and export of one person. */
export function personCaller(personId: string) {
  return systemCaller(newId(), personId)
}
