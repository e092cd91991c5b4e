import type { Language, Spoken } from '../../shared/languages.ts'
import { arabic } from './arabic.ts'
import { english } from './english.ts'
import { hindi } from './hindi.ts'
import { malay } from './malay.ts'

const TEXTS: Spoken<typeof english> = { en: english, hi: hindi, ar: arabic, ms: malay }

/** What the frame itself says to people. */
export function frameTexts(language: Language): typeof english {
  return TEXTS[language]
}
