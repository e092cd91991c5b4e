import type { Language, Spoken } from '../../../shared/languages.ts'
import { arabic } from './arabic.ts'
import { english } from './english.ts'
import { hindi } from './hindi.ts'
import { malay } from './malay.ts'

const TEXTS: Spoken<typeof english> = { en: english, hi: hindi, ar: arabic, ms: malay }

export type LinkTexts = typeof english

/** What the pages of links and cards say to people. */
export function linkTexts(language: Language): LinkTexts {
  return TEXTS[language]
}
