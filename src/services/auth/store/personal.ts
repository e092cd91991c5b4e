import type { Database, Transaction } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import { forgetEverywhere } from './sessionCache.ts'

/** Everything held about a person; of secrets only that they exist. */
export async function exportAll(db: Database, userId: string) {
  const one = (statement: Statement) => db.many(statement)
  return {
    account:
      await one(sql`select seq, status, roles, plan, display_name, first_name, last_name, company, is_anonymous, is_demo,
      created_at, last_login_at from auth.account where user_id = ${userId}`),
    identities: await one(
      sql`select kind, value, verified_at, created_at from auth.identity where user_id = ${userId} order by created_at`,
    ),
    passwords: await one(sql`select changed_at from auth.password where user_id = ${userId}`),
    sessions: await one(sql`select id, method, address, user_agent, created_at, last_seen_at, expires_at, revoked_at,
      revoked_reason from auth.session where user_id = ${userId} order by created_at`),
    time_based_codes: await one(sql`select created_at, confirmed_at from auth.totp where user_id = ${userId}`),
    backup_codes: await one(sql`select used_at from auth.backup_code where user_id = ${userId}`),
    passkeys: await one(sql`select id, name, is_synced, transports, created_at, last_used_at, disabled_at
      from auth.passkey where user_id = ${userId} order by created_at`),
    passkey_challenges: await one(sql`select expires_at from auth.passkey_challenge where user_id = ${userId}`),
    api_keys:
      await one(sql`select id, name, prefix, scopes, usage_count, last_used_at, expires_at, revoked_at, created_at
      from auth.api_key where user_id = ${userId} order by id`),
    api_usage: await one(sql`select month, calls from auth.api_usage where user_id = ${userId} order by month`),
    known_networks: await one(sql`select last_at from auth.known_address where user_id = ${userId} order by last_at`),
    challenges: await one(
      sql`select kind, created_at, expires_at, used_at from auth.challenge where user_id = ${userId} order by created_at`,
    ),
    sign_up: await one(sql`select facts, preferences, updated_at from auth.signup_profile where user_id = ${userId}`),
    consents: await one(sql`select id, purpose, data_category, granted, consent_text, created_at, updated_at
      from auth.signup_consent where user_id = ${userId} order by id`),
    apps: await one(sql`select client_id, scopes, patient, granted_by, created_at, expires_at, spans_records, last_used_at, ended_at
      from auth.app_grant where user_id = ${userId} order by created_at`),
    app_launches: await one(
      sql`select client_id, patient, expires_at, used_at from auth.app_launch where user_id = ${userId}`,
    ),
    disclaimers: await one(sql`select d.version, d.acknowledged_at from auth.disclaimer_acknowledgement d
      join auth.identity i on i.kind = 'research' and i.value = d.research_id where i.user_id = ${userId}`),
  }
}

/** Removes everything held about a person. Returns the rows removed, by table. */
export async function eraseAll(transaction: Transaction, userId: string) {
  const disclaimer_acknowledgement = await transaction.run(sql`delete from auth.disclaimer_acknowledgement d
    using auth.identity i where i.kind = 'research' and i.value = d.research_id and i.user_id = ${userId}`)
  const of = (table: Statement) => transaction.run(sql`delete from ${table} where user_id = ${userId}`)
  // What the person decided about others' records, or others about theirs, goes with codes and tokens.
  const app_grant = await transaction.run(
    sql`delete from auth.app_grant where user_id = ${userId} or granted_by = ${userId}`,
  )
  const app_launch = await transaction.run(
    sql`delete from auth.app_launch where user_id = ${userId} or person_id = ${userId}`,
  )
  const receipt = {
    disclaimer_acknowledgement,
    app_grant,
    app_launch,
    app_code: await of(sql`auth.app_code`),
    app_token: await of(sql`auth.app_token`),
    app_request: await of(sql`auth.app_request`),
    refresh_token: await of(sql`auth.refresh_token`),
    session: await of(sql`auth.session`),
    known_address: await of(sql`auth.known_address`),
    challenge: await of(sql`auth.challenge`),
    totp: await of(sql`auth.totp`),
    backup_code: await of(sql`auth.backup_code`),
    passkey: await of(sql`auth.passkey`),
    passkey_challenge: await of(sql`auth.passkey_challenge`),
    api_key: await of(sql`auth.api_key`),
    api_usage: await of(sql`auth.api_usage`),
    signup_profile: await of(sql`auth.signup_profile`),
    signup_consent: await of(sql`auth.signup_consent`),
    password: await of(sql`auth.password`),
    identity: await of(sql`auth.identity`),
    account: await of(sql`auth.account`),
  }
  forgetEverywhere(userId)
  return receipt
}
