import { PlatformError } from '../../../../kernel/errors.ts'
import { SESSION_COOKIE } from '../../../../kernel/http/credentials.ts'
import { refusalWords } from '../../../../kernel/http/html.ts'
import { readerOf } from '../../../../kernel/http/reader.ts'
import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import { type Context, settingsOf } from '../../../../kernel/service.ts'
import { auth } from '../../contract.ts'
import { emailHandle } from '../../domain/handles.ts'
import { authSettings } from '../../domain/settings.ts'
import { verifyAccessToken } from '../../providers/accessToken.ts'
import { newSecret, secretHash } from '../../providers/secrets.ts'
import { findIdentity, touchLogin } from '../../store/accounts.ts'
import { forgetAttempts } from '../../store/attempts.ts'
import { bindToCookie } from '../../store/sessions.ts'
import { notePassword } from '../../store/smart/flow.ts'
import { authTexts } from '../../texts/texts.ts'
import { sessionCookie } from '../cookies.ts'
import { attempt } from '../guard.ts'
import { signIn } from '../issue.ts'
import { assertSecondFactor } from '../secondFactor.ts'
import { type Flow, flowOf, isOwnForm, socialOf } from './flow.ts'
import { textOf } from './oauth.ts'
import { errorPage, secondStepPage, signInPage } from './pages.ts'

/** Signs in within the flow, with the same rules, limits and second step as everywhere. */
export async function signInForApp(context: Context, request: RawRequest): Promise<RawAnswer> {
  if (!isOwnForm(context, request)) throw new PlatformError('forbidden', 'This form is not one of ours')
  const form = new URLSearchParams(await textOf(request))
  const found = await flowOf(context, request, form.get('request') ?? '')
  if (found === undefined) return errorPage(readerOf(request), (t) => t.over)
  const [email, password] = [(form.get('email') ?? '').trim(), form.get('password') ?? '']
  const target = found.parameters.redirectUri
  const reader = readerOf(request)
  const { plain: t } = authTexts(reader.language)
  const again = (fault: string) => signInPage({ social: socialOf(context), ...found, reader, target, email, fault })
  if (email === '' || password === '' || email.length > 254 || password.length > 1024) {
    return again(t.giveBoth)
  }
  try {
    const signedIn = await context.call(auth.operations.login, { email, password })
    return await goOn(context, found, signedIn.access_token)
  } catch (error) {
    if (!(error instanceof PlatformError) || error.status >= 500) throw error
    if (error.options.extra?.mfa_required !== true) return again(refusalWords(reader, error))
    const { db } = context.system('the password was right; the second step is to come')
    const identity = await findIdentity(db, emailHandle(email))
    if (identity === undefined) return again(t.byEmail)
    await notePassword(db, secretHash(found.flow), identity.user_id)
    return secondStepPage({ ...found, reader, target })
  }
}

/** The code of the authenticator app, after the password. */
export async function secondStepForApp(context: Context, request: RawRequest): Promise<RawAnswer> {
  if (!isOwnForm(context, request)) throw new PlatformError('forbidden', 'This form is not one of ours')
  const form = new URLSearchParams(await textOf(request))
  const found = await flowOf(context, request, form.get('request') ?? '')
  if (found === undefined) return errorPage(readerOf(request), (t) => t.over)
  const target = found.parameters.redirectUri
  const userId = found.pending.user_id
  const reader = readerOf(request)
  if (userId === null) return signInPage({ social: socialOf(context), ...found, reader, target })
  const typed = (form.get('code') ?? '').trim().slice(0, 40)
  try {
    const { key } = await attempt(context, { kind: 'email', value: `again:${userId}` })
    const isCode = /^\d{6}$/.test(typed)
    await assertSecondFactor(context, userId, { code: isCode ? typed : null, backupCode: isCode ? null : typed })
    const now = context.now()
    const before = [touchLogin(userId, now), ...forgetAttempts(userId, key, now)]
    const signedIn = await signIn(context, { userId, method: 'password', message: 'Signed in', before })
    return await goOn(context, found, signedIn.access_token)
  } catch (error) {
    if (!(error instanceof PlatformError) || error.status >= 500) throw error
    return secondStepPage({ ...found, reader, target, fault: refusalWords(reader, error) })
  }
}

/** The session becomes one of the cookie, and the browser asks for the next page with it. */
async function goOn(context: Context, { flow }: Flow, accessToken: string): Promise<RawAnswer> {
  const verdict = verifyAccessToken(accessToken, context.ports.secrets.tokenKey, context.now())
  if ('fault' in verdict) throw new Error('a token that was just made is not good')
  const token = newSecret()
  const { db } = context.system('a sign-in writes before anybody is signed in')
  await bindToCookie(db, verdict.claims.sid, secretHash(token))
  const seconds = settingsOf(context, authSettings).refreshDays * 86_400
  const headers = {
    location: `/auth/authorize/continue?request=${flow}`,
    'set-cookie': sessionCookie(context, SESSION_COOKIE, token, seconds, 'Strict'),
    'cache-control': 'no-store',
  }
  return { status: 303, headers, body: '' }
}
