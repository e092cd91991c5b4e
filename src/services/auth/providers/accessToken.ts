import { createHmac, timingSafeEqual } from 'node:crypto'

/** What an access token of ours says: whose it is, which session it belongs to, and how long it is good (seconds). */
export interface AccessClaims {
  readonly iss: string
  readonly sub: string
  readonly sid: string
  readonly iat: number
  readonly exp: number
}

export type TokenVerdict = { readonly claims: AccessClaims } | { readonly fault: 'invalid' | 'expired' }

const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')
const ISSUER = 'salus'

/** Signs an access token for a session, good from `now` for `lifetimeSeconds`. */
export function signAccessToken(
  session: { readonly accountId: string; readonly sessionId: string },
  options: { readonly now: Date; readonly lifetimeSeconds: number; readonly key: string },
): string {
  const issued = Math.floor(options.now.getTime() / 1000)
  const claims: AccessClaims = {
    iss: ISSUER,
    sub: session.accountId,
    sid: session.sessionId,
    iat: issued,
    exp: issued + options.lifetimeSeconds,
  }
  const text = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  return `${text}.${signature(text, options.key)}`
}

/** Whether the token has the form of ours; only the signature tells whether it is. */
export function isOwnToken(token: string): boolean {
  return token.startsWith(`${HEADER}.`)
}

/** Checks signature and time. The algorithm is ours to choose: the token's header is compared, never followed. */
export function verifyAccessToken(token: string, key: string, now: Date): TokenVerdict {
  const end = token.lastIndexOf('.')
  const text = token.slice(0, end)
  const expected = Buffer.from(signature(text, key))
  const given = Buffer.from(token.slice(end + 1))
  if (!isOwnToken(token) || given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return { fault: 'invalid' }
  }
  const claims = JSON.parse(Buffer.from(text.slice(HEADER.length + 1), 'base64url').toString()) as AccessClaims
  if (claims.iss !== ISSUER) return { fault: 'invalid' }
  return claims.exp * 1000 <= now.getTime() ? { fault: 'expired' } : { claims }
}

/** Algorithm that a foreign JWT names; undefined when the text is no JWT. */
export function algorithmOf(token: string): string | undefined {
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  try {
    const header = JSON.parse(Buffer.from(parts[0] as string, 'base64url').toString()) as { alg?: unknown }
    return typeof header.alg === 'string' ? header.alg : undefined
  } catch {
    return undefined
  }
}

function signature(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}
