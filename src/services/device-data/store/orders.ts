import type { Database } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface OrderRow {
  /** Empty for all metrics without an order of their own. */
  readonly metric: string
  readonly sources: readonly string[]
  readonly updated_at: Date
}

/** The orders of sources that the person in scope chose. */
export function listOrders(db: Database): Promise<OrderRow[]> {
  return db.many<OrderRow>(
    sql`select metric, sources, updated_at from device_data.source_order order by metric limit 1000`,
  )
}

/** The same by metric. */
export async function sourceOrders(db: Database): Promise<Map<string, readonly string[]>> {
  return new Map((await listOrders(db)).map((row) => [row.metric, row.sources]))
}

export async function saveOrder(
  db: Database,
  userId: string,
  { metric, sources, updated_at }: OrderRow,
): Promise<void> {
  await db.run(
    sql`insert into device_data.source_order (user_id, metric, sources, updated_at)
      values (${userId}, ${metric}, ${[...sources]}::text[], ${updated_at})
      on conflict (user_id, metric) do update set sources = excluded.sources, updated_at = excluded.updated_at`,
  )
}

/** Goes back to the usual order; false when there was no other. */
export async function removeOrder(db: Database, metric: string): Promise<boolean> {
  return (await db.run(sql`delete from device_data.source_order where metric = ${metric}`)) > 0
}
