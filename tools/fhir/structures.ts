export interface Element {
  readonly path: string
  readonly min: number
  readonly max: string
  readonly isSummary?: boolean
  readonly contentReference?: string
  readonly type?: readonly {
    readonly code: string
    readonly targetProfile?: readonly string[]
    readonly extension?: readonly { readonly url: string; readonly valueUrl?: string; readonly valueUri?: string }[]
  }[]
  readonly binding?: { readonly strength: string; readonly valueSet?: string }
  readonly constraint?: readonly { readonly key: string; readonly severity: string; readonly expression?: string }[]
}

export interface StructureDefinition {
  readonly resourceType: string
  readonly name: string
  readonly kind: string
  readonly abstract?: boolean
  readonly derivation?: string
  readonly fhirVersion?: string
  readonly snapshot?: { readonly element: readonly Element[] }
}

/** One property of a squeezed type: min, array, type, reference targets, binding, invariants, choice group, summary. */
export interface SqueezedProperty {
  n?: number
  a?: 1
  t: string
  r?: string
  b?: string
  c?: [string, string][]
  g?: string
  s?: 1
}

/** A squeezed type: kind (1 resource, 2 abstract resource), properties, invariants, required choices. */
export interface SqueezedType {
  k?: 1 | 2
  p: Record<string, SqueezedProperty>
  c?: [string, string][]
  g?: Record<string, number>
}

type Types = Record<string, SqueezedType>

/** Rules that the validator keeps by itself, on every element. */
const BUILT_IN = new Set(['ele-1', 'ext-1', 'dom-2', 'dom-3', 'dom-4', 'dom-5', 'dom-6', 'txt-1', 'txt-2', 'ref-1'])

/** Every type with its properties, by name; parts of a type by their path. */
export function readTypes(structures: readonly StructureDefinition[]): Types {
  const types: Types = {}
  for (const structure of structures) {
    const isBase = structure.resourceType === 'StructureDefinition' && structure.derivation !== 'constraint'
    if (!isBase || structure.snapshot === undefined || structure.kind === 'primitive-type') continue
    if (structure.fhirVersion !== undefined && structure.fhirVersion !== '4.0.1') continue
    for (const element of structure.snapshot.element) readElement(types, structure, element)
  }
  return types
}

function readElement(types: Types, structure: StructureDefinition, element: Element): void {
  const parts = element.path.split('.')
  const constraints = (element.constraint ?? [])
    .filter((one) => one.severity === 'error' && !BUILT_IN.has(one.key) && one.expression !== undefined)
    .map((one): [string, string] => [one.key, one.expression as string])
  if (parts.length === 1) {
    const type: SqueezedType = { p: {} }
    types[element.path] = type
    if (structure.kind === 'resource') type.k = structure.abstract === true ? 2 : 1
    if (constraints.length > 0) type.c = constraints
    return
  }
  if (element.max === '0') return
  const owner = ownerOf(types, parts.slice(0, -1).join('.'))
  const name = parts.at(-1) as string
  const hasParts = element.type?.some((type) => type.code === 'BackboneElement' || type.code === 'Element') === true
  if (hasParts) ownerOf(types, element.path)
  const shared = sharedOf(element, constraints)
  const found = typesOf(element, hasParts, structure.kind === 'resource' && parts.length === 2 && name === 'id')
  if (!name.endsWith('[x]')) {
    owner.p[name] = { ...shared, ...found[0], t: found[0]?.t ?? 'Element' }
    return
  }
  const base = name.slice(0, -3)
  for (const type of found) {
    owner.p[`${base}${type.t.charAt(0).toUpperCase()}${type.t.slice(1)}`] = {
      ...shared,
      ...type,
      n: undefined,
      g: base,
    }
  }
  owner.g = { ...owner.g, [base]: element.min }
}

function ownerOf(types: Types, name: string): SqueezedType {
  const known = types[name]
  if (known !== undefined) return known
  const made: SqueezedType = { p: {} }
  types[name] = made
  return made
}

function sharedOf(element: Element, constraints: [string, string][]): Omit<SqueezedProperty, 't'> {
  const { binding } = element
  return {
    ...(element.min > 0 ? { n: element.min } : {}),
    ...(element.max === '1' ? {} : { a: 1 as const }),
    ...(element.isSummary === true ? { s: 1 as const } : {}),
    ...(constraints.length > 0 ? { c: constraints } : {}),
    ...(binding?.strength === 'required' && binding.valueSet !== undefined
      ? { b: binding.valueSet.split('|')[0] as string }
      : {}),
  }
}

function typesOf(element: Element, hasParts: boolean, isResourceId: boolean): { t: string; r?: string }[] {
  if (element.contentReference !== undefined) return [{ t: element.contentReference.split('#')[1] as string }]
  return (element.type ?? []).map((type) => {
    const named = type.extension?.find((one) => one.url.endsWith('structuredefinition-fhir-type'))
    let code = named?.valueUrl ?? named?.valueUri ?? type.code
    if (code.startsWith('http://hl7.org/fhirpath/System.')) code = 'string'
    if (isResourceId) code = 'id'
    if (hasParts) code = element.path
    const targets = (type.targetProfile ?? []).map((url) => url.split('/').pop() as string)
    return targets.length === 0 || targets.includes('Resource') ? { t: code } : { t: code, r: targets.join(',') }
  })
}
