import type { Database } from '../../../../kernel/database.ts'
import { type Statement, sql } from '../../../../kernel/sql.ts'

export interface ClientRow {
  readonly id: string
  readonly name: string
  readonly publisher: string
  readonly homepage: string | null
  readonly proof: 'none' | 'secret' | 'key'
  readonly secret_hash: Buffer | null
  readonly jwks: { readonly keys: readonly object[] } | null
  readonly jwks_uri: string | null
  readonly redirect_uris: string[]
  readonly scopes: string[]
  readonly service_id: string | null
  readonly registered_by: 'operator' | 'itself'
  readonly created_at: Date
  readonly disabled_at: Date | null
}

export type NewClient = Omit<ClientRow, 'created_at' | 'disabled_at'> & { readonly management_hash: Buffer | null }

const columns = sql`id, name, publisher, homepage, proof, secret_hash, jwks, jwks_uri, redirect_uris, scopes, service_id,
  registered_by, created_at, disabled_at`

/** Writes a client. */
export function insertClient(client: NewClient, now: Date): Statement {
  return sql`insert into auth.app_client (id, name, publisher, homepage, proof, secret_hash, jwks, jwks_uri, redirect_uris,
      scopes, service_id, registered_by, management_hash, created_at)
    values (${client.id}, ${client.name}, ${client.publisher}, ${client.homepage}, ${client.proof}, ${client.secret_hash},
      ${client.jwks === null ? null : JSON.stringify(client.jwks)}::jsonb, ${client.jwks_uri}, ${client.redirect_uris},
      ${client.scopes}, ${client.service_id}, ${client.registered_by}, ${client.management_hash}, ${now})`
}

/** A client that may be used; undefined for one that is unknown or disabled. */
export function findClient(db: Database, id: string): Promise<ClientRow | undefined> {
  return db.one<ClientRow>(sql`select ${columns} from auth.app_client where id = ${id} and disabled_at is null`)
}

/** The public client that a refresh token was given to; undefined for others. Used ones too: using one twice must show. */
export function findPublicClientOf(db: Database, refreshHash: Buffer): Promise<ClientRow | undefined> {
  return db.one<ClientRow>(sql`select ${columns} from auth.app_client where disabled_at is null and proof = 'none'
    and id = (select client_id from auth.app_token where hash = ${refreshHash} and kind = 'refresh')`)
}

/** Clients, newest first; disabled ones too. */
export function listClients(db: Database, limit: number): Promise<ClientRow[]> {
  return db.many<ClientRow>(sql`select ${columns} from auth.app_client order by created_at desc, id limit ${limit}`)
}

export interface ClientChange {
  readonly name?: string | undefined
  readonly redirectUris?: readonly string[] | undefined
  readonly scopes?: readonly string[] | undefined
  readonly isDisabled?: boolean | undefined
  readonly secretHash?: Buffer | undefined
}

/** Changes what is given; undefined when there is no such client. */
export function changeClient(
  db: Database,
  id: string,
  change: ClientChange,
  now: Date,
): Promise<ClientRow | undefined> {
  const { name = null, redirectUris = null, scopes = null, isDisabled = null, secretHash = null } = change
  return db.one<ClientRow>(sql`update auth.app_client set name = coalesce(${name}::text, name),
      redirect_uris = coalesce(${redirectUris}::text[], redirect_uris), scopes = coalesce(${scopes}::text[], scopes),
      secret_hash = coalesce(${secretHash}::bytea, secret_hash),
      disabled_at = case ${isDisabled}::boolean when true then coalesce(disabled_at, ${now}::timestamptz)
        when false then null else disabled_at end
    where id = ${id} returning ${columns}`)
}

/** Removes a client that registered itself, with everything of it; whether there was one with this key. */
export async function removeClient(db: Database, id: string, managementHash: Buffer): Promise<boolean> {
  const removed = await db.run(
    sql`delete from auth.app_client where id = ${id} and management_hash = ${managementHash} and registered_by = 'itself'`,
  )
  return removed > 0
}

/** Accounts whose rights an app uses: what is remembered of them must go when the app may do less. */
export async function accountsOfClient(db: Database, id: string): Promise<string[]> {
  const rows = await db.many<{ account: string }>(sql`select distinct granted_by as account from auth.app_grant
    where client_id = ${id} and ended_at is null union select service_id from auth.app_client
    where id = ${id} and service_id is not null`)
  return rows.map((row) => row.account)
}

/** Takes an assertion, once; false when it was used before. */
export async function takeAssertion(db: Database, clientId: string, hash: Buffer, expiresAt: Date): Promise<boolean> {
  const taken = await db.run(sql`insert into auth.app_assertion (client_id, hash, expires_at)
    values (${clientId}, ${hash}, ${expiresAt}) on conflict do nothing`)
  return taken > 0
}

export interface SigningKeyRow {
  readonly id: string
  readonly sealed_key: string
  readonly public_key: Readonly<Record<string, unknown>>
}

/** Keys that sign id tokens, newest first. */
export function listSigningKeys(db: Database): Promise<SigningKeyRow[]> {
  return db.many<SigningKeyRow>(
    sql`select id, sealed_key, public_key from auth.signing_key order by created_at desc, id limit 5`,
  )
}

/** Writes a key. */
export function insertSigningKey(key: SigningKeyRow, now: Date): Statement {
  return sql`insert into auth.signing_key (id, sealed_key, public_key, created_at)
    values (${key.id}, ${key.sealed_key}, ${JSON.stringify(key.public_key)}::jsonb, ${now})`
}
