import { errorIssue } from '../contract/outcome.ts'
import { isObject, type JsonObject, listOf } from './json.ts'
import { Refused } from './refused.ts'

/** code, display (empty when it is the code), children, 1 for what can't be chosen, designations by language. */
type SqueezedConcept = readonly [
  string,
  string?,
  (readonly SqueezedConcept[])?,
  (0 | 1)?,
  (readonly (readonly [string, string])[])?,
]

interface SqueezedInclude {
  readonly s?: string
  readonly c?: readonly SqueezedConcept[]
  readonly f?: readonly (readonly [string, string, string])[]
  readonly u?: readonly string[]
}

/** The terminology as tools/fhir squeezes it: name, version and concepts; name, version, included and excluded. */
export interface SqueezedTerminology {
  readonly systems: Readonly<Record<string, readonly [string, string, readonly SqueezedConcept[]]>>
  readonly sets: Readonly<
    Record<string, readonly [string, string, readonly SqueezedInclude[], (readonly SqueezedInclude[])?]>
  >
}

export interface Concept {
  readonly system: string
  readonly code: string
  readonly display: string
  readonly parent: Concept | undefined
  readonly children: readonly Concept[]
  readonly isAbstract: boolean
  /** Displays by language. */
  readonly designations: readonly (readonly [string, string])[]
}

export interface CodeSystem {
  readonly url: string
  readonly name: string
  readonly version: string
  readonly concepts: ReadonlyMap<string, Concept>
}

/** What a value set is made of, whether HL7's or somebody's own. */
export interface SetSource {
  readonly url: string
  readonly name: string
  readonly version: string
  readonly included: readonly SetPart[]
  readonly excluded: readonly SetPart[]
}

interface SetPart {
  readonly system: string | undefined
  readonly concepts: readonly Concept[] | undefined
  readonly filters: readonly (readonly [string, string, string])[]
  readonly sets: readonly string[]
}

const plainUrl = (url: string) => url.split('|')[0] as string

/** The code systems and value sets that come with R4; each made ready when it is first asked for. */
export class Terminology {
  private readonly squeezed: SqueezedTerminology
  private readonly ready = new Map<string, CodeSystem>()

  constructor(squeezed: SqueezedTerminology) {
    this.squeezed = squeezed
  }

  /** A code system by its address; undefined for one that doesn't come with R4. */
  system(address: string): CodeSystem | undefined {
    const url = plainUrl(address)
    const known = this.ready.get(url)
    if (known !== undefined) return known
    const found = Object.hasOwn(this.squeezed.systems, url) ? this.squeezed.systems[url] : undefined
    if (found === undefined) return undefined
    const made = codeSystem(url, found[0], found[1], (add) => {
      for (const concept of found[2]) addSqueezed(add, url, concept, undefined)
    })
    this.ready.set(url, made)
    return made
  }

  /** A value set by its address; undefined for one that doesn't come with R4. */
  set(address: string): SetSource | undefined {
    const url = plainUrl(address)
    const found = Object.hasOwn(this.squeezed.sets, url) ? this.squeezed.sets[url] : undefined
    if (found === undefined) return undefined
    const [name, version, included, excluded = []] = found
    return { url, name, version, included: included.map(squeezedPart), excluded: excluded.map(squeezedPart) }
  }
}

type Add = (concept: Concept) => void

function codeSystem(url: string, name: string, version: string, fill: (add: Add) => void): CodeSystem {
  const concepts = new Map<string, Concept>()
  fill((concept) => {
    if (!concepts.has(concept.code)) concepts.set(concept.code, concept)
  })
  return { url, name, version, concepts }
}

function addSqueezed(add: Add, system: string, squeezed: SqueezedConcept, parent: Concept | undefined): Concept {
  const [code, display = '', inner = [], flag = 0, designations = []] = squeezed
  const children: Concept[] = []
  const concept = { system, code, display: display || code, parent, children, isAbstract: flag === 1, designations }
  add(concept)
  for (const child of inner) children.push(addSqueezed(add, system, child, concept))
  return concept
}

function squeezedPart({ s, c, f = [], u = [] }: SqueezedInclude): SetPart {
  const concepts = c?.map((one) => addSqueezed(() => undefined, s ?? '', one, undefined))
  return { system: s, concepts, filters: f, sets: u }
}

/** A CodeSystem resource as these rules read it; undefined when it does not say all of its codes. */
export function systemOf(resource: JsonObject): CodeSystem | undefined {
  if (resource.content !== 'complete' && resource.content !== 'fragment') return undefined
  const text = (name: string) => (typeof resource[name] === 'string' ? (resource[name] as string) : '')
  return codeSystem(text('url'), text('title') || text('name'), text('version'), (add) => {
    for (const one of listOf(resource.concept)) addPlain(add, text('url'), one, undefined, 0)
  })
}

function addPlain(add: Add, system: string, given: unknown, parent: Concept | undefined, depth: number): Concept[] {
  if (!isObject(given) || typeof given.code !== 'string' || depth > 50) return []
  const children: Concept[] = []
  const designations = listOf(given.designation).flatMap((one): [string, string][] =>
    isObject(one) && typeof one.language === 'string' ? [[one.language, String(one.value)]] : [],
  )
  const isAbstract = listOf(given.property).some(
    (one) => isObject(one) && one.code === 'notSelectable' && one.valueBoolean === true,
  )
  const display = typeof given.display === 'string' ? given.display : given.code
  const concept = { system, code: given.code, display, parent, children, isAbstract, designations }
  add(concept)
  for (const child of listOf(given.concept)) children.push(...addPlain(add, system, child, concept, depth + 1))
  return [concept]
}

/** A ValueSet resource as these rules read it. Throws 422 for one that says nothing of its content. */
export function setOf(resource: JsonObject): SetSource {
  const text = (name: string) => (typeof resource[name] === 'string' ? (resource[name] as string) : '')
  const head = { url: text('url'), name: text('title') || text('name'), version: text('version') }
  if (isObject(resource.compose)) {
    return { ...head, included: partsOf(resource.compose.include), excluded: partsOf(resource.compose.exclude) }
  }
  if (!isObject(resource.expansion)) {
    throw new Refused('validation_failed', [errorIssue('invalid', 'The value set has no content', 'ValueSet.compose')])
  }
  const included = listOf(resource.expansion.contains).flatMap((one): SetPart[] =>
    isObject(one) && typeof one.system === 'string'
      ? [
          {
            system: one.system,
            concepts: addPlain(() => undefined, one.system, one, undefined, 0),
            filters: [],
            sets: [],
          },
        ]
      : [],
  )
  return { ...head, included, excluded: [] }
}

function partsOf(includes: unknown): SetPart[] {
  return listOf(includes as JsonObject[]).flatMap((one): SetPart[] => {
    if (!isObject(one)) return []
    const system = typeof one.system === 'string' ? one.system : undefined
    const concepts =
      one.concept === undefined
        ? undefined
        : listOf(one.concept).flatMap((inner) => addPlain(() => undefined, system ?? '', inner, undefined, 0))
    const filters = listOf(one.filter).flatMap((filter): [string, string, string][] =>
      isObject(filter) ? [[String(filter.property), String(filter.op), String(filter.value)]] : [],
    )
    return [{ system, concepts, filters, sets: listOf(one.valueSet).map(String) }]
  })
}
