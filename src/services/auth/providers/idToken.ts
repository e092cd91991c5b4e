import type { CryptoKey } from 'jose'

/** A key that signs id tokens. */
export interface SigningKey {
  readonly id: string
  readonly privateKey: CryptoKey
}

/** A new key pair: the private part as text to be sealed, the public one as it is published. */
export async function newSigningKey(id: string) {
  const { exportJWK, exportPKCS8, generateKeyPair } = await import('jose')
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true, modulusLength: 2048 })
  const publicPart: Readonly<Record<string, unknown>> = {
    ...(await exportJWK(publicKey)),
    kid: id,
    alg: 'RS256',
    use: 'sig',
  }
  return { privateText: await exportPKCS8(privateKey), publicPart }
}

/** The key of a text that `newSigningKey` made. */
export async function readSigningKey(id: string, privateText: string): Promise<SigningKey> {
  const { importPKCS8 } = await import('jose')
  return { id, privateKey: await importPKCS8(privateText, 'RS256') }
}

/** An id token: who signed in, for which client, at its request. */
export async function signIdToken(
  key: SigningKey,
  claims: Readonly<Record<string, unknown>>,
  { now, seconds }: { readonly now: Date; readonly seconds: number },
): Promise<string> {
  const { SignJWT } = await import('jose')
  const issued = Math.floor(now.getTime() / 1000)
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: key.id, typ: 'JWT' })
    .setIssuedAt(issued)
    .setExpirationTime(issued + seconds)
    .sign(key.privateKey)
}
