/** A row of the audit as a sentence needs it. */
export interface AuditFacts {
  readonly accountId: string | null
  readonly personId: string | null
  readonly service: string
  readonly operation: string
  readonly action: string
  readonly outcome: 'allowed' | 'refused'
  readonly reason: string | null
  readonly purpose: string | null
}

/** Somebody of whom the person knows more than an id. */
export interface Known {
  readonly you: string
  /** Account id to how it is called here: `your caregiver (Sister)`. */
  readonly others: ReadonlyMap<string, string>
  /** Service name and operation name to what the operation is for, in one line. */
  readonly summaries: ReadonlyMap<string, string>
}

export interface Sentence {
  readonly sentence: string
  readonly who: string
  readonly what: string
  readonly why: string
}

const DEEDS: Readonly<Record<string, string>> = {
  consent_granted: 'gave a consent',
  consent_denied: 'refused a consent',
  consent_revoked: 'withdrew a consent',
  sharing_invited: 'invited somebody to the record',
  sharing_accepted: 'accepted access to the record',
  sharing_declined: 'gave up access to the record',
  sharing_changed: 'changed what somebody may see',
  sharing_revoked: 'ended somebody’s access to the record',
  link_created: 'made a link to a part of the record',
  link_opened: 'opened a link to a part of the record',
  link_revoked: 'ended a link to the record',
  emergency_card_on: 'made an emergency card for helpers without an account',
  emergency_card_off: 'took the emergency card for helpers back',
  emergency_card_opened: 'opened the emergency card',
  emergency_override: 'opened the record in an emergency',
  emergency_closed: 'closed an emergency access',
  data_export: 'asked for a copy of everything',
  data_downloaded: 'downloaded a copy of everything',
  data_erasure: 'asked for everything to be erased',
  data_erasure_cancelled: 'took the request to erase back',
  data_correction: 'asked for a correction',
  data_restricted: 'restricted the use of the record',
  data_unrestricted: 'ended the restriction',
  objection: 'objected to a use of the record',
  audit_read: 'read the audit of the record',
  account_read: 'looked at the account',
  guardian_proved: 'was proved to be the guardian',
  guardian_declared: 'declared to be the guardian',
  guardian_refused: 'was not accepted as the guardian',
}

const GROUNDS: Readonly<Record<string, string>> = {
  guardian: 'they keep this record',
  grant: 'you gave them access',
  'break-glass': 'they opened the record in an emergency',
  link: 'they hold a link you made',
  consent: 'you consented to it',
  emergency: 'they said it was an emergency',
  not_found: 'they have no access to this record',
  consent_required: 'there was no consent for it',
  insufficient_scope: 'their key does not allow it',
  forbidden: 'it is not allowed to them',
  passcode: 'the passcode was wrong',
}

/** Who did what, why, and whether it was let happen, in words for the person. */
export function sentenceOf(row: AuditFacts, known: Known): Sentence {
  const who = whoOf(row, known)
  const what = whatOf(row, known)
  const isOwn = who === 'You'
  const why = row.reason === null ? '' : (GROUNDS[row.reason] ?? row.reason.replaceAll('_', ' '))
  const purpose = row.purpose === null ? '' : `, for ${row.purpose.replaceAll('_', ' ')}`
  const because = why === '' ? '' : row.outcome === 'refused' ? `: ${why}` : isOwn ? '' : `, because ${why}`
  const sentence =
    row.outcome === 'refused'
      ? `${who} tried and was refused: ${what}${because}.`
      : `${who} ${what}${purpose}${because}.`
  return { sentence, who, what, why: why === '' ? (isOwn ? 'it is your record' : 'not noted') : why }
}

/** Who somebody without an account is, by what they had in their hand. */
const HOLDERS: Readonly<Record<string, string>> = {
  link_opened: 'Somebody with your link',
  emergency_card_opened: 'Somebody with your emergency card',
}

function whoOf({ accountId, action }: AuditFacts, { you, others }: Known): string {
  if (accountId === you) return 'You'
  if (accountId === null) return HOLDERS[action] ?? 'Somebody who was not signed in'
  return others.get(accountId) ?? `The account ${accountId.slice(-6)}`
}

function whatOf({ service, operation, action }: AuditFacts, { summaries }: Known): string {
  const deed = DEEDS[action]
  if (deed !== undefined) return deed
  const summary = summaries.get(`${service}.${operation}`)
  const verb = action === 'read' ? 'looked at' : action === 'write' ? 'changed' : action.replaceAll('_', ' ')
  const where = service.replaceAll('-', ' ')
  return summary === undefined ? `${verb} ${where}` : `${verb} ${where} (${lowerFirst(summary)})`
}

const lowerFirst = (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1)
