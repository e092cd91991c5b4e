import type { Definitions } from './definitions.ts'
import { isObject, type Json, type JsonObject, listOf, type Resource } from './json.ts'

export interface Subset {
  readonly summary: 'true' | 'false' | 'text' | 'data' | 'count'
  readonly elements: readonly string[]
}

/** Whether anything of a resource is to be left out. */
export function isSubset({ summary, elements }: Subset): boolean {
  return summary !== 'false' || elements.length > 0
}

/** The resource with only what was asked for, marked as such. What is required stays. */
export function subsetOf(resource: Resource, subset: Subset, definitions: Definitions): Resource {
  const type = definitions.type(resource.resourceType)
  const keeps = (name: string): boolean => {
    const property = type?.properties.get(name)
    if (['resourceType', 'id', 'meta'].includes(name) || (property?.min ?? 0) > 0) return true
    if (subset.elements.length > 0)
      return subset.elements.includes(name) || subset.elements.includes(property?.choice ?? '')
    if (subset.summary === 'text') return name === 'text'
    if (subset.summary === 'data') return name !== 'text'
    return property?.isSummary === true
  }
  const kept: JsonObject = {}
  for (const [key, value] of Object.entries(resource)) {
    if (!keeps(key.startsWith('_') ? key.slice(1) : key)) continue
    kept[key] =
      subset.summary === 'true' && subset.elements.length === 0
        ? summaryOf(value, type?.properties.get(key)?.type, definitions)
        : value
  }
  const meta = isObject(kept.meta) ? kept.meta : {}
  const tag = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }
  return { ...kept, resourceType: resource.resourceType, meta: { ...meta, tag: [...listOf(meta.tag), tag] } }
}

/** Parts of a resource keep only what is in its summary; data types are kept whole. */
function summaryOf(value: Json | undefined, typeName: string | undefined, definitions: Definitions): Json | undefined {
  const type = typeName?.includes('.') === true ? definitions.type(typeName) : undefined
  if (type === undefined) return value
  if (Array.isArray(value)) return value.map((one) => summaryOf(one, typeName, definitions) as Json)
  if (!isObject(value)) return value
  const kept: JsonObject = {}
  for (const [key, member] of Object.entries(value)) {
    const property = type.properties.get(key.startsWith('_') ? key.slice(1) : key)
    if (property?.isSummary === true || (property?.min ?? 0) > 0)
      kept[key] = summaryOf(member, property?.type, definitions)
  }
  return kept
}
