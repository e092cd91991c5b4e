import type { Static } from 'typebox'
import type { Consent, Preferences, User, UserWithFacts } from '../contract/shapes.ts'
import { MANDATORY_PURPOSES } from '../contract/shapes.ts'
import { phoneText } from '../domain/handles.ts'
import type { AccountRow, ConsentRow } from '../store/accounts.ts'

const PREFERENCES: Static<typeof Preferences> = {
  language: 'en',
  emergency_enabled: true,
  medicine_reminders: true,
  notification_enabled: true,
  dark_mode: false,
}

/** The account as the wire shows it. `countryCode` is the one whose phone numbers are printed without it. */
export function userOf(row: AccountRow, countryCode: string): Static<typeof User> {
  const identity = (kind: string) => row.identities.find((one) => one.kind === kind)
  const email = identity('email')
  const phone = identity('phone')
  return {
    id: row.user_id,
    seq: row.seq,
    email: email?.value ?? null,
    phone_number: phone === undefined ? null : phoneText(phone.value, countryCode),
    research_id: identity('research')?.value ?? null,
    name: row.display_name,
    full_name: row.display_name,
    first_name: row.first_name,
    last_name: row.last_name,
    company: row.company,
    plan: row.plan,
    roles: row.roles,
    status: row.status,
    is_active: row.status === 'active',
    is_anonymous: row.is_anonymous,
    is_demo: row.is_demo,
    email_verified: email?.verified ?? false,
    phone_verified: phone?.verified ?? false,
    mfa_enabled: row.has_totp,
    has_password: row.has_password,
    created_at: row.created_at.toISOString(),
    last_login: row.last_login_at?.toISOString() ?? null,
    api_calls_month: Number(row.calls),
  }
}

/** The account with what the phone sign-up asked for. */
export function userWithFacts(row: AccountRow, countryCode: string): Static<typeof UserWithFacts> {
  const facts = row.facts ?? {}
  return {
    ...userOf(row, countryCode),
    age: (facts.age as number | undefined) ?? null,
    gender: (facts.gender as string | undefined) ?? null,
    blood_group: (facts.blood_group as string | undefined) ?? null,
    allergies: (facts.allergies as string[] | undefined) ?? [],
    conditions: (facts.conditions as string[] | undefined) ?? [],
    emergency_contact: (facts.emergency_contact as string | undefined) ?? null,
    emergency_phone: (facts.emergency_phone as string | undefined) ?? null,
    preferences: preferencesOf(row.preferences),
    consents: row.consents.map(consentOf),
  }
}

/** Stored preferences over the defaults. */
export function preferencesOf(stored: Readonly<Record<string, unknown>> | null): Static<typeof Preferences> {
  return { ...PREFERENCES, ...stored }
}

export function consentOf(row: ConsentRow): Static<typeof Consent> {
  return {
    ...row,
    is_mandatory: (MANDATORY_PURPOSES as readonly string[]).includes(row.purpose),
    created_at: new Date(row.created_at).toISOString(),
    updated_at: new Date(row.updated_at).toISOString(),
  }
}
