import { nullable, Type } from '../../../kernel/fields.ts'

/** About the person's own rights: the person, or whoever keeps the person's record. */
export const own = { kind: 'person', category: 'rights' } as const
/** Whoever holds the secret in the address, account or none. */
export const anyone = { kind: 'public', ignoresCredential: true } as const
export const Instant = Type.String({ description: 'ISO 8601, UTC' })
export const instantOrNull = nullable(Instant)
export const page = { access: anyone, produces: ['text/html'] } as const

/** Parts of the record that a patient summary holds; anything else has no place in a health link. */
export const LINK_CATEGORIES = [
  'personal_info',
  'health_records',
  'vitals',
  'symptoms',
  'goals',
  'diagnostics',
  'medications',
  'documents',
  'devices',
] as const
export const LONGEST_LINK_DAYS = 366
export const LONGEST_LABEL = 80
export const MOST_TRIES = 10
