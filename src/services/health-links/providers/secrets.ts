import { randomBytes } from 'node:crypto'

/** 256 bits that nobody guesses, safe in an address. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}
