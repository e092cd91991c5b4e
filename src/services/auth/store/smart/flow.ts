import type { Database } from '../../../../kernel/database.ts'
import { type Statement, sql } from '../../../../kernel/sql.ts'

/** What an authorisation request asked for, after its check. */
export interface RequestParameters {
  readonly redirectUri: string
  readonly state: string
  readonly scopes: readonly string[]
  readonly challenge: string
  readonly nonce: string | null
  readonly launch: LaunchContext | null
}

/** What is in context where an app is launched from. */
export interface LaunchContext {
  /** The account that made the launch: nobody else may go on with it. */
  readonly accountId: string
  readonly personId: string
  readonly patient: string
  readonly context: Readonly<Record<string, unknown>>
}

export interface PendingRow {
  readonly client_id: string
  readonly parameters: RequestParameters
  readonly user_id: string | null
}

/** Writes an authorisation request. */
export function insertPending(request: {
  readonly hash: Buffer
  readonly browserHash: Buffer
  readonly clientId: string
  readonly parameters: RequestParameters
  readonly expiresAt: Date
}): Statement {
  return sql`insert into auth.app_request (hash, browser_hash, client_id, parameters, expires_at)
    values (${request.hash}, ${request.browserHash}, ${request.clientId}, ${JSON.stringify(request.parameters)}::jsonb,
      ${request.expiresAt})`
}

export interface PendingKey {
  readonly hash: Buffer
  /** Of the browser that began. */
  readonly browserHash: Buffer
}

/** The request that this browser began; undefined when there is none (any more). */
export function findPending(db: Database, key: PendingKey, now: Date): Promise<PendingRow | undefined> {
  return db.one<PendingRow>(sql`select client_id, parameters, user_id from auth.app_request
    where hash = ${key.hash} and browser_hash = ${key.browserHash} and expires_at > ${now}`)
}

/** Takes the request, once. */
export function takePending(db: Database, key: PendingKey, now: Date): Promise<PendingRow | undefined> {
  return db.one<PendingRow>(sql`delete from auth.app_request
    where hash = ${key.hash} and browser_hash = ${key.browserHash} and expires_at > ${now}
    returning client_id, parameters, user_id`)
}

/** Keeps whose password was right, for the second step. */
export function notePassword(db: Database, hash: Buffer, userId: string): Promise<number> {
  return db.run(sql`update auth.app_request set user_id = ${userId} where hash = ${hash}`)
}

/** Writes a launch. */
export function insertLaunch(
  launch: LaunchContext & { readonly hash: Buffer; readonly clientId: string; readonly expiresAt: Date },
): Statement {
  return sql`insert into auth.app_launch (hash, user_id, person_id, client_id, patient, context, expires_at)
    values (${launch.hash}, ${launch.accountId}, ${launch.personId}, ${launch.clientId}, ${launch.patient},
      ${JSON.stringify(launch.context)}::jsonb, ${launch.expiresAt})`
}

/** Takes a launch of this client, once. */
export async function takeLaunch(
  db: Database,
  hash: Buffer,
  clientId: string,
  now: Date,
): Promise<LaunchContext | undefined> {
  const row = await db.one<{ user_id: string; person_id: string; patient: string; context: LaunchContext['context'] }>(
    sql`update auth.app_launch set used_at = ${now} where hash = ${hash} and client_id = ${clientId} and used_at is null
      and expires_at > ${now} returning user_id, person_id, patient, context`,
  )
  if (row === undefined) return undefined
  return { accountId: row.user_id, personId: row.person_id, patient: row.patient, context: row.context }
}

/** Records of others that an account may open for their health records, at most 20. */
export async function listOpenRecords(db: Database, accountId: string, now: Date): Promise<string[]> {
  const rows = await db.many<{ person_id: string }>(
    sql`select person_id from kernel.records_of(${accountId}::uuid, 'health_records', ${now}, 20) as person_id`,
  )
  return rows.map((row) => row.person_id)
}
