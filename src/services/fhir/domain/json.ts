/** Any JSON of a resource. A number whose text JavaScript would not write again is a `RawNumber`. */
export type Json = string | number | boolean | null | RawNumber | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json | undefined
}
export interface Resource extends JsonObject {
  resourceType: string
}

/** A number as it was written, `1.00`; `JSON.stringify` writes it so again. */
export interface RawNumber {
  readonly rawJSON: string
}

interface RawJson {
  rawJSON(text: string): RawNumber
  isRawJSON(value: unknown): value is RawNumber
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
}
const rawJson = JSON as unknown as RawJson

/** Whether a value is a number that keeps its text. */
export const isRawNumber = (value: unknown): value is RawNumber => rawJson.isRawJSON(value)

/**
 * A number with an exponent, a zero at the end, or many digits. In front of a number JSON has `":`, `,` or `[`: a colon
 * alone stands in texts too, and each text that looks like such a number costs its resource a slower way.
 */
const UNFAITHFUL =
  /(?:"\s*:|[,[])\s*(?:-0[,\s}\]]|-?\d+(?:\.\d*0(?!\d)|(?:\.\d+)?[eE][+-]?\d|\.\d{15}|\d{15})|-?[\d.]{16})/

/** Parses JSON so that `stringify` gives every number back as it was written. Throws SyntaxError. */
export function parseJson(text: string): Json {
  if (!UNFAITHFUL.test(text)) return JSON.parse(text) as Json
  return rawJson.parse(text, (_key, value, context) =>
    typeof value === 'number' && context.source !== undefined && String(value) !== context.source
      ? rawJson.rawJSON(context.source)
      : value,
  ) as Json
}

/** The JSON text, numbers as they were written. */
export function stringify(value: unknown, isPretty = false): string {
  return JSON.stringify(value, undefined, isPretty ? 2 : undefined)
}

/** The value of a number, however it is held; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  return isRawNumber(value) ? Number(value.rawJSON) : undefined
}

/** The text of a number as it was written; undefined for anything else. */
export function decimalText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return isRawNumber(value) ? value.rawJSON : undefined
}

/** Whether a value is an object with members: no list, no number that keeps its text. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)
}

/** The value as a list: nothing is empty, one is one. */
export function listOf(value: Json | undefined): Json[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

/** A copy that shares nothing that can change. */
export function copyOf<Value extends Json>(value: Value): Value {
  if (Array.isArray(value)) return value.map((one) => copyOf(one)) as Value
  if (!isObject(value)) return value
  const copy: JsonObject = {}
  for (const key of Object.keys(value)) copy[key] = copyOf(value[key] as Json)
  return copy as Value
}

/** One entry of a Bundle, apart from the rest so that a large one is parsed bit by bit. */
export interface SplitBundle {
  /** The Bundle without its entries. */
  readonly head: string
  readonly entries: readonly string[]
}

/**
 * Cuts the top-level `entry` list of an object out of its text. Returns undefined when there is none, or when the text
 * is not well-formed enough to tell; then parsing it as a whole says what is wrong.
 */
export function splitEntries(text: string): SplitBundle | undefined {
  let depth = 0
  let listStart = -1
  let itemStart = -1
  const entries: string[] = []
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 0x22) {
      const end = endOfString(text, index)
      if (end < 0) return undefined
      if (depth === 1 && listStart < 0 && end - index === 6 && text.startsWith('entry', index + 1)) {
        const opened = /^\s*:\s*\[/.exec(text.slice(end + 1, end + 40))
        if (opened !== null) {
          listStart = end + 1 + opened[0].length
          index = listStart - 1
          depth = 2
          continue
        }
      }
      index = end
    } else if (code === 0x7b || code === 0x5b) {
      if (listStart >= 0 && depth === 2 && code === 0x7b) itemStart = index
      else if (listStart >= 0 && depth === 2) return undefined
      depth += 1
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1
      if (depth === 2 && itemStart >= 0) {
        entries.push(text.slice(itemStart, index + 1))
        itemStart = -1
      } else if (depth === 1 && listStart >= 0) {
        return { head: `${text.slice(0, listStart)}${text.slice(index)}`, entries }
      }
    }
  }
  return undefined
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end > 0) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1
    if (slashes % 2 === 0) return end
    end = text.indexOf('"', end + 1)
  }
  return -1
}
