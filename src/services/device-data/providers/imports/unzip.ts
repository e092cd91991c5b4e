import { crc32 } from 'node:zlib'
import { ByteReader } from './byteReader.ts'
import { inflated } from './inflate.ts'

/** What an archive may hold; beyond it, reading ends with `ArchiveRefusal`. */
export interface ArchiveLimits {
  readonly entries: number
  /** Of all entries together, unpacked. */
  readonly totalBytes: number
  /** How many times its size an entry may become, once it is larger than `ratioFromBytes`. */
  readonly ratio: number
  readonly ratioFromBytes: number
}

export type ArchiveFault = 'too-many-entries' | 'too-large' | 'bomb' | 'malformed' | 'cut-off'

/** An archive, or the rest of it, that cannot be read. */
export class ArchiveRefusal extends Error {
  readonly fault: ArchiveFault

  constructor(fault: ArchiveFault) {
    super(`the archive cannot be read: ${fault}`)
    this.name = 'ArchiveRefusal'
    this.fault = fault
  }
}

/** One file of an archive. Its content is read once, before the next entry is asked for; unread, it is passed over. */
export interface ArchiveEntry {
  readonly name: string
  readonly index: number
  /** Byte of the archive where its head begins, and bytes that the entries before it held. */
  readonly at: number
  readonly totalBytes: number
  readonly fault?: 'encrypted' | 'unknown-method' | 'unsafe-name'
  content(): AsyncGenerator<Uint8Array, void>
}

const LOCAL = 0x04034b50
const DESCRIPTOR = 0x08074b50
const LOCAL_BYTES = 30
const FULL_32 = 0xffffffff

interface Local {
  readonly name: string
  readonly isEncrypted: boolean
  readonly hasDescriptor: boolean
  readonly method: number
  readonly packedBytes: number
  readonly crc: number
}

/**
 * The files of a zip in the order in which they lie, without looking at its directory: nothing but the piece at hand is held.
 * `from` is an entry at which `source` begins. Sizes that are told only behind an entry, and those of ZIP64, are understood; nothing is ever written anywhere.
 */
export async function* unzip(
  source: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
  from: { readonly index: number; readonly at: number; readonly totalBytes: number } = {
    index: 0,
    at: 0,
    totalBytes: 0,
  },
): AsyncGenerator<ArchiveEntry, void> {
  const reader = new ByteReader(source)
  reader.position = from.at
  const total = { bytes: from.totalBytes }
  for (let index = from.index; ; index += 1) {
    const [at, totalBytes] = [reader.position, total.bytes]
    const local = await readLocal(reader)
    if (local === undefined) return
    if (index >= limits.entries) throw new ArchiveRefusal('too-many-entries')
    const entry = new Entry(reader, local, limits, total)
    const fault = faultOf(local)
    if (!local.name.endsWith('/')) {
      yield {
        name: local.name,
        index,
        at,
        totalBytes,
        ...(fault === undefined ? {} : { fault }),
        content: () => entry.content(),
      }
    }
    await entry.finish()
  }
}

function faultOf({ isEncrypted, method, name }: Local): ArchiveEntry['fault'] {
  if (isEncrypted) return 'encrypted'
  if (method !== 0 && method !== 8) return 'unknown-method'
  const isUnsafe = /(^|[\\/])\.\.([\\/]|$)|^[\\/]|^[A-Za-z]:|\p{Cc}/u.test(name)
  return isUnsafe ? 'unsafe-name' : undefined
}

/** The head of the next entry; undefined where the directory begins. */
async function readLocal(reader: ByteReader): Promise<Local | undefined> {
  const head = Buffer.from(await reader.exactly(LOCAL_BYTES))
  if (head.length < 4) throw new ArchiveRefusal('cut-off')
  // Directory, its end, and what ZIP64 or a signature may put before them.
  if (head.readUInt32LE(0) !== LOCAL) {
    if (head.readUInt16LE(0) === 0x4b50) return undefined
    throw new ArchiveRefusal('malformed')
  }
  if (head.length < LOCAL_BYTES) throw new ArchiveRefusal('cut-off')
  const flags = head.readUInt16LE(6)
  const name = await reader.exactly(head.readUInt16LE(26))
  const extra = Buffer.from(await reader.exactly(head.readUInt16LE(28)))
  const told = head.readUInt32LE(18)
  return {
    name: Buffer.from(name).toString((flags & 0x800) === 0 ? 'latin1' : 'utf8'),
    isEncrypted: (flags & 0x41) !== 0,
    hasDescriptor: (flags & 0x8) !== 0,
    method: head.readUInt16LE(8),
    packedBytes: told === FULL_32 ? (longSize(extra, head.readUInt32LE(22) === FULL_32) ?? told) : told,
    crc: head.readUInt32LE(14),
  }
}

