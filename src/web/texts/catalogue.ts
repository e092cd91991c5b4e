import { english } from './english.ts'

/** Every text of the client; a language is a value of this type. */
export type Catalogue = typeof english

/** The texts in the language of the person. */
export function texts(): Catalogue {
  return english
}
