import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import type { Context } from '../../../../kernel/service.ts'
import { secretHash } from '../../providers/secrets.ts'
import { sessionCacheOf } from '../../store/sessionCache.ts'
import { endToken, findToken } from '../../store/smart/grants.ts'
import { provenClient } from './clientProof.ts'
import { formOf, jsonAnswer, OAuthError, oauthAnswer } from './oauth.ts'
import { personClaims } from './token.ts'

/** Introspection (RFC 7662): what a token of the asking client is good for. Of others' tokens nothing is told. */
export function introspect(context: Context, request: RawRequest): Promise<RawAnswer> {
  return oauthAnswer(async () => {
    const form = await formOf(request)
    const client = await provenClient(context, request, form)
    // Whoever only found a token must not learn what it opens.
    if (client.proof === 'none') throw new OAuthError('invalid_client', 'A client that proves itself may ask this', 401)
    const token = form.get('token')
    if (token === undefined) throw new OAuthError('invalid_request', 'token is missing')
    const { db } = context.system('the token says whose it is')
    const found = await findToken(db, secretHash(token), context.now())
    if (found === undefined || found.client_id !== client.id) return jsonAnswer({ active: false })
    const claims =
      found.person_id === null
        ? { sub: found.account_id }
        : await personClaims(
            context,
            { granted_by: found.account_id, user_id: found.person_id, patient: found.patient },
            found.scopes,
          )
    return jsonAnswer({
      active: true,
      client_id: found.client_id,
      scope: found.scopes.join(' '),
      token_type: found.kind === 'access' ? 'Bearer' : 'refresh_token',
      iss: context.publicUrl,
      iat: Math.floor(found.created_at.getTime() / 1000),
      exp: Math.floor(found.expires_at.getTime() / 1000),
      ...claims,
      ...(found.patient === null ? {} : { patient: found.patient }),
      ...found.context,
    })
  })
}

/** Revocation (RFC 7009): ends an access token, or with a refresh token all access. Says yes for any token. */
export function revokeToken(context: Context, request: RawRequest): Promise<RawAnswer> {
  return oauthAnswer(async () => {
    const form = await formOf(request)
    const client = await provenClient(context, request, form)
    const token = form.get('token')
    if (token === undefined) throw new OAuthError('invalid_request', 'token is missing')
    const { db } = context.system('the token says whose it is')
    const account = await endToken(db, secretHash(token), client.id, context.now())
    if (account !== undefined) sessionCacheOf(context.ports).forget(account)
    return jsonAnswer({})
  })
}

/** OpenID's userinfo, for the access token of an app that was granted `openid`. */
export async function appUserinfo(context: Context): Promise<RawAnswer> {
  const { principal } = context.caller
  const { app } = principal ?? {}
  if (principal === undefined || app === undefined || app.personId === null || !principal.scopes.includes('openid')) {
    const challenge = { 'www-authenticate': 'Bearer error="insufficient_scope"' }
    return jsonAnswer({ error: 'insufficient_scope' }, 403, challenge)
  }
  const grant = { granted_by: principal.accountId, user_id: app.personId, patient: app.patient }
  return jsonAnswer(await personClaims(context, grant, principal.scopes))
}
