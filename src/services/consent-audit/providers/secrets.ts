import { createHash, randomBytes } from 'node:crypto'

/** A secret that nobody guesses, safe in an address. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url')
}

/** SHA-256 of a text, as hex. */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
