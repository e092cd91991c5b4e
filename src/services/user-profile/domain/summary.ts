import type { SaidPart } from '../../../shared/recordWords.ts'
import { accountNameOf, knownOf, type Sections } from './sections.ts'

/** What a shared category shows of the profile, and how each is called. */
const LINES = {
  personal_info: [
    ['called', 'Name'],
    ['first_name', 'First name'],
    ['last_name', 'Last name'],
    ['date_of_birth', 'Born'],
    ['sex_at_birth', 'Sex at birth'],
    ['phone', 'Phone'],
    ['city', 'Town'],
    ['language', 'Language'],
  ],
  emergency: [
    ['blood_type', 'Blood group'],
    ['allergies', 'Allergies'],
    ['conditions', 'Conditions'],
    ['medications', 'Medicines'],
    ['emergency_contact_name', 'In an emergency call'],
    ['emergency_contact_phone', 'Their phone'],
  ],
} as const
const LABELS = { personal_info: 'About the person', emergency: 'For an emergency' } as const

/** What is shown of one category. */
export interface ProfileSummary {
  readonly category: string
  readonly label: string
  readonly code: string
  readonly rows: readonly {
    readonly label: string
    readonly value: string
    readonly at: null
    readonly code: string
    readonly said: readonly SaidPart[]
  }[]
}

/** The lines of each shared category that something is known of; what nobody said has none. */
export function summaryOf(sections: Sections, categories: readonly string[]): ProfileSummary[] {
  const known = withCalled(knownOf(sections), accountNameOf(sections))
  return (['personal_info', 'emergency'] as const)
    .filter((category) => categories.includes(category))
    .map((category) => {
      const rows = LINES[category].flatMap(([field, label]) => {
        const value = textOf(known[field])
        if (value === '') return []
        // Of a choice the word is ours; all else is written by the person.
        const said = field === 'sex_at_birth' ? [{ code: value }] : [{ text: value }]
        return [{ label, value, at: null, code: field, said }]
      })
      return { category, label: LABELS[category], code: category, rows }
    })
}

/** Where no part of a name is known, the person is named as they are called. */
function withCalled(known: Readonly<Record<string, unknown>>, accountName: string | null) {
  const hasParts = [known.first_name, known.last_name].some((one) => textOf(one) !== '')
  return hasParts ? known : { ...known, called: known.preferred_name ?? accountName }
}

function textOf(value: unknown): string {
  if (Array.isArray(value))
    return value
      .map(textOf)
      .filter((one) => one !== '')
      .join(', ')
  if (typeof value === 'object' && value !== null) return textOf((value as { name?: unknown }).name)
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 500) : ''
}
