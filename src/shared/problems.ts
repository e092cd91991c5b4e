import type { Language } from './languages.ts'
import { arabicProblems } from './problems/arabic.ts'
import { hindiProblems } from './problems/hindi.ts'
import { malayProblems } from './problems/malay.ts'

const PROBLEMS: Readonly<Partial<Record<Language, Readonly<Record<string, string>>>>> = {
  hi: hindiProblems,
  ar: arabicProblems,
  ms: malayProblems,
}

/** What went wrong, in a sentence for people, by the code of the problem. English is said by the problem itself: undefined. */
export function problemSentence(language: Language, code: string): string | undefined {
  return PROBLEMS[language]?.[code]
}
