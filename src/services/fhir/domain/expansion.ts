import { parseUcum } from '../../../shared/units/ucumParser.ts'
import { errorIssue } from '../contract/outcome.ts'
import { Refused } from './refused.ts'
import type { CodeSystem, Concept, SetSource } from './terminology.ts'
import { UCUM } from './units.ts'

/** Where systems and sets are found: HL7's, and those of the record. */
export interface Sources {
  system(url: string): CodeSystem | undefined
  set(url: string): SetSource | undefined
}

type Part = SetSource['included'][number]

const DEEPEST = 10
/** Concepts of one expansion; more are too costly. */
const MOST_CONCEPTS = 50_000

/** What a set holds, each code once. Throws 422 where it can't be told: a system that is not here, or a rule not known. */
export function expand(set: SetSource, sources: Sources, depth = 0): Concept[] {
  if (depth > DEEPEST) throw unsupported('Value sets that hold each other too deeply')
  const excluded = new Set(set.excluded.flatMap((part) => partConcepts(part, sources, depth)).map(nameOf))
  const found = new Map<string, Concept>()
  for (const part of set.included) {
    for (const concept of partConcepts(part, sources, depth)) {
      const name = nameOf(concept)
      if (!excluded.has(name) && !found.has(name)) found.set(name, concept)
    }
    if (found.size > MOST_CONCEPTS) throw new Refused('validation_failed', [errorIssue('too-costly', 'Too many codes')])
  }
  return [...found.values()]
}

const nameOf = ({ system, code }: Concept) => `${system}|${code}`

function unsupported(what: string): Refused {
  return new Refused('validation_failed', [errorIssue('not-supported', `${what} can't be expanded here`)])
}

function partConcepts(part: Part, sources: Sources, depth: number): Concept[] {
  const lists: Concept[][] = part.sets.map((url) => {
    const inner = sources.set(url)
    if (inner === undefined) throw unsupported(`The value set ${url}`)
    return expand(inner, sources, depth + 1)
  })
  if (part.system !== undefined) lists.push(systemConcepts(part, part.system, sources))
  const [first = [], ...others] = lists
  // Several sets, and a system with sets, are what all of them hold.
  return others.reduce((kept, list) => {
    const names = new Set(list.map(nameOf))
    return kept.filter((concept) => names.has(nameOf(concept)))
  }, first)
}

function systemConcepts(part: Part, url: string, sources: Sources): Concept[] {
  const system = sources.system(url)
  if (part.concepts !== undefined) {
    return part.concepts.map((one) => {
      const known = system?.concepts.get(one.code)
      return known === undefined || one.display !== one.code
        ? { ...one, designations: [...one.designations, ...(known?.designations ?? [])] }
        : known
    })
  }
  if (system === undefined) throw unsupported(`All codes of ${url}`)
  const all = [...system.concepts.values()]
  return part.filters.reduce((kept, filter) => kept.filter(filtered(filter, system)), all)
}

function filtered([property, op, value]: readonly [string, string, string], system: CodeSystem) {
  const within = (concept: Concept): boolean => isWithin(concept, value)
  switch (`${property === 'code' ? 'concept' : property} ${op}`) {
    case 'concept is-a':
      return within
    case 'concept descendent-of':
      return (concept: Concept) => concept.code !== value && within(concept)
    case 'concept is-not-a':
      return (concept: Concept) => !within(concept)
    case 'concept =':
      return (concept: Concept) => concept.code === value
    case 'concept in':
    case 'concept not-in': {
      const codes = new Set(value.split(',').map((one) => one.trim()))
      return (concept: Concept) => codes.has(concept.code) === (op === 'in')
    }
    case 'parent =':
      return (concept: Concept) => concept.parent?.code === value
    default:
      throw unsupported(`The rule ${property} ${op} on ${system.url}`)
  }
}

/** Whether a concept is the code, or one of its narrower ones. */
export function isWithin(concept: Concept, code: string): boolean {
  for (let one: Concept | undefined = concept; one !== undefined; one = one.parent) if (one.code === code) return true
  return false
}

/** Systems whose codes are told by their form. */
const FORMS: Readonly<Record<string, (code: string) => boolean>> = {
  [UCUM]: (code) => parseUcum(code) !== undefined,
  'urn:ietf:bcp:47': (code) => {
    try {
      return Intl.getCanonicalLocales(code).length === 1
    } catch {
      return false
    }
  },
  'urn:ietf:bcp:13': (code) => /^[\w.+-]+\/[\w.+-]+(?:\s*;.*)?$/.test(code),
  'urn:iso:std:iso:4217': (code) => Intl.supportedValuesOf('currency').includes(code),
}

/** Whether a system has the code; undefined when it can't be told here. */
export function hasCode(system: string, code: string, sources: Sources): boolean | undefined {
  const known = sources.system(system)
  if (known !== undefined) return known.concepts.has(code)
  return Object.hasOwn(FORMS, system) ? FORMS[system]?.(code) : undefined
}

/** Whether a set holds a code: the concept, false, or undefined when it can't be told. Without a system, in any one. */
export function memberOf(
  set: SetSource,
  system: string | undefined,
  code: string,
  sources: Sources,
): Concept | boolean | undefined {
  let isOpen = false
  for (const part of set.included) {
    try {
      const found = partConcepts(part, sources, 0).find(
        (one) => one.code === code && (one.system === system || system === undefined),
      )
      if (found !== undefined) return isExcluded(set, found, sources) ? false : found
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const isWhole = part.system !== undefined && part.concepts === undefined && part.filters.length === 0
      const has =
        isWhole && (system === undefined || part.system === system)
          ? hasCode(part.system as string, code, sources)
          : undefined
      if (has === true) return true
      if (has === undefined && (system === undefined || part.system === undefined || part.system === system))
        isOpen = true
    }
  }
  return isOpen ? undefined : false
}

function isExcluded(set: SetSource, concept: Concept, sources: Sources): boolean {
  return set.excluded.some((part) => partConcepts(part, sources, 0).some((one) => nameOf(one) === nameOf(concept)))
}

/** How one code stands to another. */
export function subsumption(a: Concept, b: Concept): 'equivalent' | 'subsumes' | 'subsumed-by' | 'not-subsumed' {
  if (a.code === b.code) return 'equivalent'
  if (isWithin(b, a.code)) return 'subsumes'
  return isWithin(a, b.code) ? 'subsumed-by' : 'not-subsumed'
}

/** The display in a language: exactly it, then its base language, then the plain one. */
export function displayOf(concept: Concept, language: string | undefined): string {
  if (language === undefined) return concept.display
  const wanted = language.toLowerCase()
  const exact = concept.designations.find(([one]) => one.toLowerCase() === wanted)
  const near = concept.designations.find(([one]) => one.toLowerCase().split('-')[0] === wanted.split('-')[0])
  return (exact ?? near)?.[1] ?? concept.display
}
