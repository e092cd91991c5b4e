import type { Language, Spoken } from '../../../shared/languages.ts'
import { arabic } from './arabic.ts'
import { english } from './english.ts'
import { hindi } from './hindi.ts'
import { malay } from './malay.ts'

const TEXTS: Spoken<typeof english> = { en: english, hi: hindi, ar: arabic, ms: malay }

export type ConsentTexts = typeof english

/** What consents, the audit and shared pages say to people. */
export function consentTexts(language: Language): ConsentTexts {
  return TEXTS[language]
}
