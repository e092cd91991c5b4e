import { ageInYears } from '../../../shared/dates.ts'
import type { Relationship } from '../contract/family.ts'
import { dayOf } from './profile.ts'
import type { Data } from './tidy.ts'

/** The documents kept of a person. `account` is written by reactions only: what the account was made with. */
export const SECTIONS = ['account', 'profile', 'preferences', 'privacy', 'health-attributes'] as const
export type SectionName = (typeof SECTIONS)[number]

/** A stored document. */
export interface SectionRow {
  readonly section: SectionName
  readonly version: number
  readonly data: Data
  readonly created_at: Date
  readonly updated_at: Date
}

/** The documents of one person, by name; those never saved are missing. */
export type Sections = Partial<Readonly<Record<SectionName, SectionRow>>>

/** Rows by the name of their section. */
export function bySection(rows: readonly SectionRow[]): Sections {
  return Object.fromEntries(rows.map((row) => [row.section, row]))
}

/** Language, zone and units stand in the preferences, and may be given and read with the profile as well. */
export const LOCALE_FIELDS = ['language', 'timezone', 'units'] as const

/** The data of a section, empty while nothing was saved. */
export function dataOf(sections: Sections, name: SectionName): Data {
  return sections[name]?.data ?? {}
}

/** First and last members of an answer about a section. */
export function frameOf(personId: string, row: SectionRow | undefined) {
  return {
    head: { id: personId, user_id: personId, version: row?.version ?? 0 },
    times: {
      created_at: row?.created_at.toISOString() ?? null,
      updated_at: row?.updated_at.toISOString() ?? null,
    },
  }
}

/** The named members; null where nobody said. */
export function pick(data: Data, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, data[name] ?? null]))
}

/**
 * What is known of a person for the profile: what was saved, else what the account was made with, and the locale.
 * Null and missing are the same here: unknown.
 */
export function knownOf(sections: Sections): Record<string, unknown> {
  const known: Record<string, unknown> = {}
  const { display_name: _accountName, ...account } = dataOf(sections, 'account')
  const locale = pick(dataOf(sections, 'preferences'), LOCALE_FIELDS)
  for (const source of [account, dataOf(sections, 'profile'), locale]) {
    for (const [name, value] of Object.entries(source)) if (value !== null) known[name] = value
  }
  return known
}

/** What the account was made with as a whole name: all that is known of how somebody is called who gave no parts of it. */
export function accountNameOf(sections: Sections): string | null {
  return text(dataOf(sections, 'account').display_name)
}

/** What is computed from the known fields. */
export function computedOf(sections: Sections, now: Date) {
  const known = knownOf(sections)
  const parts = [known.first_name, known.middle_name, known.last_name].filter((part) => typeof part === 'string')
  const fullName = parts.length > 0 ? parts.join(' ') : accountNameOf(sections)
  return {
    display_name: text(known.preferred_name) ?? fullName,
    full_name: fullName,
    age_years: ageOf(known, now),
    completion_percentage: completionOf(known).percentage,
  }
}

/** Completed years today where the person is; null while the date of birth is unknown. */
export function ageOf(known: Data, now: Date): number | null {
  const born = text(known.date_of_birth)
  return born === null ? null : (ageInYears(born, dayOf(now, known.timezone)) ?? 0)
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** What a complete profile holds, and what each part is good for. Each counts alike; a list counts when it was said, even empty. */
const PARTS: readonly { readonly fields: readonly string[]; readonly why: string }[] = [
  { fields: ['first_name', 'preferred_name'], why: 'Add a name, so that a caregiver knows whose record this is' },
  { fields: ['date_of_birth'], why: 'Add the date of birth: age decides which ranges and formulas apply' },
  { fields: ['sex_at_birth'], why: 'Add the sex at birth: kidney, heart and body formulas need it' },
  { fields: ['height_cm'], why: 'Add the height: without it there is no body mass index' },
  { fields: ['weight_kg'], why: 'Add the weight: doses and energy needs depend on it' },
  { fields: ['activity_level'], why: 'Add how active a usual day is, for energy needs' },
  { fields: ['blood_type'], why: 'Add the blood type for the emergency card' },
  { fields: ['allergies'], why: 'Say which allergies there are, or that there are none' },
  { fields: ['conditions'], why: 'Say which conditions there are, or that there are none' },
  { fields: ['medications'], why: 'Say which medicines are taken, or that there are none' },
  { fields: ['emergency_contact_phone'], why: 'Add somebody to call in an emergency' },
  { fields: ['phone_number', 'email'], why: 'Add a phone number or an e-mail address' },
  { fields: ['timezone'], why: 'Add the time zone, so that reminders and days fit the local clock' },
]

/** How much of the profile is there, and what is missing. */
export function completionOf(known: Data) {
  const missing = PARTS.filter(({ fields }) => fields.every((field) => (known[field] ?? null) === null))
  return {
    percentage: Math.round((100 * (PARTS.length - missing.length)) / PARTS.length),
    isComplete: missing.length === 0,
    missingFields: missing.map(({ fields }) => fields[0] as string),
    nextSteps: missing.map(({ why }) => why),
  }
}

/** Guardians decide for a child; for an adult an account manages. */
export function roleFor(relationship: Relationship): 'guardian' | 'manager' {
  return relationship === 'child' ? 'guardian' : 'manager'
}
