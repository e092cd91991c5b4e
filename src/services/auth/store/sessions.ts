import type { Role } from '../../../kernel/contract.ts'
import type { Database } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'

export interface NewSession {
  readonly id: string
  readonly userId: string
  /** How the person signed in: `password`, `phone`, `research`, `google`, ... */
  readonly method: string
  /** Hash of the opaque token, for sessions that are found by one. */
  readonly tokenHash?: Buffer
  readonly address: string
  readonly userAgent: string
  readonly expiresAt: Date
}

/** A session that is good at the moment, with its account. */
export interface LiveSession {
  readonly session_id: string
  readonly user_id: string
  readonly seq: number
  readonly roles: Role[]
  readonly is_demo: boolean
  readonly expires_at: Date
}

/** Writes a session that begins now. */
export function insertSession(session: NewSession, now: Date): Statement {
  const { id, userId, method, tokenHash = null, address, userAgent, expiresAt } = session
  return sql`insert into auth.session
      (id, user_id, method, token_hash, address, user_agent, created_at, last_seen_at, expires_at)
    values (${id}, ${userId}, ${method}, ${tokenHash}, ${address}, ${userAgent}, ${now}, ${now}, ${expiresAt})`
}

/** Writes a refresh token by its hash. */
export function insertRefreshToken(
  token: { readonly hash: Buffer; readonly sessionId: string; readonly userId: string; readonly expiresAt: Date },
  now: Date,
): Statement {
  return sql`insert into auth.refresh_token (hash, session_id, user_id, created_at, expires_at)
    values (${token.hash}, ${token.sessionId}, ${token.userId}, ${now}, ${token.expiresAt})`
}

/** The live session of that id (or opaque token's hash); undefined when it ended, or its account may not sign in. */
export function findLiveSession(
  db: Database,
  by: { readonly id: string } | { readonly tokenHash: Buffer },
  now: Date,
): Promise<LiveSession | undefined> {
  const where = 'id' in by ? sql`s.id = ${by.id}` : sql`s.token_hash = ${by.tokenHash}`
  return db.one<LiveSession>(sql`with live as (
      select s.id, s.user_id, s.last_seen_at, s.expires_at, a.seq, a.roles, a.is_demo
        from auth.session s join auth.account a on a.user_id = s.user_id
       where ${where} and s.revoked_at is null and s.expires_at > ${now}::timestamptz and a.status = 'active'
    ), seen as (
      -- Once in a few minutes is exact enough for the person's own list, and spares a write a request.
      update auth.session s set last_seen_at = ${now}::timestamptz from live
       where s.id = live.id and live.last_seen_at < ${now}::timestamptz - interval '5 minutes' returning s.id
    )
    select id as session_id, user_id, seq, roles, is_demo, expires_at from live`)
}

/**
 * Takes a refresh token, once, and puts the next one in its place; undefined when it isn't good (any more).
 * One statement: two requests with one token can't both win.
 */
export function rotateRefreshToken(
  db: Database,
  hash: Buffer,
  next: { readonly hash: Buffer; readonly expiresAt: Date },
  now: Date,
): Promise<{ session_id: string; user_id: string } | undefined> {
  return db.one(sql`with taken as (
      update auth.refresh_token set used_at = ${now}::timestamptz
       where hash = ${hash} and used_at is null and expires_at > ${now}::timestamptz returning session_id, user_id
    ), good as (
      select t.session_id, t.user_id from taken t join auth.session s on s.id = t.session_id
        join auth.account a on a.user_id = t.user_id
       where s.revoked_at is null and a.status = 'active'
    ), renewed as (
      insert into auth.refresh_token (hash, session_id, user_id, created_at, expires_at)
      select ${next.hash}::bytea, session_id, user_id, ${now}::timestamptz, ${next.expiresAt}::timestamptz from good
    ), extended as (
      update auth.session s set expires_at = ${next.expiresAt}::timestamptz, last_seen_at = ${now}::timestamptz
        from good where s.id = good.session_id
    )
    select session_id, user_id from good`)
}

/**
 * Ends the session of a refresh token that was used before: somebody holds a copy. The account, when this call ended
 * it; undefined when there is no such token or its session had ended.
 */
export function revokeReused(db: Database, hash: Buffer, now: Date): Promise<{ user_id: string } | undefined> {
  return db.one(sql`update auth.session s set revoked_at = ${now}, revoked_reason = 'refresh token used twice'
      from auth.refresh_token r where r.hash = ${hash} and r.used_at is not null and s.id = r.session_id
       and s.revoked_at is null returning s.user_id`)
}

/** When a session of the account began. */
export async function sessionBegan(db: Database, sessionId: string): Promise<Date | undefined> {
  const row = await db.one<{ created_at: Date }>(sql`select created_at from auth.session where id = ${sessionId}`)
  return row?.created_at
}

/** Makes a session that was just begun one of an opaque token: its refresh token goes. */
export function bindToCookie(db: Database, sessionId: string, tokenHash: Buffer): Promise<object[][]> {
  return db.batch([
    sql`update auth.session set token_hash = ${tokenHash} where id = ${sessionId}`,
    sql`delete from auth.refresh_token where session_id = ${sessionId}`,
  ])
}

/** Ends sessions of an account: one, all, or all but one. */
export function revokeSessions(
  userId: string,
  which: { readonly only?: string | undefined; readonly except?: string | null | undefined },
  reason: string,
  now: Date,
): Statement {
  const only = which.only === undefined ? sql`true` : sql`id = ${which.only}`
  const except = which.except === undefined || which.except === null ? sql`true` : sql`id <> ${which.except}`
  return sql`update auth.session set revoked_at = ${now}, revoked_reason = ${reason}
    where user_id = ${userId} and revoked_at is null and ${only} and ${except} returning id`
}

export interface SessionRow {
  readonly id: string
  readonly method: string
  readonly address: string
  readonly user_agent: string
  readonly created_at: Date
  readonly last_seen_at: Date
  readonly expires_at: Date
}

/** Sessions that are good at the moment, newest first. */
export function listSessions(db: Database, userId: string, now: Date): Promise<SessionRow[]> {
  return db.many(sql`select id, method, address, user_agent, created_at, last_seen_at, expires_at from auth.session
    where user_id = ${userId} and revoked_at is null and expires_at > ${now} order by created_at desc, id desc limit 200`)
}

/** Ends the session that an opaque token opens; its account, or undefined when there is none. */
export function revokeOpaque(db: Database, tokenHash: Buffer, now: Date): Promise<{ user_id: string } | undefined> {
  return db.one(sql`update auth.session set revoked_at = ${now}, revoked_reason = 'signed out'
    where token_hash = ${tokenHash} and revoked_at is null returning user_id`)
}
