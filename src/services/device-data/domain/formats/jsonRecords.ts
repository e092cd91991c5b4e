import { parserOf, type TextReader } from './decoding.ts'
import { type FormatParser, FormatRefusal } from './reading.ts'

const DEEPEST = 64
const LONGEST_RECORD = 4_194_304
const LONGEST_WORD = 65_536

/** Where a value stands: keys of objects, and places in lists. */
export type JsonPath = readonly (string | number)[]

export interface JsonTaker {
  /** Whether the value that begins at `path` is read whole and handed to `record`. */
  isRecord(path: JsonPath): boolean
  record(value: unknown, path: JsonPath): void
  /** A text, number, true, false or null outside records. */
  scalar?(value: unknown, path: JsonPath): void
  /** The end of an object or list outside records. */
  close?(path: JsonPath): void
  /** What it knows between two records, as JSON, and the same back. */
  save(): unknown
  restore(state: unknown): void
}

/** Longer paths are not kept for another time. */
const LONGEST_PATH = 4000

/**
 * Reads JSON piece by piece: only one record is ever held. Several values one after the other, as in files of lines, are
 * read as well. Refuses `malformed`, `cut-off`, `too-deep` and `record-too-long`; the place is the sign.
 */
export function jsonParser(taker: JsonTaker, finish: () => void = () => undefined): FormatParser {
  return parserOf(new JsonReader(taker), finish)
}

interface JsonState {
  readonly path: readonly (string | number)[]
  readonly kinds: readonly boolean[]
  readonly expected: Expected
  readonly passed: number
  readonly taker: unknown
}

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end'

class JsonReader implements TextReader {
  private readonly taker: JsonTaker
  private readonly path: (string | number)[] = []
  private readonly kinds: boolean[] = []
  private expected: Expected = 'value'
  private text = ''
  private at = 0
  private passed = 0

  constructor(taker: JsonTaker) {
    this.taker = taker
  }

  push(text: string): void {
    this.passed += this.at
    this.text = this.text.slice(this.at) + text
    this.at = 0
    this.run()
  }

  /** What is not used yet, an open record from its beginning, and what is known before it. */
  save(): { readonly rest: string; readonly state: JsonState | undefined } {
    const { path, kinds, expected, taker } = this
    const rest = this.text.slice(this.at)
    if (path.join('').length > LONGEST_PATH) return { rest, state: undefined }
    return {
      rest,
      state: { path: [...path], kinds: [...kinds], expected, passed: this.passed + this.at, taker: taker.save() },
    }
  }

  restore(state: unknown): void {
    const { path, kinds, expected, passed, taker } = state as JsonState
    this.path.push(...path)
    this.kinds.push(...kinds)
    this.expected = expected
    this.passed = passed
    this.taker.restore(taker)
  }

  end(): void {
    // A number at the very end has nothing behind it that would end it.
    this.push(' ')
    this.skipSpace()
    if (this.at < this.text.length || this.kinds.length > 0 || this.scan.isOpen) throw this.refusal('cut-off')
  }

  private refusal(code: 'malformed' | 'cut-off' | 'too-deep' | 'record-too-long'): FormatRefusal {
    return new FormatRefusal(code, this.passed + this.at)
  }

