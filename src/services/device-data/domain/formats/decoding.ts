import { type FormatParser, FormatRefusal, type Mark, type Taking } from './reading.ts'

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/**
 * Turns bytes into text piece by piece: UTF-8 and UTF-16 by their mark or by what the first bytes look like; bytes that are
 * no UTF-8 are read as Windows-1252 (which holds Latin-1) from there on, as spreadsheets of old write them.
 */
export class TextParser implements Taking {
  private readonly take: (text: string) => void
  private readonly finish: () => void
  private encoding: Encoding | undefined
  private decoder: InstanceType<typeof TextDecoder> | undefined
  private held: Uint8Array = new Uint8Array(0)
  /** Bytes that were pushed, and bytes and signs of text since the encoding was last decided. */
  private pushed = 0
  private decidedAt = 0
  private signs = 0

  constructor(take: (text: string) => void, finish: () => void) {
    this.take = take
    this.finish = finish
  }

  push(bytes: Uint8Array): void {
    this.pushed += bytes.length
    let all = this.held.length === 0 ? bytes : joined(this.held, bytes)
    this.held = new Uint8Array(0)
    if (this.encoding === undefined) {
      if (all.length < 4) {
        this.held = all
        return
      }
      all = this.begin(all)
    }
    if (this.encoding === 'utf-8') this.takeUtf8(all)
    else this.takeOther(all)
  }

  end(): void {
    const rest = this.encoding === undefined ? this.begin(this.held) : this.held
    this.held = new Uint8Array(0)
    // What is left of UTF-8 is the start of a sign that never came: the file was cut inside it.
    if (rest.length > 0 && this.encoding === 'utf-8') this.takeWhole(rest)
    else if (rest.length > 0) this.takeOther(rest)
    this.finish()
  }

  /**
   * The place before `rest`, which is text that was handed out and is not used yet; undefined where the bytes of that text
   * cannot be counted. `state` is what the reader of the text knows there.
   */
  protected place(rest: string, state: unknown): Mark | undefined {
    const { encoding } = this
    if (encoding === undefined) return undefined
    if (encoding === 'utf-8') {
      const offset = this.pushed - this.held.length - new TextEncoder().encode(rest).length
      return { offset, state: { encoding, of: state } }
    }
    if (rest.length > this.signs) return undefined
    const offset = this.decidedAt + (this.signs - rest.length) * (encoding === 'windows-1252' ? 1 : 2)
    return { offset, state: { encoding, of: state } }
  }

  /** Goes to a place that `place` gave; returns what the reader of the text knew there. */
  protected goTo({ offset, state }: Mark): unknown {
    const { encoding, of } = state as { encoding: Encoding; of: unknown }
    this.encoding = encoding
    if (encoding !== 'utf-8') this.decoder = new TextDecoder(encoding)
    this.held = new Uint8Array(0)
    this.pushed = offset
    this.decidedAt = offset
    this.signs = 0
    return of
  }

  /** Decides the encoding; returns the bytes behind the mark. */
  private begin(bytes: Uint8Array): Uint8Array {
    const { encoding, markBytes } = encodingOf(bytes)
    this.encoding = encoding
    if (encoding !== 'utf-8') this.decoder = new TextDecoder(encoding)
    this.decidedAt = this.pushed - bytes.length + markBytes
    return bytes.subarray(markBytes)
  }

  private takeUtf8(bytes: Uint8Array): void {
    const whole = wholeSigns(bytes)
    this.held = bytes.slice(whole)
    this.takeWhole(bytes.subarray(0, whole))
  }

  private takeWhole(bytes: Uint8Array): void {
    let text: string
    try {
      text = strictUtf8.decode(bytes)
    } catch {
      this.encoding = 'windows-1252'
      this.decoder = new TextDecoder('windows-1252')
      const held = this.held
      this.held = new Uint8Array(0)
      this.decidedAt = this.pushed - held.length - bytes.length
      this.signs = 0
      this.takeOther(joined(bytes, held))
      return
    }
    if (text !== '') this.take(text)
  }

  private takeOther(bytes: Uint8Array): void {
    const text = (this.decoder as InstanceType<typeof TextDecoder>).decode(bytes, { stream: true })
    this.signs += text.length
    if (text !== '') this.take(text)
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The first bytes of a file as text, in the encoding they seem to have. Never throws. */
export function headText(bytes: Uint8Array): string {
  const { encoding, markBytes } = encodingOf(bytes)
  return new TextDecoder(encoding).decode(bytes.subarray(markBytes))
}

function encodingOf(bytes: Uint8Array): { encoding: Encoding; markBytes: number } {
  const [first, second, third, fourth] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return { encoding: 'utf-8', markBytes: 3 }
  if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le', markBytes: 2 }
  if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be', markBytes: 2 }
  // Signs of Western text in UTF-16 have a zero byte each.
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return { encoding: 'utf-16le', markBytes: 0 }
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0) return { encoding: 'utf-16be', markBytes: 0 }
  return { encoding: 'utf-8', markBytes: 0 }
}

/** How many bytes form whole signs of UTF-8: up to three at the end may be the start of the next. */
function wholeSigns(bytes: Uint8Array): number {
  const { length } = bytes
  for (let back = 1; back <= Math.min(3, length); back += 1) {
    const byte = bytes[length - back] as number
    if (byte < 0x80) return length
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return needed > back ? length - back : length
    }
  }
  return length
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const all = new Uint8Array(left.length + right.length)
  all.set(left)
  all.set(right, left.length)
  return all
}

/** Throws `wrong-encoding` for a text that holds zero bytes: it is no text. */
export function refuseBinary(text: string, place: number): void {
  if (text.includes('\u0000')) throw new FormatRefusal('wrong-encoding', place)
}

/** Reads text piece by piece, and can say between two records what it knows. */
export interface TextReader {
  push(text: string): void
  end(): void
  /** Text that is not used yet, and what is known before it; undefined where that is too much to keep. */
  save(): { readonly rest: string; readonly state: unknown }
  /** Takes back a state that `save` gave. */
  restore(state: unknown): void
}

/** The parser of bytes that feeds a reader of text. */
export function parserOf(reader: TextReader, finish: () => void): FormatParser {
  return new ReaderParser(reader, finish)
}

class ReaderParser extends TextParser implements FormatParser {
  private readonly reader: TextReader

  constructor(reader: TextReader, finish: () => void) {
    super(
      (text) => reader.push(text),
      () => {
        reader.end()
        finish()
      },
    )
    this.reader = reader
  }

  mark(): Mark | undefined {
    const { rest, state } = this.reader.save()
    return state === undefined ? undefined : this.place(rest, state)
  }

  goOn(mark: Mark): void {
    this.reader.restore(this.goTo(mark))
  }
}
