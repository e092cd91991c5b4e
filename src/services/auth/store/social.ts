import type { Database } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface SocialAttempt {
  readonly stateHash: Buffer
  readonly provider: string
  /** Hash of the cookie of the browser that left: another browser can't finish the sign-in. */
  readonly browserHash: Buffer
  readonly sealedVerifier: string
  readonly nonce: string
  readonly returnTo: string
  readonly expiresAt: Date
}

/** Writes a sign-in that leaves for a provider. */
export function insertSocialAttempt(db: Database, one: SocialAttempt): Promise<number> {
  return db.run(sql`insert into auth.social_attempt
      (state_hash, provider, browser_hash, sealed_verifier, nonce, return_to, expires_at)
    values (${one.stateHash}, ${one.provider}, ${one.browserHash}, ${one.sealedVerifier}, ${one.nonce}, ${one.returnTo},
      ${one.expiresAt})`)
}

/** The attempt of that state, once: it is gone afterwards. Undefined when there is none, or it is too old. */
export function takeSocialAttempt(db: Database, stateHash: Buffer, browserHash: Buffer, provider: string, now: Date) {
  return db.one<{ sealed_verifier: string; nonce: string; return_to: string }>(sql`delete from auth.social_attempt
    where state_hash = ${stateHash} and browser_hash = ${browserHash} and provider = ${provider} and expires_at > ${now}
    returning sealed_verifier, nonce, return_to`)
}
