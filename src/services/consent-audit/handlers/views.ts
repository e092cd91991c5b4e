import { receiptOf } from '../providers/receipts.ts'
import type { ConsentRow } from '../store/consents.ts'
import type { EmergencyRow } from '../store/emergency.ts'
import type { GrantRow } from '../store/grants.ts'
import type { LinkRow } from '../store/links.ts'

const iso = (at: Date | null) => at?.toISOString() ?? null

/** Whether the consent stands at the moment. */
export function isActive(row: ConsentRow, now: Date): boolean {
  return row.granted && row.ended_at === null && (row.expires_at === null || row.expires_at > now)
}

function stateOf(row: ConsentRow, now: Date) {
  if (!row.granted) return 'denied' as const
  if (row.ended_at !== null) return 'revoked' as const
  return isActive(row, now) ? ('active' as const) : ('expired' as const)
}

export function receiptView(row: ConsentRow) {
  return receiptOf({
    consent_id: row.id,
    user_id: row.user_id,
    data_category: row.category,
    purpose: row.purpose,
    granted_to: row.recipient,
    granted: row.granted,
    notice: row.notice_id,
    notice_version: row.notice_version,
    text_sha256: row.text_hash,
    language: row.language,
    channel: row.channel,
    given_at: row.given_at.toISOString(),
    expires_at: iso(row.expires_at),
  })
}

export function consentView(row: ConsentRow, now: Date) {
  const status = stateOf(row, now)
  return {
    id: row.seq,
    consent_id: row.id,
    user_id: row.user_id,
    data_category: row.category,
    purpose: row.purpose,
    granted_to: row.recipient,
    status,
    created_at: row.given_at.toISOString(),
    expires_at: iso(row.expires_at),
    ended_at: iso(row.ended_at),
    end_reason: row.end_reason,
    revocable: status === 'active',
    notice: row.notice_id,
    notice_version: row.notice_version,
    language: row.language,
    channel: row.channel,
    receipt_sha256: receiptView(row).receipt_sha256,
  }
}

function grantState(row: GrantRow, now: Date) {
  if (row.end_reason !== null) return row.end_reason
  if (row.ends_at <= now) return 'expired' as const
  return row.accepted_at === null ? ('invited' as const) : ('active' as const)
}

/** A grant as the account that received it sees it: nothing of the owner's own notes, and no name once it ended. */
export function receivedView(row: GrantRow, name: string | null, now: Date) {
  const view = sharedView(row, now)
  return { ...view, person_name: view.status === 'active' || view.status === 'invited' ? name : null }
}

function sharedView(row: GrantRow, now: Date) {
  return {
    id: row.id,
    person_id: row.user_id,
    relation: row.relation,
    categories: row.categories,
    access: row.action,
    status: grantState(row, now),
    created_at: row.created_at.toISOString(),
    accepted_at: iso(row.accepted_at),
    ends_at: row.ends_at.toISOString(),
    ended_at: iso(row.ended_at),
  }
}

export function grantView(row: GrantRow, now: Date) {
  // Who answered an invitation by e-mail is shown once they accepted, not before.
  const grantee_account_id = row.grantee
  return {
    ...sharedView(row, now),
    label: row.label,
    grantee_account_id,
    invited_by: row.invited_by,
    duty_roster: row.duty_roster ?? null,
  }
}

/** How a link stands at the moment. */
export function linkState(row: LinkRow, now: Date) {
  if (row.revoked_at !== null) return 'revoked' as const
  if (row.expires_at <= now) return 'expired' as const
  return row.max_uses !== null && row.uses >= row.max_uses ? ('used-up' as const) : ('active' as const)
}

export function linkView(row: LinkRow, now: Date) {
  return {
    id: row.id,
    label: row.label,
    categories: row.categories,
    status: linkState(row, now),
    has_passcode: row.passcode_hash !== null,
    from: row.from_day,
    until: row.until_day,
    access_count: row.uses,
    max_uses: row.max_uses,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    last_used_at: iso(row.last_used_at),
    revoked_at: iso(row.revoked_at),
  }
}

export function emergencyView(row: EmergencyRow, now: Date) {
  return {
    id: row.id,
    person_id: row.user_id,
    reason: row.reason,
    categories: row.categories,
    opened_at: row.opened_at.toISOString(),
    ends_at: row.ends_at.toISOString(),
    ended_at: iso(row.ended_at),
    is_open: row.ended_at === null && row.ends_at > now,
  }
}
