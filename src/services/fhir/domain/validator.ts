import { errorIssue, type Issue } from '../contract/outcome.ts'
import { CONSISTENCY } from './consistency.ts'
import { checkContained, checkUsed } from './contained.ts'
import type { Definitions, Property, TypeDefinition } from './definitions.ts'
import { isObject, isRawNumber, type Json, type JsonObject, numberOf, type Resource } from './json.ts'
import { CONTROL_CHARACTER, narrativeFault, PRIMITIVE_FORMS } from './primitives.ts'
import { RuleBook } from './rules.ts'
import {
  checkBinding,
  checkElementId,
  checkExtension,
  checkReference,
  fault,
  MOST_ISSUES,
  type Run,
  shown,
} from './validatorChecks.ts'

const DEEPEST = 60

/** What is known of resources beside the definitions; each is loaded by the first resource that needs it. */
export interface Knowledge {
  /** What is wrong by the profiles that a resource claims and that are known here. */
  readonly claims: (resource: Resource) => readonly Issue[]
  /** What is wrong with its extensions by R4's definitions of them. */
  readonly extensions: (resource: Resource) => readonly Issue[]
  /** Whether one of FHIR's own systems has a code; undefined when it can't be told. */
  readonly hasCode: (system: string, code: string) => boolean | undefined
}

const NOTHING: Knowledge = { claims: () => [], extensions: () => [], hasCode: () => undefined }

/** Checks resources against the definitions: every rule of the base specification that can be told from one resource. */
export class Validator {
  private readonly definitions: Definitions
  private readonly rules: RuleBook

  private readonly knowledge: Knowledge

  constructor(definitions: Definitions, knowledge: Knowledge = NOTHING) {
    this.definitions = definitions
    this.rules = new RuleBook(definitions)
    this.knowledge = knowledge
  }

  /**
   * What is wrong, with the place of each fault; empty for nothing. `linkTypes` says of which type the entries of a
   * transaction are that references name by their `fullUrl`.
   */
  validate(resource: Json | undefined, linkTypes?: ReadonlyMap<string, string>): Issue[] {
    if (!isObject(resource)) return [errorIssue('structure', 'A resource is a JSON object')]
    const type = resource.resourceType
    if (!this.definitions.isResource(type)) {
      return [
        errorIssue('structure', `Unknown resource type ${JSON.stringify(type ?? null).slice(0, 80)}`, 'resourceType'),
      ]
    }
    const root = resource as Resource
    const run: Run = { issues: [], root, resource: root, depth: 0, linkTypes, found: { hasCoreExtension: false } }
    this.checkResource(root, type, run, false)
    return this.concluded(run)
  }

  /** The faults; of a resource that is well-formed those that its profiles and extensions find. */
  private concluded({ issues, root, found }: Run): Issue[] {
    if (issues.length > 0) return [...issues]
    const extended = found.hasCoreExtension ? this.knowledge.extensions(root) : []
    return [...extended, ...this.knowledge.claims(root)]
  }

  /** The same for a large resource: `pause` is awaited between the items of its lists. */
  async validateInSteps(resource: Json | undefined, pause: () => Promise<void>): Promise<Issue[]> {
    const root = isObject(resource) ? (resource as Resource) : undefined
    const type = root === undefined ? undefined : this.definitions.type(String(root.resourceType))
    if (root === undefined || type?.isResource !== true) return this.validate(resource)
    const checked = new Set<Json>()
    const found = { hasCoreExtension: false }
    const run: Run = { issues: [], root, resource: root, depth: 1, linkTypes: undefined, found, checked }
    for (const [name, value] of Object.entries(root)) {
      const property = type.properties.get(name)
      if (property?.isList !== true || property.isPrimitive || !Array.isArray(value) || !value.every(isObject)) continue
      for (const [index, one] of value.entries()) {
        this.checkValue(property, one, `${type.name}.${name}[${index}]`, run)
        await pause()
      }
      checked.add(value)
    }
    run.depth = 0
    this.checkResource(root, type.name, run, false)
    await pause()
    return this.concluded(run)
  }

