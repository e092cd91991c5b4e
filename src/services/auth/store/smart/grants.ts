import type { Database } from '../../../../kernel/database.ts'
import { type Statement, sql } from '../../../../kernel/sql.ts'

export interface NewGrant {
  readonly id: string
  /** Whose record. */
  readonly personId: string
  readonly grantedBy: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly patient: string | null
  readonly context: Readonly<Record<string, unknown>>
  readonly sessionId: string | null
  readonly expiresAt: Date
  /** Whether `user/` scopes open every record that the account may see. */
  readonly spansRecords?: boolean
}

/** Writes a decision. */
export function insertGrant(grant: NewGrant, now: Date): Statement {
  return sql`insert into auth.app_grant (id, user_id, granted_by, client_id, scopes, patient, context, session_id,
      created_at, expires_at, spans_records)
    values (${grant.id}, ${grant.personId}, ${grant.grantedBy}, ${grant.clientId}, ${grant.scopes}, ${grant.patient},
      ${JSON.stringify(grant.context)}::jsonb, ${grant.sessionId}, ${now}, ${grant.expiresAt},
      ${grant.spansRecords ?? false})`
}

/** Writes a one-time code for a decision. */
export function insertCode(code: {
  readonly hash: Buffer
  readonly grantId: string
  readonly personId: string
  readonly redirectUri: string
  readonly challenge: string
  readonly nonce: string | null
  readonly expiresAt: Date
}): Statement {
  return sql`insert into auth.app_code (hash, grant_id, user_id, redirect_uri, challenge, nonce, expires_at)
    values (${code.hash}, ${code.grantId}, ${code.personId}, ${code.redirectUri}, ${code.challenge}, ${code.nonce},
      ${code.expiresAt})`
}

/** A decision that is good, with what tokens of it need. */
export interface LiveGrant {
  readonly id: string
  readonly user_id: string
  readonly granted_by: string
  readonly client_id: string
  readonly scopes: string[]
  readonly patient: string | null
  readonly context: Readonly<Record<string, unknown>>
  readonly expires_at: Date
}

export interface TakenCode extends LiveGrant {
  readonly redirect_uri: string
  readonly challenge: string
  readonly nonce: string | null
}

const live = (now: Date) => sql`g.ended_at is null and g.expires_at > ${now}::timestamptz and a.status = 'active'`
const granted = sql`g.id, g.user_id, g.granted_by, g.client_id, g.scopes, g.patient, g.context, g.expires_at`

/** Takes a code of this client, once. */
export function takeCode(db: Database, hash: Buffer, clientId: string, now: Date): Promise<TakenCode | undefined> {
  return db.one<TakenCode>(sql`with taken as (
      update auth.app_code c set used_at = ${now}::timestamptz from auth.app_grant g
       where c.hash = ${hash} and c.used_at is null and c.expires_at > ${now}::timestamptz and g.id = c.grant_id
         and g.client_id = ${clientId}
      returning c.grant_id, c.redirect_uri, c.challenge, c.nonce
    )
    select ${granted}, t.redirect_uri, t.challenge, t.nonce from taken t join auth.app_grant g on g.id = t.grant_id
      join auth.account a on a.user_id = g.granted_by where ${live(now)}`)
}

/** Ends the decision behind a code that comes a second time: somebody else has it. The account, when this ended it. */
export function endReusedCode(db: Database, hash: Buffer, now: Date): Promise<{ granted_by: string } | undefined> {
  return db.one(sql`update auth.app_grant g set ended_at = ${now} from auth.app_code c
    where c.hash = ${hash} and c.used_at is not null and g.id = c.grant_id and g.ended_at is null returning g.granted_by`)
}

export interface NewToken {
  readonly hash: Buffer
  readonly kind: 'access' | 'refresh'
  readonly clientId: string
  readonly grantId: string | null
  readonly personId: string | null
  readonly scopes: readonly string[]
  readonly expiresAt: Date
}

/** Writes a token by its hash. */
export function insertToken(token: NewToken, now: Date): Statement {
  return sql`insert into auth.app_token (hash, kind, client_id, grant_id, user_id, scopes, created_at, expires_at)
    values (${token.hash}, ${token.kind}, ${token.clientId}, ${token.grantId}, ${token.personId}, ${token.scopes}, ${now},
      ${token.expiresAt})`
}

/**
 * Takes a refresh token of this client, once; with online access only while its sign-in lasts. Asked for more than was
 * granted, it stays as it is.
 */
export function takeRefreshToken(
  db: Database,
  hash: Buffer,
  clientId: string,
  wanted: readonly string[] | null,
  now: Date,
): Promise<LiveGrant | undefined> {
  return db.one(sql`with taken as (
      update auth.app_token set used_at = ${now}::timestamptz where hash = ${hash} and kind = 'refresh'
         and client_id = ${clientId} and used_at is null and expires_at > ${now}::timestamptz
         and (${wanted}::text[] is null or ${wanted}::text[] <@ scopes)
      returning grant_id
    )
    select ${granted} from taken t join auth.app_grant g on g.id = t.grant_id
      join auth.account a on a.user_id = g.granted_by
     where ${live(now)} and (g.session_id is null or exists (select from auth.session s
       where s.id = g.session_id and s.revoked_at is null and s.expires_at > ${now}::timestamptz))`)
}

