import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'
import type { Name } from './resources.ts'

/** A change that the owner is still to be told. */
export interface Handover extends Name {
  readonly method: 'WRITE' | 'DELETE'
  readonly owner: string
  readonly owner_id: string | null
  readonly content: string
}

export async function keepHandovers(
  transaction: Transaction,
  personId: string,
  handovers: readonly Handover[],
  now: Date,
): Promise<void> {
  if (handovers.length === 0) return
  const of = <Value>(read: (one: Handover) => Value) => handovers.map(read)
  await transaction.run(sql`insert into fhir.handover (user_id, type, id, method, owner, owner_id, content, created_at)
    select ${personId}::uuid, n.*, ${now}::timestamptz from unnest(${of((one) => one.type)}::text[],
      ${of((one) => one.id)}::text[], ${of((one) => one.method)}::text[], ${of((one) => one.owner)}::text[],
      ${of((one) => one.owner_id)}::text[], ${of((one) => one.content)}::text[]) as n
    on conflict (user_id, type, id) do update set method = excluded.method, owner = excluded.owner,
      owner_id = excluded.owner_id, content = excluded.content, created_at = excluded.created_at`)
}

export async function dropHandover(db: Database, personId: string, { type, id }: Name): Promise<void> {
  await db.run(sql`delete from fhir.handover where user_id = ${personId} and type = ${type} and id = ${id}`)
}

export function listHandovers(db: Database, personId: string, limit: number): Promise<Handover[]> {
  return db.many<Handover>(sql`select type, id, method, owner, owner_id, content from fhir.handover
    where user_id = ${personId} order by created_at limit ${limit}`)
}
