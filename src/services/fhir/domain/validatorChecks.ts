import { errorIssue, type Issue } from '../contract/outcome.ts'
import type { Definitions, Property, TypeDefinition } from './definitions.ts'
import { CORE_EXTENSION } from './extensions.ts'
import { isObject, type Json, type JsonObject, type Resource } from './json.ts'

/** More faults than this tell nobody more. */
export const MOST_ISSUES = 100

/** One check of a resource: what it found, and where it is. */
export interface Run {
  readonly issues: Issue[]
  readonly root: Resource
  /** The resource that the element stands in: a contained one is its own. */
  resource: Resource
  depth: number
  readonly linkTypes: ReadonlyMap<string, string> | undefined
  /** Ids of the elements of the resource at hand. */
  ids?: Set<string> | undefined
  /** What is known only elsewhere and asked at the end, once something asks for it. */
  readonly found: { hasCoreExtension: boolean }
  /** Lists whose items are checked already. */
  readonly checked?: Set<Json> | undefined
}

/** Adds a fault with its place, up to the most that are told. */
export function fault(run: { readonly issues: Issue[] }, code: string, text: string, path: string): undefined {
  if (run.issues.length < MOST_ISSUES) run.issues.push(errorIssue(code, `${path}: ${text}`, path))
}

/** What was given, short, and never a text that may be personal beyond a code's length. */
export function shown(value: Json): string {
  return typeof value === 'string' && value.length > 40 ? 'the value' : JSON.stringify(value)
}

/** ext-1, and whether one of R4's own extensions is there. */
export function checkExtension(extension: JsonObject, hasValue: boolean, path: string, run: Run): undefined {
  if (typeof extension.url === 'string' && extension.url.startsWith(CORE_EXTENSION)) run.found.hasCoreExtension = true
  if (hasValue === (extension.extension !== undefined)) {
    fault(run, 'invariant', 'ext-1: an extension has either extensions or a value', path)
  }
}

/** Ids of elements are unique within their resource; the id of a resource is plain. */
export function checkElementId(type: TypeDefinition, object: JsonObject, path: string, run: Run): undefined {
  if (type.isResource) {
    if (object._id !== undefined) fault(run, 'structure', 'the id of a resource has no extensions', `${path}.id`)
    return
  }
  // The elements of a definition are named alike in its two views.
  if (typeof object.id !== 'string' || type.name.startsWith('ElementDefinition')) return
  run.ids ??= new Set()
  if (run.ids.has(object.id))
    fault(run, 'invariant', 'the id of an element is unique within its resource', `${path}.id`)
  run.ids.add(object.id)
}

/** A code of the value set that is required. */
export function checkBinding(
  property: Property,
  codes: ReadonlyMap<string, ReadonlySet<string>>,
  value: JsonObject,
  path: string,
  run: Run,
): undefined {
  const isIn = (coding: Json) => {
    if (!isObject(coding) || typeof coding.code !== 'string') return false
    if (typeof coding.system === 'string') return codes.get(coding.system)?.has(coding.code) === true
    return false
  }
  const codings = property.type === 'CodeableConcept' ? value.coding : [value]
  if (!Array.isArray(codings)) return
  if (property.type === 'CodeableConcept' ? codings.some(isIn) : value.code === undefined || codings.every(isIn)) return
  if (property.type !== 'CodeableConcept' && property.type !== 'Coding') return
  fault(run, 'code-invalid', `no code of the value set ${property.valueSet}`, path)
}

const REFERENCE = /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/

/** `Patient?identifier=…`: what a search finds, as transactions have them. */
const CONDITION = /^([A-Z][A-Za-z]+)\?/

/** Whether a reference may point to what it names, as far as that can be told from it. */
export function checkReference(
  property: Property,
  value: JsonObject,
  path: string,
  run: Run,
  definitions: Definitions,
): undefined {
  const { reference } = value
  if (typeof reference !== 'string') return
  if (reference.startsWith('#')) {
    const contained = run.root.contained
    const target = Array.isArray(contained)
      ? contained.find((one) => isObject(one) && one.id === reference.slice(1))
      : undefined
    if (reference !== '#' && target === undefined) {
      return fault(run, 'invariant', `ref-1: nothing contained has the id ${shown(reference)}`, path)
    }
    const type = isObject(target) ? target.resourceType : reference === '#' ? run.root.resourceType : undefined
    return checkTarget(property, type, path, run)
  }
  const type = REFERENCE.exec(reference)?.[1] ?? run.linkTypes?.get(reference) ?? CONDITION.exec(reference)?.[1]
  if (type !== undefined && definitions.isResource(type)) checkTarget(property, type, path, run)
}

function checkTarget(property: Property, type: Json | undefined, path: string, run: Run): undefined {
  if (property.targets === undefined || typeof type !== 'string' || property.targets.has(type)) return
  fault(run, 'value', `may refer to ${[...property.targets].join(', ')}, not to ${type}`, path)
}
