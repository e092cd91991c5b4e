import { type Statement, sql } from '../../../kernel/sql.ts'

const DAY_MS = 86_400_000

/** Removes what can no longer be used, keeping ended sessions for a month: for the holder's own look back. */
export function cleanUp(now: Date): Statement[] {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS)
  return [
    sql`delete from auth.app_request where expires_at < ${now}`,
    sql`delete from auth.app_launch where expires_at < ${before(1)}`,
    sql`delete from auth.app_code where expires_at < ${before(1)}`,
    sql`delete from auth.app_token where expires_at < ${now}`,
    sql`delete from auth.app_assertion where expires_at < ${now}`,
    sql`delete from auth.app_grant where expires_at < ${before(30)} or ended_at < ${before(30)}`,
    sql`delete from auth.refresh_token where expires_at < ${now}`,
    sql`delete from auth.session where expires_at < ${before(30)} or revoked_at < ${before(30)}`,
    sql`delete from auth.challenge where expires_at < ${before(1)}`,
    sql`delete from auth.attempt where last_at < ${before(1)}`,
    sql`delete from auth.known_address where last_at < ${before(180)}`,
    sql`delete from auth.passkey_challenge where expires_at < ${now}`,
    sql`delete from auth.social_attempt where expires_at < ${now}`,
  ]
}
