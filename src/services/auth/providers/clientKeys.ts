import type { JWTVerifyGetKey } from 'jose'

/** Algorithms of signed assertions that SMART asks for. */
export const ASSERTION_ALGORITHMS = ['RS384', 'ES384'] as const
/** No assertion may be good for longer. */
const LONGEST_SECONDS = 300
const SLACK_SECONDS = 5
const MOST_KEY_SETS = 200

export interface KeySource {
  readonly jwks: { readonly keys: readonly object[] } | null
  readonly jwks_uri: string | null
}

/** Published keys by their address, kept between requests: `jose` asks again every ten minutes, and for unknown ids. */
const published = new Map<string, JWTVerifyGetKey>()

/** The proof in a client's signed assertion; undefined when it proves nothing. Throws nothing. */
export async function verifyAssertion(
  assertion: string,
  client: { readonly id: string } & KeySource,
  options: { readonly audience: readonly string[]; readonly now: Date },
): Promise<{ readonly jti: string; readonly expiresAt: Date } | undefined> {
  const { decodeProtectedHeader, jwtVerify } = await import('jose')
  try {
    const { jku } = decodeProtectedHeader(assertion)
    // Keys come from where the client was registered with, never from where the token says.
    if (jku !== undefined && jku !== client.jwks_uri) return undefined
    const { payload } = await jwtVerify(assertion, await keysOf(client), {
      algorithms: [...ASSERTION_ALGORITHMS],
      issuer: client.id,
      subject: client.id,
      audience: [...options.audience],
      currentDate: options.now,
      clockTolerance: SLACK_SECONDS,
      requiredClaims: ['exp', 'jti', 'aud'],
    })
    const { exp = 0, jti } = payload
    const seconds = exp - options.now.getTime() / 1000
    if (typeof jti !== 'string' || jti === '' || jti.length > 400 || seconds > LONGEST_SECONDS + SLACK_SECONDS)
      return undefined
    return { jti, expiresAt: new Date((exp + SLACK_SECONDS) * 1000) }
  } catch {
    return undefined
  }
}

/** The client id that an assertion claims, before anything of it is checked. */
export async function claimedClient(assertion: string): Promise<string | undefined> {
  const { decodeJwt } = await import('jose')
  try {
    return decodeJwt(assertion).sub
  } catch {
    return undefined
  }
}

async function keysOf({ jwks, jwks_uri: address }: KeySource): Promise<JWTVerifyGetKey> {
  const { createLocalJWKSet, createRemoteJWKSet } = await import('jose')
  if (address === null) return createLocalJWKSet({ keys: [...(jwks?.keys ?? [])] as never })
  const known = published.get(address)
  if (known !== undefined) return known
  const made = createRemoteJWKSet(new URL(address), { timeoutDuration: 5000, cooldownDuration: 10_000 })
  published.set(address, made)
  if (published.size > MOST_KEY_SETS) published.delete(published.keys().next().value as string)
  return made
}
