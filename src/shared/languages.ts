/** The languages in which Salus speaks to people. */
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
export const LOCALES: Readonly<Record<Language, string>> = {
  en: 'en-GB',
  hi: 'hi-IN-u-nu-latn',
  ar: 'ar-u-nu-latn',
  ms: 'ms-MY',
}

/** The language of a tag such as `ar-EG`; undefined when it is not spoken here. */
export function languageOf(tag: string | undefined): Language | undefined {
  const [primary] = (tag ?? '').trim().toLowerCase().split(/[-_]/)
  return LANGUAGES.find((one) => one === primary)
}

/** Which way a language is written. */
export function directionOf(language: Language): 'rtl' | 'ltr' {
  return language === 'ar' ? 'rtl' : 'ltr'
}

/** The texts of an area, by language. Every language says all of it: a type that lacks a text does not compile. */
export type Spoken<Texts> = Readonly<Record<Language, Texts>>

/** What something is for, said to people who read another language than English. */
export type SummaryIn = Readonly<Partial<Record<Language, string>>>

/** The first language of an `Accept-Language` header that is spoken here, by the weights it gives (RFC 9110, 12.5.4). */
export function acceptedLanguage(header: string | undefined): Language | undefined {
  const wanted = (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...rest] = part.split(';')
      const weight = rest.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find((one) => one !== undefined)
      return { language: languageOf(tag), weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter((one) => one.language !== undefined && one.weight > 0)
    .sort((left, right) => right.weight - left.weight)
  return wanted[0]?.language
}
