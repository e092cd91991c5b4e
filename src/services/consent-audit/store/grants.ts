import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface GrantRow {
  readonly id: string
  readonly user_id: string
  readonly grantee: string | null
  readonly invited_by: 'account' | 'email'
  readonly relation: 'caregiver' | 'clinician' | 'family' | 'other'
  readonly categories: string[]
  readonly action: 'read' | 'write'
  readonly label: string | null
  readonly duty_roster: unknown
  readonly created_at: Date
  readonly ends_at: Date
  readonly accepted_at: Date | null
  readonly ended_at: Date | null
  readonly end_reason: 'revoked' | 'declined' | 'left' | null
}

export interface NewGrant {
  readonly id: string
  readonly userId: string
  readonly grantee: string | null
  readonly codeHash: Buffer | null
  readonly invitedBy: 'account' | 'email'
  readonly relation: string
  readonly categories: readonly string[]
  readonly action: 'read' | 'write'
  readonly label: string | null
  readonly dutyRoster: object | null
  readonly endsAt: Date
}

const columns = sql`id, user_id, grantee, invited_by, relation, categories, action, label, duty_roster, created_at, ends_at,
  accepted_at, ended_at, end_reason`

/** Writes an invitation; undefined when the person has as many open ones as may be. */
export function insertGrant(db: Database, grant: NewGrant, maximum: number, now: Date): Promise<GrantRow | undefined> {
  return db.one<GrantRow>(
    sql`insert into consent_audit.share_grant (id, user_id, grantee, code_hash, invited_by, relation, categories, action,
          label, duty_roster, created_at, ends_at)
        select ${grant.id}::uuid, ${grant.userId}::uuid, ${grant.grantee}::uuid, ${grant.codeHash}::bytea, ${grant.invitedBy},
          ${grant.relation}, ${grant.categories}::text[], ${grant.action}, ${grant.label},
          ${grant.dutyRoster === null ? null : JSON.stringify(grant.dutyRoster)}::jsonb, ${now}::timestamptz,
          ${grant.endsAt}::timestamptz
         where (select count(*) from consent_audit.share_grant
                 where user_id = ${grant.userId} and ended_at is null and ends_at > ${now}) < ${maximum}::integer
        returning ${columns}`,
  )
}

export function listGrants(db: Database, userId: string, limit: number): Promise<GrantRow[]> {
  return db.many<GrantRow>(
    sql`select ${columns} from consent_audit.share_grant where user_id = ${userId} order by created_at desc limit ${limit}`,
  )
}

/** Of all people who invited the account; needs the system handle. */
export function listReceived(systemDb: Database, grantee: string, limit: number): Promise<GrantRow[]> {
  return systemDb.many<GrantRow>(
    sql`select ${columns} from consent_audit.share_grant where grantee = ${grantee} order by created_at desc limit ${limit}`,
  )
}

/** The grant, held until the transaction ends; of the person, or of the account that received it. */
export function lockGrant(
  transaction: Transaction,
  id: string,
  of: { readonly userId: string } | { readonly grantee: string },
): Promise<GrantRow | undefined> {
  const owner = 'userId' in of ? sql`user_id = ${of.userId}` : sql`grantee = ${of.grantee}`
  return transaction.one<GrantRow>(
    sql`select ${columns} from consent_audit.share_grant where id = ${id} and ${owner} for update`,
  )
}

/** The invitation that a code belongs to, held until the transaction ends. */
export function lockInvitation(transaction: Transaction, codeHash: Buffer): Promise<GrantRow | undefined> {
  return transaction.one<GrantRow>(
    sql`select ${columns} from consent_audit.share_grant where code_hash = ${codeHash} for update`,
  )
}

/** Binds the grant to the account and opens what it says, from this transaction on. */
export async function openGrant(
  transaction: Transaction,
  grant: GrantRow,
  grantee: string,
  now: Date,
): Promise<GrantRow> {
  const row = await transaction.one<GrantRow>(
    sql`update consent_audit.share_grant set grantee = ${grantee}, accepted_at = ${now}, code_hash = null
         where id = ${grant.id} returning ${columns}`,
  )
  await writeRights(transaction, row as GrantRow)
  return row as GrantRow
}

async function writeRights(transaction: Transaction, grant: GrantRow): Promise<void> {
  await transaction.run(
    sql`select kernel.write_access_right(${grant.grantee}::uuid, ${grant.user_id}::uuid, category, ${grant.action},
          ${grant.ends_at}::timestamptz, 'grant', ${grant.id}::uuid) from unnest(${grant.categories}::text[]) as given (category)`,
  )
}

/** Writes less of a grant, or its roster; what it opens follows in the same transaction. */
export async function narrowGrant(
  transaction: Transaction,
  id: string,
  change: { readonly categories: readonly string[]; readonly endsAt: Date; readonly dutyRoster: unknown },
): Promise<GrantRow> {
  const row = (await transaction.one<GrantRow>(
    sql`update consent_audit.share_grant set categories = ${change.categories}::text[], ends_at = ${change.endsAt},
          duty_roster = ${change.dutyRoster === null ? null : JSON.stringify(change.dutyRoster)}::jsonb
         where id = ${id} returning ${columns}`,
  )) as GrantRow
  if (row.accepted_at !== null) {
    await transaction.run(sql`select kernel.end_access_right(${id})`)
    await writeRights(transaction, row)
  }
  return row
}

/** Ends a grant, everything it opened, and a duty that stood on it, in the same transaction. */
export async function endGrant(
  transaction: Transaction,
  id: string,
  reason: 'revoked' | 'declined' | 'left',
  now: Date,
): Promise<GrantRow> {
  await transaction.run(sql`select kernel.end_access_right(${id})`)
  const row = await transaction.one<GrantRow>(
    sql`update consent_audit.share_grant set ended_at = ${now}, end_reason = ${reason}, code_hash = null
         where id = ${id} returning ${columns}`,
  )
  const { user_id, grantee } = row as GrantRow
  await transaction.run(sql`delete from consent_audit.duty where user_id = ${user_id} and account_id = ${grantee}`)
  return row as GrantRow
}
