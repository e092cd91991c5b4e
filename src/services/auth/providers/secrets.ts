import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** A new secret of 256 random bits, URL-safe. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** SHA-256 of a secret that is random enough to need no salt. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Digest of something guessable (a phone, an address, a six-digit code), useless without the platform's key. */
export function keyedDigest(purpose: string, text: string, key: string): Buffer {
  return createHmac('sha256', key).update(`${purpose}\n${text}`).digest()
}

/** Encrypts text for storage under a key derived for `purpose`: AES-256-GCM, `nonce.tag.text`. */
export function seal(purpose: string, text: string, key: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', sealingKey(purpose, key), nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return [nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url')).join('.')
}

/** Reads what `seal` wrote; undefined when it was written under another key or changed. */
export function unseal(purpose: string, sealed: string, key: string): string | undefined {
  const [nonce, tag, text] = sealed.split('.').map((part) => Buffer.from(part, 'base64url'))
  if (nonce === undefined || tag === undefined || text === undefined) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', sealingKey(purpose, key), nonce, { authTagLength: 16 })
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

function sealingKey(purpose: string, key: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', `salus-auth:${purpose}`, 32))
}
