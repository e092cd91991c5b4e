export interface XmlAttributes {
  /** The value of an attribute, whatever its prefix; undefined when it isn't there. */
  get(name: string): string | undefined
  /** The same as it is written, with its names of signs. */
  raw(name: string): string | undefined
}

const MOST_ATTRIBUTES = 1000
const COLON = 58

/**
 * The attributes of the tag at hand: only their places are noted, in room that every tag uses again, and a value is cut out
 * when it is asked for. Good until the next tag.
 */
export class TagAttributes implements XmlAttributes {
  private tag = ''
  private count = 0
  /** Of each attribute: where its name begins and ends, and where its value does. */
  private readonly places = new Int32Array(4 * MOST_ATTRIBUTES)

  /** Looks a tag over from `from`; what is no attribute any more ends it. */
  read(tag: string, from: number): void {
    this.tag = tag
    this.count = 0
    for (let at = from; this.count < MOST_ATTRIBUTES; ) {
      const equals = tag.indexOf('=', at)
      if (equals < 0) return
      let [start, end] = [at, equals]
      while (start < equals && tag.charCodeAt(start) <= 32) start += 1
      while (end > start && tag.charCodeAt(end - 1) <= 32) end -= 1
      let quote = equals + 1
      while (tag.charCodeAt(quote) <= 32) quote += 1
      const sign = tag.charCodeAt(quote)
      const close = sign === 34 ? tag.indexOf('"', quote + 1) : sign === 39 ? tag.indexOf("'", quote + 1) : -1
      if (close < 0) return
      const place = 4 * this.count
      this.places[place] = start
      this.places[place + 1] = end
      this.places[place + 2] = quote + 1
      this.places[place + 3] = close
      this.count += 1
      at = close + 1
    }
  }

  get(wanted: string): string | undefined {
    const value = this.raw(wanted)
    return value === undefined ? undefined : unescaped(value)
  }

  raw(wanted: string): string | undefined {
    const { tag, places } = this
    for (let place = 0; place < 4 * this.count; place += 4) {
      const end = places[place + 1] as number
      const start = end - wanted.length
      const first = places[place] as number
      const isName = start === first || (start > first && tag.charCodeAt(start - 1) === COLON)
      if (isName && tag.startsWith(wanted, start)) {
        return tag.slice(places[place + 2] as number, places[place + 3] as number)
      }
    }
    return undefined
  }
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** The five names and numbers of signs; every other name stays as it is written. */
export function unescaped(text: string): string {
  if (!text.includes('&')) return text
  return text.replaceAll(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|lt|gt|amp|quot|apos);/g, (whole, name: string) => {
    if (!name.startsWith('#')) return NAMED[name] as string
    const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

/** Text of CDATA as it would be written: ampersands that stand for themselves. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;')
}
