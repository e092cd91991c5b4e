import type { Database } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import type { AttemptKey } from './attempts.ts'

export type ChallengeKind = 'phone' | 'reset' | 'email' | 'setup'

export interface NewChallenge {
  readonly id: string
  readonly kind: ChallengeKind
  readonly key: AttemptKey
  /** Whom it is for; null when nobody has the handle. */
  readonly userId: string | null
  readonly secretHash: Buffer
  readonly tries: number
  readonly expiresAt: Date
}

/** How often a handle was asked for in the last hour: from this network, from all, and when last from here. */
export interface ChallengeCounts {
  readonly here: number
  readonly everywhere: number
  readonly last_at: Date | null
}

/** One row of `ChallengeCounts`. */
export function countChallenges(kind: ChallengeKind, key: AttemptKey, now: Date): Statement {
  const hourAgo = new Date(now.getTime() - 3_600_000)
  return sql`select count(*)::int as everywhere, count(*) filter (where address = ${key.address})::int as here,
      max(created_at) filter (where address = ${key.address}) as last_at
    from auth.challenge where kind = ${kind} and handle = ${key.handle} and created_at > ${hourAgo}`
}

/** Writes a code or link, by the hash of its secret. */
export function insertChallenge(challenge: NewChallenge, now: Date): Statement {
  const { id, kind, key, userId, secretHash, tries, expiresAt } = challenge
  return sql`insert into auth.challenge
      (id, kind, handle, address, user_id, secret_hash, tries_left, created_at, expires_at)
    values (${id}, ${kind}, ${key.handle}, ${key.address}, ${userId}, ${secretHash}, ${tries}, ${now}, ${expiresAt})`
}

/**
 * Spends one try of a phone challenge: the one named, else the newest that this network asked for. The account when
 * the code is right (the challenge is used up then); undefined for a wrong code, a dead challenge, or none.
 */
export async function tryCode(
  db: Database,
  given: { readonly key: AttemptKey; readonly challengeId: string | undefined; readonly codeHash: Buffer },
  now: Date,
): Promise<string | undefined> {
  const { key, challengeId, codeHash } = given
  const which = challengeId === undefined ? sql`address = ${key.address}` : sql`id = ${challengeId}`
  const row = await db.one<{ user_id: string | null; is_right: boolean }>(sql`
    update auth.challenge set tries_left = tries_left - 1,
      used_at = case when secret_hash = ${codeHash} then ${now}::timestamptz end
     where tries_left > 0 and used_at is null and id = (
       select id from auth.challenge where kind = 'phone' and handle = ${key.handle} and ${which} and used_at is null
          and expires_at > ${now} order by created_at desc limit 1)
    returning user_id, used_at is not null as is_right`)
  return row?.is_right === true ? (row.user_id ?? undefined) : undefined
}

/** Uses a link's token up; the account it is for, or undefined when it isn't good (any more). */
export function useToken(db: Database, kind: ChallengeKind, secretHash: Buffer, now: Date) {
  return db.one<{ user_id: string | null }>(sql`update auth.challenge set used_at = ${now}
    where kind = ${kind} and secret_hash = ${secretHash} and used_at is null and expires_at > ${now} returning user_id`)
}

/** Whether a link's token is good, without using it. */
export async function isLiveToken(db: Database, kind: ChallengeKind, secretHash: Buffer, now: Date): Promise<boolean> {
  const row = await db.one(sql`select id from auth.challenge
    where kind = ${kind} and secret_hash = ${secretHash} and used_at is null and expires_at > ${now}`)
  return row !== undefined
}

/** Ends all open links of a kind: of one account, or of everybody. */
export function dropChallenges(kind: ChallengeKind, userId?: string): Statement {
  const whose = userId === undefined ? sql`true` : sql`user_id = ${userId}`
  return sql`delete from auth.challenge where kind = ${kind} and used_at is null and ${whose}`
}
