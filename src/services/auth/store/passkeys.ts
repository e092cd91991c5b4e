import type { Database } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'

export interface PasskeyRow {
  readonly id: string
  readonly user_id: string
  readonly credential_id: Buffer
  readonly public_key: Buffer
  readonly sign_count: number
  readonly transports: string[]
  readonly is_synced: boolean
  readonly name: string
  readonly created_at: Date
  readonly last_used_at: Date | null
  readonly disabled_at: Date | null
}

const COLUMNS = sql`id, user_id, credential_id, public_key, sign_count, transports, is_synced, name, created_at,
  last_used_at, disabled_at`

/** An account has at most so many. */
export const MOST_PASSKEYS = 20

/** Passkeys of the account, the newest first. */
export function listPasskeys(db: Database, userId: string): Promise<PasskeyRow[]> {
  return db.many(sql`select ${COLUMNS} from auth.passkey where user_id = ${userId}
    order by created_at desc, id desc limit ${MOST_PASSKEYS}`)
}

/** The passkey of a credential id, whoever's it is. */
export function findPasskey(db: Database, credentialId: Buffer): Promise<PasskeyRow | undefined> {
  return db.one(sql`select ${COLUMNS} from auth.passkey where credential_id = ${credentialId}`)
}

/** Fails with 23505 on `passkey_credential_id_key` when the credential is known. */
export function insertPasskey(
  db: Database,
  passkey: Omit<PasskeyRow, 'created_at' | 'last_used_at' | 'disabled_at'>,
  now: Date,
): Promise<PasskeyRow | undefined> {
  const { id, user_id, credential_id, public_key, sign_count, transports, is_synced, name } = passkey
  return db.one(sql`insert into auth.passkey
      (id, user_id, credential_id, public_key, sign_count, transports, is_synced, name, created_at)
    values (${id}, ${user_id}, ${credential_id}, ${public_key}, ${sign_count}, ${transports}, ${is_synced}, ${name}, ${now})
    returning ${COLUMNS}`)
}

export function renamePasskey(db: Database, userId: string, id: string, name: string): Promise<PasskeyRow | undefined> {
  return db.one(
    sql`update auth.passkey set name = ${name} where id = ${id} and user_id = ${userId} returning ${COLUMNS}`,
  )
}

/** Returns the row that was removed. */
export function removePasskey(db: Database, userId: string, id: string): Promise<PasskeyRow | undefined> {
  return db.one(sql`delete from auth.passkey where id = ${id} and user_id = ${userId} returning ${COLUMNS}`)
}

/**
 * Notes a use with the authenticator's counter. False when the counter did not grow though one of both ever did: another
 * authenticator holds the same key. Of two uses at once with one counter, one is refused.
 */
export async function countUse(db: Database, id: string, signCount: number, now: Date): Promise<boolean> {
  const row = await db.one(sql`update auth.passkey set sign_count = ${signCount}, last_used_at = ${now}
    where id = ${id} and disabled_at is null and (sign_count < ${signCount} or (sign_count = 0 and ${signCount} = 0))
    returning id`)
  return row !== undefined
}

/** Shuts a passkey that may have been copied. */
export function disablePasskey(id: string, now: Date): Statement {
  return sql`update auth.passkey set disabled_at = ${now} where id = ${id} and disabled_at is null`
}

/** Removes all passkeys of an account: whoever made them may not be who it belongs to. */
export function removeAllPasskeys(userId: string): Statement {
  return sql`delete from auth.passkey where user_id = ${userId}`
}

/** The same where nobody has proved the e-mail address of the account yet. */
export function removePasskeysOfUnproven(userId: string): Statement {
  return sql`delete from auth.passkey where user_id = ${userId} and exists (select from auth.identity
    where user_id = ${userId} and kind = 'email' and verified_at is null)`
}

/** Writes what an authenticator has to sign; `userId` is whose passkey is being made, null for a sign-in. */
export function insertPasskeyChallenge(db: Database, hash: Buffer, userId: string | null, expiresAt: Date) {
  return db.run(
    sql`insert into auth.passkey_challenge (hash, user_id, expires_at) values (${hash}, ${userId}, ${expiresAt})`,
  )
}

/** Uses a challenge up. False when it is unknown, was used, is over, or was for somebody else. */
export async function takePasskeyChallenge(db: Database, hash: Buffer, userId: string | null, now: Date) {
  const row = await db.one(sql`delete from auth.passkey_challenge
    where hash = ${hash} and user_id is not distinct from ${userId}::uuid and expires_at > ${now} returning hash`)
  return row !== undefined
}
