import type { Definitions, ParameterType, Property } from './definitions.ts'
import { parsePath, type Syntax } from './fhirpathSyntax.ts'
import { isObject, type Json, type JsonObject } from './json.ts'

/** A value found by a search parameter, with what the definitions say of it. */
export interface Found {
  readonly value: Json
  readonly type: string
  readonly property: Property | undefined
}

export type Step =
  | { readonly kind: 'members'; readonly properties: readonly Property[] }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'equals'; readonly name: string; readonly value: string }
  | { readonly kind: 'refers'; readonly type: string }

/** One search parameter of one type. */
export interface SearchParameter {
  readonly code: string
  readonly type: ParameterType
  /** Types that a reference may point to. */
  readonly targets: readonly string[]
  readonly paths: readonly (readonly Step[])[]
  /** The parts of a composite, found in each thing that `paths` find. */
  readonly components: readonly Component[]
}

/** A part of a composite: its paths by the type of thing that they start from. */
export interface Component {
  readonly type: ParameterType
  /** Whether it is looked for in the whole resource instead. */
  readonly isOfResource: boolean
  readonly paths: ReadonlyMap<string, readonly (readonly Step[])[]>
}

/** The search parameters of each type, compiled when it is first asked for. */
export class ParameterBook {
  private readonly definitions: Definitions
  private readonly ready = new Map<string, ReadonlyMap<string, SearchParameter>>()

  constructor(definitions: Definitions) {
    this.definitions = definitions
  }

  /** All parameters of a type, by code. */
  of(type: string): ReadonlyMap<string, SearchParameter> {
    const known = this.ready.get(type)
    if (known !== undefined) return known
    const made = new Map<string, SearchParameter>()
    for (const [code, kind, bases, expression, targets = [], components = []] of this.definitions.squeezed.parameters) {
      const base = bases.find((one) => one === type || one === 'Resource' || one === 'DomainResource')
      if (base === undefined || code === '_id' || code === '_lastUpdated') continue
      const compiled = this.compile({ code, kind, type, expression, targets, components })
      if (compiled !== undefined) made.set(code, compiled)
    }
    this.ready.set(type, made)
    return made
  }

  private compile(given: {
    code: string
    kind: ParameterType
    type: string
    expression: string
    targets: readonly string[]
    components: readonly (readonly [ParameterType, string])[]
  }): SearchParameter | undefined {
    const { code, kind, type, expression, targets } = given
    const compiled = unionOf(expression).flatMap((part) => this.path(part, type))
    // Whether somebody is deceased is not read from one member: the extractor knows.
    if (type === 'Patient' && code === 'deceased') return { code, type: kind, targets, paths: [], components: [] }
    if (compiled.length === 0) return undefined
    const rootTypes = new Set(compiled.flatMap((one) => one.types))
    const components = given.components.map(([partKind, part]): Component => {
      const isOfResource = part.startsWith('%resource.')
      const parts = unionOf(isOfResource ? part.slice('%resource.'.length) : part)
      const starts = isOfResource ? [type] : [...rootTypes]
      const pathsFrom = (root: string) => parts.flatMap((one) => this.path(one, root).map((path) => path.steps))
      return { type: partKind, isOfResource, paths: new Map(starts.map((root) => [root, pathsFrom(root)])) }
    })
    // Only the last part of a composite may be an amount or a time: the others name where it is looked for.
    const kinds = components.map((part) => part.type)
    const isStretch = kinds.join() === 'token,number,number'
    const isSearchable = isStretch || kinds.slice(0, -1).every((one) => one === 'token' || one === 'reference')
    if (!isSearchable) return undefined
    return { code, type: kind, targets, paths: compiled.map((one) => one.steps), components }
  }

  /** One part of an expression as steps; none when it belongs to another type or can't be told. */
  private path(syntax: Syntax, type: string): { steps: Step[]; types: string[] }[] {
    const chain = chainOf(syntax)
    if (chain === undefined) return []
    const first = chain[0]
    const isNamed = first?.kind === 'name' && /^[A-Z]/.test(first.name)
    if (isNamed && ![type, 'Resource', 'DomainResource'].includes(first.name)) return []
    const steps: Step[] = []
    let types = [type]
    for (const link of isNamed ? chain.slice(1) : chain) {
      const next = this.step(link, types, steps)
      if (next === undefined) return []
      types = next
    }
    return [{ steps, types }]
  }

