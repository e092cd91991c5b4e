import { isObject, type JsonObject } from './json.ts'

/** What a deletion leaves empty is deleted too: FHIR has no elements without content. */
export function dropEmpty(value: JsonObject): void {
  for (const [key, inner] of Object.entries(value)) {
    if (Array.isArray(inner)) {
      const kept = inner.filter((one) => !isObject(one) || !isEmptied(one))
      if (kept.length < inner.length) value[key] = kept
      if (kept.length === 0) delete value[key]
    } else if (isObject(inner) && isEmptied(inner)) delete value[key]
  }
}

function isEmptied(value: JsonObject): boolean {
  dropEmpty(value)
  return Object.keys(value).length === 0
}
