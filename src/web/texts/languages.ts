import { LANGUAGE_KEY, LANGUAGES, type Language, speak } from './catalogue.ts'
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

/** Takes the language of this device, else the first of the browser's that is spoken here, else English. */
export async function loadLanguage(): Promise<void> {
  const tags = [localStorage.getItem(LANGUAGE_KEY) ?? '', ...navigator.languages].map((tag) => tag.split('-')[0])
  const wanted = tags.map((tag) => LANGUAGES.find((one) => one === tag)).find((one) => one !== undefined) ?? 'en'
  // Without its texts (offline, a new version) the client speaks English rather than nothing.
  const spoken = wanted === 'en' ? undefined : await LOADERS[wanted]().catch(() => undefined)
  if (spoken === undefined) speak('en', {})
  else speak(wanted, spoken)
}

/** Keeps the choice for this device and draws the client anew. */
export function chooseLanguage(wanted: Language): void {
  localStorage.setItem(LANGUAGE_KEY, wanted)
  location.reload()
}
