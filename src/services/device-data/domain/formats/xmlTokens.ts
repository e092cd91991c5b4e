import { parserOf, refuseBinary, type TextReader } from './decoding.ts'
import { type FormatParser, FormatRefusal } from './reading.ts'
import { escaped, TagAttributes, unescaped, type XmlAttributes } from './xmlAttributes.ts'

const LONGEST_TAG = 1_048_576
const LONGEST_DOCTYPE = 524_288
const LONGEST_TEXT = 65_536
const DEEPEST = 64

export interface XmlTaker {
  /** A start tag; `element` counts from 1, and `attributes` are good until it returns. */
  open(name: string, attributes: XmlAttributes, element: number): void
  /** An end tag, also of an element without content; `text` is what stood directly in it. */
  close(name: string, text: string): void
  /** What it knows between two tags, as JSON, and the same back. */
  save(): unknown
  restore(state: unknown): void
}

/** Longer names and texts of open elements are not kept for another time. */
const LONGEST_PATH = 4000

/**
 * Elements of an XML as they come, without a tree. A document type is passed over and nothing it declares is used; one that
 * declares entities is refused. Names are given without their prefix. Refuses `malformed`, `cut-off`, `too-deep`,
 * `record-too-long` and `entities-declared`; the place is the number of the element.
 */
export function xmlParser(taker: XmlTaker, finish: () => void = () => undefined): FormatParser {
  return parserOf(new XmlReader(taker), finish)
}

/** Whether a text begins as markup does. */
export function isMarkup(text: string): boolean {
  return /^\uFEFF?\s*</.test(text)
}

class XmlReader implements TextReader {
  private readonly taker: XmlTaker
  private readonly names: string[] = []
  private readonly texts: string[] = []
  private rest = ''
  private elements = 0
  /** Most elements are of the name before: it is good already. */
  private lastName = ''
  private readonly attributes = new TagAttributes()

  constructor(taker: XmlTaker) {
    this.taker = taker
  }

  push(text: string): void {
    const all = this.rest === '' ? text : this.rest + text
    let at = 0
    for (;;) {
      const start = all.indexOf('<', at)
      if (start < 0) {
        this.addText(all.slice(at))
        at = all.length
        break
      }
      const end = this.markupEnd(all, start)
      if (end < 0) {
        this.addText(all.slice(at, start))
        at = start
        break
      }
      if (start > at) this.addText(all.slice(at, start))
      this.markup(all, start, end)
      at = end
    }
    this.rest = all.slice(at)
    if (this.rest.length > LONGEST_TAG) throw this.refusal('record-too-long')
  }

  /** What is not used yet, and what is known before it. Blanks at the beginning of a text belong to nothing. */
  save(): { readonly rest: string; readonly state: unknown } {
    const { rest, names, elements } = this
    const texts = this.texts.map((text) => text.trimStart())
    const length = [...names, ...texts].reduce((sum, one) => sum + one.length, 0)
    return {
      rest,
      state: length < LONGEST_PATH ? { names: [...names], texts, elements, taker: this.taker.save() } : undefined,
    }
  }

  restore(state: unknown): void {
    const { names, texts, elements, taker } = state as {
      names: string[]
      texts: string[]
      elements: number
      taker: unknown
    }
    this.names.push(...names)
    this.texts.push(...texts)
    this.elements = elements
    this.taker.restore(taker)
  }

  end(): void {
    if (this.rest !== '' || this.names.length > 0 || this.elements === 0) throw this.refusal('cut-off')
  }

  private refusal(
    code: 'malformed' | 'cut-off' | 'too-deep' | 'record-too-long' | 'entities-declared' | 'wrong-encoding',
  ) {
    return new FormatRefusal(code, this.elements)
  }

  private addText(text: string): void {
    const { texts } = this
    if (texts.length === 0 || text === '') return
    const held = texts[texts.length - 1] as string
    if (held.length < LONGEST_TEXT) texts[texts.length - 1] = held + text
  }

