import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { constants, createBrotliDecompress, createGunzip, createInflate, gzip } from 'node:zlib'
import { PlatformError } from '../../../kernel/errors.ts'
import type { RawAnswer } from '../../../kernel/raw.ts'

const pack = promisify(gzip)
/** Shorter answers gain nothing. */
const SHORTEST_BYTES = 1400

/** A body as it was before the client packed it. Throws 415 for a way of packing that is not known. */
export function unpacked(body: Readable, encoding: string | undefined): Readable {
  const word = (encoding ?? 'identity').trim().toLowerCase()
  if (word === '' || word === 'identity') return body
  const unpack =
    word === 'gzip' || word === 'x-gzip'
      ? createGunzip()
      : word === 'deflate'
        ? createInflate()
        : word === 'br'
          ? createBrotliDecompress()
          : undefined
  if (unpack === undefined)
    throw new PlatformError('unsupported_media_type', 'Content-Encoding must be gzip, deflate or br')
  body.once('error', (error) => unpack.destroy(error))
  return body.pipe(unpack)
}

/** The answer packed with gzip, where the client takes that and it pays; off the event loop. */
export async function packed(accepted: string | string[] | undefined, answer: RawAnswer): Promise<RawAnswer> {
  const { body } = answer
  if (typeof body !== 'string' || body.length < SHORTEST_BYTES) return answer
  const headers = { ...answer.headers, vary: 'origin, accept-encoding' }
  if (!takesGzip(accepted)) return { ...answer, headers }
  const bytes = await pack(body, { level: constants.Z_BEST_SPEED })
  return { ...answer, headers: { ...headers, 'content-encoding': 'gzip' }, body: bytes }
}

/** `gzip;q=0` says no. */
function takesGzip(header: string | string[] | undefined): boolean {
  const words = String(header ?? '').split(',')
  return words.some((word) => /^\s*(?:x-)?gzip\s*(?:;\s*q=(?:1(?:\.0*)?|0?\.\d*[1-9]\d*))?\s*$/i.test(word))
}