  private skipSpace(): void {
    for (; this.at < this.text.length; this.at += 1) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
    }
  }

  private run(): void {
    for (;;) {
      if (this.scan.isOpen) {
        if (!this.continueRecord()) return
        continue
      }
      this.skipSpace()
      if (this.at >= this.text.length || !this.step()) return
    }
  }

  /** One sign or word; false when more text is needed. */
  private step(): boolean {
    const sign = this.text[this.at] as string
    switch (this.expected) {
      case 'colon':
        if (sign !== ':') throw this.refusal('malformed')
        this.at += 1
        this.expected = 'value'
        return true
      case 'comma-or-end':
        return this.afterValue(sign)
      case 'key':
      case 'key-or-end':
        if (sign === '}' && this.expected === 'key-or-end') return this.close()
        return this.key(sign)
      default:
        if (sign === ']' && this.expected === 'value-or-end') return this.close()
        return this.value(sign)
    }
  }

  private afterValue(sign: string): boolean {
    const isList = this.kinds.at(-1) as boolean
    if (sign === (isList ? ']' : '}')) return this.close()
    if (sign !== ',') throw this.refusal('malformed')
    this.at += 1
    if (isList) this.path[this.path.length - 1] = (this.path.at(-1) as number) + 1
    this.expected = isList ? 'value' : 'key'
    return true
  }

  private key(sign: string): boolean {
    if (sign !== '"') throw this.refusal('malformed')
    const word = this.word()
    if (word === undefined) return false
    this.path[this.path.length - 1] = String(word)
    this.expected = 'colon'
    return true
  }

  private value(sign: string): boolean {
    if (this.taker.isRecord(this.path)) {
      this.scan = { isOpen: true, isEscaped: false, depth: 0, isText: false, from: this.at }
      return true
    }
    if (sign === '{' || sign === '[') {
      if (this.kinds.length >= DEEPEST) throw this.refusal('too-deep')
      this.at += 1
      this.kinds.push(sign === '[')
      this.path.push(sign === '[' ? 0 : '')
      this.expected = sign === '[' ? 'value-or-end' : 'key-or-end'
      return true
    }
    const word = this.word()
    if (word === undefined) return false
    this.taker.scalar?.(word, this.path)
    this.valueEnded()
    return true
  }

  private valueEnded(): void {
    this.expected = this.kinds.length === 0 ? 'value' : 'comma-or-end'
  }

  private close(): boolean {
    this.at += 1
    this.kinds.pop()
    this.path.pop()
    this.taker.close?.(this.path)
    this.valueEnded()
    return true
  }

  /** A text, number or literal at the place; undefined when it goes on behind the text. */
  private word(): unknown {
    const end = this.text[this.at] === '"' ? textEnd(this.text, this.at + 1) : bareEnd(this.text, this.at)
    if (end < 0) {
      if (this.text.length - this.at > LONGEST_WORD) throw this.refusal('record-too-long')
      return undefined
    }
    const value = this.parsed(this.text.slice(this.at, end))
    this.at = end
    return value
  }

  private parsed(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch {
      throw this.refusal('malformed')
    }
  }

  /** The record that is being looked over for its end; `from` is the next sign to look at. */
  private scan = { isOpen: false, isEscaped: false, depth: 0, isText: false, from: 0 }

  /** Looks for the end of the open record; false when more text is needed. The record stands at `at`. */
  private continueRecord(): boolean {
    const end = this.recordEnd()
    if (end === undefined) {
      if (this.text.length - this.at > LONGEST_RECORD) throw this.refusal('record-too-long')
      // The text is cut to begin at the record when more comes.
      this.scan.from = this.text.length - this.at
      return false
    }
    const value = this.parsed(this.text.slice(this.at, end))
    this.scan = { ...this.scan, isOpen: false }
    this.at = end
    this.taker.record(value, this.path)
    this.valueEnded()
    return true
  }

  private recordEnd(): number | undefined {
    const { scan, text } = this
    const first = text[this.at]
    if (first !== '{' && first !== '[') {
      const end = first === '"' ? textEnd(text, this.at + 1) : bareEnd(text, this.at)
      return end < 0 ? undefined : end
    }
    for (let at = scan.from; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (scan.isText) {
        if (code === 34 && !scan.isEscaped) scan.isText = false
        scan.isEscaped = code === 92 && !scan.isEscaped
      } else if (code === 34) {
        scan.isText = true
        scan.isEscaped = false
      } else if (code === 123 || code === 91) {
        scan.depth += 1
        if (scan.depth > DEEPEST) throw this.refusal('too-deep')
      } else if (code === 125 || code === 93) {
        scan.depth -= 1
        if (scan.depth === 0) return at + 1
      }
    }
    return undefined
  }
}

/** Behind the closing quote of a text; -1 when it isn't there. */
function textEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0
    while (text.charCodeAt(quote - 1 - slashes) === 92 && quote - 1 - slashes >= start) slashes += 1
    if (slashes % 2 === 0) return quote + 1
  }
  return -1
}

/** Behind the last sign of a number or literal; -1 when it may go on. */
function bareEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    if (!/[\w.+-]/.test(text[at] as string)) return at === start ? at + 1 : at
  }
  return -1
}
