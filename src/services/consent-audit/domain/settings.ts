import { flagSetting, textSetting, wordSetting } from '../../../kernel/config.ts'
import type { Language } from '../../../shared/languages.ts'
import { consentTexts } from '../texts/texts.ts'

/** What an operator can set about consents and rights. None is required. */
export const consentSettings = {
  contact: textSetting('DATA_PROTECTION_CONTACT', {
    doc: 'Who answers for personal data: named in every notice and every answer to a request.',
    defaultValue: consentTexts('en').operator,
  }),
  jurisdiction: wordSetting('DATA_JURISDICTION', ['in', 'eu', 'us'], {
    doc: 'Law that data are held under where a person said nothing else: in, eu or us.',
    defaultValue: 'in',
  }),
  retains: flagSetting('DPDP_MINIMUM_RETENTION', {
    doc: 'Keeps a closed record for the least time of its law (India: one year, DPDP Rules r.8(3)) before it is erased.',
    defaultValue: false,
  }),
}

/** Who answers for personal data, as the operator wrote it; where they wrote nothing, in the language of the reader. */
export function contactIn(language: Language | undefined, { contact }: { readonly contact: string }): string {
  return contact === consentSettings.contact.defaultValue ? consentTexts(language ?? 'en').operator : contact
}
