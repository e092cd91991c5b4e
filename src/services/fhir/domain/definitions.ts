/** The definitions as tools/fhir squeezes them; short names keep the file small. */
export interface SqueezedDefinitions {
  readonly types: Readonly<Record<string, SqueezedType>>
  readonly valueSets: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  /** code, type, base types, expression, reference targets, components as (type, expression). */
  readonly parameters: readonly (readonly [
    string,
    ParameterType,
    readonly string[],
    string,
    (readonly string[])?,
    (readonly (readonly [ParameterType, string])[])?,
  ])[]
  /** By compartment and type, the search parameters by which a resource belongs to it. */
  readonly compartments: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

export type ParameterType =
  | 'number'
  | 'date'
  | 'string'
  | 'token'
  | 'reference'
  | 'composite'
  | 'quantity'
  | 'uri'
  | 'special'

interface SqueezedType {
  /** 1 a resource, 2 an abstract one. */
  readonly k?: 1 | 2
  readonly p: Readonly<Record<string, SqueezedProperty>>
  readonly c?: readonly (readonly [string, string])[]
  readonly g?: Readonly<Record<string, number>>
}

interface SqueezedProperty {
  readonly n?: number
  readonly a?: 1
  readonly t: string
  readonly r?: string
  readonly b?: string
  readonly c?: readonly (readonly [string, string])[]
  readonly g?: string
  readonly s?: 1
}

/** A rule of the definitions: its key and its FHIRPath. */
export interface Rule {
  readonly key: string
  readonly expression: string
}

/** What the definitions say of one member of a type. */
export interface Property {
  readonly name: string
  readonly type: string
  readonly isPrimitive: boolean
  readonly isList: boolean
  readonly min: number
  /** Types a reference may point to; undefined for any. */
  readonly targets: ReadonlySet<string> | undefined
  /** Allowed codes by system. */
  readonly codes: ReadonlyMap<string, ReadonlySet<string>> | undefined
  readonly valueSet: string | undefined
  /** The name of the choice it belongs to: `value` for `valueString`. */
  readonly choice: string | undefined
  readonly rules: readonly Rule[]
  readonly isSummary: boolean
}

/** What the definitions say of one type, or of one part of a resource. */
export interface TypeDefinition {
  readonly name: string
  readonly isResource: boolean
  readonly properties: ReadonlyMap<string, Property>
  readonly required: readonly Property[]
  /** The members of each choice, by its name. */
  readonly choices: ReadonlyMap<string, readonly Property[]>
  readonly requiredChoices: readonly string[]
  readonly rules: readonly Rule[]
}

export const PRIMITIVES: ReadonlySet<string> = new Set(
  (
    'boolean integer unsignedInt positiveInt decimal string markdown id code uri url canonical oid uuid base64Binary ' +
    'time date dateTime instant xhtml'
  ).split(' '),
)

/** The definitions, each type made ready when it is first asked for. */
export class Definitions {
  readonly squeezed: SqueezedDefinitions
  readonly resourceTypes: readonly string[]
  private readonly ready = new Map<string, TypeDefinition>()
  private readonly sets = new Map<string, ReadonlyMap<string, ReadonlySet<string>>>()

  constructor(squeezed: SqueezedDefinitions) {
    this.squeezed = squeezed
    this.resourceTypes = Object.keys(squeezed.types)
      .filter((name) => squeezed.types[name]?.k === 1 && name !== 'Parameters')
      .sort()
  }

  /** Whether this is the name of a resource that can stand by itself. */
  isResource(name: unknown): name is string {
    return typeof name === 'string' && Object.hasOwn(this.squeezed.types, name) && this.squeezed.types[name]?.k === 1
  }

  /** A type or a part of one; undefined for primitives and unknown names. */
  type(name: string): TypeDefinition | undefined {
    const known = this.ready.get(name)
    if (known !== undefined) return known
    const squeezed = Object.hasOwn(this.squeezed.types, name) ? this.squeezed.types[name] : undefined
    if (squeezed === undefined) return undefined
    const made = this.make(name, squeezed)
    this.ready.set(name, made)
    return made
  }

  private make(name: string, squeezed: SqueezedType): TypeDefinition {
    const properties = new Map<string, Property>()
    const choices = new Map<string, Property[]>()
    for (const [key, one] of Object.entries(squeezed.p)) {
      const property: Property = {
        name: key,
        type: one.t,
        isPrimitive: PRIMITIVES.has(one.t),
        isList: one.a === 1,
        min: one.n ?? 0,
        targets: one.r === undefined ? undefined : new Set(one.r.split(',')),
        codes: one.b === undefined ? undefined : this.valueSet(one.b),
        valueSet: one.b,
        choice: one.g,
        rules: rulesOf(one.c),
        isSummary: one.s === 1,
      }
      properties.set(key, property)
      if (one.g !== undefined) choices.set(one.g, [...(choices.get(one.g) ?? []), property])
    }
    return {
      name,
      isResource: squeezed.k === 1,
      properties,
      required: [...properties.values()].filter((property) => property.min > 0),
      choices,
      requiredChoices: Object.entries(squeezed.g ?? {}).flatMap(([choice, min]) => (min > 0 ? [choice] : [])),
      rules: rulesOf(squeezed.c),
    }
  }

  private valueSet(url: string): ReadonlyMap<string, ReadonlySet<string>> | undefined {
    const known = this.sets.get(url)
    if (known !== undefined) return known
    const codes = this.squeezed.valueSets[url]
    if (codes === undefined) return undefined
    const made = new Map(Object.entries(codes).map(([system, list]) => [system, new Set(list)]))
    this.sets.set(url, made)
    return made
  }
}

function rulesOf(rules: readonly (readonly [string, string])[] | undefined): Rule[] {
  return (rules ?? []).map(([key, expression]) => ({ key, expression }))
}
