import { command, query } from '../../../kernel/contract.ts'
import { flag, integer, list, nullable, object, optional, Type, text } from '../../../kernel/fields.ts'
import { anyone, Consent, ConsentPage, Instant, instantOrNull, limit, own, word } from './shapes.ts'

const LARGEST_ID = Number.MAX_SAFE_INTEGER
const expiresInDays = optional(nullable(integer(1, 3650)))
const consentText = optional(
  nullable(text(4000, { minimum: 0, description: 'what the client showed; a hash is kept' })),
)
const grantedTo = optional(word)

const Decision = object({
  has_consent: Type.Boolean(),
  consent_id: nullable(Type.Integer()),
  reason: Type.String(),
  expires_at: instantOrNull,
  data_category: Type.String(),
  purpose: Type.String(),
  granted_to: Type.String(),
})

const Revoked = object({
  message: Type.String(),
  consents_revoked: Type.Integer(),
  effective_immediately: Type.Boolean(),
  dpdp_compliant: Type.Boolean({ description: 'whether the withdrawal was carried out in the same step' }),
})

const NoticeShape = object({
  id: Type.String(),
  version: Type.Integer(),
  language: Type.String(),
  title: Type.String(),
  items: list(Type.String()),
  purpose: Type.String(),
  uses: list(Type.String()),
  withdraw: Type.String(),
  rights: Type.String(),
  complain: Type.String(),
  calls: object({
    withdraw: Type.String(),
    rights: Type.String(),
    nominee: Type.String(),
    complain: Type.String(),
  }),
  pages: object({ withdraw: Type.String(), rights: Type.String() }),
})

const checkInput = {
  data_category: word,
  purpose: word,
  granted_to: grantedTo,
}

export const consentOperations = {
  listConsents: query({
    summary: 'Every decision on a consent, newest first',
    route: 'GET /consent',
    access: own,
    input: object({ limit: limit() }),
    output: ConsentPage,
  }),
  myConsents: query({
    summary: 'Every decision on a consent, newest first',
    route: 'GET /consent/my',
    access: own,
    input: object({ limit: limit() }),
    output: ConsentPage,
  }),
  grantConsent: command({
    summary: 'Consent to one use of one category by one recipient',
    route: 'POST /consent/grant',
    access: own,
    errors: ['forbidden', 'conflict'],
    input: object({
      data_category: word,
      purpose: word,
      granted_to: grantedTo,
      expires_in_days: expiresInDays,
      consent_text: consentText,
      language: optional(text(20)),
    }),
    output: Consent,
  }),
  revokeConsent: command({
    summary: 'Withdraw consents at once: those of a category, of a purpose, to a recipient, or all',
    route: 'POST /consent/revoke',
    access: own,
    errors: ['forbidden'],
    input: object({ data_category: optional(word), purpose: optional(word), granted_to: optional(word) }),
    output: Revoked,
  }),
  checkConsent: query({
    summary: 'Whether a use is consented to now, and why or why not',
    route: 'POST /consent/check',
    access: own,
    errors: ['forbidden'],
    input: object(checkInput),
    output: Decision,
  }),
  verifyConsent: query({
    summary: 'Whether a use is consented to now, in the words of S002',
    route: 'POST /consent/verify',
    access: own,
    errors: ['forbidden'],
    input: object({ consent_type: word, purpose: optional(word) }),
    output: object({
      has_consent: Type.Boolean(),
      verified: Type.Boolean(),
      consent_type: Type.String(),
      missing: list(Type.String()),
      reason: Type.String(),
    }),
  }),
  consentStatus: query({
    summary: 'What a person consents to at the moment, cell by cell',
    route: 'GET /consent/status/:user_id',
    access: own,
    input: object({}),
    output: object({
      user_id: Type.String(),
      active: list(Consent, 500),
      ai_features: list(
        object({ feature: Type.String(), allowed: Type.Boolean(), needs: Type.String(), disclaimer: Type.String() }),
      ),
      checked_at: Instant,
    }),
  }),
  listRecords: query({
    summary: 'Decisions in the words of S002',
    route: 'GET /consent/records',
    access: own,
    input: object({ limit: limit() }),
    output: object({ items: Type.Array(Consent), total: Type.Integer() }),
  }),
  createRecord: command({
    summary: 'Record a decision in the words of S002: one consent type may stand for several cells',
    route: 'POST /consent/records',
    access: own,
    status: 201,
    errors: ['forbidden', 'conflict'],
    input: object({
      consent_type: word,
      purpose: optional(word),
      granted: flag(),
      expires_at: optional(nullable(Type.String({ minLength: 10, maxLength: 40 }))),
      version: optional(nullable(text(20))),
    }),
    output: object({ items: list(Consent) }),
  }),
  revokeRecord: command({
    summary: 'Withdraw one consent at once',
    route: 'POST /consent/records/:id/revoke',
    access: own,
    errors: ['not_found'],
    input: object({ id: integer(1, LARGEST_ID) }),
    output: Revoked,
  }),
  consentHistory: query({
    summary: 'Everything that was decided, with receipts',
    route: 'GET /consent/history/:user_id',
    access: own,
    input: object({ limit: limit() }),
    output: object({ user_id: Type.String(), history: list(Consent, 500), total: Type.Integer() }),
  }),
  readReceipt: query({
    summary: 'The receipt of one decision: stable JSON and its hash',
    route: 'GET /consent/receipts/:id',
    access: own,
    errors: ['not_found'],
    input: object({ id: integer(1, LARGEST_ID) }),
    output: object({
      consent_id: Type.String(),
      user_id: Type.String(),
      data_category: Type.String(),
      purpose: Type.String(),
      granted_to: Type.String(),
      granted: Type.Boolean(),
      notice: Type.String(),
      notice_version: Type.Integer(),
      text_sha256: nullable(Type.String()),
      language: Type.String(),
      channel: Type.String(),
      given_at: Instant,
      expires_at: instantOrNull,
      receipt_sha256: Type.String(),
    }),
  }),
  readMatrix: query({
    summary: 'Categories, purposes and recipients, and the words of older lists that stand for cells',
    route: 'GET /consent/matrix',
    access: anyone,
    input: object({}),
    output: object({
      categories: list(object({ category: Type.String(), words: Type.String(), shareable: Type.Boolean() })),
      purposes: list(Type.String()),
      recipients: list(Type.String()),
      aliases: list(object({ word: Type.String(), cells: list(Type.String()) })),
    }),
  }),
  readNotice: query({
    summary: 'What is said before a consent is asked for, itemised and in plain words',
    route: 'GET /consent/notices',
    access: anyone,
    errors: ['forbidden'],
    input: object(checkInput),
    output: object({ notices: list(NoticeShape) }),
  }),
}
