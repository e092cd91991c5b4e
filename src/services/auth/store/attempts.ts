import { type Statement, sql } from '../../../kernel/sql.ts'
import { WINDOW_SECONDS } from '../domain/throttle.ts'

/** A handle and a network, both as keyed digests. */
export interface AttemptKey {
  readonly handle: Buffer
  readonly address: Buffer
}

/** What stood before this attempt: failures from all networks, and the last try from this one. */
export interface AttemptsBefore {
  readonly everywhere: number
  readonly last_at: Date | null
}

export interface AttemptRow {
  readonly failures: number
  readonly first_at: Date
}

/** One row of `AttemptsBefore`; to be read before `countAttempt`. */
export function selectAttempts(key: AttemptKey, now: Date): Statement {
  return sql`select coalesce(sum(failures) filter (where first_at > ${windowStart(now)}::timestamptz), 0)::int as everywhere,
      max(last_at) filter (where address = ${key.address}) as last_at
    from auth.attempt where handle = ${key.handle}`
}

/**
 * Counts the attempt as failed before it is tried, so that many at once are counted too; success takes it back.
 * `last_at` moves once a minute at most: whoever hammers does not push their own next turn away.
 */
export function countAttempt(key: AttemptKey, now: Date): Statement {
  return sql`insert into auth.attempt as a (handle, address, failures, first_at, last_at)
      values (${key.handle}, ${key.address}, 1, ${now}, ${now})
    on conflict (handle, address) do update set
      failures = case when a.first_at <= ${windowStart(now)}::timestamptz then 1 else a.failures + 1 end,
      first_at = case when a.first_at <= ${windowStart(now)}::timestamptz then excluded.first_at else a.first_at end,
      last_at = case when a.last_at <= excluded.last_at - interval '60 seconds' then excluded.last_at else a.last_at end
    returning failures, first_at`
}

/** A sign-in that succeeded: the network's failures are forgotten, and it is one of the owner's from now on. */
export function forgetAttempts(userId: string, key: AttemptKey, now: Date): Statement[] {
  return [
    sql`delete from auth.attempt where handle = ${key.handle} and address = ${key.address}`,
    sql`insert into auth.known_address (user_id, address, last_at) values (${userId}, ${key.address}, ${now})
      on conflict (user_id, address) do update set last_at = excluded.last_at`,
  ]
}

function windowStart(now: Date): Date {
  return new Date(now.getTime() - WINDOW_SECONDS * 1000)
}
