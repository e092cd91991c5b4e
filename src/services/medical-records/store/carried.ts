import type { Database, Transaction } from '../../../kernel/database.ts'
import { nothing, sql } from '../../../kernel/sql.ts'
import type { CarriedType } from '../contract/carried.ts'

/** A resource that the person took and no other table has columns for. */
export interface CarriedRow {
  readonly id: string
  readonly version: number
  readonly type: CarriedType
  readonly display: string
  readonly occurred_on: string | null
  readonly content: Readonly<Record<string, unknown>>
  readonly created_at: Date
  readonly updated_at: Date
}

const columns = sql`id, version, type, display, occurred_on, content, created_at, updated_at`

export type NewCarried = Pick<CarriedRow, 'id' | 'type' | 'display' | 'occurred_on' | 'content'> & {
  readonly import_item_id: string
}

/** Writes resources in one statement; one that is there already stays as it is. */
export async function insertCarried(
  transaction: Transaction,
  userId: string,
  rows: readonly NewCarried[],
  now: Date,
): Promise<void> {
  await transaction.run(
    sql`insert into medical_records.carried_resource (id, user_id, type, display, occurred_on, content, import_item_id,
        created_at, updated_at)
      select id, ${userId}::uuid, type, display, occurred_on, content, import_item_id, ${now}::timestamptz, ${now}::timestamptz
        from jsonb_populate_recordset(null::medical_records.carried_resource, ${JSON.stringify(rows)}::jsonb)
      on conflict do nothing`,
  )
}

export async function pageOfCarried(db: Database, userId: string, skip: number, limit: number) {
  const [rows = [], totals = []] = await db.batch([
    sql`select ${columns} from medical_records.carried_resource where user_id = ${userId}
      order by created_at desc, id desc limit ${limit} offset ${skip}`,
    sql`select count(*)::int as total from medical_records.carried_resource where user_id = ${userId}`,
  ])
  return { rows: rows as CarriedRow[], total: (totals[0] as { total: number }).total }
}

/** Those of some ids, or all behind a position, oldest first. */
export function carriedForFhir(
  db: Database,
  userId: string,
  of: { readonly ids?: readonly string[] | undefined; readonly after?: readonly [string, string] | undefined },
  limit: number,
): Promise<CarriedRow[]> {
  const named = of.ids === undefined ? nothing : sql` and id = any(${of.ids}::uuid[])`
  const behind =
    of.after === undefined ? nothing : sql` and (created_at, id) > (${of.after[0]}::timestamptz, ${of.after[1]}::uuid)`
  return db.many<CarriedRow>(
    sql`select ${columns} from medical_records.carried_resource where user_id = ${userId}${named}${behind}
      order by created_at, id limit ${limit}`,
  )
}

/** Removes one; its type, or undefined when there is none. */
export async function deleteCarried(
  transaction: Transaction,
  userId: string,
  id: string,
): Promise<CarriedType | undefined> {
  const row = await transaction.one<{ type: CarriedType }>(
    sql`delete from medical_records.carried_resource where id = ${id} and user_id = ${userId} returning type`,
  )
  return row?.type
}

/** What was taken from an item says what it is now; undefined when it is not there any more. */
export function changeCarried(
  transaction: Transaction,
  userId: string,
  itemId: string,
  row: NewCarried,
  now: Date,
): Promise<Pick<CarriedRow, 'id' | 'type'> | undefined> {
  return transaction.one(
    sql`update medical_records.carried_resource set display = ${row.display}, occurred_on = ${row.occurred_on},
        content = ${JSON.stringify(row.content)}::jsonb, import_item_id = ${row.import_item_id}, version = version + 1,
        updated_at = ${now}
      where user_id = ${userId} and import_item_id = ${itemId} and type = ${row.type} returning id, type`,
  )
}

/** Removes what was taken from an item; undefined when there is none. */
export function deleteCarriedOf(
  transaction: Transaction,
  userId: string,
  itemId: string,
): Promise<Pick<CarriedRow, 'id' | 'type'> | undefined> {
  return transaction.one(
    sql`delete from medical_records.carried_resource where user_id = ${userId} and import_item_id = ${itemId} returning id, type`,
  )
}
