import { LANGUAGE_KEY, LANGUAGES, type Language, speak } from './catalogue.ts'
import type { Translation } from './translation.ts'

const LOADERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Translation>>> = {
  hi: async () => (await import('./hindi.ts')).hindi,
  ar: async () => (await import('./arabic.ts')).arabic,
  ms: async () => (await import('./malay.ts')).malay,
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
