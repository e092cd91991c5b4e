import { createInflateRaw } from 'node:zlib'
import type { ByteReader } from './byteReader.ts'

const PIECE_BYTES = 65_536
/** The end shows at most a few pieces after it came. */
const MOST_KEPT = 8

/**
 * What a deflate stream holds, piece by piece. It ends where the stream itself says so: what follows stays in the reader.
 * `limitBytes` bounds what may be taken from the reader. Throws what zlib throws for a stream that is damaged or cut.
 */
export async function* inflated(
  reader: ByteReader,
  limitBytes = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer, void> {
  const inflate = createInflateRaw({ chunkSize: PIECE_BYTES })
  let fedBytes = 0
  /** Pieces that may not be used up yet. */
  let recent: Uint8Array[] = []
  let isOver = false
  const ended = new Promise<void>((resolve) => {
    for (const sign of ['end', 'close', 'error']) {
      inflate.once(sign, () => {
        isOver = true
        resolve()
      })
    }
  })
  const feed = async () => {
    while (!isOver) {
      const piece = fedBytes < limitBytes ? await reader.some(Math.min(PIECE_BYTES, limitBytes - fedBytes)) : undefined
      if (isOver && piece !== undefined) return reader.giveBack(piece)
      if (piece === undefined) {
        inflate.end()
        return
      }
      recent.push(piece)
      fedBytes += piece.length
      if (recent.length > MOST_KEPT) recent = recent.slice(-MOST_KEPT)
      await Promise.race([new Promise<void>((resolve) => inflate.write(piece, () => resolve())), ended])
    }
  }
  const feeding = feed().catch((error: unknown) => void inflate.destroy(error as Error))
  try {
    for await (const piece of inflate) yield piece as Buffer
  } finally {
    isOver = true
    const unread = fedBytes - inflate.bytesWritten
    inflate.destroy()
    await feeding
    if (unread > 0) reader.giveBack(Buffer.concat(recent).subarray(-unread))
  }
}
