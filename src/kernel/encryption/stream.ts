import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { finished, unreadable } from './sealed.ts'

// A long ciphertext: version 2, id of the key (16 bytes), salt (32), then chunks of 64 KiB, each AES-256-GCM with a tag of
// its own. The key is derived for this stream alone, so that nonces may count; the last chunk says in its nonce that it is
// the last: what is cut off at a chunk, swapped or put in doesn't open.

const VERSION = 2
const KEY_ID_BYTES = 16
const SALT_BYTES = 32
const HEAD_BYTES = 1 + KEY_ID_BYTES + SALT_BYTES
const TAG_BYTES = 16
export const CHUNK_BYTES = 65_536
const MAXIMUM_CHUNKS = 2 ** 32

/** The key that the head of a stream asks for. */
export type KeyFor = (keyId: Buffer) => Promise<Buffer>

/** Encrypts a stream of any length; holds one chunk at a time. Throws what `source` throws. */
export async function* encryptChunks(
  key: Buffer,
  keyId: Buffer,
  source: AsyncIterable<Uint8Array>,
  binding: string,
): AsyncGenerator<Buffer, void> {
  const head = Buffer.concat([Buffer.from([VERSION]), keyId, randomBytes(SALT_BYTES)])
  const streamKey = derivedKey(key, head)
  yield head
  let index = 0
  // One chunk is always held back: only at the end is it known which one is the last.
  for await (const { bytes, isLast } of regrouped(source, CHUNK_BYTES)) {
    const cipher = createCipheriv('aes-256-gcm', streamKey, nonce(index, isLast))
    cipher.setAAD(Buffer.from(binding))
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
    index += 1
  }
}

/** Decrypts what `encryptChunks` made for this binding. Throws `internal` at the first chunk that isn't it. */
export async function* decryptChunks(
  keyFor: KeyFor,
  source: AsyncIterable<Uint8Array>,
  binding: string,
): AsyncGenerator<Buffer, void> {
  let streamKey: Buffer | undefined
  let index = 0
  const body = afterHead(source, async (head) => {
    if (head.length < HEAD_BYTES || head[0] !== VERSION) throw unreadable('no encrypted stream of this platform')
    streamKey = derivedKey(await keyFor(Buffer.from(head.subarray(1, 1 + KEY_ID_BYTES))), head)
  })
  for await (const { bytes, isLast } of regrouped(body, CHUNK_BYTES + TAG_BYTES)) {
    if (bytes.length < TAG_BYTES) throw unreadable('the stream was cut')
    const decipher = createDecipheriv('aes-256-gcm', streamKey as Buffer, nonce(index, isLast), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(binding))
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
    const text = decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES))
    yield finished(() => Buffer.concat([text, decipher.final()]))
    index += 1
  }
}

function derivedKey(key: Buffer, head: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', key, head.subarray(1 + KEY_ID_BYTES), 'salus stream', 32))
}

function nonce(index: number, isLast: boolean): Buffer {
  if (index >= MAXIMUM_CHUNKS) throw unreadable('a stream of more than 256 TiB')
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(index, 7)
  bytes[11] = isLast ? 1 : 0
  return bytes
}

/** The bytes in pieces of `size`, the last one shorter or empty; there is always a last one. */
async function* regrouped(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ bytes: Buffer; isLast: boolean }, void> {
  let parts: Uint8Array[] = []
  let length = 0
  for await (let part of source) {
    while (length + part.length > size) {
      const taken = size - length
      yield { bytes: Buffer.concat([...parts, part.subarray(0, taken)]), isLast: false }
      part = part.subarray(taken)
      parts = []
      length = 0
    }
    if (part.length > 0) parts.push(part)
    length += part.length
  }
  yield { bytes: Buffer.concat(parts), isLast: true }
}

/** What follows the head of a stream; `read` sees the head, or all there is when the stream is shorter. */
async function* afterHead(
  source: AsyncIterable<Uint8Array>,
  read: (head: Buffer) => Promise<void>,
): AsyncGenerator<Uint8Array, void> {
  let held: Buffer | undefined = Buffer.alloc(0)
  for await (const part of source) {
    if (held === undefined) {
      yield part
      continue
    }
    held = Buffer.concat([held, part])
    if (held.length < HEAD_BYTES) continue
    await read(held.subarray(0, HEAD_BYTES))
    const rest: Buffer = held.subarray(HEAD_BYTES)
    held = undefined
    yield rest
  }
  if (held !== undefined) await read(held)
}
