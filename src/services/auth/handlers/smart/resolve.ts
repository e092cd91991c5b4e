import type { Principal } from '../../../../kernel/principal.ts'
import type { Context } from '../../../../kernel/service.ts'
import { secretHash } from '../../providers/secrets.ts'
import { sessionCacheOf } from '../../store/sessionCache.ts'
import { findToken } from '../../store/smart/grants.ts'
import { invalid } from '../refusals.ts'

/** Whether a token has the form of an app's. */
export function isAppToken(token: string): boolean {
  return token.startsWith('app_')
}

/** The principal behind the access token of an app: the account that decided, with the app's scopes and no roles. */
export async function resolveApp(context: Context, token: string): Promise<Principal> {
  const now = context.now()
  const hash = secretHash(token)
  const cache = sessionCacheOf(context.ports)
  const key = `app:${hash.toString('base64url')}`
  const kept = cache.get(key, now.getTime())
  if (kept !== undefined) return kept
  return cache.lookUp(key, now.getTime(), async () => {
    const { db } = context.system('a credential is looked up before anybody is signed in')
    const found = await findToken(db, hash, now)
    if (found === undefined || found.kind !== 'access') throw invalid()
    const principal: Principal = {
      accountId: found.account_id,
      roles: [],
      scopes: found.scopes,
      method: 'app',
      seq: found.seq ?? 0,
      sessionId: null,
      subject: found.account_id,
      claims: { sub: found.account_id, client_id: found.client_id },
      isDemo: found.is_demo ?? false,
      app: {
        clientId: found.client_id,
        grantId: found.grant_id,
        personId: found.person_id,
        patient: found.patient,
        ...(found.spans_records === true ? { spansRecords: true } : {}),
      },
    }
    return { principal, expiresMs: found.expires_at.getTime() }
  })
}
