import type { OutputOf } from '../../kernel/contract.ts'
import type { userProfile } from '../../services/user-profile/contract.ts'

type Profile = OutputOf<(typeof userProfile.operations)['readProfile']>

/** Somebody to reach in an emergency. */
export interface Contact {
  readonly name: string
  readonly phone: string
  readonly relationship: string | undefined
}

/** What helps a helper. A list that is undefined was never spoken of: that is not the same as none. */
export interface Card {
  readonly name: string | undefined
  readonly born: string | undefined
  readonly country: string | undefined
  readonly blood: string | undefined
  readonly allergies: readonly string[] | undefined
  readonly conditions: readonly string[] | undefined
  readonly medicines: readonly string[] | undefined
  readonly contacts: readonly Contact[]
}

/** The card as the profile says it. */
export function cardOf(profile: Profile): Card {
  const { emergency_contact_name: name, emergency_contact_phone: phone, emergency_contact_relationship } = profile
  const contact = {
    name: name ?? phone ?? '',
    phone: phone ?? '',
    relationship: emergency_contact_relationship ?? undefined,
  }
  return {
    name: profile.display_name ?? undefined,
    born: profile.date_of_birth ?? undefined,
    country: profile.country ?? undefined,
    blood: profile.blood_type ?? undefined,
    allergies: profile.allergies ?? undefined,
    conditions: wordsOf(profile.conditions),
    medicines: wordsOf(profile.medications),
    contacts: contact.phone === '' ? [] : [contact],
  }
}

/** Statements are words, or hold their words in `name`. */
function wordsOf(list: readonly unknown[] | null | undefined): readonly string[] | undefined {
  return list?.map((one) => (typeof one === 'string' ? one : String((one as { name?: unknown } | null)?.name ?? '')))
}

/** The number as a link has it. */
export function dialled(phone: string): string {
  return phone.replace(/[^\d+]/g, '')
}
