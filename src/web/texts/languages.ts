import { type Language, languageOf } from '../../shared/languages.ts'
import { beforeRefusals } from '../client/endpoint.ts'
import { LANGUAGE_KEY, language, speak, speakAlso } from './catalogue.ts'
import type { Translation } from './translation.ts'

const LOADERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Translation>>> = {
  hi: async () => {
    const parts = [import('./hindi.ts'), import('./hindi/more.ts'), import('./hindi/papers.ts')] as const
    const [frame, more, papers] = await Promise.all(parts)
    return { ...frame.hindi, ...more.hindiMore, ...papers.hindiPapers }
  },
  ar: async () => {
    const parts = [import('./arabic.ts'), import('./arabic/more.ts'), import('./arabic/papers.ts')] as const
    const [frame, more, papers] = await Promise.all(parts)
    return { ...frame.arabic, ...more.arabicMore, ...papers.arabicPapers }
  },
  ms: async () => {
    const parts = [import('./malay.ts'), import('./malay/more.ts'), import('./malay/papers.ts')] as const
    const [frame, more, papers] = await Promise.all(parts)
    return { ...frame.malay, ...more.malayMore, ...papers.malayPapers }
  },
}

/** Of what is refused, and of the figures of sensors. */
const LATE: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Translation[string]>>> = {
  hi: async () => (await import('./hindi/late.ts')).hindiLate,
  ar: async () => (await import('./arabic/late.ts')).arabicLate,
  ms: async () => (await import('./malay/late.ts')).malayLate,
}

/** Of what only devices measure. */
const MEASURES: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Translation[string]>>> = {
  hi: async () => (await import('./hindi/measures.ts')).hindiMeasures,
  ar: async () => (await import('./arabic/measures.ts')).arabicMeasures,
  ms: async () => (await import('./malay/measures.ts')).malayMeasures,
}

/** Of operations, which few people see. */
const DESKS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Translation>>> = {
  hi: async () => (await import('./hindi/desk.ts')).hindiDesk,
  ar: async () => (await import('./arabic/desk.ts')).arabicDesk,
  ms: async () => (await import('./malay/desk.ts')).malayDesk,
}

/** Brings the words of operations, once they are looked at. */
export async function loadDeskWords(): Promise<void> {
  const spoken = language()
  if (spoken !== 'en') speakAlso(await DESKS[spoken]().catch(() => ({})))
}

/** Brings the sentences that few people meet, before one of them is shown. */
export async function loadLateWords(): Promise<void> {
  const spoken = language()
  if (spoken !== 'en')
    await LATE[spoken]().then(
      (late) => speakAlso({ late }),
      () => undefined,
    )
}

/** Brings the names of what only devices measure, before the pages that show them. */
export async function loadMeasureNames(): Promise<void> {
  const spoken = language()
  if (spoken !== 'en') speakAlso({ measures: await MEASURES[spoken]().catch(() => ({})) })
}

/** Takes the language chosen on this device, here or on a page without scripts, else the first of the browser's that is spoken here, else English. */
export async function loadLanguage(): Promise<void> {
  const cookie = /(?:^|; )salus_language=(\w+)/.exec(document.cookie)?.[1]
  const tags = [localStorage.getItem(LANGUAGE_KEY) ?? cookie ?? '', ...navigator.languages]
  const wanted = tags.map(languageOf).find((one) => one !== undefined) ?? 'en'
  // Without its texts (offline, a new version) the client speaks English rather than nothing.
  const spoken = wanted === 'en' ? undefined : await LOADERS[wanted]().catch(() => undefined)
  if (spoken === undefined) speak('en', {})
  else speak(wanted, spoken)
  beforeRefusals(loadLateWords)
}

/** Keeps the choice for this device and draws the client anew. */
export function chooseLanguage(wanted: Language): void {
  localStorage.setItem(LANGUAGE_KEY, wanted)
  // The pages that the server writes itself look here.
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is missing over plain HTTP, and in Safari
  document.cookie = `salus_language=${wanted}; path=/; max-age=31536000; samesite=lax`
  location.reload()
}
