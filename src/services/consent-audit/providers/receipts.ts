import { textHash } from './secrets.ts'

/** A decision as its receipt shows it: members in this order, times in UTC. */
export interface ReceiptFacts {
  readonly consent_id: string
  readonly user_id: string
  readonly data_category: string
  readonly purpose: string
  readonly granted_to: string
  readonly granted: boolean
  readonly notice: string
  readonly notice_version: number
  readonly text_sha256: string | null
  readonly language: string
  readonly channel: string
  readonly given_at: string
  readonly expires_at: string | null
}

export interface Receipt extends ReceiptFacts {
  /** SHA-256 of the canonical JSON of all other members: names sorted, no spaces. */
  readonly receipt_sha256: string
}

/** The receipt of a decision. The same decision gives the same receipt, byte for byte. */
export function receiptOf(facts: ReceiptFacts): Receipt {
  return { ...facts, receipt_sha256: textHash(canonicalJson(facts)) }
}

/** Whether nobody changed the receipt. */
export function isGenuine({ receipt_sha256, ...facts }: Receipt): boolean {
  return textHash(canonicalJson(facts)) === receipt_sha256
}

/** JSON with sorted names, for flat values (a subset of RFC 8785). */
export function canonicalJson(value: object): string {
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(Object.fromEntries(members))
}
