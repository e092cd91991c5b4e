import { LANGUAGE_KEY, LANGUAGES, type Language, speak } from './catalogue.ts'
import type { Translation } from './translation.ts'

const LOADERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Translation>>> = {
  hi: async () => {
    const [first, rest] = await Promise.all([import('./hindi.ts'), import('./hindi/more.ts')])
    return { ...first.hindi, ...rest.hindiMore }
  },
  ar: async () => {
    const [first, rest] = await Promise.all([import('./arabic.ts'), import('./arabic/more.ts')])
    return { ...first.arabic, ...rest.arabicMore }
  },
  ms: async () => {
    const [first, rest] = await Promise.all([import('./malay.ts'), import('./malay/more.ts')])
    return { ...first.malay, ...rest.malayMore }
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
