import type { Definitions } from '../domain/definitions.ts'
import { Extractor } from '../domain/extract.ts'
import { ParameterBook } from '../domain/parameters.ts'
import { QueryReader } from '../domain/query.ts'
import type { Terminology } from '../domain/terminology.ts'
import { Validator } from '../domain/validator.ts'
import { readDefinitions, readTerminology } from '../providers/definitions.ts'

/** What the definitions drive. */
export interface Engines {
  readonly definitions: Definitions
  readonly book: ParameterBook
  readonly validator: Validator
  readonly extractor: Extractor
  readonly reader: QueryReader
}

let loaded: Engines | undefined

/** The engines of this process, loaded by the first call: a platform that nobody asks for FHIR pays nothing. */
export function engines(): Engines {
  if (loaded !== undefined) return loaded
  const definitions = readDefinitions()
  const book = new ParameterBook(definitions)
  loaded = {
    definitions,
    book,
    validator: new Validator(definitions),
    extractor: new Extractor(book, definitions.squeezed.compartments.Patient ?? {}),
    reader: new QueryReader(definitions, book),
  }
  return loaded
}

let terms: Terminology | undefined

/** The terminology of R4, loaded by the first call that asks for it. */
export function terminology(): Terminology {
  terms ??= readTerminology()
  return terms
}