/** Ends the decision behind a refresh token that was used before: it was copied. The account, when this ended it. */
export function endReusedToken(
  db: Database,
  hash: Buffer,
  clientId: string,
  now: Date,
): Promise<{ granted_by: string } | undefined> {
  return db.one(sql`update auth.app_grant g set ended_at = ${now} from auth.app_token t
    where t.hash = ${hash} and t.kind = 'refresh' and t.client_id = ${clientId} and t.used_at is not null
      and g.id = t.grant_id and g.ended_at is null returning g.granted_by`)
}

/** An access token that opens something now. */
export interface LiveToken {
  readonly kind: 'access' | 'refresh'
  readonly client_id: string
  readonly scopes: string[]
  readonly created_at: Date
  readonly expires_at: Date
  readonly grant_id: string | null
  readonly person_id: string | null
  readonly account_id: string
  readonly patient: string | null
  readonly context: Readonly<Record<string, unknown>> | null
  readonly seq: number | null
  readonly is_demo: boolean | null
  readonly spans_records: boolean | null
}

/** The token, with the decision behind it; undefined when either is over. Notes when the app was there last. */
export function findToken(db: Database, hash: Buffer, now: Date): Promise<LiveToken | undefined> {
  return db.one<LiveToken>(sql`with found as (
      select t.kind, t.client_id, t.scopes, t.created_at, t.expires_at, t.grant_id, g.user_id as person_id,
          coalesce(g.granted_by, c.service_id) as account_id, g.patient, g.context, g.last_used_at, a.seq, a.is_demo,
          g.spans_records
        from auth.app_token t join auth.app_client c on c.id = t.client_id and c.disabled_at is null
          left join auth.app_grant g on g.id = t.grant_id left join auth.account a on a.user_id = g.granted_by
       where t.hash = ${hash} and t.used_at is null and t.expires_at > ${now}::timestamptz
         and case when t.grant_id is null then c.service_id is not null else ${live(now)} end
    ), seen as (
      update auth.app_grant g set last_used_at = ${now}::timestamptz from found where g.id = found.grant_id
        and (g.last_used_at is null or g.last_used_at < ${now}::timestamptz - interval '5 minutes') returning g.id
    )
    select kind, client_id, scopes, created_at, expires_at, grant_id, person_id, account_id, patient, context, seq, is_demo,
        spans_records
      from found`)
}

/** Ends one access token, or for a refresh token all that came of its decision; the account whose memory must go. */
export async function endToken(db: Database, hash: Buffer, clientId: string, now: Date): Promise<string | undefined> {
  const row = await db.one<{ account: string | null }>(sql`with found as (
      select t.hash, t.kind, t.grant_id, coalesce(g.granted_by, c.service_id) as account from auth.app_token t
          join auth.app_client c on c.id = t.client_id left join auth.app_grant g on g.id = t.grant_id
       where t.hash = ${hash} and t.client_id = ${clientId}
    ), removed as (
      delete from auth.app_token t using found where t.hash = found.hash and found.kind = 'access' returning t.hash
    ), ended as (
      update auth.app_grant g set ended_at = coalesce(g.ended_at, ${now}::timestamptz) from found
       where g.id = found.grant_id and found.kind = 'refresh' returning g.id
    )
    select account from found`)
  return row?.account ?? undefined
}

export interface GrantRow {
  readonly id: string
  readonly user_id: string
  readonly granted_by: string
  readonly client_id: string
  readonly name: string
  readonly publisher: string
  readonly homepage: string | null
  readonly is_backend: boolean
  readonly scopes: string[]
  readonly created_at: Date
  readonly expires_at: Date
  readonly last_used_at: Date | null
}

/** Decisions that are good: about a record, newest first. */
export function listGrants(db: Database, personId: string, now: Date): Promise<GrantRow[]> {
  return db.many<GrantRow>(sql`select g.id, g.user_id, g.granted_by, g.client_id, c.name, c.publisher, c.homepage,
      c.service_id is not null as is_backend, g.scopes, g.created_at, g.expires_at, g.last_used_at
    from auth.app_grant g join auth.app_client c on c.id = g.client_id
    where g.user_id = ${personId} and g.ended_at is null and g.expires_at > ${now} and c.disabled_at is null
    order by g.created_at desc, g.id limit 200`)
}

/** Ends decisions about a record: one, or all of an app. The ids and accounts of those that this ended. */
export function endGrants(
  personId: string,
  which: { readonly id: string } | { readonly clientId: string },
  now: Date,
): Statement {
  const condition = 'id' in which ? sql`id = ${which.id}` : sql`client_id = ${which.clientId}`
  return sql`update auth.app_grant set ended_at = ${now} where user_id = ${personId} and ended_at is null and ${condition}
    returning id, granted_by`
}

/** Opens a record to a backend service: it reads from now on, until the decision ends or is ended. */
export function openRecord(grant: NewGrant, serviceId: string): Statement {
  return sql`select kernel.write_access_right(${serviceId}::uuid, ${grant.personId}::uuid, 'health_records', 'read',
    ${grant.expiresAt}::timestamptz, 'grant', ${grant.id}::uuid)`
}

/** Closes what a decision opened to a backend service. */
export function closeRecord(grantId: string): Statement {
  return sql`select kernel.end_access_right(${grantId}::uuid)`
}