  private checkResource(resource: Resource, path: string, run: Run, isContained: boolean): undefined {
    const { resource: outer, ids } = run
    run.resource = resource
    run.ids = undefined
    const type = this.definitions.type(resource.resourceType) as TypeDefinition
    this.checkObject(type, resource, path, run)
    run.resource = outer
    run.ids = ids
    const say = (text: string, at: string) => fault(run, 'invariant', text, at)
    if (isContained) checkContained(resource, path, say)
    else if (Array.isArray(resource.contained)) checkUsed(resource, path, say)
  }

  private checkObject(type: TypeDefinition, object: JsonObject, path: string, run: Run): undefined {
    if (run.depth > DEEPEST || run.issues.length >= MOST_ISSUES) {
      if (run.depth > DEEPEST) fault(run, 'structure', 'nested too deeply', path)
      return
    }
    run.depth += 1
    let size = 0
    let chosen: Map<string, string> | undefined
    for (const key in object) {
      size += 1
      const value = object[key]
      if (key === 'resourceType' && type.isResource) continue
      const isExtras = key.charCodeAt(0) === 95
      const name = isExtras ? key.slice(1) : key
      const property = type.properties.get(name)
      if (property === undefined || (isExtras && !property.isPrimitive)) {
        fault(run, 'structure', `${type.name} has no member "${key.slice(0, 60)}"`, path)
        continue
      }
      if (property.choice !== undefined) {
        chosen ??= new Map()
        const other = chosen.get(property.choice)
        if (other !== undefined && other !== name)
          fault(run, 'structure', `only one type of ${property.choice}[x] may be given`, path)
        chosen.set(property.choice, name)
      }
      const at = `${path}.${property.choice === undefined ? name : `${property.choice}`}`
      if (value === null || value === undefined) fault(run, 'structure', 'null is no value', at)
      else if (isExtras) this.checkExtras(property, value, object[name], at, run)
      else this.checkMember(property, value, object[`_${key}`], at, run)
    }
    const isEmpty = size === 0 || (size === 1 && (object.resourceType !== undefined || object.id !== undefined))
    if (isEmpty && !type.isResource) fault(run, 'structure', 'an element must have a value or children', path)
    this.checkRequired(type, object, chosen, path, run)
    if (type.name === 'Extension') checkExtension(object, chosen?.has('value') === true, path, run)
    else if (type.name === 'Coding') this.checkCoding(object, path, run)
    else CONSISTENCY[type.name]?.(object, path, (text, at) => fault(run, 'invariant', text, at))
    if (object.id !== undefined || object._id !== undefined) checkElementId(type, object, path, run)
    this.rules.check(type.rules, { value: object, type: type.name }, run, path)
    run.depth -= 1
  }

  /** A code of one of FHIR's own systems must be one of it: they belong to R4 and don't grow. */
  private checkCoding({ system, code, version }: JsonObject, path: string, run: Run): undefined {
    if (typeof system !== 'string' || typeof code !== 'string' || !system.startsWith('http://hl7.org/fhir/')) return
    const isOther = version !== undefined && version !== '4.0.1'
    if (isOther || system.startsWith('http://hl7.org/fhir/sid/') || this.knowledge.hasCode(system, code) !== false)
      return
    fault(run, 'code-invalid', `${shown(code)} is no code of ${system.slice(0, 100)}`, path)
  }

  private checkRequired(
    type: TypeDefinition,
    object: JsonObject,
    chosen: ReadonlyMap<string, string> | undefined,
    path: string,
    run: Run,
  ): undefined {
    for (const property of type.required) {
      if (object[property.name] === undefined && (!property.isPrimitive || object[`_${property.name}`] === undefined)) {
        fault(run, 'required', `${property.name} is required`, `${path}.${property.name}`)
      }
    }
    for (const choice of type.requiredChoices) {
      if (chosen?.has(choice) !== true) fault(run, 'required', `${choice}[x] is required`, `${path}.${choice}`)
    }
  }

