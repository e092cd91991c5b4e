import { errorIssue, type Issue } from '../contract/outcome.ts'
import { type Definitions, PRIMITIVES } from './definitions.ts'
import { PARENTS } from './fhirpathTypes.ts'
import { isObject, type Json, type JsonObject, listOf, type Resource } from './json.ts'

/** By address: where it may stand, the types of its value (none for one of parts), and those of its parts by name. */
export type SqueezedExtensions = Readonly<
  Record<string, readonly [readonly string[], readonly string[], Readonly<Record<string, readonly string[]>>?]>
>

/** Where R4 keeps the definitions of its own extensions. */
export const CORE_EXTENSION = 'http://hl7.org/fhir/StructureDefinition/'

/** HL7 itself writes those of its definitions where their context does not say. */
const OF_DEFINITIONS = `${CORE_EXTENSION}structuredefinition-`

/** Checks R4's own extensions by their definitions: whether they stand where they may, with a value of their type. */
export class ExtensionBook {
  private readonly squeezed: SqueezedExtensions
  private readonly definitions: Definitions

  constructor(squeezed: SqueezedExtensions, definitions: Definitions) {
    this.squeezed = squeezed
    this.definitions = definitions
  }

  /** What is wrong with the known extensions of a resource that is well-formed; unknown ones are nobody's fault. */
  check(resource: Resource): Issue[] {
    const issues: Issue[] = []
    this.walk(resource, resource.resourceType, [], resource.resourceType, issues)
    return issues
  }

  private walk(object: JsonObject, typeName: string, names: readonly string[], path: string, issues: Issue[]): void {
    const type = this.definitions.type(typeName)
    if (type === undefined) return
    const here = contextsOf(typeName, names, type.isResource)
    for (const list of ['extension', 'modifierExtension']) {
      listOf(object[list]).forEach((one, index) => {
        if (isObject(one)) this.judge(one, here, `${path}.${list}[${index}]`, issues)
      })
    }
    for (const key of Object.keys(object)) {
      const isExtras = key.startsWith('_')
      const property = type.properties.get(isExtras ? key.slice(1) : key)
      if (property === undefined || key === 'extension' || key === 'modifierExtension') continue
      const inner = [`${typeName}.${property.name}`]
      if (property.choice !== undefined)
        inner.push(`${typeName}.${property.choice}`, `${typeName}.${property.choice}[x]`)
      const isList = Array.isArray(object[key])
      listOf(object[key]).forEach((one: Json, index) => {
        if (!isObject(one)) return
        const at = `${path}.${property.name}${isList ? `[${index}]` : ''}`
        if (isExtras) this.walkPrimitive(one, property.type, inner, at, issues)
        else this.walk(one, property.type === 'Resource' ? String(one.resourceType) : property.type, inner, at, issues)
      })
    }
  }

  private walkPrimitive(
    extras: JsonObject,
    type: string,
    names: readonly string[],
    path: string,
    issues: Issue[],
  ): void {
    const here = contextsOf(type, names, false)
    listOf(extras.extension).forEach((one, index) => {
      if (isObject(one)) this.judge(one, here, `${path}.extension[${index}]`, issues)
    })
  }

  private judge(extension: JsonObject, here: ReadonlySet<string>, path: string, issues: Issue[]): void {
    const url = String(extension.url)
    const known = Object.hasOwn(this.squeezed, url) ? this.squeezed[url] : undefined
    if (known === undefined) return
    const [places, types, parts] = known
    const fault = (text: string) => issues.push(errorIssue('extension', `${path}: ${url} ${text}`, path))
    const isFree = places.length === 0 || url.startsWith(OF_DEFINITIONS)
    if (!isFree && !places.some((place) => here.has(place) || place.includes('/'))) {
      fault(`may stand on ${places.join(', ')}`)
    }
    const wrong = wrongValue(extension, types)
    if (wrong !== undefined) fault(wrong)
    for (const part of listOf(extension.extension)) {
      const expected = isObject(part) ? parts?.[String(part.url)] : undefined
      const partFault = isObject(part) && expected !== undefined ? wrongValue(part, expected) : undefined
      if (isObject(part) && partFault !== undefined)
        fault(`has a part "${String(part.url).slice(0, 60)}" that ${partFault}`)
    }
  }
}

/** Modifiers of R4 itself, which whoever reads a resource is expected to know. */
const OWN_MODIFIERS = new Set(
  ['request-doNotPerform', 'capabilitystatement-prohibited'].map((name) => CORE_EXTENSION + name),
)

/** Warnings of modifiers that nobody here understands: they may turn what an element says into its opposite. */
export function unknownModifiers(value: Json | undefined, path: string): Issue[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => unknownModifiers(one, `${path}[${index}]`))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key !== 'modifierExtension') return unknownModifiers(inner, `${path}.${key}`)
    return listOf(inner).flatMap((one, index): Issue[] => {
      const url = isObject(one) ? String(one.url) : ''
      if (OWN_MODIFIERS.has(url)) return []
      const at = `${path}.modifierExtension[${index}]`
      const text = `${at}: ${url.slice(0, 200)} is not understood here; it may change the meaning of what it stands on`
      return [{ severity: 'warning', code: 'extension', text, expression: at }]
    })
  })
}

/** What is wrong with the type of an extension's value; undefined for nothing. */
function wrongValue(extension: JsonObject, types: readonly string[]): string | undefined {
  const key = Object.keys(extension).find((name) => /^_?value[A-Z]/.test(name))
  if (key === undefined) return undefined
  const name = key.replace(/^_?value/, '')
  if (types.length === 0) return 'has parts, and no value of its own'
  return types.some((type) => type.toLowerCase() === name.toLowerCase())
    ? undefined
    : `has a value of ${types.join(', ')}`
}

function contextsOf(type: string, names: readonly string[], isResource: boolean): ReadonlySet<string> {
  // HL7 means everything by Element, resources too.
  const all = new Set([...names, type, 'Element'])
  const general = PARENTS[type]
  if (general !== undefined) all.add(general)
  if (isResource) {
    all.add('Resource')
    if (!['Bundle', 'Binary', 'Parameters'].includes(type)) all.add('DomainResource')
  }
  if (!isResource && !PRIMITIVES.has(type) && type.includes('.')) all.add('BackboneElement')
  return all
}
