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

export function insertSession(session: NewSession, now: Date): Statement {
  const { id, userId, method, tokenHash = null, address, userAgent, expiresAt } = session
  return sql`insert into auth.session
      (id, user_id, method, token_hash, address, user_agent, created_at, last_seen_at, expires_at)
    values (${id}, ${userId}, ${method}, ${tokenHash}, ${address}, ${userAgent}, ${now}, ${now}, ${expiresAt})`
}

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