/** The packed size in the extra field of ZIP64, behind the unpacked one where that is long too. */
function longSize(extra: Buffer, isUnpackedLong: boolean): number | undefined {
  for (let at = 0; at + 4 <= extra.length; ) {
    const size = extra.readUInt16LE(at + 2)
    const place = at + 4 + (isUnpackedLong ? 8 : 0)
    if (extra.readUInt16LE(at) === 1 && place + 8 <= Math.min(extra.length, at + 4 + size)) {
      return Number(extra.readBigUInt64LE(place))
    }
    at += 4 + size
  }
  return undefined
}

class Entry {
  private readonly reader: ByteReader
  private readonly local: Local
  private readonly limits: ArchiveLimits
  private readonly total: { bytes: number }
  private readonly start: number
  private unpackedBytes = 0
  private crc = 0
  private isRead = false

  constructor(reader: ByteReader, local: Local, limits: ArchiveLimits, total: { bytes: number }) {
    this.reader = reader
    this.local = local
    this.limits = limits
    this.total = total
    this.start = reader.position
  }

  /** Throws `ArchiveRefusal` for a bomb, and what zlib throws for damage. */
  async *content(): AsyncGenerator<Uint8Array, void> {
    for await (const piece of this.pieces()) {
      this.unpackedBytes += piece.length
      this.total.bytes += piece.length
      this.crc = crc32(piece, this.crc)
      this.refuseBomb()
      yield piece
    }
    this.isRead = true
    await this.passDescriptor()
  }

  private async *pieces(): AsyncGenerator<Uint8Array, void> {
    const { local, reader } = this
    // An archive that was written as a stream tells no size: the deflate stream itself says where it ends.
    const isSized = !local.hasDescriptor || local.packedBytes > 0
    if (local.method === 8) yield* inflated(reader, isSized ? local.packedBytes : Number.POSITIVE_INFINITY)
    else {
      if (!isSized) throw new ArchiveRefusal('malformed')
      for (let left = local.packedBytes; left > 0; ) {
        const piece = await reader.some(left)
        if (piece === undefined) throw new ArchiveRefusal('cut-off')
        left -= piece.length
        yield piece
      }
    }
  }

  private refuseBomb(): void {
    const { limits, total, unpackedBytes, reader, start } = this
    if (total.bytes > limits.totalBytes) throw new ArchiveRefusal('too-large')
    const packedBytes = Math.max(1, reader.position - start)
    if (unpackedBytes > limits.ratioFromBytes && unpackedBytes / packedBytes > limits.ratio) {
      throw new ArchiveRefusal('bomb')
    }
  }

  /** Goes to the head of the next entry, whatever of this one was read. */
  async finish(): Promise<void> {
    if (this.isRead) return
    const { local, reader, start } = this
    const isSized = !local.hasDescriptor || local.packedBytes > 0
    if (isSized) {
      if (!(await reader.skip(local.packedBytes - (reader.position - start)))) throw new ArchiveRefusal('cut-off')
      return this.passDescriptor(true)
    }
    if (local.isEncrypted || local.method !== 8 || reader.position !== start) throw new ArchiveRefusal('malformed')
    for await (const _ of this.content());
  }

  /** What follows an entry whose sizes weren't known before: with or without a mark, in four or eight bytes each. */
  private async passDescriptor(isUnread = false): Promise<void> {
    const { local, reader } = this
    if (!local.hasDescriptor) {
      if (!isUnread && this.crc !== local.crc) throw new EntryDamaged()
      return
    }
    const bytes = Buffer.from(await reader.exactly(24))
    const mark = bytes.length >= 4 && bytes.readUInt32LE(0) === DESCRIPTOR ? 4 : 0
    const isNext = (at: number) => bytes.length >= at + 2 && bytes.readUInt16LE(at) === 0x4b50
    const size = mark + (isNext(mark + 12) || bytes.length < mark + 20 ? 12 : 20)
    if (bytes.length < mark + 12) throw new ArchiveRefusal('cut-off')
    reader.giveBack(bytes.subarray(Math.min(size, bytes.length)))
    if (!isUnread && bytes.readUInt32LE(mark) !== this.crc) throw new EntryDamaged()
  }
}

/** The content of one entry isn't what the archive says; the entries behind it can be read. */
export class EntryDamaged extends Error {
  constructor() {
    super('the checksum of an entry differs')
    this.name = 'EntryDamaged'
  }
}
