import type { Role } from '../../../kernel/contract.ts'
import type { Database } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import type { Plan } from '../contract/shapes.ts'
import { type AccountRow, selectAccounts } from './accounts.ts'

/** Accounts with a number above `afterSeq`, in its order. */
export function pageOfAccounts(
  db: Database,
  page: { readonly afterSeq: number; readonly skip: number; readonly limit: number },
  now: Date,
): Promise<AccountRow[]> {
  const rest = sql`order by a.seq limit ${page.limit} offset ${page.skip}`
  return db.many(selectAccounts(sql`a.seq > ${page.afterSeq} and a.status <> 'deleted'`, now, rest))
}

/** The account of an id or a number. */
export function findAccountByAnyId(db: Database, id: string, now: Date): Promise<AccountRow | undefined> {
  const isNumber = /^\d+$/.test(id)
  return db.one(selectAccounts(isNumber ? sql`a.seq = ${Number(id)}` : sql`a.user_id = ${id}`, now))
}

/** The account of a phone number in E.164; undefined when nobody has it. */
export function findAccountByPhone(db: Database, e164: string, now: Date): Promise<AccountRow | undefined> {
  const where = sql`a.user_id = (select user_id from auth.identity where kind = 'phone' and value = ${e164})`
  return db.one(selectAccounts(where, now))
}

/** Ids of all active administrators, locked until the transaction ends: two removals at once see each other. */
export async function lockAdministrators(db: Database): Promise<string[]> {
  const rows = await db.many<{ user_id: string }>(sql`select user_id from auth.account
    where 'administrator' = any (roles) and status = 'active' order by user_id for update`)
  return rows.map((row) => row.user_id)
}

/** Whether anybody who may sign in is an administrator. */
export async function hasAdministrator(db: Database): Promise<boolean> {
  const row = await db.one(
    sql`select 1 as yes from auth.account where 'administrator' = any (roles) and status = 'active' limit 1`,
  )
  return row !== undefined
}

/** Whether anybody has an account who is not of the demo household. */
export async function hasOwnAccount(db: Database): Promise<boolean> {
  const row = await db.one(sql`select 1 as yes from auth.account where not is_demo and status <> 'deleted' limit 1`)
  return row !== undefined
}

/** Marks the account as one of the demo household; false when there is none. */
export async function markDemo(db: Database, userId: string): Promise<boolean> {
  return (
    (await db.one(sql`update auth.account set is_demo = true where user_id = ${userId} returning user_id`)) !==
    undefined
  )
}

/** Replaces the roles. */
export function setRoles(userId: string, roles: readonly Role[]): Statement {
  return sql`update auth.account set roles = ${roles} where user_id = ${userId}`
}

/** Sets the plan. */
export function setPlan(userId: string, plan: Plan): Statement {
  return sql`update auth.account set plan = ${plan} where user_id = ${userId}`
}

/** Sets the state; `now` becomes the time of deletion when it is `deleted`. */
export function setStatus(userId: string, status: AccountRow['status'], now: Date): Statement {
  const deletedAt = status === 'deleted' ? now : null
  return sql`update auth.account set status = ${status}, deleted_at = ${deletedAt} where user_id = ${userId}`
}
