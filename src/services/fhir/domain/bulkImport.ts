import { isObject, type Json, type JsonObject, listOf, type Resource, stringify } from './json.ts'

/** One thing to import: a line of NDJSON, or an entry of a Bundle. */
export interface ImportEntry {
  readonly resource: Resource
  /** The address it has where it comes from: its `fullUrl`, or `Type/id` below the source; undefined for none. */
  readonly source: string | undefined
  /** What relative references of it stand below: `https://hospital.example/fhir/`, or the name of the source. */
  readonly base: string
}

const RELATIVE = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/
/** Members, besides `reference`, that may hold the address of another entry. */
const ADDRESSES = /^(?:uri|url|value(?:Uri|Url|Oid|Uuid|Canonical))$/

/**
 * Reads a line: a resource, or `{fullUrl, resource}` as Bundles have them. Undefined when it holds no resource. `origin`
 * names where the whole comes from, so that `Patient/1` of two hospitals are two.
 */
export function readImportEntry(line: Json, origin: string): ImportEntry | undefined {
  const isEntry = isObject(line) && line.resourceType === undefined && isObject(line.resource)
  const resource = isEntry ? line.resource : line
  if (!isObject(resource) || typeof resource.resourceType !== 'string') return undefined
  const fullUrl = isEntry && typeof line.fullUrl === 'string' ? line.fullUrl : undefined
  const own = typeof resource.id === 'string' ? `${resource.resourceType}/${resource.id}` : undefined
  const base =
    fullUrl !== undefined && own !== undefined && fullUrl.endsWith(`/${own}`)
      ? fullUrl.slice(0, -own.length)
      : `${origin}/`
  const source = fullUrl ?? (own === undefined ? undefined : `${base}${own}`)
  return { resource: resource as Resource, source, base }
}

/** Everything that the entry may be called by others: its address, and its name below its base. */
export function namesOf({ resource, source, base }: ImportEntry): string[] {
  const own = typeof resource.id === 'string' ? [`${base}${resource.resourceType}/${resource.id}`] : []
  return [...new Set([...(source === undefined ? [] : [source]), ...own])]
}

/** The addresses that an entry refers to, as `namesOf` others may say them. */
export function referencesOf({ resource, base }: ImportEntry): Set<string> {
  const found = new Set<string>()
  eachAddress(resource, (_holder, _key, text) => void found.add(absolute(text, base)))
  return found
}

/** Writes the references of an entry as they are here; those to what is not imported stay. Changes the resource. */
export function linkEntry({ resource, base }: ImportEntry, links: ReadonlyMap<string, string>): void {
  eachAddress(resource, (holder, key, text) => {
    const hash = text.indexOf('#')
    const [plain, part] = hash > 0 ? [text.slice(0, hash), text.slice(hash)] : [text, '']
    const link = links.get(absolute(plain, base))
    if (link !== undefined) holder[key] = `${link}${part}`
  })
}

function absolute(text: string, base: string): string {
  const hash = text.indexOf('#')
  const plain = (hash > 0 ? text.slice(0, hash) : text).replace(/\/_history\/[A-Za-z0-9\-.]{1,64}$/, '')
  return RELATIVE.test(plain) ? `${base}${plain}` : plain
}

function eachAddress(value: Json, visit: (holder: JsonObject, key: string, text: string) => void): void {
  if (Array.isArray(value)) {
    for (const one of value) if (typeof one === 'object') eachAddress(one, visit)
    return
  }
  if (!isObject(value)) return
  for (const key of Object.keys(value)) {
    const member = value[key] as Json
    if (typeof member === 'object') eachAddress(member, visit)
    else if (typeof member === 'string' && !member.startsWith('#') && (key === 'reference' || ADDRESSES.test(key)))
      visit(value, key, member)
  }
}

/** What a resource says, whatever it is called: two imports of one thing have one text. Read it before `linkEntry`. */
export function contentText(entry: ImportEntry): string {
  const { id: _id, meta: _meta, ...content } = entry.resource
  let isLinked = false
  eachAddress(entry.resource, () => {
    isLinked = true
  })
  // `Patient/1` below two bases are two people.
  return `${isLinked ? entry.base : ''}\n${stringify(content)}`
}

/** Identifiers, `system|value`, under which something that is here already would be the same thing. */
export function identifierNames({ resource }: ImportEntry): string[] {
  return listOf(resource.identifier).flatMap((one) =>
    isObject(one) && typeof one.system === 'string' && typeof one.value === 'string' && one.use !== 'old'
      ? [`${one.system}|${one.value}`]
      : [],
  )
}

/** What says where imported resources come from. */
export function provenanceOf(
  targets: readonly string[],
  { origin, at, id }: { readonly origin: string; readonly at: string; readonly id: string },
): Resource {
  const meta = { versionId: '1', lastUpdated: at }
  return {
    resourceType: 'Provenance',
    id,
    meta,
    target: targets.map((reference) => ({ reference })),
    recorded: at,
    activity: { text: 'Import' },
    agent: [{ type: { text: 'Importer' }, who: { display: 'The person of this record, by $import' } }],
    entity: [{ role: 'source', what: { display: origin } }],
  }
}
