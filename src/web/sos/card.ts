import type { OutputOf } from '../../kernel/contract.ts'
import type { healthLinks } from '../../services/health-links/contract.ts'

/** What helps a helper, as the server put it together. */
export type Card = OutputOf<(typeof healthLinks.operations)['readEmergencyCard']>
export type CardPart = Card['allergies']

/** Somebody to reach in an emergency. */
export interface Contact {
  readonly name: string
  readonly phone: string
  readonly relationship: string | undefined
}

/** Those of the card who can be reached. */
export function contactsOf({ contacts }: Card): Contact[] {
  return contacts.flatMap(({ name, phone, relationship }) =>
    phone === null ? [] : [{ name: name ?? phone, phone, relationship: relationship ?? undefined }],
  )
}

/** The number as a link has it. */
export function dialled(phone: string): string {
  return phone.replace(/[^\d+]/g, '')
}
