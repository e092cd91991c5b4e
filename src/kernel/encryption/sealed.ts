import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { PlatformError } from '../errors.ts'

// A small ciphertext: version 1, id of the key (16 bytes), nonce (12), AES-256-GCM of the text, tag (16).

const VERSION = 1
const KEY_ID_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES

/** Bytes by which a ciphertext is longer than its plaintext. */
export const SEAL_BYTES = HEAD_BYTES + TAG_BYTES

/** Encrypts under a fresh nonce; the head and `binding` are bound to the result. */
export function seal(key: Buffer, keyId: Buffer, plaintext: Uint8Array, binding: string): Buffer {
  const head = Buffer.concat([Buffer.from([VERSION]), keyId, randomBytes(NONCE_BYTES)])
  const cipher = createCipheriv('aes-256-gcm', key, head.subarray(1 + KEY_ID_BYTES))
  cipher.setAAD(boundTo(head, binding))
  return Buffer.concat([head, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** Id of the key that a ciphertext needs. Throws `internal` when it is no ciphertext. */
export function keyIdOf(ciphertext: Uint8Array): Buffer {
  if (ciphertext.length < SEAL_BYTES || ciphertext[0] !== VERSION) throw unreadable('no ciphertext of this platform')
  return Buffer.from(ciphertext.subarray(1, 1 + KEY_ID_BYTES))
}

/** Decrypts. Throws `internal` when anything but what `seal` made for this binding (and key id) is given. */
export function open(key: Buffer, ciphertext: Uint8Array, binding: string, keyId?: Buffer): Buffer {
  const given = keyIdOf(ciphertext)
  if (keyId !== undefined && !given.equals(keyId)) throw unreadable('a ciphertext of another key')
  const head = ciphertext.subarray(0, HEAD_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, head.subarray(1 + KEY_ID_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(boundTo(head, binding))
  decipher.setAuthTag(ciphertext.subarray(ciphertext.length - TAG_BYTES))
  const text = decipher.update(ciphertext.subarray(HEAD_BYTES, ciphertext.length - TAG_BYTES))
  return finished(() => Buffer.concat([text, decipher.final()]))
}

function boundTo(head: Uint8Array, binding: string): Buffer {
  return Buffer.concat([head.subarray(0, 1 + KEY_ID_BYTES), Buffer.from(binding)])
}

/** The result of a decryption, whose failure says that the ciphertext is not what was written here. */
export function finished(final: () => Buffer): Buffer {
  try {
    return final()
  } catch {
    throw unreadable('the ciphertext was altered, cut, or belongs to another person, place or key')
  }
}

/** The stored content is not what was written. */
export function unreadable(privateDetail: string): PlatformError {
  return new PlatformError('internal', 'The stored content cannot be read', { privateDetail })
}
