import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'
import type { EhrSystem, HospitalFault } from '../contract/ehr.ts'
import type { HospitalReport } from '../domain/hospitalKinds.ts'

export interface HospitalRow {
  readonly id: string
  readonly user_id: string
  readonly system: EhrSystem
  readonly status: 'connected' | 'expired' | 'error'
  readonly base_url: string
  readonly patient: Buffer
  readonly scopes: string
  readonly access_token: Buffer
  readonly refresh_token: Buffer | null
  readonly token_expires_at: Date | null
  readonly last_read_at: Date | null
  readonly last_error: string | null
  readonly error_code: HospitalFault | null
  readonly retry_after: Date | null
  readonly last_import_id: string | null
  readonly taken: number
  readonly created_at: Date
  readonly last_tried_at: Date | null
  readonly report: HospitalReport
  /** Values from there that nobody has decided about. */
  readonly waiting: number
}

const columns = sql`id, user_id, system, status, base_url, patient, scopes, access_token, refresh_token, token_expires_at,
  last_read_at, last_error, error_code, retry_after, last_import_id, taken, created_at, last_tried_at, report,
  (select count(*)::int from medical_records.import_item i join medical_records.import m on m.id = i.import_id
    where m.hospital_id = hospital.id and i.state = 'unconfirmed') as waiting`

export function hospitalsOfPerson(db: Database, userId: string): Promise<HospitalRow[]> {
  return db.many<HospitalRow>(
    sql`select ${columns} from medical_records.hospital where user_id = ${userId} order by system limit 20`,
  )
}

export function findHospital(db: Database, userId: string, system: string): Promise<HospitalRow | undefined> {
  return db.one<HospitalRow>(
    sql`select ${columns} from medical_records.hospital where user_id = ${userId} and system = ${system}`,
  )
}

export interface SealedTokens {
  readonly access: Buffer
  readonly refresh: Buffer | null
  readonly expiresAt: Date | null
}

/** Keeps a connection in the place of the one before with the same system. */
export async function saveHospital(
  transaction: Transaction,
  row: { id: string; userId: string; system: string; baseUrl: string; patient: Buffer; scopes: string },
  tokens: SealedTokens,
  now: Date,
): Promise<void> {
  const before = await transaction.one<Pick<HospitalRow, 'id' | 'last_import_id'>>(
    sql`delete from medical_records.hospital where user_id = ${row.userId} and system = ${row.system}
      returning id, last_import_id`,
  )
  await transaction.run(
    sql`insert into medical_records.hospital (id, user_id, system, status, base_url, patient, scopes, access_token,
        refresh_token, token_expires_at, last_import_id, created_at, updated_at)
      values (${row.id}, ${row.userId}, ${row.system}, 'connected', ${row.baseUrl}, ${row.patient}, ${row.scopes},
        ${tokens.access}, ${tokens.refresh}, ${tokens.expiresAt}, ${before?.last_import_id ?? null}, ${now}, ${now})`,
  )
  if (before === undefined) return
  // What waited of the connection before waits of this one.
  await transaction.run(
    sql`update medical_records.import set hospital_id = ${row.id} where user_id = ${row.userId} and hospital_id = ${before.id}`,
  )
}

export async function saveHospitalTokens(db: Database, id: string, tokens: SealedTokens, now: Date): Promise<void> {
  await db.run(
    sql`update medical_records.hospital set access_token = ${tokens.access}, refresh_token = ${tokens.refresh},
        token_expires_at = ${tokens.expiresAt}, updated_at = ${now} where id = ${id}`,
  )
}

export async function noteReading(
  db: Database,
  id: string,
  outcome: {
    readonly status: HospitalRow['status']
    readonly error: string | null
    readonly errorCode: HospitalFault | null
    readonly retryAfter: Date | null
    readonly readAt: Date | null
    readonly importId: string | null
    readonly taken: number
    /** Kinds that were asked for; the others stay as they were. */
    readonly report: HospitalReport
  },
  now: Date,
): Promise<void> {
  await db.run(
    sql`update medical_records.hospital set status = ${outcome.status}, last_error = ${outcome.error},
        error_code = ${outcome.errorCode}, retry_after = ${outcome.retryAfter}, last_read_at = coalesce(${outcome.readAt}, last_read_at),
        last_import_id = coalesce(${outcome.importId}, last_import_id), taken = ${outcome.taken},
        report = report || ${JSON.stringify(outcome.report)}::jsonb, last_tried_at = ${now}, updated_at = ${now}
      where id = ${id}`,
  )
}

