import type { Definitions } from './definitions.ts'
import type { Criterion, QueryReader } from './query.ts'
import { Refused, refused } from './refused.ts'

export type ExportLevel = 'system' | 'patient' | 'group'

/** One record of an export over several, and the patients of it that are meant; all of it unless said. */
export interface RecordPart {
  readonly personId: string
  readonly patients?: readonly string[]
}

/** What an export was asked for. Plain values: it is kept with the job. */
export interface ExportOrder {
  readonly level: ExportLevel
  /** Patients whose compartments are meant; undefined for all of the record. */
  readonly patients?: readonly string[] | undefined
  /** ISO instant: only what changed since. */
  readonly since?: string | undefined
  readonly types?: readonly string[] | undefined
  /** Queries by type, as they came; a resource that meets one of them is meant. */
  readonly filters: Readonly<Record<string, readonly string[]>>
  /** Members by type; those under `*` are for every type. */
  readonly elements: Readonly<Record<string, readonly string[]>>
  /** Why parameters were left out, under `Prefer: handling=lenient`. */
  readonly ignored: readonly string[]
  /** Records that it spans, each for itself: all that the requester may read, or named ones; none for the record of the job. */
  readonly records?: 'all' | readonly RecordPart[] | undefined
  /** Provenance of what is exported comes along: all of it, or the newest of each resource. */
  readonly associated?: 'relevant' | 'latest' | undefined
  /** The SMART scopes of the backend service that asked; none for people themselves. */
  readonly scopes?: readonly string[] | undefined
}

type Pairs = readonly (readonly [string, string])[]

const FORMATS = ['application/fhir+ndjson', 'application/ndjson', 'ndjson']
const OF_THE_CALL = ['_format', '_pretty', 'profile_id']
const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/

/** Reads the parameters of a kick-off. Throws 400 for what isn't understood, or leaves it out when `isLenient`. */
export function readExportOrder(
  level: ExportLevel,
  pairs: Pairs,
  isLenient: boolean,
  { definitions, reader }: { readonly definitions: Definitions; readonly reader: QueryReader },
): ExportOrder {
  const types: string[] = []
  const patients: string[] = []
  const filters: Record<string, string[]> = {}
  const elements: Record<string, string[]> = {}
  let since: string | undefined
  let associated: ExportOrder['associated']
  const take = (name: string, value: string): void => {
    switch (name) {
      case '_outputFormat':
        if (!FORMATS.includes(value)) throw bad(`_outputFormat must be one of ${FORMATS.join(', ')}`)
        return
      case '_since':
        since = instantOf(value)
        return
      case '_type':
        for (const type of value.split(',')) types.push(knownType(type, definitions))
        return
      case '_typeFilter':
        for (const filter of value.split(/,(?=[A-Z][A-Za-z]+\?)/)) {
          const { type, query } = readFilter(filter, reader, definitions)
          filters[type] = [...(filters[type] ?? []), query]
        }
        return
      case '_elements':
        for (const one of value.split(',')) addElement(one, elements, definitions)
        return
      case 'includeAssociatedData':
        associated = associatedOf(value, associated)
        return
      case 'patient': {
        if (level === 'system') throw bad('patient is a parameter of the Patient and Group level')
        const id = /^(?:Patient\/)?([A-Za-z0-9\-.]{1,64})$/.exec(value)?.[1]
        if (id === undefined) throw bad('patient must refer to a Patient')
        patients.push(id)
        return
      }
      default:
        throw bad(`Unknown parameter "${name.slice(0, 60)}" of $export`)
    }
  }
  const ignored = takeAll(pairs, isLenient, take)
  const stray = types.length === 0 ? undefined : Object.keys(filters).find((type) => !types.includes(type))
  if (stray !== undefined) throw bad(`_typeFilter names ${stray}, which _type leaves out`)
  return {
    level,
    filters,
    elements,
    ignored,
    ...(types.length === 0 ? {} : { types: [...new Set(types)] }),
    ...(patients.length === 0 ? {} : { patients: [...new Set(patients)] }),
    ...(since === undefined ? {} : { since }),
    ...(associated === undefined ? {} : { associated }),
  }
}

/** Takes each pair; returns why some were left out. */
function takeAll(pairs: Pairs, isLenient: boolean, take: (name: string, value: string) => void): string[] {
  const ignored: string[] = []
  for (const [name, value] of pairs) {
    if (OF_THE_CALL.includes(name) || value === '') continue
    try {
      take(name, value)
    } catch (error) {
      if (!isLenient || !(error instanceof Refused)) throw error
      ignored.push(error.message)
    }
  }
  return ignored
}

const bad = (text: string) => refused('bad_request', text)

/** Of several, the one that brings more along. Throws 400 for what isn't known. */
function associatedOf(value: string, before: ExportOrder['associated']): ExportOrder['associated'] {
  const all = value.split(',').map((one) => ASSOCIATED[one])
  if (all.includes(undefined)) throw bad(`includeAssociatedData must be of ${Object.keys(ASSOCIATED).join(', ')}`)
  return before === 'relevant' || all.includes('relevant') ? 'relevant' : 'latest'
}

const ASSOCIATED: Readonly<Record<string, 'relevant' | 'latest'>> = {
  RelevantProvenanceResources: 'relevant',
  LatestProvenanceResources: 'latest',
}

function instantOf(value: string): string {
  const text = value.replaceAll(' ', '+')
  const at = new Date(text)
  if (!INSTANT.test(text) || Number.isNaN(at.getTime())) throw bad('_since must be an instant')
  return at.toISOString()
}

function knownType(type: string, definitions: Definitions): string {
  const isKnown: boolean = definitions.isResource(type)
  if (!isKnown) throw bad(`Unknown resource type "${type.slice(0, 60)}"`)
  return type
}

/** `Observation?code=…`: only conditions, nothing that shapes an answer. */
function readFilter(text: string, reader: QueryReader, definitions: Definitions) {
  const [head = '', ...rest] = text.split('?')
  const type = knownType(head, definitions)
  const query = rest.join('?')
  const pairs = [...new URLSearchParams(query)]
  const shaping = pairs.find(([name]) => /^_(?:include|revinclude|count|sort|summary|elements|total|cursor)/.test(name))
  if (shaping !== undefined) throw bad(`_typeFilter may not use ${shaping[0].slice(0, 40)}`)
  if (reader.read(type, pairs).criteria.length === 0) throw bad('_typeFilter must ask for something')
  return { type, query }
}

/** `Patient.name` or `name`. */
function addElement(text: string, elements: Record<string, string[]>, definitions: Definitions): void {
  const parts = text.split('.')
  const type = definitions.isResource(parts[0]) ? (parts.shift() as string) : '*'
  const member = parts[0]
  if (parts.length !== 1 || member === undefined || !/^[A-Za-z]{1,60}$/.test(member))
    throw bad('_elements names members at the top of a resource: Type.member or member')
  elements[type] = [...(elements[type] ?? []), member]
}

/** The members of a type that were asked for; empty for all. */
export function elementsOf(order: ExportOrder, type: string): readonly string[] {
  return [...(order.elements['*'] ?? []), ...(order.elements[type] ?? [])]
}

/** The conditions of a type: each list is an alternative; none at all for everything. */
export function filtersOf(order: ExportOrder, type: string, reader: QueryReader): readonly (readonly Criterion[])[] {
  return (order.filters[type] ?? []).map((query) => reader.read(type, [...new URLSearchParams(query)]).criteria)
}
