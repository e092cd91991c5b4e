import { createHash } from 'node:crypto'
import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import { type Context, settingsOf } from '../../../../kernel/service.ts'
import type { Statement } from '../../../../kernel/sql.ts'
import { readResourceScope, scopeList } from '../../../../shared/smartScopes.ts'
import { grantableScopes } from '../../domain/apps.ts'
import { authSettings } from '../../domain/settings.ts'
import { signIdToken } from '../../providers/idToken.ts'
import { newSecret, secretHash } from '../../providers/secrets.ts'
import { findAccount } from '../../store/accounts.ts'
import { sessionCacheOf } from '../../store/sessionCache.ts'
import { type ClientRow, findPublicClientOf } from '../../store/smart/clients.ts'
import * as store from '../../store/smart/grants.ts'
import { tellOwner } from '../notify.ts'
import { provenClient } from './clientProof.ts'
import { fhirBase, formOf, jsonAnswer, OAuthError, oauthAnswer } from './oauth.ts'
import { signingKey } from './signing.ts'

const BACKEND_SECONDS = 300
const reason = 'the client proves itself, the code or token says whose record it is'

/** The token endpoint: a code, a refresh token, or the proof of a backend service for tokens. */
export function token(context: Context, request: RawRequest): Promise<RawAnswer> {
  return oauthAnswer(async () => {
    const form = await formOf(request)
    const grantType = form.get('grant_type')
    if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing')
    if (!['authorization_code', 'refresh_token', 'client_credentials'].includes(grantType)) {
      throw new OAuthError('unsupported_grant_type', 'The grant_type is not supported')
    }
    const client = await clientOf(context, request, form)
    if (grantType === 'authorization_code') return byCode(context, client, form)
    if (grantType === 'refresh_token') return byRefreshToken(context, client, form)
    return byProof(context, client, form)
  })
}

/** Public clients often don't name themselves when they refresh: then the token, which was theirs, does. */
async function clientOf(context: Context, request: RawRequest, form: ReadonlyMap<string, string>): Promise<ClientRow> {
  const given = form.get('refresh_token')
  const isNamed = request.headers.authorization !== undefined || form.has('client_id') || form.has('client_assertion')
  if (isNamed || given === undefined || form.get('grant_type') !== 'refresh_token') {
    return provenClient(context, request, form)
  }
  const client = await findPublicClientOf(context.system(reason).db, secretHash(given))
  if (client === undefined)
    throw new OAuthError('invalid_client', 'The client is unknown, or its proof is not right', 401)
  return client
}

async function byCode(context: Context, client: ClientRow, form: ReadonlyMap<string, string>): Promise<RawAnswer> {
  const [code, redirectUri, verifier] = [form.get('code'), form.get('redirect_uri'), form.get('code_verifier')]
  if (code === undefined || redirectUri === undefined || verifier === undefined) {
    throw new OAuthError('invalid_request', 'code, redirect_uri and code_verifier are needed')
  }
  const now = context.now()
  const { db } = context.system(reason)
  const hash = secretHash(code)
  const taken = await store.takeCode(db, hash, client.id, now)
  if (taken === undefined) {
    const reused = await store.endReusedCode(db, hash, now)
    if (reused !== undefined) sessionCacheOf(context.ports).forget(reused.granted_by)
    throw new OAuthError('invalid_grant', 'The code is not valid (any more)')
  }
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const isVerifier = /^[A-Za-z0-9\-._~]{43,128}$/.test(verifier)
  if (taken.redirect_uri !== redirectUri || !isVerifier || challenge !== taken.challenge) {
    throw new OAuthError('invalid_grant', 'The code is not valid (any more)')
  }
  return grantAnswer(context, client, taken, { scopes: taken.scopes, nonce: taken.nonce, isFirst: true })
}

async function byRefreshToken(
  context: Context,
  client: ClientRow,
  form: ReadonlyMap<string, string>,
): Promise<RawAnswer> {
  const given = form.get('refresh_token')
  if (given === undefined) throw new OAuthError('invalid_request', 'refresh_token is missing')
  const wanted = form.has('scope') ? scopeList(form.get('scope') ?? '') : null
  const now = context.now()
  const { db } = context.system(reason)
  const hash = secretHash(given)
  const taken = await store.takeRefreshToken(db, hash, client.id, wanted, now)
  if (taken === undefined) {
    const reused = await store.endReusedToken(db, hash, client.id, now)
    if (reused !== undefined) await onReuse(context, client, reused.granted_by)
    const isMore = wanted !== null && reused === undefined
    throw isMore
      ? new OAuthError('invalid_scope', 'The refresh token is not valid (any more), or not for these scopes')
      : new OAuthError('invalid_grant', 'The refresh token is not valid (any more)')
  }
  return grantAnswer(context, client, taken, { scopes: wanted ?? taken.scopes, nonce: null, isFirst: false })
}

