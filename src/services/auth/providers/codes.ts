import { randomBytes, randomInt } from 'node:crypto'

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const CODES = 10

/** A one-time code of six digits. */
export function newCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0')
}

/** Ten backup codes of four groups of four (79 bits), without letters that look alike. */
export function newBackupCodes(): string[] {
  return Array.from({ length: CODES }, () => Array.from({ length: 4 }, () => letters(4)).join('-'))
}

/** A backup code as it is hashed, however it was typed. */
export function plainBackupCode(typed: string): string {
  return typed.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/** A password to be shown once: five groups of four (98 bits), with the digit and letter every password needs. */
export function newPassword(): string {
  const groups = Array.from({ length: 5 }, () => letters(4))
  return `${groups.join('-')}-a1`
}

/** An API key for the account of that number; the part before the random one tells the owner's keys apart. */
export function newApiKey(seq: number): { readonly key: string; readonly prefix: string } {
  const prefix = `usr_${seq}_`
  return { key: `${prefix}${randomBytes(32).toString('base64url')}`, prefix }
}

/** What of a key may be shown again: `usr_1_****`. */
export function previewOf(prefix: string): string {
  return `${prefix}****`
}

function letters(count: number): string {
  return Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}
