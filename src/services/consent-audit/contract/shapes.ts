import { CATEGORIES } from '../../../kernel/contract.ts'
import { integer, list, nullable, object, oneOf, optional, Type, text } from '../../../kernel/fields.ts'

/** About the person's own rights: the person, or whoever keeps the person's record; shared with nobody. */
export const own = { kind: 'person', category: 'rights' } as const
export const account = { kind: 'account' } as const
export const anyone = { kind: 'public' } as const
export const staff = { kind: 'role', roles: ['operator', 'administrator'] } as const

export const word = text(60)
export const Instant = Type.String({ description: 'ISO 8601, UTC' })
export const instantOrNull = nullable(Instant)
export const JURISDICTION_CODES = ['IN', 'EU', 'US'] as const
export const limit = (maximum = 500, usual = 100) => optional(integer(1, maximum, { default: usual }))

/** Nothing is chosen for the person: whoever shares says what. */
export const categories = list(word, CATEGORIES.length)

export const CONSENT_STATES = ['active', 'revoked', 'expired', 'denied', 'pending'] as const
export const Consent = object({
  id: Type.Integer({ description: 'number of the decision, for clients that expect integers' }),
  consent_id: Type.String(),
  user_id: Type.String(),
  data_category: Type.String(),
  purpose: Type.String(),
  granted_to: Type.String(),
  status: oneOf(CONSENT_STATES),
  created_at: Instant,
  expires_at: instantOrNull,
  ended_at: instantOrNull,
  end_reason: nullable(Type.String()),
  revocable: Type.Boolean(),
  notice: Type.String(),
  notice_version: Type.Integer(),
  language: Type.String(),
  channel: Type.String(),
  receipt_sha256: Type.String(),
})

export const ConsentPage = object({
  consents: Type.Array(Consent),
  total: Type.Integer(),
  active_count: Type.Integer(),
  revoked_count: Type.Integer(),
  expired_count: Type.Integer(),
})

export const Ticket = object({
  request_id: Type.String({ description: 'CORR-..., GRV-..., REQ-...' }),
  kind: Type.String(),
  status: oneOf(['open', 'done', 'refused', 'cancelled']),
  detail: nullable(Type.String()),
  answer: nullable(Type.String()),
  created_at: Instant,
  due_at: Instant,
  done_at: instantOrNull,
  overdue: Type.Boolean(),
  contact: Type.String({ description: 'who answers for the data' }),
})
