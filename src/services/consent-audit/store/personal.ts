import type { Database, Transaction } from '../../../kernel/database.ts'
import { decryptedText } from '../../../kernel/encryption.ts'
import type { Context } from '../../../kernel/service.ts'
import { raw, sql } from '../../../kernel/sql.ts'

export const HANDOVER = 'consent_audit.handover_note.note'

/** Tables about a person. */
const TABLES = [
  'export',
  'erasure',
  'rights_request',
  'objection',
  'nominee',
  'jurisdiction',
  'emergency_access',
  'share_link',
  'share_grant',
  'consent',
  'guardian_proof',
  'breach_notice',
  'duty',
  'handover_note',
] as const

/** Everything the service holds about a person, without secrets and without the zips of earlier exports. */
export async function exportAll(db: Database, userId: string, { ports }: Context) {
  const [
    consents = [],
    grants = [],
    links = [],
    emergencies = [],
    requests = [],
    nominee = [],
    objections = [],
    guardians = [],
    breaches = [],
    duties = [],
    handovers = [],
  ] = await db.batch([
    sql`select seq as id, category, purpose, recipient, granted, notice_id, notice_version, language, channel, given_at,
            expires_at, ended_at, end_reason from consent_audit.consent where user_id = ${userId} order by seq`,
    sql`select id, grantee, relation, categories, action, label, duty_roster, created_at, accepted_at, ends_at, ended_at,
            end_reason from consent_audit.share_grant where user_id = ${userId} order by created_at`,
    sql`select id, label, categories, uses, max_uses, created_at, expires_at, last_used_at, revoked_at,
            to_char(from_day, 'YYYY-MM-DD') as from_day, to_char(until_day, 'YYYY-MM-DD') as until_day
            from consent_audit.share_link where user_id = ${userId} order by created_at`,
    sql`select id, clinician, reason, categories, opened_at, ends_at, ended_at from consent_audit.emergency_access
           where user_id = ${userId} order by opened_at`,
    sql`select reference, kind, state, detail, answer, created_at, due_at, done_at from consent_audit.rights_request
           where user_id = ${userId} order by created_at`,
    sql`select name, relationship, contact, updated_at from consent_audit.nominee where user_id = ${userId}`,
    sql`select purpose, created_at from consent_audit.objection where user_id = ${userId} order by purpose`,
    sql`select account_id, relationship, method, state, declared_at, decided_at from consent_audit.guardian_proof
           where user_id = ${userId} order by declared_at`,
    sql`select b.title, b.detected_at, n.handled_at, n.was_told from consent_audit.breach_notice n
            join consent_audit.breach b on b.id = n.breach_id where n.user_id = ${userId} order by b.detected_at`,
    sql`select account_id, since, until from consent_audit.duty where user_id = ${userId}`,
    sql`select author, note, written_at from consent_audit.handover_note where user_id = ${userId}`,
  ])
  const handover_notes = (handovers as { author: string | null; note: Buffer; written_at: Date }[]).map(
    async (one) => ({
      ...one,
      note: await decryptedText({ personId: userId, ports }, HANDOVER, one.note),
    }),
  )
  return {
    duties,
    handover_notes: await Promise.all(handover_notes),
    consents,
    grants,
    links,
    emergency_access: emergencies,
    requests,
    nominee,
    objections,
    guardians,
    breaches,
  }
}

/** Removes all rows about the person; where the person acted for others, who it was. */
export async function eraseAll(transaction: Transaction, userId: string) {
  const counts: Record<string, number> = {}
  for (const table of TABLES) {
    counts[table] = await transaction.run(sql`delete from ${raw(`consent_audit.${table}`)} where user_id = ${userId}`)
  }
  await transaction.run(sql`update consent_audit.consent set given_by = null where given_by = ${userId}`)
  await transaction.run(sql`update consent_audit.emergency_access set clinician = null where clinician = ${userId}`)
  await transaction.run(sql`update consent_audit.handover_note set author = null where author = ${userId}`)
  counts.duty_for = await transaction.run(sql`delete from consent_audit.duty where account_id = ${userId}`)
  counts.guardian_of = await transaction.run(sql`delete from consent_audit.guardian_proof where account_id = ${userId}`)
  counts.grant_received = await transaction.run(sql`delete from consent_audit.share_grant where grantee = ${userId}`)
  return counts
}
