import { PlatformError } from '../../../../kernel/errors.ts'
import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import { type Context, settingsOf } from '../../../../kernel/service.ts'
import { scopeList } from '../../../../shared/smartScopes.ts'
import { isScope, keysAddressFault, redirectFault } from '../../domain/apps.ts'
import { authSettings } from '../../domain/settings.ts'
import { newSecret, secretHash } from '../../providers/secrets.ts'
import { insertClient, removeClient } from '../../store/smart/clients.ts'
import { publicKeys } from './clients.ts'
import { jsonAnswer, OAuthError, oauthAnswer, textOf } from './oauth.ts'

const METHODS: Readonly<Record<string, 'none' | 'secret' | 'key'>> = {
  none: 'none',
  client_secret_basic: 'secret',
  client_secret_post: 'secret',
  private_key_jwt: 'key',
}
const reason = 'an app registers itself, and people decide about it'

/** RFC 7591: an app registers itself, where the operator allows it. Never a backend service. */
export function registerItself(context: Context, request: RawRequest): Promise<RawAnswer> {
  return oauthAnswer(async () => {
    if (!settingsOf(context, authSettings).openRegistration) {
      throw new PlatformError('forbidden', 'Apps are registered by the operator of this platform')
    }
    const metadata = objectOf(await textOf(request))
    const name = textField(metadata, 'client_name', 100)
    const method = metadata.token_endpoint_auth_method ?? 'client_secret_basic'
    const proof = METHODS[String(method)]
    if (name === undefined || proof === undefined)
      throw wrong('client_name and a known token_endpoint_auth_method are needed')
    const scopes = scopeList(textField(metadata, 'scope', 5000) ?? 'openid fhirUser launch/patient patient/*.rs')
    if (scopes.length > 60 || scopes.some((one) => !isScope(one) || one.startsWith('system/')))
      throw wrong('scope holds what no app may have')
    const redirectUris = addressesOf(metadata)
    const homepage = textField(metadata, 'client_uri', 500)
    const id = context.newId()
    const [secret, management] = [proof === 'secret' ? newSecret() : undefined, newSecret()]
    const now = context.now()
    const client = {
      id,
      name,
      publisher: homepage !== undefined && /^https:\/\//.test(homepage) ? new URL(homepage).host : 'somebody unknown',
      homepage: homepage !== undefined && /^https:\/\/[^\s"<>]+$/.test(homepage) ? homepage : null,
      proof,
      secret_hash: secret === undefined ? null : secretHash(secret),
      ...keysOf(metadata, proof),
      redirect_uris: redirectUris,
      scopes,
      service_id: null,
      registered_by: 'itself',
      management_hash: secretHash(management),
    } as const
    await context.system(reason).db.run(insertClient(client, now))
    return jsonAnswer(
      {
        client_id: id,
        client_id_issued_at: Math.floor(now.getTime() / 1000),
        ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
        registration_access_token: management,
        registration_client_uri: `${context.publicUrl}/auth/client-registration/${id}`,
        client_name: name,
        redirect_uris: redirectUris,
        token_endpoint_auth_method: method,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        scope: scopes.join(' '),
      },
      201,
    )
  })
}

/** RFC 7592: an app that registered itself leaves, with everything that it was allowed. */
export function removeItself(context: Context, request: RawRequest): Promise<RawAnswer> {
  return oauthAnswer(async () => {
    const key = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const { db } = context.system(reason)
    const isRemoved = await removeClient(db, request.params.client_id ?? '', secretHash(key))
    if (!isRemoved) throw new OAuthError('invalid_token', 'There is no such client with this key', 401)
    return { status: 204, headers: { 'cache-control': 'no-store' }, body: '' }
  })
}

const wrong = (text: string) => new OAuthError('invalid_client_metadata', text)

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // What is no JSON is refused below.
  }
  throw wrong('The body must be a JSON object')
}

function textField(metadata: Readonly<Record<string, unknown>>, name: string, longest: number): string | undefined {
  const value = metadata[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string' || value === '' || value.length > longest || value.includes('\u0000'))
    throw wrong(`${name} is no text`)
  return value
}

function addressesOf({ redirect_uris: given }: Readonly<Record<string, unknown>>): string[] {
  if (!Array.isArray(given) || given.length === 0 || given.length > 20) {
    throw new OAuthError('invalid_redirect_uri', 'redirect_uris must name at least one address')
  }
  return given.map((one: unknown) => {
    const fault = typeof one === 'string' && one.length <= 500 ? redirectFault(one) : 'is no address'
    if (fault !== undefined) throw new OAuthError('invalid_redirect_uri', `An address of redirect_uris ${fault}`)
    return one as string
  })
}

function keysOf({ jwks, jwks_uri: address }: Readonly<Record<string, unknown>>, proof: string) {
  if (proof !== 'key') return { jwks: null, jwks_uri: null }
  if ((jwks === undefined) === (address === undefined)) throw wrong('private_key_jwt needs jwks or jwks_uri')
  if (address === undefined) {
    const isObject = typeof jwks === 'object' && jwks !== null
    try {
      return { jwks: publicKeys(isObject ? (jwks as Record<string, unknown>) : {}), jwks_uri: null }
    } catch {
      throw wrong('jwks must hold public keys')
    }
  }
  const fault = typeof address === 'string' ? keysAddressFault(address, true) : 'is no address'
  if (fault !== undefined) throw wrong(`jwks_uri ${fault}`)
  return { jwks: null, jwks_uri: address as string }
}
