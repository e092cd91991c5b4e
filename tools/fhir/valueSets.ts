interface Concept {
  readonly code: string
  readonly concept?: readonly Concept[]
}

interface Include {
  readonly system?: string
  readonly concept?: readonly Concept[]
  readonly filter?: readonly unknown[]
  readonly valueSet?: readonly string[]
}

export interface ConceptSource {
  readonly resourceType: string
  readonly url: string
  readonly content?: string
  readonly concept?: readonly Concept[]
  readonly compose?: { readonly include: readonly Include[]; readonly exclude?: readonly Include[] }
}

type Expansion = Map<string, Set<string>>

/** More codes than this are not kept: such sets (all languages, all media types) are checked by form instead. */
const MOST_CODES = 500

/** The codes of each value set by system, for those that can be told from the definitions alone. */
export function valueSetsOf(urls: readonly string[], sources: readonly ConceptSource[]) {
  const systems = new Map<string, string[]>()
  const sets = new Map<string, ConceptSource>()
  for (const source of sources) {
    if (source.resourceType === 'ValueSet') sets.set(source.url, source)
    else if (source.resourceType === 'CodeSystem') {
      const codes = codesOf(source.concept ?? [])
      if (codes.length > 0) systems.set(source.url, codes)
    }
  }
  const found: Record<string, Record<string, string[]>> = {}
  for (const url of urls) {
    const expansion = expand(url, sets, systems, 0)
    if (expansion === undefined) continue
    const size = [...expansion.values()].reduce((sum, codes) => sum + codes.size, 0)
    if (size === 0 || size > MOST_CODES) continue
    found[url] = Object.fromEntries([...expansion].map(([system, codes]) => [system, [...codes]]))
  }
  return found
}

function codesOf(concepts: readonly Concept[]): string[] {
  return concepts.flatMap((one) => [one.code, ...codesOf(one.concept ?? [])])
}

function expand(
  url: string,
  sets: ReadonlyMap<string, ConceptSource>,
  systems: ReadonlyMap<string, string[]>,
  depth: number,
): Expansion | undefined {
  const compose = sets.get(url)?.compose
  if (compose === undefined || depth > 4) return undefined
  const result: Expansion = new Map()
  const add = (system: string, codes: Iterable<string>) => {
    const known = result.get(system) ?? new Set()
    for (const code of codes) known.add(code)
    result.set(system, known)
  }
  for (const include of compose.include) {
    if (include.filter !== undefined) return undefined
    for (const other of include.valueSet ?? []) {
      const inner = expand(other.split('|')[0] as string, sets, systems, depth + 1)
      if (inner === undefined) return undefined
      for (const [system, codes] of inner) add(system, codes)
    }
    if (include.system === undefined) continue
    const codes = include.concept?.map((one) => one.code) ?? systems.get(include.system)
    if (codes === undefined) return undefined
    add(include.system, codes)
  }
  for (const exclude of compose.exclude ?? []) {
    if (exclude.concept === undefined) return undefined
    for (const one of exclude.concept) result.get(exclude.system ?? '')?.delete(one.code)
  }
  return result
}
