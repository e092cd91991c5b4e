import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface ErasureRow {
  readonly id: string
  readonly user_id: string
  readonly certificate_id: string
  readonly requested_at: Date
  readonly due_at: Date
  readonly cancelled_at: Date | null
}

export interface CertificateRow {
  readonly id: string
  readonly jurisdiction: string
  readonly policy_version: number
  readonly requested_at: Date
  readonly due_at: Date
  readonly executed_at: Date | null
}

const columns = sql`id, user_id, certificate_id, requested_at, due_at, cancelled_at`
const certificate = sql`id, jurisdiction, policy_version, requested_at, due_at, executed_at`

/** Writes the request and its certificate and closes the record; undefined when a request waits already. */
export async function requestErasure(
  transaction: Transaction,
  erasure: Omit<ErasureRow, 'cancelled_at'>,
  proof: { readonly codeHash: Buffer; readonly jurisdiction: string; readonly policyVersion: number },
): Promise<ErasureRow | undefined> {
  const row = await transaction.one<ErasureRow>(
    sql`insert into consent_audit.erasure (id, user_id, certificate_id, requested_at, due_at)
        values (${erasure.id}, ${erasure.user_id}, ${erasure.certificate_id}, ${erasure.requested_at}, ${erasure.due_at})
        on conflict (user_id) where cancelled_at is null do nothing returning ${columns}`,
  )
  if (row === undefined) return undefined
  await transaction.run(
    sql`insert into consent_audit.erasure_certificate (id, code_hash, jurisdiction, policy_version, requested_at, due_at)
        values (${erasure.certificate_id}, ${proof.codeHash}, ${proof.jurisdiction}, ${proof.policyVersion},
          ${erasure.requested_at}, ${erasure.due_at})`,
  )
  await transaction.run(sql`select kernel.write_hold(${erasure.user_id}, 'erasure', ${erasure.requested_at})`)
  return row
}

export function pendingErasure(db: Database, userId: string): Promise<ErasureRow | undefined> {
  return db.one<ErasureRow>(
    sql`select ${columns} from consent_audit.erasure where user_id = ${userId} and cancelled_at is null`,
  )
}

/** Takes the request back and opens the record; undefined when none waits. */
export async function cancelErasure(
  transaction: Transaction,
  userId: string,
  now: Date,
): Promise<ErasureRow | undefined> {
  const row = await transaction.one<ErasureRow>(
    sql`update consent_audit.erasure set cancelled_at = ${now} where user_id = ${userId} and cancelled_at is null
        returning ${columns}`,
  )
  if (row === undefined) return undefined
  await transaction.run(sql`delete from consent_audit.erasure_certificate where id = ${row.certificate_id}`)
  await transaction.run(sql`select kernel.end_hold(${userId}, 'erasure')`)
  return row
}

/** Requests whose time has come, of all people; needs the system handle. */
export function dueErasures(systemDb: Database, now: Date, limit: number): Promise<ErasureRow[]> {
  return systemDb.many<ErasureRow>(
    sql`select ${columns} from consent_audit.erasure where cancelled_at is null and due_at <= ${now}
         order by due_at limit ${limit}`,
  )
}

/** Takes the request out, so that it is carried out once; false when another run took it. */
export async function takeErasure(transaction: Transaction, id: string): Promise<boolean> {
  return (await transaction.run(sql`delete from consent_audit.erasure where id = ${id} and cancelled_at is null`)) > 0
}

/** Writes when the erasure was carried out. */
export async function signCertificate(transaction: Transaction, id: string, now: Date): Promise<void> {
  await transaction.run(sql`update consent_audit.erasure_certificate set executed_at = ${now} where id = ${id}`)
}

/** Lets a further code read the certificate of the request that waits; a code that is known already changes nothing. */
export async function addReceiptCode(transaction: Transaction, userId: string, codeHash: Buffer): Promise<void> {
  await transaction.run(
    sql`insert into consent_audit.erasure_code (code_hash, certificate_id)
        select ${codeHash}, certificate_id from consent_audit.erasure where user_id = ${userId} and cancelled_at is null
        on conflict do nothing`,
  )
}

export function findCertificate(systemDb: Database, codeHash: Buffer): Promise<CertificateRow | undefined> {
  return systemDb.one<CertificateRow>(
    sql`select ${certificate} from consent_audit.erasure_certificate
         where id in (select id from consent_audit.erasure_certificate where code_hash = ${codeHash}
           union all select certificate_id from consent_audit.erasure_code where code_hash = ${codeHash})`,
  )
}
