import type { JWTPayload, JWTVerifyGetKey } from 'jose'
import type { SettingsOf } from '../../../kernel/config.ts'
import { asPlatformError, PlatformError } from '../../../kernel/errors.ts'
import type { authSettings } from '../domain/settings.ts'

type Settings = Pick<
  SettingsOf<typeof authSettings>,
  'auth0Domain' | 'auth0Audience' | 'oidcIssuer' | 'issuerTimeoutSeconds'
>

/** What of an issuer's discovery document is used. */
export interface IssuerMetadata {
  readonly issuer: string
  readonly jwks_uri: string
  readonly userinfo_endpoint?: string
  readonly authorization_endpoint?: string
  readonly token_endpoint?: string
}

interface Verifier {
  readonly metadata: IssuerMetadata
  readonly keys: JWTVerifyGetKey
}

const verifiers = new WeakMap<object, Map<string, Promise<Verifier>>>()

/**
 * Claims of an access token of the configured issuer: RS256 by its published keys, issuer, audience and time checked.
 * Throws `not_configured` (500) when no issuer is set, `token_expired` or `invalid_token` (401), and `unavailable` when
 * the issuer cannot be asked for its keys.
 */
export async function verifyOutsideToken(settings: Settings, token: string, now: Date): Promise<JWTPayload> {
  const { auth0Audience: audience } = settings
  const { metadata, keys } = await accessTokenVerifier(settings)
  const { jwtVerify } = await import('jose')
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer: metadata.issuer,
      audience: audience as string,
      currentDate: now,
      clockTolerance: 5,
      requiredClaims: ['sub', 'exp'],
    })
    return payload
  } catch (error) {
    throw tokenError(error)
  }
}

/** The issuer's profile of the token's holder. Throws 502/503 when it doesn't give one. */
export async function fetchUserinfo(settings: Settings, token: string): Promise<Record<string, unknown>> {
  const { metadata } = await accessTokenVerifier(settings)
  if (metadata.userinfo_endpoint === undefined) {
    throw new PlatformError('bad_upstream', 'The issuer publishes no userinfo endpoint')
  }
  return fetchJson(metadata.userinfo_endpoint, settings.issuerTimeoutSeconds, {
    headers: { authorization: `Bearer ${token}` },
  })
}

/** Keys and addresses of an issuer, fetched once; a failed attempt is forgotten. `owner` is whose cache it is. */
export function verifierOf(owner: object, issuer: string, timeoutSeconds: number): Promise<Verifier> {
  const known = verifiers.get(owner) ?? new Map<string, Promise<Verifier>>()
  verifiers.set(owner, known)
  let verifier = known.get(issuer)
  if (verifier === undefined) {
    verifier = openVerifier(issuer, timeoutSeconds)
    known.set(issuer, verifier)
    verifier.catch(() => known.delete(issuer))
  }
  return verifier
}

async function openVerifier(issuer: string, timeoutSeconds: number): Promise<Verifier> {
  const base = issuer.replace(/\/$/, '')
  const address = `${base}/.well-known/openid-configuration`
  assertSafeAddress(address)
  const metadata = (await fetchJson(address, timeoutSeconds)) as unknown as IssuerMetadata
  if (typeof metadata.issuer !== 'string' || typeof metadata.jwks_uri !== 'string') {
    throw new PlatformError('bad_upstream', 'The issuer publishes no usable configuration')
  }
  // Microsoft's common issuer stands for one issuer a tenant.
  const isItself = metadata.issuer.replace(/\/$/, '') === base || metadata.issuer.includes('{tenantid}')
  if (!isItself) throw new PlatformError('bad_upstream', 'The issuer publishes the configuration of another one')
  const { jwks_uri, userinfo_endpoint, token_endpoint } = metadata
  for (const one of [jwks_uri, userinfo_endpoint, token_endpoint]) if (one !== undefined) assertSafeAddress(one)
  const { createRemoteJWKSet } = await import('jose')
  const keys = createRemoteJWKSet(new URL(metadata.jwks_uri), { timeoutDuration: timeoutSeconds * 1000 })
  return { metadata, keys }
}

function accessTokenVerifier(settings: Settings): Promise<Verifier> {
  const { auth0Domain, auth0Audience, oidcIssuer, issuerTimeoutSeconds } = settings
  const issuer = oidcIssuer ?? (auth0Domain === undefined ? undefined : originOf(auth0Domain))
  if (issuer === undefined || auth0Audience === undefined) {
    throw new PlatformError(
      'not_configured',
      'Tokens of an outside issuer are not set up here: AUTH0_DOMAIN (or OIDC_ISSUER) and AUTH0_AUDIENCE are missing',
    )
  }
  return verifierOf(settings, issuer, issuerTimeoutSeconds)
}

function originOf(domain: string): string {
  return domain.includes('://') ? domain : `https://${domain}/`
}

/** Keys fetched in the clear prove nothing, except on this machine. */
function assertSafeAddress(address: string): void {
  const { protocol, hostname } = new URL(address)
  const isLocal = hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]'
  if (protocol === 'https:' || (protocol === 'http:' && isLocal)) return
  throw new PlatformError('not_configured', 'The issuer must have an https address')
}

/** JSON of an outside address. Throws `unavailable` when it can't be reached, `bad_upstream` for any other answer. */
export async function fetchJson(
  address: string,
  timeoutSeconds: number,
  request: RequestInit = {},
): Promise<Record<string, unknown>> {
  let answer: Response
  try {
    answer = await fetch(address, {
      ...request,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    })
  } catch (error) {
    throw new PlatformError('unavailable', 'The issuer cannot be reached at the moment', { cause: error })
  }
  const body: unknown = await answer.json().catch(() => undefined)
  if (!answer.ok || typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new PlatformError('bad_upstream', `The issuer answered ${answer.status}`)
  }
  return body as Record<string, unknown>
}

/** What a failed check means for the caller. */
export function tokenError(error: unknown): PlatformError {
  const code = (error as { code?: unknown }).code
  const extra = { error: 'authentication_failed' }
  if (code === 'ERR_JWT_EXPIRED') return new PlatformError('token_expired', 'The token has expired', { extra })
  if (code === 'ERR_JWKS_TIMEOUT' || code === 'ERR_JOSE_GENERIC' || error instanceof TypeError) {
    return new PlatformError('unavailable', 'The issuer cannot be asked for its keys at the moment', { cause: error })
  }
  if (error instanceof PlatformError) return asPlatformError(error)
  return new PlatformError('invalid_token', 'The token is not valid', { extra })
}
