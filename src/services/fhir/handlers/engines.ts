import type { Issue } from '../contract/outcome.ts'
import type { Definitions } from '../domain/definitions.ts'
import { memberOf } from '../domain/expansion.ts'
import { ExtensionBook } from '../domain/extensions.ts'
import { Extractor } from '../domain/extract.ts'
import { isObject, listOf, type Resource } from '../domain/json.ts'
import { ParameterBook } from '../domain/parameters.ts'
import { ProfileBook } from '../domain/profiles.ts'
import { QueryReader } from '../domain/query.ts'
import type { Terminology } from '../domain/terminology.ts'
import { Validator } from '../domain/validator.ts'
import { readDefinitions, readExtensions, readProfiles, readTerminology } from '../providers/definitions.ts'

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
    validator: new Validator(definitions, { claims: claimedFaults, extensions: extensionFaults, hasCode: hasOwnCode }),
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

let checkedProfiles: ProfileBook | undefined

/** The profiles that are checked, loaded by the first resource that claims one. */
export function profiles(): ProfileBook {
  checkedProfiles ??= new ProfileBook(readProfiles(), engines().definitions, (url, system, code) => {
    const set = terminology().set(url)
    if (set === undefined) return undefined
    const found = memberOf(set, system, code, terminology())
    return found === undefined ? undefined : found !== false
  })
  return checkedProfiles
}

let knownExtensions: ExtensionBook | undefined

/** By R4's definitions of extensions, loaded by the first resource that has one of them. */
function extensionFaults(root: Resource): Issue[] {
  knownExtensions ??= new ExtensionBook(readExtensions(), engines().definitions)
  return knownExtensions.check(root)
}

/** Whether one of FHIR's own code systems has the code; undefined for a system that is not here as a whole. */
function hasOwnCode(system: string, code: string): boolean | undefined {
  const concepts = terminology().system(system)?.concepts
  return concepts === undefined || concepts.size === 0 ? undefined : concepts.has(code)
}

/** By the profiles that a resource, or an entry of a Bundle, claims; unknown ones are nobody's fault. */
function claimedFaults(root: Resource): Issue[] {
  const entries = root.resourceType === 'Bundle' ? listOf(root.entry) : []
  const inner = entries.flatMap((entry) =>
    isObject(entry) && isObject(entry.resource) ? [entry.resource as Resource] : [],
  )
  return [root, ...inner].flatMap((resource) => {
    const claimed = isObject(resource.meta) ? listOf(resource.meta.profile) : []
    return claimed.flatMap((url) => (typeof url === 'string' ? profiles().check(resource, url, root) : []))
  })
}
