import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

const COST = { N: 16_384, r: 8, p: 1 }
const BYTES = 32

/** 256 bits that nobody guesses, safe in an address. */
export function newSecret(): string {
  return randomBytes(BYTES).toString('base64url')
}

/** What is stored of a secret that is long enough not to be guessed. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Whether two secrets are the same, in a time that tells nothing of where they differ. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other))
}

/** A short passcode is stretched with a salt of its own. */
export async function hashPasscode(passcode: string): Promise<string> {
  const salt = randomBytes(16)
  return `${salt.toString('base64url')}.${(await stretch(passcode, salt)).toString('base64url')}`
}

/** Whether the passcode is the one that was hashed. */
export async function isPasscode(passcode: string, hash: string): Promise<boolean> {
  const [salt = '', expected = ''] = hash.split('.')
  const given = await stretch(passcode, Buffer.from(salt, 'base64url'))
  const wanted = Buffer.from(expected, 'base64url')
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function stretch(passcode: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passcode.normalize('NFKC'), salt, BYTES, COST, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}
