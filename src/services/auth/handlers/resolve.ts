import { PlatformError } from '../../../kernel/errors.ts'
import type { Credential, Principal } from '../../../kernel/principal.ts'
import type { Context } from '../../../kernel/service.ts'
import { algorithmOf, isOwnToken, verifyAccessToken } from '../providers/accessToken.ts'
import { secretHash } from '../providers/secrets.ts'
import { sessionCacheOf } from '../store/sessionCache.ts'
import { findLiveSession, type LiveSession } from '../store/sessions.ts'
import { resolveKey } from './apiKeys.ts'
import { resolveOutside } from './outside.ts'
import { invalid } from './refusals.ts'
import { isAppToken, resolveApp } from './smart/resolve.ts'

/** Turns a credential into its principal, or throws why it isn't one. */
export async function resolveCredential(context: Context, { kind, token }: Credential): Promise<Principal> {
  if (kind === 'cookie' || token.startsWith('session_')) return resolveOpaque(context, token)
  if (kind === 'api-key' || token.startsWith('usr_')) return resolveKey(context, token)
  if (isAppToken(token)) return resolveApp(context, token)
  if (isOwnToken(token)) return resolveOwn(context, token)
  if (algorithmOf(token) === 'RS256') return resolveOutside(context, token)
  throw invalid()
}

async function resolveOwn(context: Context, token: string): Promise<Principal> {
  const now = context.now()
  const verdict = verifyAccessToken(token, context.ports.secrets.tokenKey, now)
  if ('fault' in verdict) {
    throw verdict.fault === 'expired' ? new PlatformError('token_expired', 'The token has expired') : invalid()
  }
  const { claims } = verdict
  const cache = sessionCacheOf(context.ports)
  const key = `sid:${claims.sid}`
  const kept = cache.get(key, now.getTime())
  if (kept !== undefined) return kept
  return cache.lookUp(key, now.getTime(), async () => {
    const session = await findLiveSession(credentials(context), { id: claims.sid }, now)
    if (session === undefined || session.user_id !== claims.sub) throw invalid()
    return live(session, { ...claims })
  })
}

async function resolveOpaque(context: Context, token: string): Promise<Principal> {
  const now = context.now()
  const tokenHash = secretHash(token)
  const cache = sessionCacheOf(context.ports)
  const key = `opaque:${tokenHash.toString('base64url')}`
  const kept = cache.get(key, now.getTime())
  if (kept !== undefined) return kept
  return cache.lookUp(key, now.getTime(), async () => {
    const session = await findLiveSession(credentials(context), { tokenHash }, now)
    if (session === undefined) throw invalid()
    return live(session, { sub: session.user_id, sid: session.session_id })
  })
}

function live(session: LiveSession, claims: Readonly<Record<string, unknown>>) {
  const principal: Principal = {
    accountId: session.user_id,
    roles: session.roles,
    scopes: ['*'],
    method: 'session',
    seq: session.seq,
    sessionId: session.session_id,
    subject: session.user_id,
    claims,
    isDemo: session.is_demo,
  }
  return { principal, expiresMs: session.expires_at.getTime() }
}

function credentials(context: Context) {
  return context.system('a credential is looked up before anybody is signed in').db
}