  private checkMember(property: Property, value: Json, extras: Json | undefined, path: string, run: Run): undefined {
    if (!property.isList) {
      if (Array.isArray(value)) return fault(run, 'structure', 'one value is allowed, not a list', path)
      return this.checkValue(property, value, path, run)
    }
    if (!Array.isArray(value)) return fault(run, 'structure', 'must be a list', path)
    if (value.length === 0) return fault(run, 'structure', 'a list may not be empty', path)
    if (value.length < property.min) fault(run, 'required', `needs at least ${property.min}`, path)
    if (run.checked?.has(value) === true) return
    for (let index = 0; index < value.length; index += 1) {
      const one = value[index] as Json
      if (one !== null) this.checkValue(property, one, `${path}[${index}]`, run)
      else if (!property.isPrimitive || !Array.isArray(extras) || !isObject(extras[index])) {
        fault(run, 'structure', 'null is no value', `${path}[${index}]`)
      }
    }
  }

  /** `_birthDate`: id and extensions of a primitive. */
  private checkExtras(property: Property, extras: Json, value: Json | undefined, path: string, run: Run): undefined {
    const element = this.definitions.type('Element') as TypeDefinition
    if (Array.isArray(extras) !== property.isList)
      return fault(run, 'structure', 'extensions do not fit their values', path)
    const list = Array.isArray(extras) ? extras : [extras]
    if (list.length === 0) fault(run, 'structure', 'a list may not be empty', path)
    if (Array.isArray(value) && value.length !== list.length) {
      fault(run, 'structure', 'extensions do not fit their values', path)
    }
    for (const one of list) {
      if (isObject(one)) this.checkObject(element, one, path, run)
      else if (one !== null || !property.isList) fault(run, 'structure', 'must be an object', path)
    }
  }

  private checkValue(property: Property, value: Json, path: string, run: Run): undefined {
    if (property.isPrimitive) {
      this.checkPrimitive(property, value, path, run)
      if (property.rules.length > 0) {
        const plain = isRawNumber(value) ? numberOf(value) : value
        this.rules.check(property.rules, { value: plain, type: property.type }, run, path)
      }
      return
    }
    if (!isObject(value)) return fault(run, 'structure', `must be an object (${property.type})`, path)
    if (property.type === 'Resource') {
      const isKnown: boolean = this.definitions.isResource(value.resourceType)
      if (!isKnown) {
        return fault(run, 'structure', 'unknown resource type', path)
      }
      const isContained = path.includes('.contained[')
      if (isContained) return this.checkResource(value as Resource, path, run, true)
      // A resource of a Bundle or of Parameters stands for itself.
      const inner: Run = { ...run, root: value as Resource, resource: value as Resource }
      return this.checkResource(value as Resource, path, inner, false)
    }
    if (property.type === 'Reference') checkReference(property, value, path, run, this.definitions)
    if (property.codes !== undefined) checkBinding(property, property.codes, value, path, run)
    this.checkObject(this.definitions.type(property.type) as TypeDefinition, value, path, run)
    if (property.rules.length > 0) this.rules.check(property.rules, { value, type: property.type }, run, path)
  }

  private checkPrimitive(property: Property, value: Json, path: string, run: Run): undefined {
    const isClean = typeof value !== 'string' || !CONTROL_CHARACTER.test(value)
    if (!isClean || PRIMITIVE_FORMS[property.type]?.(value) !== true) {
      return fault(run, 'value', `${shown(value)} is no ${property.type}`, path)
    }
    if (property.codes !== undefined && property.type === 'code') {
      for (const codes of property.codes.values()) if (codes.has(value as string)) return
      return fault(run, 'code-invalid', `${shown(value)} is not in the value set ${property.valueSet}`, path)
    }
    if (property.type === 'xhtml') {
      const wrong = narrativeFault(value as string)
      if (wrong !== undefined) fault(run, 'invariant', `txt-1: the narrative ${wrong}`, path)
    }
  }
}
