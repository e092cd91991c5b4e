import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface ConnectionRow {
  readonly id: string
  readonly device_id: string
  readonly provider: string
  readonly status: string
  readonly external_user: string | null
  readonly scopes: string
  readonly access_token: Buffer | null
  readonly refresh_token: Buffer | null
  readonly token_expires_at: Date | null
  readonly watermark: Record<string, string>
  readonly last_sync_at: Date | null
  readonly last_error: string | null
  readonly retry_after: Date | null
}

const columns = sql`id, device_id, provider, status, external_user, scopes, access_token, refresh_token, token_expires_at,
  watermark, last_sync_at, last_error, retry_after`

export function findConnection(db: Database, deviceId: string): Promise<ConnectionRow | undefined> {
  return db.one<ConnectionRow>(sql`select ${columns} from device_data.connection where device_id = ${deviceId}`)
}

/** Connected devices of the person. */
export function connectedDevices(db: Database): Promise<{ device_id: string; provider: string; source: string }[]> {
  return db.many(
    sql`select c.device_id, c.provider, d.source from device_data.connection c
      join device_data.device d on d.id = c.device_id where c.status = 'connected' order by c.device_id limit 200`,
  )
}

export interface NewTokens {
  readonly access: Buffer | null
  readonly refresh: Buffer | null
  readonly expiresAt: Date | null
}

/** Keeps the tokens of a device's account at a maker; what was read before stays the watermark of the same account. */
export async function saveConnection(
  transaction: Transaction,
  userId: string,
  row: { id: string; deviceId: string; provider: string; externalUser: string | null; scopes: string },
  tokens: NewTokens,
  now: Date,
): Promise<void> {
  await transaction.run(
    sql`insert into device_data.connection as kept (id, user_id, device_id, provider, status, external_user, scopes,
        access_token, refresh_token, token_expires_at, created_at, updated_at)
      values (${row.id}, ${userId}, ${row.deviceId}, ${row.provider}, 'connected', ${row.externalUser}, ${row.scopes},
        ${tokens.access}, ${tokens.refresh}, ${tokens.expiresAt}, ${now}, ${now})
      on conflict (device_id) do update set provider = excluded.provider, status = 'connected', scopes = excluded.scopes,
        external_user = excluded.external_user, access_token = excluded.access_token,
        refresh_token = excluded.refresh_token, token_expires_at = excluded.token_expires_at, last_error = null,
        retry_after = null, updated_at = excluded.updated_at,
        watermark = case when kept.provider = excluded.provider
          and kept.external_user is not distinct from excluded.external_user then kept.watermark else '{}'::jsonb end`,
  )
}

export async function saveTokens(db: Database, deviceId: string, tokens: NewTokens, now: Date): Promise<void> {
  await db.run(
    sql`update device_data.connection set access_token = ${tokens.access}, refresh_token = ${tokens.refresh},
        token_expires_at = ${tokens.expiresAt}, updated_at = ${now} where device_id = ${deviceId}`,
  )
}

/** Up to where a kind of data was read; never goes back. */
export async function moveWatermark(
  db: Database,
  deviceId: string,
  kind: string,
  until: Date,
  now: Date,
): Promise<void> {
  const text = until.toISOString()
  await db.run(
    sql`update device_data.connection set watermark = watermark || jsonb_build_object(${kind}::text, ${text}::text), updated_at = ${now}
      where device_id = ${deviceId} and coalesce(watermark ->> ${kind}::text, '') < ${text}::text`,
  )
}

export async function noteOutcome(
  db: Database,
  deviceId: string,
  outcome: { status: string; error: string | null; retryAfter: Date | null; syncedAt: Date | null },
  now: Date,
): Promise<void> {
  await db.run(
    sql`update device_data.connection set status = ${outcome.status}, last_error = ${outcome.error},
        retry_after = ${outcome.retryAfter}, last_sync_at = coalesce(${outcome.syncedAt}, last_sync_at), updated_at = ${now}
      where device_id = ${deviceId} and status <> 'disconnected'`,
  )
}

/** Ends a connection and forgets its tokens; false when there was none. */
export async function endConnection(db: Database, deviceId: string, now: Date): Promise<boolean> {
  const ended = await db.run(
    sql`update device_data.connection set status = 'disconnected', access_token = null, refresh_token = null,
        token_expires_at = null, updated_at = ${now} where device_id = ${deviceId}`,
  )
  return ended > 0
}

/** Connections of everybody whose next sync is due. */
export function dueConnections(
  db: Database,
  now: Date,
): Promise<{ user_id: string; device_id: string; source: string }[]> {
  return db.many(
    sql`select c.user_id, c.device_id, d.source from device_data.connection c join device_data.device d on d.id = c.device_id
      where c.status = 'connected' and d.is_active and (c.retry_after is null or c.retry_after <= ${now})
        and coalesce(c.last_sync_at, 'epoch'::timestamptz) <= ${now}::timestamptz - d.sync_interval_hours * interval '1 hour'
      order by c.last_sync_at nulls first limit 500`,
  )
}

/** Keeps the digest of the address at which a maker tells of new data of this device's account. */
export async function saveNoticeAddress(db: Database, deviceId: string, hash: Buffer, now: Date): Promise<void> {
  await db.run(
    sql`update device_data.connection set notice_hash = ${hash}, updated_at = ${now} where device_id = ${deviceId}`,
  )
}

export interface NoticedConnection {
  readonly user_id: string
  readonly device_id: string
}

/** Connected devices of the accounts that a maker names. */
export function connectionsOfAccounts(
  db: Database,
  provider: string,
  externalUsers: readonly string[],
): Promise<NoticedConnection[]> {
  return db.many<NoticedConnection>(
    sql`select user_id, device_id from device_data.connection where provider = ${provider}
      and external_user = any(${[...externalUsers]}::text[]) and status = 'connected' limit 500`,
  )
}

/** The connected device whose maker was told this address. */
export function connectionAtAddress(db: Database, provider: string, hash: Buffer): Promise<NoticedConnection[]> {
  return db.many<NoticedConnection>(
    sql`select user_id, device_id from device_data.connection
      where notice_hash = ${hash} and provider = ${provider} and status = 'connected'`,
  )
}

export interface RequestRow {
  readonly user_id: string
  readonly device_id: string
  readonly provider: string
  readonly code_verifier: Buffer
  readonly redirect_uri: string
  readonly return_to: string | null
  readonly browser_hash: Buffer
  readonly expires_at: Date
}

export async function insertRequest(db: Database, stateHash: Buffer, row: RequestRow, now: Date): Promise<void> {
  await db.batch([
    sql`delete from device_data.authorization_request where expires_at < ${now} or device_id = ${row.device_id}`,
    sql`insert into device_data.authorization_request
        (state_hash, user_id, device_id, provider, code_verifier, redirect_uri, return_to, browser_hash,
          expires_at)
      values (${stateHash}, ${row.user_id}, ${row.device_id}, ${row.provider}, ${row.code_verifier}, ${row.redirect_uri},
        ${row.return_to}, ${row.browser_hash}, ${row.expires_at})`,
  ])
}

/** Takes a sign-in on its way by its state: it can be taken once. */
export function takeRequest(db: Database, stateHash: Buffer): Promise<RequestRow | undefined> {
  return db.one<RequestRow>(
    sql`delete from device_data.authorization_request where state_hash = ${stateHash}
      returning user_id, device_id, provider, code_verifier, redirect_uri, return_to, browser_hash, expires_at`,
  )
}
