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

/** Parses JSON so that `stringify` gives every number back as it was written. Throws SyntaxError. */
export function parseJson(text: string): Json {
  return parseKeeping(text, oddNumbers(text))
}

/**
 * The same when the numbers that JavaScript would write otherwise are known: `odd` holds where each begins and ends. They
 * travel through the parser as texts that nothing else can be, and become numbers with their own text again.
 */
export function parseKeeping(text: string, odd: readonly number[]): Json {
  if (odd.length === 0) return JSON.parse(text) as Json
  // Whoever writes such a text is parsed the slow way.
  if (text.includes('\\u0001')) return parseWhole(text)
  const parts: string[] = []
  const kept: RawNumber[] = []
  let from = 0
  for (let index = 0; index < odd.length; index += 2) {
    const [start, end] = [odd[index] as number, odd[index + 1] as number]
    parts.push(text.slice(from, start), `"\\u0001${kept.length}"`)
    kept.push(rawJson.rawJSON(text.slice(start, end)))
    from = end
  }
  parts.push(text.slice(from))
  return withNumbers(JSON.parse(parts.join('')) as Json, kept)
}

function parseWhole(text: string): Json {
  return rawJson.parse(text, (_key, value, context) =>
    typeof value === 'number' && context.source !== undefined && String(value) !== context.source
      ? rawJson.rawJSON(context.source)
      : value,
  ) as Json
}

/** Puts the numbers back in place. */
function withNumbers(value: Json, kept: readonly RawNumber[]): Json {
  if (typeof value === 'string') return value.charCodeAt(0) === 1 ? (kept[Number(value.slice(1))] as RawNumber) : value
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const one = value[index] as Json
      if (typeof one === 'string' || typeof one === 'object') value[index] = withNumbers(one, kept)
    }
  } else if (typeof value === 'object' && value !== null) {
    const object = value as JsonObject
    for (const key in object) {
      const one = object[key]
      if (typeof one === 'string' ? one.charCodeAt(0) === 1 : typeof one === 'object')
        object[key] = withNumbers(one as Json, kept)
    }
  }
  return value
}

/** Where the numbers stand that JavaScript would write otherwise: with an exponent, a zero at the end, or many digits. */
function oddNumbers(text: string): number[] {
  const odd: number[] = []
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 0x22) {
      const end = endOfString(text, index)
      if (end < 0) return []
      index = end
    } else if (code === 0x0a) index = behindSpace(text, index) - 1
    else if (code <= 0x39 && (code >= 0x30 || code === 0x2d)) index = noteNumber(text, index, odd) - 1
  }
  return odd
}

const NO_SPACE = /\S/g

/** Where the indentation of a line ends: half of many texts is that. */
function behindSpace(text: string, start: number): number {
  NO_SPACE.lastIndex = start
  return NO_SPACE.test(text) ? NO_SPACE.lastIndex - 1 : text.length
}

/** Notes a number that isn't written as JavaScript writes it. Returns where it ends. */
function noteNumber(text: string, start: number, odd: number[]): number {
  let end = start + 1
  let isPlain = true
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end)
    if (code >= 0x30 && code <= 0x39) continue
    if (code !== 0x2e && code !== 0x2b && code !== 0x2d && (code | 0x20) !== 0x65) break
    isPlain = false
  }
  // Whole numbers of so few digits are written as they are; but for -0.
  if (isPlain && end - start <= 15 && text.charCodeAt(start) !== 0x2d) return end
  const number = text.slice(start, end)
  if (NUMBER.test(number) && String(Number(number)) !== number) odd.push(start, end)
  return end
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

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

/** A Bundle in parts, so that a large one is parsed bit by bit. */
export interface SplitBundle {
  /** The Bundle without its entries. */
  readonly head: string
  readonly entries: readonly string[]
  /** Of each entry, where the numbers stand that JavaScript would write otherwise: as `parseKeeping` takes them. */
  readonly odd: readonly (readonly number[])[]
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
  const odd: number[][] = []
  let numbers: number[] = []
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 0x0a) index = behindSpace(text, index) - 1
    else if (code === 0x22) {
      const end = endOfString(text, index)
      if (end < 0) return undefined
      const opened = depth === 1 && listStart < 0 ? listAfter(text, index, end) : 0
      if (opened > 0) {
        listStart = opened
        depth = 2
        index = opened - 1
      } else index = end
    } else if (code === 0x7b || code === 0x5b) {
      if (listStart >= 0 && depth === 2) {
        if (code === 0x5b) return undefined
        itemStart = index
        numbers = []
      }
      depth += 1
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1
      if (depth === 2 && itemStart >= 0) {
        entries.push(text.slice(itemStart, index + 1))
        odd.push(numbers.map((at) => at - itemStart))
        itemStart = -1
      } else if (depth === 1 && listStart >= 0) {
        return { head: `${text.slice(0, listStart)}${text.slice(index)}`, entries, odd }
      }
    } else if (code <= 0x39 && (code >= 0x30 || code === 0x2d)) index = noteNumber(text, index, numbers) - 1
  }
  return undefined
}

/** Where the items of `"entry": [` begin, when this text is its name; else 0. */
function listAfter(text: string, start: number, end: number): number {
  if (end - start !== 6 || !text.startsWith('entry', start + 1)) return 0
  const opened = /^\s*:\s*\[/.exec(text.slice(end + 1, end + 40))
  return opened === null ? 0 : end + 1 + opened[0].length
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end > 0 && text.charCodeAt(end - 1) === 0x5c) {
    let slashes = 1
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1
    if (slashes % 2 === 0) return end
    end = text.indexOf('"', end + 1)
  }
  return end
}
