import type { Role } from '../../../kernel/contract.ts'
import type { Database } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import type { Plan } from '../contract/shapes.ts'
import { monthOf } from './accounts.ts'

export interface KeyRow {
  readonly id: number
  readonly name: string
  readonly prefix: string
  readonly scopes: string[]
  readonly usage_count: number
  readonly last_used_at: Date | null
  readonly expires_at: Date | null
  readonly created_at: Date
}

export interface NewKey {
  readonly userId: string
  readonly name: string
  readonly hash: Buffer
  readonly prefix: string
  readonly scopes: readonly string[]
  readonly expiresAt: Date | null
}

const columns = sql`id, name, prefix, scopes, usage_count, last_used_at, expires_at, created_at`

/** Writes a key unless the account has `maximum` live ones; undefined then. */
export function insertKey(db: Database, key: NewKey, maximum: number, now: Date): Promise<KeyRow | undefined> {
  return db.one(sql`insert into auth.api_key (user_id, name, hash, prefix, scopes, expires_at, created_at)
    select ${key.userId}::uuid, ${key.name}::text, ${key.hash}::bytea, ${key.prefix}::text, ${key.scopes}::text[],
      ${key.expiresAt}::timestamptz, ${now}::timestamptz
     where (select count(*) from auth.api_key where user_id = ${key.userId} and revoked_at is null) < ${maximum}
    returning ${columns}`)
}

/** The same as a statement of a batch, without the limit: for a key that comes with a new account. */
export function insertFirstKey(key: NewKey, now: Date): Statement {
  return sql`insert into auth.api_key (user_id, name, hash, prefix, scopes, expires_at, created_at)
    values (${key.userId}, ${key.name}, ${key.hash}, ${key.prefix}, ${key.scopes}, ${key.expiresAt}, ${now})`
}

/** Keys that were not ended, newest first. */
export function listKeys(db: Database, userId: string): Promise<KeyRow[]> {
  return db.many(
    sql`select ${columns} from auth.api_key where user_id = ${userId} and revoked_at is null order by id desc`,
  )
}

/** Ends a key; false when the account has no such key. */
export async function revokeKey(db: Database, userId: string, id: number, now: Date): Promise<boolean> {
  const ended = await db.run(
    sql`update auth.api_key set revoked_at = ${now} where user_id = ${userId} and id = ${id} and revoked_at is null`,
  )
  return ended > 0
}

/** Ends all keys of an account. */
export function revokeAllKeys(userId: string, now: Date): Statement {
  return sql`update auth.api_key set revoked_at = ${now} where user_id = ${userId} and revoked_at is null`
}

/** What a call with an API key needs to know; `calls` is null when the month's quota is used up. */
export interface KeyCall {
  readonly user_id: string
  readonly seq: number
  readonly roles: Role[]
  readonly scopes: string[]
  readonly plan: Plan
  readonly is_demo: boolean
  readonly calls: number | null
}

/** Calls a month that each plan includes; null is no limit. */
export type PlanLimits = Readonly<Record<Plan, number | null>>

/**
 * Recognises a key and counts the call, in one statement: of calls at the same time, no more pass than the quota has
 * left. Undefined when there is no such key, or its account may not sign in.
 */
export function callWithKey(db: Database, hash: Buffer, limits: PlanLimits, now: Date): Promise<KeyCall | undefined> {
  return db.one(sql`with found as (
      select k.id, k.user_id, k.scopes, a.seq, a.roles, a.plan, a.is_demo,
          case a.plan when 'free' then ${limits.free}::bigint when 'pro' then ${limits.pro}::bigint
            else ${limits.enterprise}::bigint end as quota
        from auth.api_key k join auth.account a on a.user_id = k.user_id
       where k.hash = ${hash} and k.revoked_at is null and (k.expires_at is null or k.expires_at > ${now}::timestamptz)
         and a.status = 'active'
    ), counted as (
      insert into auth.api_usage as u (user_id, month, calls)
      select user_id, ${monthOf(now)}::date, 1 from found
      on conflict (user_id, month) do update set calls = u.calls + 1
       where u.calls < coalesce((select quota from found), u.calls + 1)
      returning calls
    ), used as (
      update auth.api_key k set usage_count = k.usage_count + 1, last_used_at = ${now}::timestamptz
        from found, counted where k.id = found.id
    )
    select found.user_id, found.seq, found.roles, found.scopes, found.plan, found.is_demo, counted.calls
      from found left join counted on true`)
}

/** Ends the keys of an account whose e-mail address nobody has proved yet. */
export function revokeKeysOfUnproven(userId: string, now: Date): Statement {
  return sql`update auth.api_key set revoked_at = ${now} where user_id = ${userId} and revoked_at is null
    and exists (select from auth.identity where user_id = ${userId} and kind = 'email' and verified_at is null)`
}
