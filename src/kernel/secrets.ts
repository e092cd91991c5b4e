import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

const COST = { N: 16_384, r: 8, p: 1 }
const SALT_BYTES = 16
const KEY_BYTES = 32

/** Compares two secrets in a time that tells nothing about where they differ. */
export function equalSecrets(left: string, right: string): boolean {
  return timingSafeEqual(digestOf(left), digestOf(right))
}

/** What is stored of a secret that is long enough not to be guessed: its SHA-256. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** What is stored of a short passcode, which is stretched with a salt of its own: `salt.key`, both base64url. */
export async function hashPasscode(passcode: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return `${salt.toString('base64url')}.${(await stretch(passcode, salt)).toString('base64url')}`
}

/** Whether the passcode is the one that was hashed; false for a hash that is none. */
export async function isPasscode(passcode: string, hash: string): Promise<boolean> {
  const [salt = '', expected = ''] = hash.split('.')
  const given = await stretch(passcode, Buffer.from(salt, 'base64url'))
  const wanted = Buffer.from(expected, 'base64url')
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function stretch(passcode: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passcode.normalize('NFKC'), salt, KEY_BYTES, COST, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}
