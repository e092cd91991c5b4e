import type { ChosenManner } from './chosenManner.ts'
import { inChosenUnit, unitWritten } from './chosenManner.ts'
import type { Language, Spoken } from './languages.ts'
import { METRIC_OF_DEVICE } from './metrics/deviceNames.ts'
import { arabicMetrics } from './metrics/names/arabic.ts'
import { hindiMetrics } from './metrics/names/hindi.ts'
import { malayMetrics } from './metrics/names/malay.ts'
import { isMetricType, metricDefinition } from './metrics.ts'
import { arabic } from './recordWords/arabic.ts'
import { english } from './recordWords/english.ts'
import { hindi } from './recordWords/hindi.ts'
import { malay } from './recordWords/malay.ts'

/** A part of what a row says: words of a person or a paper, a code with its number, or an amount, whose text is how it was written. */
export interface SaidPart {
  readonly text?: string | undefined
  readonly code?: string | undefined
  readonly number?: number | undefined
  readonly unit?: string | undefined
  readonly metric_type?: string | undefined
}

const WORDS: Spoken<Readonly<Record<string, string>>> = { en: english, hi: hindi, ar: arabic, ms: malay }
const METRICS: Spoken<Readonly<Record<string, string>>> = {
  en: {},
  hi: hindiMetrics,
  ar: arabicMetrics,
  ms: malayMetrics,
}

/** A code in words; undefined for one that has none. */
export function recordWord(language: Language, code: string, given: string | number = ''): string | undefined {
  const key = code.replaceAll(/[ -]/g, '_')
  const word = WORDS[language][code] ?? WORDS[language][key]
  if (word !== undefined) return word.replace('#', String(given))
  const metric = METRIC_OF_DEVICE[key] ?? key
  return METRICS[language][metric] ?? (isMetricType(metric) ? metricDefinition(metric).label : undefined)
}

/** The same, and a code without words as it is written. */
export function codeIn(language: Language, code: string, given: string | number = ''): string {
  return recordWord(language, code, given) ?? code.replaceAll(/[_-]/g, ' ')
}

/** An amount in the unit that the person chose; with the stored one beside it where it was converted. */
export function amountWords(
  language: Language,
  { number = 0, unit = '', metric_type = '', text }: SaidPart,
  manner: ChosenManner,
): string {
  const stored = apart(text ?? `${number} ${unitWritten(unit)}`)
  const metric = METRIC_OF_DEVICE[metric_type] ?? metric_type
  const own = isMetricType(metric) ? inChosenUnit(metric, number, unit, manner) : undefined
  return own === undefined
    ? stored
    : `${apart(`${own.value} ${unitWritten(own.unit)}`)} (${codeIn(language, 'reported_as', stored)})`
}

/** Numbers and signs keep their order in a text that runs the other way. */
const apart = (text: string) => `\u2068${text.trim()}\u2069`

/** What the parts say together, in one line. */
export function saidWords(language: Language, parts: readonly SaidPart[], manner: ChosenManner): string {
  return parts
    .map((part) => partWords(language, part, manner))
    .filter((one) => one !== '')
    .join(language === 'ar' ? '، ' : ', ')
}

/** What one part says. */
export function partWords(language: Language, part: SaidPart, manner: ChosenManner): string {
  if (part.code !== undefined) return codeIn(language, part.code, part.number)
  return part.number === undefined ? (part.text ?? '') : amountWords(language, part, manner)
}

/** Words that a fact carries beside what a paper says of it (`Hives, high risk`), each in the language where it is a code. */
export function detailWords(language: Language, detail: string): string {
  if (language === 'en') return detail
  return detail
    .split(', ')
    .map((one) => (DETAILS.includes(one) ? codeIn(language, one) : one))
    .join(language === 'ar' ? '، ' : ', ')
}

const DETAILS = ['high risk', 'not confirmed', 'mild', 'moderate', 'severe']
