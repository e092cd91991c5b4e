import type { english } from './english.ts'

/** Every text of the frame of the client and of what is measured; other pages have an area of their own. */
export type Catalogue = typeof english

/** The same with parts left out: what a language doesn't say is said in English. */
export type Partly<Texts> = Texts extends (...args: never[]) => string
  ? Texts
  : Texts extends object
    ? { readonly [Name in keyof Texts]?: Partly<Texts[Name]> }
    : string

/** A language: its texts by area, `frame` for the catalogue. */
export type Translation = Readonly<Record<string, object>>
