import type { Database } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'

export interface TotpRow {
  readonly sealed_secret: string
  readonly confirmed_at: Date | null
  readonly last_step: number
}

/** The seed of the authenticator app, sealed; undefined when none is set up. */
export function findTotp(db: Database, userId: string): Promise<TotpRow | undefined> {
  return db.one(sql`select sealed_secret, confirmed_at, last_step from auth.totp where user_id = ${userId}`)
}

/** Keeps a seed that waits for its first code; false when the account has a confirmed one. */
export async function putTotp(db: Database, userId: string, sealedSecret: string, now: Date): Promise<boolean> {
  const written = await db.run(sql`insert into auth.totp as t (user_id, sealed_secret, created_at)
    values (${userId}, ${sealedSecret}, ${now})
    on conflict (user_id) do update set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at,
      last_step = 0 where t.confirmed_at is null`)
  return written > 0
}

/** Takes a code's step, once: false when it, or a later one, was taken before. */
export async function takeStep(db: Database, userId: string, step: number): Promise<boolean> {
  const taken = await db.run(
    sql`update auth.totp set last_step = ${step} where user_id = ${userId} and last_step < ${step}`,
  )
  return taken > 0
}

/** Confirms the seed and replaces all backup codes. */
export function confirmTotp(userId: string, codeHashes: readonly Buffer[], now: Date): Statement[] {
  return [
    sql`update auth.totp set confirmed_at = coalesce(confirmed_at, ${now}::timestamptz) where user_id = ${userId}`,
    sql`delete from auth.backup_code where user_id = ${userId}`,
    sql`insert into auth.backup_code (user_id, hash) select ${userId}::uuid, hash from unnest(${codeHashes}::bytea[]) as h (hash)`,
  ]
}

/** Uses a backup code up; false when it isn't one, or was used. */
export async function takeBackupCode(db: Database, userId: string, hash: Buffer, now: Date): Promise<boolean> {
  const taken = await db.run(
    sql`update auth.backup_code set used_at = ${now} where user_id = ${userId} and hash = ${hash} and used_at is null`,
  )
  return taken > 0
}

/** Forgets the app and its backup codes. */
export function removeTotp(userId: string): Statement[] {
  return [
    sql`delete from auth.totp where user_id = ${userId}`,
    sql`delete from auth.backup_code where user_id = ${userId}`,
  ]
}

/** Since when the app counts, and how many backup codes are unused. */
export function findMfaState(db: Database, userId: string) {
  return db.one<{ confirmed_at: Date | null; codes_left: number }>(sql`select
      (select confirmed_at from auth.totp where user_id = ${userId}) as confirmed_at,
      (select count(*) from auth.backup_code where user_id = ${userId} and used_at is null)::int as codes_left`)
}
