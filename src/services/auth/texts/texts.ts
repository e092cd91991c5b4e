import type { Language, Spoken } from '../../../shared/languages.ts'
import { arabic } from './arabic.ts'
import { english } from './english.ts'
import { hindi } from './hindi.ts'
import { malay } from './malay.ts'

const TEXTS: Spoken<typeof english> = { en: english, hi: hindi, ar: arabic, ms: malay }

export type AuthTexts = typeof english

/** What accounts say to people outside the web client. */
export function authTexts(language: Language): AuthTexts {
  return TEXTS[language]
}
