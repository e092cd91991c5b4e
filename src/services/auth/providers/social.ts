import { createHash } from 'node:crypto'
import type { JWTPayload } from 'jose'
import type { SettingsOf } from '../../../kernel/config.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import type { socialSettings } from '../domain/settings.ts'
import { fetchJson, tokenError, verifierOf } from './issuer.ts'

export const SOCIAL_PROVIDERS = ['google', 'github', 'microsoft'] as const
export type SocialProvider = (typeof SOCIAL_PROVIDERS)[number]

/** A sign-in on its way to a provider and back. */
export interface SocialVisit {
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  /** PKCE: known to us alone until the code is exchanged. */
  readonly verifier: string
}

/** Whom the provider vouches for. */
export interface SocialPerson {
  readonly issuer: string
  readonly subject: string
  readonly name: string
  readonly provenEmail: string | undefined
}

type Settings = SettingsOf<typeof socialSettings>

interface Client {
  readonly clientId: string
  readonly clientSecret: string
  readonly address: string
}

const TIMEOUT_SECONDS = 10

/** Where to send the browser. Throws `unavailable` (503) when the provider isn't set up or can't be reached. */
export async function authorizationUrl(
  settings: Settings,
  provider: SocialProvider,
  visit: SocialVisit,
): Promise<string> {
  const client = clientOf(settings, provider)
  const endpoint =
    provider === 'github'
      ? `${client.address}/login/oauth/authorize`
      : (await metadataOf(settings, client)).authorization_endpoint
  const url = new URL(endpoint)
  const parameters = {
    client_id: client.clientId,
    redirect_uri: visit.redirectUri,
    response_type: 'code',
    scope: provider === 'github' ? 'read:user user:email' : 'openid email profile',
    state: visit.state,
    code_challenge: createHash('sha256').update(visit.verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(provider === 'github' ? {} : { nonce: visit.nonce }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

/** Exchanges the code for the person behind it. Throws 401 when the provider's answer proves nobody, 502/503 otherwise. */
export async function personOf(
  settings: Settings,
  provider: SocialProvider,
  code: string,
  visit: Omit<SocialVisit, 'state'>,
  now: Date,
): Promise<SocialPerson> {
  const client = clientOf(settings, provider)
  if (provider === 'github') return githubPerson(settings, client, code, visit)
  const metadata = await metadataOf(settings, client)
  const tokens = await exchange(metadata.token_endpoint, client, code, visit)
  return idTokenPerson(settings, client, String(tokens.id_token), visit.nonce, now)
}

/** Whether people can sign in with this provider here. */
export function isSetUp(settings: Settings, provider: SocialProvider): boolean {
  const { googleId, googleSecret, microsoftId, microsoftSecret, githubId, githubSecret } = settings
  const values = {
    google: [googleId, googleSecret],
    microsoft: [microsoftId, microsoftSecret],
    github: [githubId, githubSecret],
  }[provider]
  return values.every((value) => value !== undefined)
}

function clientOf(settings: Settings, provider: SocialProvider): Client {
  const { googleId, googleSecret, microsoftId, microsoftSecret, githubId, githubSecret } = settings
  const [clientId, clientSecret, address] = {
    google: [googleId, googleSecret, settings.googleIssuer] as const,
    microsoft: [microsoftId, microsoftSecret, settings.microsoftIssuer] as const,
    github: [githubId, githubSecret, settings.githubUrl] as const,
  }[provider]
  if (clientId === undefined || clientSecret === undefined) {
    throw new PlatformError('unavailable', `Sign-in with ${provider} is not set up on this platform`)
  }
  return { clientId, clientSecret, address: address.replace(/\/$/, '') }
}

async function metadataOf(settings: Settings, client: Client) {
  const { metadata } = await verifierOf(settings, client.address, TIMEOUT_SECONDS)
  const { authorization_endpoint, token_endpoint } = metadata
  if (authorization_endpoint === undefined || token_endpoint === undefined) {
    throw new PlatformError('bad_upstream', 'The provider publishes no usable configuration')
  }
  return { authorization_endpoint, token_endpoint }
}

function exchange(endpoint: string, client: Client, code: string, visit: Omit<SocialVisit, 'state'>) {
  return fetchJson(endpoint, TIMEOUT_SECONDS, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: client.clientId,
      client_secret: client.clientSecret,
      code,
      redirect_uri: visit.redirectUri,
      code_verifier: visit.verifier,
    }),
  })
}

async function idTokenPerson(
  settings: Settings,
  client: Client,
  idToken: string,
  nonce: string,
  now: Date,
): Promise<SocialPerson> {
  const { metadata, keys } = await verifierOf(settings, client.address, TIMEOUT_SECONDS)
  const { jwtVerify } = await import('jose')
  let claims: JWTPayload
  try {
    const verified = await jwtVerify(idToken, keys, {
      algorithms: ['RS256', 'ES256'],
      audience: client.clientId,
      currentDate: now,
      clockTolerance: 5,
      requiredClaims: ['sub', 'exp', 'iss', 'nonce'],
    })
    claims = verified.payload
  } catch (error) {
    throw tokenError(error)
  }
  // Microsoft's common issuer names the tenant in each token.
  const issuer = metadata.issuer.replace('{tenantid}', String(claims.tid))
  if (claims.iss !== issuer || claims.nonce !== nonce) throw tokenError(new Error('issuer or nonce'))
  const isProven = claims.email_verified === true && typeof claims.email === 'string'
  return {
    issuer,
    subject: String(claims.sub),
    name: typeof claims.name === 'string' ? claims.name : '',
    provenEmail: isProven ? String(claims.email) : undefined,
  }
}

/** GitHub speaks OAuth 2 without OpenID: the person is asked for with the token. */
async function githubPerson(
  settings: Settings,
  client: Client,
  code: string,
  visit: Omit<SocialVisit, 'state'>,
): Promise<SocialPerson> {
  const tokens = await exchange(`${client.address}/login/oauth/access_token`, client, code, visit)
  if (typeof tokens.access_token !== 'string') throw tokenError(new Error('no access token'))
  const api = settings.githubApiUrl.replace(/\/$/, '')
  const headers = { authorization: `Bearer ${tokens.access_token}`, accept: 'application/vnd.github+json' }
  const user = await fetchJson(`${api}/user`, TIMEOUT_SECONDS, { headers })
  if (typeof user.id !== 'number') throw new PlatformError('bad_upstream', 'GitHub named no user')
  const emails = await githubEmails(`${api}/user/emails`, headers)
  const primary = emails.find((one) => one.primary === true && one.verified === true)
  return {
    issuer: client.address,
    subject: String(user.id),
    name: typeof user.name === 'string' ? user.name : String(user.login ?? ''),
    provenEmail: typeof primary?.email === 'string' ? primary.email : undefined,
  }
}

async function githubEmails(address: string, headers: Record<string, string>): Promise<Record<string, unknown>[]> {
  const answer = await fetch(address, { headers, signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000) }).catch(
    () => undefined,
  )
  const body: unknown = answer?.ok === true ? await answer.json().catch(() => []) : []
  return Array.isArray(body) ? body : []
}
