import { createGunzip } from 'node:zlib'
import { HEAD_BYTES, headOf } from '../../domain/formats/catalogue.ts'
import type { Head } from '../../domain/formats/reading.ts'
import { type ArchiveLimits, ArchiveRefusal } from './unzip.ts'

/** Keeps what passes through it, as long as that is little. */
export class Keeper {
  private readonly mostBytes: number
  private kept: Uint8Array[] = []
  private bytes = 0
  private isOver = false

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes
  }

  /** The stream as it is. */
  async *through(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const piece of source) {
      this.bytes += piece.length
      if (this.bytes <= this.mostBytes) this.kept.push(piece)
      else this.kept = []
      yield piece
    }
    this.isOver = true
  }

  /** All of it once more; undefined where it was too much, or did not come to its end. */
  again(): AsyncIterable<Uint8Array> | undefined {
    return this.isOver && this.bytes <= this.mostBytes ? asAsync(this.kept) : undefined
  }
}

export interface Peeked {
  readonly head: Head
  /** The whole again, once. */
  whole(): AsyncIterable<Uint8Array>
}

/** The head of a file alone: the rest is not asked for. */
export async function headFrom(
  source: AsyncGenerator<Uint8Array, void> | AsyncIterable<Uint8Array>,
  name: string,
): Promise<Head> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    return (await peek({ [Symbol.asyncIterator]: () => iterator }, name)).head
  } finally {
    await iterator.return?.()
  }
}

/** The head of a file, and the whole of it again. */
export async function peek(source: AsyncIterable<Uint8Array>, name: string): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]()
  const first: Uint8Array[] = []
  let length = 0
  let isOver = false
  while (length < HEAD_BYTES && !isOver) {
    const { value, done } = await iterator.next()
    if (done === true) isOver = true
    else {
      first.push(value)
      length += value.length
    }
  }
  async function* whole() {
    yield* first
    for (;;) {
      const { value, done } = isOver ? { value: undefined, done: true } : await iterator.next()
      if (done === true || value === undefined) return
      yield value
    }
  }
  return { head: headOf(Buffer.concat(first).subarray(0, HEAD_BYTES), name), whole }
}

/** What a gzip holds; throws `ArchiveRefusal` for a bomb. */
export async function* gunzipped(
  source: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
): AsyncGenerator<Uint8Array, void> {
  const gunzip = createGunzip()
  let packedBytes = 1
  let bytes = 0
  const ended = new Promise<void>((resolve) => {
    for (const sign of ['end', 'close', 'error']) gunzip.once(sign, () => resolve())
  })
  const feed = async () => {
    for await (const piece of source) {
      if (gunzip.destroyed || gunzip.readableEnded) return
      packedBytes += piece.length
      await Promise.race([new Promise<void>((resolve) => gunzip.write(piece, () => resolve())), ended])
      if (gunzip.destroyed || gunzip.readableEnded) return
    }
    gunzip.end()
  }
  const feeding = feed().catch((error: unknown) => void gunzip.destroy(error as Error))
  try {
    for await (const piece of gunzip) {
      bytes += (piece as Buffer).length
      const isBomb = bytes > limits.ratioFromBytes && bytes / packedBytes > limits.ratio
      if (isBomb || bytes > limits.totalBytes) throw new ArchiveRefusal(isBomb ? 'bomb' : 'too-large')
      yield piece as Buffer
    }
  } finally {
    gunzip.destroy()
    // Whoever opens the file once more must not meet a piece that was asked for here.
    await feeding
  }
}

/** Pieces that are there, as a stream. */
async function* asAsync(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  yield* pieces
}

/** A stream in pieces of a size that a parser makes little of. */
export async function* inPieces(source: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array, void> {
  for await (const piece of source) {
    for (let at = 0; at < piece.length; at += bytes) yield piece.subarray(at, at + bytes)
  }
}

/** A stream behind its first bytes. */
export async function* behind(source: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array, void> {
  let left = bytes
  for await (const piece of source) {
    if (piece.length <= left) left -= piece.length
    else {
      yield piece.subarray(left)
      left = 0
    }
  }
}