/** Ends a connection here: what waited for the person goes with it. Returns how much that was. */
export async function forgetHospital(transaction: Transaction, id: string): Promise<number> {
  const forgotten = await transaction.run(
    sql`delete from medical_records.import_item i using medical_records.import m
      where m.id = i.import_id and m.hospital_id = ${id} and i.state = 'unconfirmed'`,
  )
  await transaction.run(
    sql`delete from medical_records.import m where m.hospital_id = ${id}
      and not exists (select from medical_records.import_item i where i.import_id = m.id)`,
  )
  await transaction.run(sql`delete from medical_records.hospital where id = ${id}`)
  return forgotten
}

/** Connections of everybody that were not read since `before`. */
export function dueHospitals(db: Database, now: Date, before: Date): Promise<{ user_id: string; system: EhrSystem }[]> {
  return db.many(
    sql`select user_id, system from medical_records.hospital
      where status <> 'expired' and (retry_after is null or retry_after <= ${now})
        and (last_read_at is null or last_read_at <= ${before})
      order by last_read_at nulls first limit 500`,
  )
}

export interface HospitalRequestRow {
  readonly user_id: string
  readonly account_id: string
  readonly browser_hash: Buffer
  readonly system: EhrSystem
  readonly base_url: string
  readonly token_url: string
  readonly code_verifier: Buffer
  readonly redirect_uri: string
  readonly return_to: string | null
  readonly expires_at: Date
}

export async function insertHospitalRequest(
  db: Database,
  stateHash: Buffer,
  row: HospitalRequestRow,
  now: Date,
): Promise<void> {
  await db.batch([
    sql`delete from medical_records.hospital_request
      where user_id = ${row.user_id} and (system = ${row.system} or expires_at < ${now})`,
    sql`insert into medical_records.hospital_request (state_hash, user_id, account_id, browser_hash, system, base_url,
        token_url, code_verifier, redirect_uri, return_to, expires_at)
      values (${stateHash}, ${row.user_id}, ${row.account_id}, ${row.browser_hash}, ${row.system}, ${row.base_url},
        ${row.token_url}, ${row.code_verifier}, ${row.redirect_uri}, ${row.return_to}, ${row.expires_at})`,
  ])
}

/** Takes a sign-in on its way by its state: it can be taken once. */
export function takeHospitalRequest(db: Database, stateHash: Buffer): Promise<HospitalRequestRow | undefined> {
  return db.one<HospitalRequestRow>(
    sql`delete from medical_records.hospital_request where state_hash = ${stateHash}
      returning user_id, account_id, browser_hash, system, base_url, token_url, code_verifier, redirect_uri, return_to,
        expires_at`,
  )
}

/** Removes sign-ins of everybody that nobody came back from. */
export async function dropOldRequests(db: Database, now: Date): Promise<void> {
  await db.run(sql`delete from medical_records.hospital_request where expires_at < ${now}`)
}

/** Connections as they are exported: without what opens them. */
export async function exportHospitals(db: Database, userId: string): Promise<Record<string, readonly object[]>> {
  const [hospitals = [], requests = []] = await db.batch([
    sql`select id, system, status, base_url, scopes, token_expires_at, last_read_at, last_error, error_code, taken, report,
        created_at
      from medical_records.hospital where user_id = ${userId} order by id`,
    sql`select system, base_url, return_to, expires_at from medical_records.hospital_request where user_id = ${userId}`,
  ])
  return { hospitals, hospital_requests: requests }
}

export async function eraseHospitals(transaction: Transaction, userId: string): Promise<Record<string, number>> {
  return {
    hospital: await transaction.run(sql`delete from medical_records.hospital where user_id = ${userId}`),
    hospital_request: await transaction.run(
      sql`delete from medical_records.hospital_request where user_id = ${userId}`,
    ),
  }
}