async function onReuse(context: Context, client: ClientRow, accountId: string): Promise<void> {
  sessionCacheOf(context.ports).forget(accountId)
  await tellOwner(context, accountId, (t) => [t.appEnded, t.appEndedText(client.name)])
}

async function byProof(context: Context, client: ClientRow, form: ReadonlyMap<string, string>): Promise<RawAnswer> {
  if (client.proof !== 'key' || client.service_id === null) {
    throw new OAuthError('unauthorized_client', 'Only backend services with a key may do this')
  }
  const wanted = scopeList(form.get('scope') ?? '')
  const scopes = grantableScopes(client.scopes, wanted, 'system').filter((one) => readOnly(one))
  if (scopes.length === 0)
    throw new OAuthError('invalid_scope', 'None of the scopes can be granted: system/… to read and search')
  const access = `app_${newSecret()}`
  const now = context.now()
  const expiresAt = new Date(now.getTime() + BACKEND_SECONDS * 1000)
  const written = {
    hash: secretHash(access),
    kind: 'access',
    clientId: client.id,
    grantId: null,
    personId: null,
  } as const
  await context.system(reason).db.run(store.insertToken({ ...written, scopes, expiresAt }, now))
  return jsonAnswer({
    access_token: access,
    token_type: 'bearer',
    expires_in: BACKEND_SECONDS,
    scope: scopes.join(' '),
  })
}

const readOnly = (text: string) => /^[rs]+$/.test(readResourceScope(text)?.permissions ?? '')

interface Wanted {
  readonly scopes: readonly string[]
  readonly nonce: string | null
  readonly isFirst: boolean
}

async function grantAnswer(
  context: Context,
  client: ClientRow,
  grant: store.LiveGrant,
  wanted: Wanted,
): Promise<RawAnswer> {
  const { scopes } = wanted
  const now = context.now()
  const { appTokenMinutes } = settingsOf(context, authSettings)
  const left = Math.floor((grant.expires_at.getTime() - now.getTime()) / 1000)
  const seconds = Math.min(appTokenMinutes * 60, left)
  const access = `app_${newSecret()}`
  const common = { clientId: client.id, grantId: grant.id, personId: grant.user_id, scopes }
  const expiresAt = new Date(now.getTime() + seconds * 1000)
  const statements: Statement[] = [
    store.insertToken({ ...common, hash: secretHash(access), kind: 'access', expiresAt }, now),
  ]
  const isLasting = grant.scopes.includes('offline_access') || grant.scopes.includes('online_access')
  const refresh = isLasting ? `apr_${newSecret()}` : undefined
  if (refresh !== undefined) {
    const row = { ...common, hash: secretHash(refresh), kind: 'refresh', expiresAt: grant.expires_at } as const
    statements.push(store.insertToken({ ...row, scopes: grant.scopes }, now))
  }
  await context.system(reason).db.batch(statements)
  return jsonAnswer({
    access_token: access,
    token_type: 'Bearer',
    expires_in: seconds,
    scope: scopes.join(' '),
    ...(refresh === undefined ? {} : { refresh_token: refresh }),
    ...contextOf(context, grant),
    ...(scopes.includes('openid') && wanted.isFirst
      ? { id_token: await idToken(context, client, grant, wanted, seconds) }
      : {}),
  })
}

/** What the app is opened for. */
function contextOf(context: Context, grant: store.LiveGrant) {
  return {
    ...(grant.patient === null ? {} : { patient: grant.patient }),
    ...grant.context,
    need_patient_banner: grant.context.need_patient_banner ?? true,
    smart_style_url: `${context.publicUrl}/auth/app-style.json`,
  }
}

async function idToken(
  context: Context,
  client: ClientRow,
  grant: store.LiveGrant,
  { scopes, nonce }: Wanted,
  seconds: number,
): Promise<string> {
  const claims = await personClaims(context, grant, scopes)
  const now = context.now()
  const named = { iss: context.publicUrl, aud: client.id, ...claims, ...(nonce === null ? {} : { nonce }) }
  return signIdToken(await signingKey(context), named, { now, seconds })
}

/** Who signed in, as far as the scopes say: for id tokens and userinfo. */
export async function personClaims(
  context: Context,
  grant: Pick<store.LiveGrant, 'granted_by' | 'user_id' | 'patient'>,
  scopes: readonly string[],
): Promise<Record<string, unknown>> {
  const { db } = context.system('the person let the app know who signed in')
  const account = scopes.includes('profile') ? await findAccount(db, grant.granted_by, context.now()) : undefined
  // Who reads the record of somebody else is no resource of that record.
  const isOwn = grant.granted_by === grant.user_id && grant.patient !== null
  return {
    sub: grant.granted_by,
    ...(scopes.includes('fhirUser') && isOwn ? { fhirUser: `${fhirBase(context)}/Patient/${grant.patient}` } : {}),
    ...(account === undefined ? {} : { name: account.display_name }),
  }
}
