import { english } from './english.ts'
import type { Catalogue, Translation } from './translation.ts'

export const LANGUAGES = ['en', 'hi', 'ar', 'ms'] as const
export type Language = (typeof LANGUAGES)[number]

/** What each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  hi: 'हिन्दी',
  ar: 'العربية',
  ms: 'Bahasa Melayu',
}

/** How numbers, days and times are written. One system of digits everywhere: a dose must not look like two numbers. */
const LOCALES: Readonly<Record<Language, string>> = {
  en: 'en-GB',
  hi: 'hi-IN-u-nu-latn',
  ar: 'ar-u-nu-latn',
  ms: 'ms-MY',
}

const LOADERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Translation>>> = {
  hi: async () => (await import('./hindi.ts')).hindi,
  ar: async () => (await import('./arabic.ts')).arabic,
  ms: async () => (await import('./malay.ts')).malay,
}

const KEY = 'salus.language'

let current: Language = 'en'
let translation: Translation = {}
let frame: Catalogue = english

/** The texts in the language of the person. */
export function texts(): Catalogue {
  return frame
}

/** The texts of one area of the client: a page brings its English along, a language brings the rest. */
export function areaTexts<Texts extends object>(area: string, spoken: Texts): () => Texts {
  let merged: { readonly from: Translation; readonly texts: Texts } | undefined
  return () => {
    if (merged?.from !== translation) merged = { from: translation, texts: over(spoken, translation[area]) }
    return merged.texts
  }
}

export function language(): Language {
  return current
}

/** The locale in which numbers and times are written. */
export function locale(): string {
  return LOCALES[current]
}

/** Takes the language of this device, else the first of the browser's that is spoken here, else English. */
export async function loadLanguage(): Promise<void> {
  const wanted = [localStorage.getItem(KEY) ?? '', ...navigator.languages].map((tag) => tag.split('-')[0])
  await speak(wanted.map((tag) => LANGUAGES.find((one) => one === tag)).find((one) => one !== undefined) ?? 'en')
}

/** Keeps the choice for this device and draws the client anew. */
export function chooseLanguage(wanted: Language): void {
  localStorage.setItem(KEY, wanted)
  location.reload()
}

async function speak(wanted: Language): Promise<void> {
  if (wanted !== 'en') {
    // Without its texts (offline, a new version) the client speaks English rather than nothing.
    const loaded = await LOADERS[wanted]().catch(() => undefined)
    if (loaded !== undefined) {
      current = wanted
      translation = loaded
      frame = over(english, loaded.frame)
    }
  }
  document.documentElement.lang = current
  document.documentElement.dir = current === 'ar' ? 'rtl' : 'ltr'
}

/** `spoken` with everything that the translation says in its place. */
function over<Texts extends object>(spoken: Texts, translated: object | undefined): Texts {
  if (translated === undefined) return spoken
  const result = { ...spoken } as Record<string, unknown>
  for (const [name, value] of Object.entries(translated)) {
    const before = result[name]
    result[name] = isGroup(before) && isGroup(value) ? over(before, value) : value
  }
  return result as Texts
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
