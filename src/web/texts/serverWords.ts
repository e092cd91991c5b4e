import { areaTexts, language } from './catalogue.ts'
import { lateTexts } from './late.ts'

/** Words that come from the server in English: a language says them by their code. In English the server's own stand. */
export const wordsEnglish = {
  /** Names of what is measured, by `metric_type`. */
  metrics: {} as Readonly<Record<string, string>>,
  /** Codes that are shown: bands of published rules, how grave something is, where a number came from. */
  codes: {} as Readonly<Record<string, string>>,
  /** Units that are words; all others are signs, the same in every language. */
  units: { steps: 'steps', perMinute: 'per min' },
  /** Sentences that the server writes in English, with `#` for each of their numbers. */
  sentences: {} as Readonly<Record<string, string>>,
  /** What went wrong, by the code of the problem. */
  problems: {} as Readonly<Record<string, string>>,
  /** A field whose value was refused; the server's own sentence stands behind it. */
  fault: '',
}

const words = areaTexts('words', wordsEnglish)

interface Named {
  readonly metric_type: string
  readonly label: string
  /** What a device measured, where its words are others than those of the metric. */
  readonly device_type?: string | null
}

/** What a metric is called; one that has no name in this language keeps the server's. */
export function metricName({ metric_type, label, device_type }: Named): string {
  const { codes, metrics } = words()
  const own = metrics[metric_type]
  return (device_type === metric_type && own) || codes[device_type?.replaceAll('_', '-') ?? ''] || own || label
}

/** What all of a metric is called: of glucose, whoever measured it. */
export function wholeName(named: Named): string {
  return named.metric_type === 'blood_glucose' ? codeWords(named.metric_type) : metricName(named)
}

/** A code of a contract in words, such as `stage_1` or `blood_glucose`. */
export function codeWords(code: string): string {
  const { codes, metrics } = words()
  const known = codes[code.replaceAll('_', '-')] ?? metrics[code]
  if (known !== undefined) return known
  const text = code.replaceAll(/[_-]/g, ' ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** What a fact carries beside its own words (`Hives, high risk`), each in the person's language where it is a code. */
export function detailWords(detail: string): string {
  const { codes } = words()
  return detail
    .split(', ')
    .map((one) => codes[one.replace(' ', '-')] ?? one)
    .join(language() === 'ar' ? '، ' : ', ')
}

/** The words among the units. */
export function unitWords(): (typeof wordsEnglish)['units'] {
  return words().units
}

/** What is said in the person's language, and the server's own words where those say more. */
export interface Said {
  readonly text: string
  readonly english?: string
}

/** A problem of the server; one whose code has no sentence here is said as the server says it. */
export function problemSaid({ code, message }: { readonly code: string; readonly message: string }): Said {
  const text = words().problems[code]
  return text === undefined ? { text: message } : { text, english: message }
}

/** A refused field, with the numbers and values that the server names. */
export function faultSaid(detail: string): Said {
  const { fault } = words()
  const own = inOwnWords(detail)
  return own === undefined && fault !== '' ? { text: fault, english: detail } : { text: own ?? detail }
}

/** The sentence in the person's language, where its form is known there. */
function inOwnWords(text: string): string | undefined {
  const numbers = text.match(NUMBER) ?? []
  const own = words().sentences[text.replace(NUMBER, '#')]
  if (own !== undefined) return own.replace(/#/g, () => numbers.shift() ?? '')
  for (const [form, said] of Object.entries(lateTexts())) {
    const asked = new RegExp(`^(?:${form})\\.?$`, 'i')
    if (asked.test(text)) return text.replace(asked, said)
  }
  return undefined
}

const NUMBER = /\d+(\.\d+)?/g

/** A sentence of the server in the person's language, as attributes of the element that says it; marked as English else. */
export function saidByServer(said: string): {
  readonly children: string
  readonly lang?: string
  readonly dir?: 'ltr'
} {
  const text = citation(said)
  const own = inOwnWords(text)
  return own === undefined ? { children: text, ...asEnglish() } : { children: own }
}

/** A source as it is told to people: without the place in our own notes, which only programmers have. */
export function citation(source: string): string {
  return source.replace(/[:,]? \(?clinical reference [\d., ]*\d\)?/g, '')
}

/** Attributes of a sentence that the server wrote in English: heard and set as such in any language. */
export function asEnglish(): { readonly lang?: string; readonly dir?: 'ltr' } {
  return language() === 'en' ? {} : { lang: 'en', dir: 'ltr' }
}
