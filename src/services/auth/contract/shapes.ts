import { ROLES } from '../../../kernel/contract.ts'
import { flag, integer, list, nullable, object, oneOf, optional, Type, text } from '../../../kernel/fields.ts'

export const PLANS = ['free', 'pro', 'enterprise'] as const
export type Plan = (typeof PLANS)[number]

/** Purposes that the phone sign-up cannot do without. */
export const MANDATORY_PURPOSES = ['emergency_sharing', 'health_record_storage', 'ai_symptom_checker'] as const

const Instant = Type.String({ description: 'ISO 8601, UTC' })
export const instantOrNull = nullable(Instant)
export const instantText = Instant

export const email = Type.String({ format: 'email', minLength: 3, maxLength: 254 })
export const password = Type.String({ minLength: 1, maxLength: 1024 })
export const phone = Type.String({
  minLength: 7,
  maxLength: 20,
  pattern: '^\\+?[0-9 ()-]+$',
  description: 'ten digits, or + and the country code',
})
export const otp = Type.String({ pattern: '^[0-9]{6}$', description: 'six digits' })
export const researchId = text(50, { minimum: 3, pattern: '^[A-Za-z0-9_-]+$' })

/** Facts that the phone sign-up asks for; user-profile keeps the record of them. */
export const factFields = {
  age: optional(nullable(integer(0, 130))),
  gender: optional(nullable(text(30))),
  blood_group: optional(nullable(text(5, { pattern: '^(A|B|AB|O)[+-]$' }))),
  allergies: optional(list(text(200), 100)),
  conditions: optional(list(text(200), 100)),
  emergency_contact: optional(nullable(text(100))),
  emergency_phone: optional(nullable(phone)),
}
export const Facts = object(factFields)

export const preferenceFields = {
  language: optional(text(20)),
  emergency_enabled: optional(flag()),
  medicine_reminders: optional(flag()),
  notification_enabled: optional(flag()),
  dark_mode: optional(flag()),
}
export const Preferences = object({
  language: Type.String(),
  emergency_enabled: Type.Boolean(),
  medicine_reminders: Type.Boolean(),
  notification_enabled: Type.Boolean(),
  dark_mode: Type.Boolean(),
})

export const Consent = object({
  id: Type.Integer(),
  purpose: Type.String(),
  data_category: Type.String(),
  granted: Type.Boolean(),
  consent_text: nullable(Type.String()),
  is_mandatory: Type.Boolean(),
  created_at: Instant,
  updated_at: Instant,
})

const userFields = {
  id: Type.String({ format: 'uuid' }),
  seq: Type.Integer({ description: 'number of the account, for clients that expect integers' }),
  email: nullable(Type.String()),
  phone_number: nullable(Type.String()),
  research_id: nullable(Type.String()),
  name: Type.String(),
  full_name: Type.String(),
  first_name: nullable(Type.String()),
  last_name: nullable(Type.String()),
  company: nullable(Type.String()),
  plan: oneOf(PLANS),
  roles: Type.Array(oneOf(ROLES)),
  status: oneOf(['active', 'suspended', 'deleted']),
  is_active: Type.Boolean(),
  is_anonymous: Type.Boolean(),
  is_demo: Type.Boolean({ description: 'of the demo household: everything about this person is made up' }),
  email_verified: Type.Boolean(),
  phone_verified: Type.Boolean(),
  mfa_enabled: Type.Boolean(),
  has_password: Type.Boolean({ description: 'whether the password is asked for again before what opens the account' }),
  created_at: Instant,
  last_login: instantOrNull,
  api_calls_month: Type.Integer({ description: 'calls made with API keys this month (UTC)' }),
}

/** An account as its holder and administrators see it. */
export const User = object(userFields)

/** The account with what the phone sign-up asked for. */
export const UserWithFacts = object({
  ...userFields,
  age: nullable(Type.Number()),
  gender: nullable(Type.String()),
  blood_group: nullable(Type.String()),
  allergies: Type.Array(Type.String()),
  conditions: Type.Array(Type.String()),
  emergency_contact: nullable(Type.String()),
  emergency_phone: nullable(Type.String()),
  preferences: Preferences,
  consents: Type.Array(Consent),
})

/** An API key as it is listed; the key itself is never shown again. */
export const KeyView = object({
  id: Type.Integer(),
  name: Type.String(),
  prefix: Type.String(),
  preview: Type.String(),
  scopes: Type.Array(Type.String()),
  is_active: Type.Boolean(),
  usage_count: Type.Integer(),
  last_used: instantOrNull,
  expires_at: instantOrNull,
  created_at: Instant,
})

export const tokenFields = {
  access_token: Type.String(),
  token_type: Type.Literal('bearer'),
  expires_in: Type.Integer({ description: 'seconds' }),
  expires_at: Instant,
  refresh_token: Type.String(),
}

/** What every way to sign in answers: the union of what the clients of the five systems read. */
export const SignedIn = object({
  ...tokenFields,
  message: Type.String(),
  user: UserWithFacts,
  research_id: optional(Type.String()),
  api_key: optional(Type.String({ description: 'shown once' })),
  warnings: optional(Type.Array(Type.String())),
})

export const Tokens = object({ ...tokenFields, message: Type.String() })
export const Message = object({ message: Type.String() })
