import { directionOf, type Language, LOCALES } from '../../shared/languages.ts'
import { english } from './english.ts'
import type { Catalogue, Translation } from './translation.ts'

/** Where this device keeps the language it was given. */
export const LANGUAGE_KEY = 'salus.language'

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

/** Says everything in a language from now on; English needs no translation. */
export function speak(wanted: Language, spoken: Translation): void {
  current = wanted
  translation = spoken
  frame = over(english, spoken.frame)
  document.documentElement.lang = current
  document.documentElement.dir = directionOf(current)
}

/** Further areas of the language that is spoken. */
export function speakAlso(areas: Translation): void {
  translation = { ...translation, ...areas }
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
