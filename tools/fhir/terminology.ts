interface Concept {
  readonly code: string
  readonly display?: string
  readonly designation?: readonly { readonly language?: string; readonly value: string }[]
  readonly property?: readonly { readonly code: string; readonly valueBoolean?: boolean }[]
  readonly concept?: readonly Concept[]
}

interface Include {
  readonly system?: string
  readonly concept?: readonly Concept[]
  readonly filter?: readonly { readonly property: string; readonly op: string; readonly value: string }[]
  readonly valueSet?: readonly string[]
}

export interface TerminologySource {
  readonly resourceType: string
  readonly url: string
  readonly version?: string
  readonly name?: string
  readonly title?: string
  readonly concept?: readonly Concept[]
  readonly compose?: { readonly include: readonly Include[]; readonly exclude?: readonly Include[] }
}

/** code, display (empty when it is the code), children, 1 for what can't be chosen, designations by language. */
type SqueezedConcept = [string, string?, SqueezedConcept[]?, (0 | 1)?, [string, string][]?]

/** The code systems and value sets of the R4 definitions with their codes and displays, as JSON text. */
export function squeezeTerminology(sources: readonly TerminologySource[]): string {
  const systems: Record<string, [string, string, SqueezedConcept[]]> = {}
  const sets: Record<string, unknown> = {}
  for (const source of sources) {
    const head: [string, string] = [source.title ?? source.name ?? '', source.version ?? '']
    if (source.resourceType === 'CodeSystem' && source.concept !== undefined) {
      systems[source.url] = [...head, source.concept.map(squeezeConcept)]
    }
    if (source.resourceType !== 'ValueSet' || source.compose === undefined) continue
    const { include, exclude = [] } = source.compose
    sets[source.url] = [
      ...head,
      include.map(squeezeInclude),
      ...(exclude.length > 0 ? [exclude.map(squeezeInclude)] : []),
    ]
  }
  return JSON.stringify({ systems, sets })
}

function squeezeConcept(concept: Concept): SqueezedConcept {
  const display = concept.display === concept.code ? '' : (concept.display ?? '')
  const children = (concept.concept ?? []).map(squeezeConcept)
  const isAbstract = concept.property?.some((one) => one.code === 'notSelectable' && one.valueBoolean === true) === true
  const designations = (concept.designation ?? []).flatMap(({ language, value }): [string, string][] =>
    language === undefined ? [] : [[language, value]],
  )
  const squeezed: SqueezedConcept = [concept.code]
  if (display !== '' || children.length > 0 || isAbstract || designations.length > 0) squeezed.push(display)
  if (children.length > 0 || isAbstract || designations.length > 0) squeezed.push(children)
  if (isAbstract || designations.length > 0) squeezed.push(isAbstract ? 1 : 0)
  if (designations.length > 0) squeezed.push(designations)
  return squeezed
}

function squeezeInclude({ system, concept, filter, valueSet }: Include) {
  return {
    ...(system === undefined ? {} : { s: system }),
    ...(concept === undefined ? {} : { c: concept.map(squeezeConcept) }),
    ...(filter === undefined ? {} : { f: filter.map((one) => [one.property, one.op, one.value]) }),
    ...(valueSet === undefined ? {} : { u: valueSet }),
  }
}
