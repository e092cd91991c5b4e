// The inside of a backup: one entry after the other, each a line of JSON that says what it is, then its content in pieces
// (four bytes of length, then the piece; length zero ends it). The last entry is `end`: what lacks it was cut.

/** What an entry is: a table's rows, a file, a set of values. */
export interface EntryHead {
  readonly kind: 'manifest' | 'secret' | 'table' | 'sequences' | 'file' | 'end'
  readonly name: string
  /** Columns of a table, in the order of its rows. */
  readonly columns?: readonly string[]
}

export interface Entry {
  readonly head: EntryHead
  /** To be read to its end before the next entry is asked for. */
  readonly content: AsyncGenerator<Buffer, void>
}

const LENGTH_BYTES = 4
const LONGEST_HEAD = 65_536
const LONGEST_PIECE = 16_777_216

/** The bytes of one entry. */
export async function* entryBytes(
  head: EntryHead,
  content: AsyncIterable<Uint8Array> | readonly Uint8Array[] = [],
): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(`${JSON.stringify(head)}\n`)
  for await (const piece of content) {
    for (let at = 0; at < piece.length; at += LONGEST_PIECE) {
      const part = piece.subarray(at, at + LONGEST_PIECE)
      yield lengthOf(part.length)
      yield part
    }
  }
  yield lengthOf(0)
}

/** Reads entries until `end`. Throws a sentence when the bytes are none, or end before. */
export async function* readEntries(source: AsyncIterable<Uint8Array>): AsyncGenerator<Entry, void> {
  const reader = new ByteReader(source)
  try {
    for (;;) {
      const head = readHead(await reader.line())
      let isRead = false
      const content = pieces(reader, () => {
        isRead = true
      })
      yield { head, content }
      if (!isRead) for await (const _piece of content);
      if (head.kind === 'end') return
    }
  } finally {
    await reader.close()
  }
}

async function* pieces(reader: ByteReader, atEnd: () => void): AsyncGenerator<Buffer, void> {
  for (;;) {
    const length = (await reader.exactly(LENGTH_BYTES)).readUInt32BE(0)
    if (length === 0) return atEnd()
    if (length > LONGEST_PIECE) throw notABackup()
    yield await reader.exactly(length)
  }
}

function readHead(line: string): EntryHead {
  try {
    const head = JSON.parse(line) as EntryHead
    if (typeof head.kind === 'string' && typeof head.name === 'string') return head
  } catch {
    // Said below.
  }
  throw notABackup()
}

function lengthOf(length: number): Buffer {
  const bytes = Buffer.alloc(LENGTH_BYTES)
  bytes.writeUInt32BE(length, 0)
  return bytes
}

const notABackup = () => new Error('This is no backup of Salus, or it was damaged')

/** Takes lines and exact numbers of bytes out of a stream, holding little more than what is asked for. */
export class ByteReader {
  private readonly source: AsyncIterator<Uint8Array>
  private held: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]()
  }

  /** The bytes up to the next line feed, as text. Throws when there is none within the longest head. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.held.indexOf(10)
      if (end >= 0) {
        const text = this.held.subarray(0, end).toString('utf8')
        this.held = this.held.subarray(end + 1)
        return text
      }
      if (this.held.length > LONGEST_HEAD) throw notABackup()
      await this.more()
    }
  }

  async exactly(length: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for (let missing = length; missing > 0; ) {
      if (this.held.length === 0) await this.more()
      const part = this.held.subarray(0, missing)
      this.held = this.held.subarray(part.length)
      parts.push(part)
      missing -= part.length
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
  }

  /** What comes after what was taken. */
  async *rest(): AsyncGenerator<Uint8Array, void> {
    if (this.held.length > 0) yield this.held
    this.held = Buffer.alloc(0)
    for (let next = await this.source.next(); next.done !== true; next = await this.source.next()) yield next.value
  }

  async close(): Promise<void> {
    await this.source.return?.()
  }

  private async more(): Promise<void> {
    const next = await this.source.next()
    if (next.done === true) throw new Error('The backup ends before its end: it was cut')
    const bytes = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
    this.held = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes])
  }
}
