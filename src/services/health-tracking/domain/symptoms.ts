import { parseSeverity, type Severity } from '../../../shared/severity.ts'

export type SymptomWord = 'mild' | 'moderate' | 'severe' | 'critical'

/** Which levels of the 1-to-10 scale each word stands for (our own choice: the numeric rating scale in four parts). */
export const SEVERITY_RANGES: readonly { readonly word: SymptomWord; readonly from: number; readonly to: number }[] = [
  { word: 'mild', from: 1, to: 3 },
  { word: 'moderate', from: 4, to: 6 },
  { word: 'severe', from: 7, to: 8 },
  { word: 'critical', from: 9, to: 10 },
]

/** The word of a level; a level between two words counts as the worse one, so that nothing is understated. */
export function wordOfLevel(level: number): SymptomWord {
  return SEVERITY_RANGES.find((range) => level <= range.to)?.word ?? 'critical'
}

/** The ordinal a word is stored and compared as. */
export function ordinalOfWord(word: SymptomWord): Severity {
  return parseSeverity(word, 'symptom') as Severity
}

/** The word of a stored ordinal; one beyond the four words is the nearest of them. */
export function wordOfOrdinal(ordinal: number): SymptomWord {
  return SEVERITY_RANGES[Math.min(Math.max(ordinal, 1), 4) - 1]?.word ?? 'critical'
}

/** How bad a symptom is; a level nobody gave is not made up. */
export type ReadSeverity =
  | { readonly ordinal: Severity; readonly level: number | null }
  | { readonly fault: string; readonly field: string }

/** Joins word and level: one gives the other, both must say the same. */
export function readSymptomSeverity(
  word: SymptomWord | null | undefined,
  level: number | null | undefined,
): ReadSeverity {
  const given = word ?? undefined
  const scale = level ?? undefined
  if (given === undefined && scale === undefined) {
    return { field: 'severity', fault: 'is required, as a word (severity) or a level (severity_level)' }
  }
  if (scale === undefined) return { ordinal: ordinalOfWord(given as SymptomWord), level: null }
  const meant = wordOfLevel(scale)
  if (given !== undefined && given !== meant) {
    return { field: 'severity_level', fault: `means ${meant} on this scale, and the severity says ${given}` }
  }
  return { ordinal: ordinalOfWord(meant), level: scale }
}
