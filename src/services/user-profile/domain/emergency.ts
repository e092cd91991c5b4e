import { computedOf, knownOf, type Sections } from './sections.ts'

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)

/** The texts of a list; null where nobody said anything, which is not the same as none. */
function texts(value: unknown): string[] | null {
  if (!Array.isArray(value)) return null
  return value.flatMap((one) => text(one) ?? text((one as { name?: unknown } | null)?.name) ?? [])
}

/** What the profile says that helps in an emergency. */
export function emergencyFactsOf(sections: Sections, now: Date) {
  const known = knownOf(sections)
  const { full_name, age_years } = computedOf(sections, now)
  const contact = {
    name: text(known.emergency_contact_name),
    phone: text(known.emergency_contact_phone),
    relationship: text(known.emergency_contact_relationship),
  }
  return {
    name: full_name,
    birth_date: text(known.date_of_birth),
    age_years,
    blood_type: text(known.blood_type),
    allergies: texts(known.allergies),
    conditions: texts(known.conditions),
    medications: texts(known.medications),
    contact: contact.name === null && contact.phone === null ? null : contact,
    language: text(known.language),
    updated_at: sections.profile?.updated_at.toISOString() ?? null,
  }
}
