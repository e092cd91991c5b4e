import type { OutputOf } from '../../../kernel/contract.ts'
import { SESSION_COOKIE } from '../../../kernel/http/credentials.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import type { auth } from '../contract.ts'
import { authSettings } from '../domain/settings.ts'
import { verifyAccessToken } from '../providers/accessToken.ts'
import { newSecret, secretHash } from '../providers/secrets.ts'
import { bindToCookie } from '../store/sessions.ts'
import { sessionCookie } from './cookies.ts'

/** Turns the session that was just begun into one of the cookie alone; its tokens are given to nobody. */
export async function cookieOfSession(
  context: Context,
  signedIn: OutputOf<typeof auth.operations.login>,
): Promise<string> {
  const verdict = verifyAccessToken(signedIn.access_token, context.ports.secrets.tokenKey, context.now())
  if ('fault' in verdict) throw new Error('a token that was just made is not good')
  const token = newSecret()
  const { db } = context.system('a sign-in writes before anybody is signed in')
  await bindToCookie(db, verdict.claims.sid, secretHash(token))
  const seconds = settingsOf(context, authSettings).refreshDays * 86_400
  return sessionCookie(context, SESSION_COOKIE, token, seconds, 'Strict')
}
