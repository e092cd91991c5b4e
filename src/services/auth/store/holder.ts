import type { Database } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import type { ConsentRow } from './accounts.ts'

/** What a holder changes about the account itself; undefined leaves it. */
export interface NameChange {
  readonly displayName: string | undefined
  readonly firstName: string | null | undefined
  readonly lastName: string | null | undefined
  readonly company: string | null | undefined
}

/** Changes what is given, leaves what is undefined. */
export function updateNames(userId: string, change: NameChange): Statement {
  const set = (column: Statement, value: string | null | undefined) =>
    value === undefined ? nothing : sql`, ${column} = ${value}`
  const { displayName, firstName, lastName, company } = change
  return sql`update auth.account set user_id = user_id${set(sql`display_name`, displayName)}${set(
    sql`first_name`,
    firstName,
  )}${set(sql`last_name`, lastName)}${set(sql`company`, company)} where user_id = ${userId}`
}

/** Puts the given facts and preferences over those that stand. */
export function mergeSignupProfile(userId: string, facts: object, preferences: object, now: Date): Statement {
  return sql`insert into auth.signup_profile as p (user_id, facts, preferences, updated_at)
      values (${userId}, ${JSON.stringify(facts)}::jsonb, ${JSON.stringify(preferences)}::jsonb, ${now})
    on conflict (user_id) do update set facts = p.facts || excluded.facts,
      preferences = p.preferences || excluded.preferences, updated_at = excluded.updated_at`
}

export interface GivenConsent {
  readonly purpose: string
  readonly data_category: string
  readonly granted: boolean
  readonly consent_text?: string | null | undefined
}

/** Writes consents; of two for one purpose and category the first stands. */
export function insertConsents(userId: string, consents: readonly GivenConsent[], now: Date): Statement {
  return sql`insert into auth.signup_consent
      (user_id, purpose, data_category, granted, consent_text, created_at, updated_at)
    select ${userId}::uuid, purpose, data_category, granted, consent_text, ${now}::timestamptz, ${now}::timestamptz
      from unnest(${consents.map((one) => one.purpose)}::text[], ${consents.map((one) => one.data_category)}::text[],
        ${consents.map((one) => one.granted)}::boolean[], ${consents.map((one) => one.consent_text ?? null)}::text[])
        as c (purpose, data_category, granted, consent_text)
    on conflict (user_id, purpose, data_category) do nothing`
}

const consent = sql`id, purpose, data_category, granted, consent_text, created_at, updated_at`

/** Consents of the sign-up, oldest first. */
export function listConsents(db: Database, userId: string): Promise<ConsentRow[]> {
  return db.many(sql`select ${consent} from auth.signup_consent where user_id = ${userId} order by id`)
}

/** The consent as it is now; undefined when the account has no such one. */
export function setConsent(
  db: Database,
  given: { readonly userId: string; readonly id: number; readonly granted: boolean },
  now: Date,
): Promise<ConsentRow | undefined> {
  return db.one(sql`update auth.signup_consent set granted = ${given.granted}, updated_at = ${now}
    where user_id = ${given.userId} and id = ${given.id} returning ${consent}`)
}

/** Stored preferences; undefined when there are none. */
export function findPreferences(db: Database, userId: string) {
  return db.one<{ preferences: Readonly<Record<string, unknown>> }>(
    sql`select preferences from auth.signup_profile where user_id = ${userId}`,
  )
}

/** Hash of the account's password; undefined when it has none. */
export async function findPasswordHash(db: Database, userId: string): Promise<string | undefined> {
  return (await db.one<{ hash: string }>(sql`select hash from auth.password where user_id = ${userId}`))?.hash
}

/** Handles of the account by which a message reaches it. */
export function findContacts(db: Database, userId: string) {
  return db.many<{ kind: 'email' | 'phone'; value: string; is_verified: boolean }>(
    sql`select kind, value, verified_at is not null as is_verified from auth.identity
      where user_id = ${userId} and kind in ('email', 'phone')`,
  )
}

/** Marks the address or number as proved; the first proof stands. */
export function verifyIdentity(userId: string, kind: 'email' | 'phone', now: Date): Statement {
  return sql`update auth.identity set verified_at = coalesce(verified_at, ${now}::timestamptz)
    where user_id = ${userId} and kind = ${kind}`
}