  /** Behind the end of what begins with `<` at `start`; -1 when it isn't all there yet. */
  private markupEnd(all: string, start: number): number {
    if (all.charCodeAt(start + 1) !== 33) {
      if (all.charCodeAt(start + 1) === 63) return behind(all, '?>', start)
      return tagEnd(all, start)
    }
    if (all.startsWith('<!--', start)) return behind(all, '-->', start + 4)
    if (all.startsWith('<![CDATA[', start)) return behind(all, ']]>', start)
    if (all.startsWith('<!DOCTYPE', start)) return this.doctypeEnd(all, start)
    // The beginning of one of the three may be all that has come.
    if (all.length - start < 9) return -1
    throw this.refusal('malformed')
  }

  private doctypeEnd(all: string, start: number): number {
    const end = doctypeEnd(all, start)
    const seen = end < 0 ? all.length : end
    if (all.slice(start, seen).includes('<!ENTITY')) throw this.refusal('entities-declared')
    if (seen - start > LONGEST_DOCTYPE) throw this.refusal('record-too-long')
    return end
  }

  private markup(all: string, start: number, end: number): void {
    const sign = all.charCodeAt(start + 1)
    if (sign === 63) return
    if (sign === 33) {
      if (all.startsWith('<![CDATA[', start)) this.addText(escaped(all.slice(start + 9, end - 3)))
      return
    }
    if (sign === 47) {
      this.closed(localName(all.slice(start + 2, end - 1).trim()))
      return
    }
    const isEmpty = all.charCodeAt(end - 2) === 47
    this.opened(all.slice(start + 1, isEmpty ? end - 2 : end - 1), isEmpty)
  }

  private opened(tag: string, isEmpty: boolean): void {
    const space = nameEnd(tag)
    const full = space < 0 ? tag : tag.slice(0, space)
    if (full !== this.lastName) {
      if (!/^[\p{L}_][\p{L}\p{N}_:.-]*$/u.test(full)) throw this.refusal('malformed')
      this.lastName = full
    }
    if (this.names.length >= DEEPEST) throw this.refusal('too-deep')
    refuseBinary(tag, this.elements)
    this.elements += 1
    const name = localName(full)
    this.attributes.read(tag, space < 0 ? tag.length : space)
    this.taker.open(name, this.attributes, this.elements)
    if (isEmpty) this.taker.close(name, '')
    else {
      this.names.push(name)
      this.texts.push('')
    }
  }

  private closed(name: string): void {
    if (this.names.pop() !== name) throw this.refusal('malformed')
    this.taker.close(name, unescaped(this.texts.pop() as string).trim())
  }
}

/** The first blank or slash of a tag; -1 where its name is all of it. */
function nameEnd(tag: string): number {
  for (let at = 0; at < tag.length; at += 1) {
    const code = tag.charCodeAt(at)
    if (code <= 32 || code === 47 || (code >= 128 && /\s/.test(tag[at] as string))) return at
  }
  return -1
}

function behind(all: string, sign: string, start: number): number {
  const found = all.indexOf(sign, start)
  return found < 0 ? -1 : found + sign.length
}

/** Behind the `>` that ends a tag: one inside quotes does not. */
function tagEnd(all: string, start: number): number {
  for (let at = start + 1; at < all.length; at += 1) {
    const code = all.charCodeAt(at)
    if (code === 62) return at + 1
    if (code !== 34 && code !== 39) continue
    at = all.indexOf(code === 34 ? '"' : "'", at + 1)
    if (at < 0) return -1
  }
  return -1
}

/** Behind the `>` that ends a document type, over quotes, comments and the subset in square brackets. */
function doctypeEnd(all: string, start: number): number {
  let at = start + 9
  let isInside = false
  while (at < all.length) {
    const sign = all[at] as string
    if (all.startsWith('<!--', at)) {
      at = behind(all, '-->', at + 4)
      if (at < 0) return -1
      continue
    }
    if (sign === '"' || sign === "'") {
      at = behind(all, sign, at + 1)
      if (at < 0) return -1
      continue
    }
    if (sign === '[') isInside = true
    else if (sign === ']') isInside = false
    else if (sign === '>' && !isInside) return at + 1
    at += 1
  }
  return -1
}

function localName(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}
