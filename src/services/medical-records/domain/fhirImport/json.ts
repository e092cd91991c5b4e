/** Careful reading of JSON that anybody may have written: what is missing or of another kind is undefined. */
export type Json = Readonly<Record<string, unknown>>

/** The object; undefined for anything else, lists among them. */
export function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

/** The objects of a list; none for anything else. */
export function objectsOf(value: unknown): readonly Json[] {
  return Array.isArray(value)
    ? value
        .slice(0, 5000)
        .map(objectOf)
        .filter((one) => one !== undefined)
    : []
}

/** The text; undefined for anything else. */
export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The finite number; undefined for anything else. */
export function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