  /** Adds a link of the chain to the steps; returns the types it leads to. */
  private step(link: Link, types: readonly string[], steps: Step[]): string[] | undefined {
    const last = steps.at(-1)
    switch (link.kind) {
      case 'name': {
        const properties = types.flatMap((type) => this.members(type, link.name))
        if (properties.length === 0) return undefined
        steps.push({ kind: 'members', properties })
        return [...new Set(properties.map((property) => property.type))]
      }
      case 'cast': {
        if (last?.kind !== 'members') return undefined
        const properties = last.properties.filter((one) => one.type.toLowerCase() === link.type.toLowerCase())
        if (properties.length === 0) return undefined
        steps.splice(-1, 1, { kind: 'members', properties })
        return [...new Set(properties.map((property) => property.type))]
      }
      default:
        steps.push(link)
        return [...types]
    }
  }

  private members(type: string, name: string): readonly Property[] {
    const definition = this.definitions.type(type)
    const property = definition?.properties.get(name)
    if (property !== undefined) return [property]
    return definition?.choices.get(name) ?? []
  }
}

type Link =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'cast'; readonly type: string }
  | Exclude<Step, { kind: 'members' }>

function unionOf(expression: string): Syntax[] {
  const parts: Syntax[] = []
  const split = (syntax: Syntax) => {
    if (syntax.kind === 'binary' && syntax.operator === '|') {
      split(syntax.left)
      split(syntax.right)
    } else parts.push(syntax)
  }
  split(parsePath(expression))
  return parts
}

/** The expression as links from left to right; undefined when it does more than go along members. */
function chainOf(syntax: Syntax): Link[] | undefined {
  switch (syntax.kind) {
    case 'name':
      return [{ kind: 'name', name: syntax.name }]
    case 'this':
      return []
    case 'as':
      return after(syntax.from, { kind: 'cast', type: syntax.type })
    case 'index':
      if (syntax.index.kind !== 'literal') return undefined
      return after(syntax.from, { kind: 'index', index: Number(syntax.index.value) })
    case 'path': {
      const { step } = syntax
      if (step.kind === 'name') return after(syntax.from, { kind: 'name', name: step.name })
      if (step.kind !== 'call') return undefined
      const link = callOf(step)
      return link === undefined ? undefined : after(syntax.from, link)
    }
    case 'call': {
      const link = callOf(syntax)
      return link === undefined ? undefined : [link]
    }
    default:
      return undefined
  }
}

function after(from: Syntax, link: Link): Link[] | undefined {
  const chain = chainOf(from)
  return chain === undefined ? undefined : [...chain, link]
}

function callOf(call: Extract<Syntax, { kind: 'call' }>): Link | undefined {
  const [argument] = call.arguments
  if (argument === undefined) return undefined
  if ((call.name === 'as' || call.name === 'ofType') && argument.kind === 'name')
    return { kind: 'cast', type: argument.name }
  if (call.name !== 'where') return undefined
  if (argument.kind === 'is' && argument.from.kind === 'call' && argument.from.name === 'resolve') {
    return { kind: 'refers', type: argument.type }
  }
  if (argument.kind !== 'binary' || argument.operator !== '=') return undefined
  const { left, right } = argument
  if (left.kind !== 'name' || right.kind !== 'literal') return undefined
  return { kind: 'equals', name: left.name, value: String(right.value) }
}

/** Everything the paths of a parameter find in `root`. */
export function findValues(root: JsonObject, rootType: string, paths: SearchParameter['paths']): Found[] {
  return paths.flatMap((steps) => {
    let found: Found[] = [{ value: root, type: rootType, property: undefined }]
    for (const step of steps) {
      if (found.length === 0) return found
      found = follow(step, found)
    }
    return found
  })
}

function follow(step: Step, found: readonly Found[]): Found[] {
  switch (step.kind) {
    case 'members':
      return membersOf(step.properties, found)
    case 'index':
      return found.slice(step.index, step.index + 1)
    case 'equals':
      return found.filter(({ value }) => isObject(value) && String(value[step.name]) === step.value)
    case 'refers':
      return found.filter(({ value }) => isObject(value) && refersTo(value, step.type))
  }
}

function membersOf(properties: readonly Property[], found: readonly Found[]): Found[] {
  const next: Found[] = []
  for (const { value } of found) {
    if (!isObject(value)) continue
    for (const property of properties) {
      const member = value[property.name]
      if (member === undefined || member === null) continue
      for (const one of Array.isArray(member) ? member : [member]) {
        if (one === null) continue
        const type = property.type === 'Resource' && isObject(one) ? String(one.resourceType) : property.type
        next.push({ value: one, type, property })
      }
    }
  }
  return next
}

/** Whether a reference points to something of this type. */
export function refersTo(reference: JsonObject, type: string): boolean {
  if (reference.type === type) return true
  const { reference: text } = reference
  return typeof text === 'string' && (text.startsWith(`${type}/`) || text.includes(`/${type}/`))
}
