import type { Role } from '../../../kernel/contract.ts'
import type { Database } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import type { Plan } from '../contract/shapes.ts'
import type { Handle } from '../domain/handles.ts'

export interface NewAccount {
  readonly userId: string
  readonly displayName: string
  readonly firstName?: string | null
  readonly lastName?: string | null
  readonly company?: string | null
  readonly roles?: readonly Role[]
  readonly isAnonymous?: boolean
}

/** What a sign-in needs to know of the account behind a handle. */
export interface Candidate {
  readonly user_id: string
  readonly status: 'active' | 'suspended' | 'deleted'
  readonly password_hash: string | null
  readonly has_totp: boolean
  readonly is_known_network: boolean
  readonly is_verified: boolean
}

/** An account with everything its holder sees of it. */
export interface AccountRow {
  readonly user_id: string
  readonly seq: number
  readonly status: 'active' | 'suspended' | 'deleted'
  readonly roles: Role[]
  readonly plan: Plan
  readonly display_name: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly company: string | null
  readonly is_anonymous: boolean
  readonly is_demo: boolean
  readonly created_at: Date
  readonly last_login_at: Date | null
  readonly identities: readonly { readonly kind: Handle['kind']; readonly value: string; readonly verified: boolean }[]
  readonly has_totp: boolean
  readonly has_password: boolean
  readonly calls: number
  readonly facts: Readonly<Record<string, unknown>> | null
  readonly preferences: Readonly<Record<string, unknown>> | null
  readonly consents: readonly ConsentRow[]
}

export interface ConsentRow {
  readonly id: number
  readonly purpose: string
  readonly data_category: string
  readonly granted: boolean
  readonly consent_text: string | null
  readonly created_at: string
  readonly updated_at: string
}

/** Writes a new, active account. */
export function insertAccount(account: NewAccount, now: Date): Statement {
  const { userId, displayName, firstName = null, lastName = null, company = null, isAnonymous = false } = account
  return sql`insert into auth.account
      (user_id, roles, display_name, first_name, last_name, company, is_anonymous, created_at, last_login_at)
    values (${userId}, ${account.roles ?? ['patient']}, ${displayName}, ${firstName}, ${lastName}, ${company},
      ${isAnonymous}, ${now}, ${now})`
}

/** Fails with 23505 on `identity_pkey` when the handle is taken. */
export function insertIdentity(userId: string, handle: Handle, now: Date, verifiedAt: Date | null = null): Statement {
  return sql`insert into auth.identity (kind, value, user_id, verified_at, created_at)
    values (${handle.kind}, ${handle.value}, ${userId}, ${verifiedAt}, ${now})`
}

/** Sets the password; `hash` is a PHC string. */
export function putPassword(userId: string, hash: string, now: Date): Statement {
  return sql`insert into auth.password (user_id, hash, changed_at) values (${userId}, ${hash}, ${now})
    on conflict (user_id) do update set hash = excluded.hash, changed_at = excluded.changed_at`
}

/** Notes the time of a sign-in. */
export function touchLogin(userId: string, now: Date): Statement {
  return sql`update auth.account set last_login_at = ${now} where user_id = ${userId}`
}

/** The account behind a handle, for sign-in from a network (keyed digest). */
export function findCandidate(handle: Handle, network: Buffer): Statement {
  return sql`select a.user_id, a.status, p.hash as password_hash, t.confirmed_at is not null as has_totp,
      i.verified_at is not null as is_verified,
      exists (select from auth.known_address k where k.user_id = a.user_id and k.address = ${network}) as is_known_network
    from auth.identity i join auth.account a on a.user_id = i.user_id
      left join auth.password p on p.user_id = a.user_id left join auth.totp t on t.user_id = a.user_id
    where i.kind = ${handle.kind} and i.value = ${handle.value}`
}

/** Whose handle it is. */
export function findIdentity(db: Database, handle: Handle) {
  return db.one<{ user_id: string; status: AccountRow['status']; is_verified: boolean; has_totp: boolean }>(
    sql`select i.user_id, a.status, i.verified_at is not null as is_verified, t.confirmed_at is not null as has_totp
      from auth.identity i join auth.account a on a.user_id = i.user_id left join auth.totp t on t.user_id = i.user_id
      where i.kind = ${handle.kind} and i.value = ${handle.value}`,
  )
}

/** The accounts that `where` (about `a`) leaves, as `AccountRow`; calls are those of the month of `now` (UTC). */
export function selectAccounts(where: Statement, now: Date, rest: Statement = nothing): Statement {
  return sql`select a.user_id, a.seq, a.status, a.roles, a.plan, a.display_name, a.first_name, a.last_name, a.company,
      a.is_anonymous, a.is_demo, a.created_at, a.last_login_at, t.confirmed_at is not null as has_totp,
      exists (select from auth.password p where p.user_id = a.user_id) as has_password,
      coalesce(u.calls, 0) as calls, s.facts, s.preferences,
      coalesce((select json_agg(json_build_object('kind', i.kind, 'value', i.value, 'verified', i.verified_at is not null)
        order by i.created_at) from auth.identity i where i.user_id = a.user_id), '[]') as identities,
      coalesce((select json_agg(json_build_object('id', c.id, 'purpose', c.purpose, 'data_category', c.data_category,
        'granted', c.granted, 'consent_text', c.consent_text, 'created_at', c.created_at, 'updated_at', c.updated_at)
        order by c.id) from auth.signup_consent c where c.user_id = a.user_id), '[]') as consents
    from auth.account a left join auth.totp t on t.user_id = a.user_id
      left join auth.signup_profile s on s.user_id = a.user_id
      left join auth.api_usage u on u.user_id = a.user_id and u.month = ${monthOf(now)}
    where ${where} ${rest}`
}

/** One account as an `AccountRow`; no row when there is none. */
export function selectAccount(userId: string, now: Date): Statement {
  return selectAccounts(sql`a.user_id = ${userId}`, now)
}

/** One account; undefined when there is none, or the handle may not see it. */
export function findAccount(db: Database, userId: string, now: Date): Promise<AccountRow | undefined> {
  return db.one<AccountRow>(selectAccount(userId, now))
}

/** First day of the month (UTC) as a date. */
export function monthOf(now: Date): string {
  return `${now.toISOString().slice(0, 7)}-01`
}
