import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { SESSION_COOKIE } from '../../../kernel/http/credentials.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { authSettings, socialSettings } from '../domain/settings.ts'
import { newSecret, seal, secretHash, unseal } from '../providers/secrets.ts'
import { authorizationUrl, personOf, SOCIAL_PROVIDERS, type SocialProvider } from '../providers/social.ts'
import { findAccount, touchLogin } from '../store/accounts.ts'
import { insertSession } from '../store/sessions.ts'
import { insertSocialAttempt, takeSocialAttempt } from '../store/social.ts'
import { cookieOf, sessionCookie } from './cookies.ts'
import { accountOf } from './outside.ts'

const MINUTES = 10
const BROWSER_COOKIE = 'salus_social'
const reason = 'sign-in: nobody is signed in yet'

/** Sends the browser to the provider. State, nonce and verifier stay here; the state is bound to this browser. */
export async function socialLogin(context: Context, request: RawRequest): Promise<RawAnswer> {
  const provider = providerOf(request)
  const [state, nonce, verifier, browser] = [newSecret(), newSecret(), newSecret(), newSecret()]
  const visit = { redirectUri: redirectUri(context, provider), state, nonce, verifier }
  const location = await authorizationUrl(settingsOf(context, socialSettings), provider, visit)
  await insertSocialAttempt(context.system(reason).db, {
    stateHash: secretHash(state),
    provider,
    browserHash: secretHash(browser),
    sealedVerifier: seal('social', verifier, context.ports.secrets.tokenKey),
    nonce,
    returnTo: localPath(request.query.return_to),
    expiresAt: new Date(context.now().getTime() + MINUTES * 60_000),
  })
  return redirect(location, sessionCookie(context, BROWSER_COOKIE, browser, MINUTES * 60))
}

/** The browser comes back: the code is exchanged, and a session begins. */
export async function socialCallback(context: Context, request: RawRequest): Promise<RawAnswer> {
  const provider = providerOf(request)
  const { state = '', code } = request.query
  const now = context.now()
  const browser = cookieOf(request.headers.cookie, BROWSER_COOKIE)
  const { db } = context.system(reason)
  const found = await takeSocialAttempt(db, secretHash(state), secretHash(browser), provider, now)
  const verifier = found && unseal('social', found.sealed_verifier, context.ports.secrets.tokenKey)
  if (found === undefined || verifier === undefined) {
    throw new PlatformError('bad_request', 'This sign-in was begun elsewhere, or too long ago; begin again')
  }
  if (code === undefined) throw new PlatformError('wrong_credentials', 'The sign-in was cancelled at the provider')
  const visit = { redirectUri: redirectUri(context, provider), nonce: found.nonce, verifier }
  const person = await personOf(settingsOf(context, socialSettings), provider, code, visit, now)
  const userId = await accountOf(context, person)
  const account = await findAccount(db, userId, now)
  if (account?.status !== 'active') throw new PlatformError('forbidden', 'This account is suspended')
  const token = newSecret()
  const seconds = settingsOf(context, authSettings).refreshDays * 86_400
  const session = {
    id: context.newId(),
    userId,
    method: provider,
    tokenHash: secretHash(token),
    address: context.caller.address,
    userAgent: context.caller.userAgent,
    expiresAt: new Date(now.getTime() + seconds * 1000),
  }
  await db.batch([touchLogin(userId, now), insertSession(session, now)])
  return redirect(found.return_to, sessionCookie(context, SESSION_COOKIE, token, seconds))
}

function providerOf(request: RawRequest): SocialProvider {
  const provider = SOCIAL_PROVIDERS.find((one) => one === request.params.provider)
  if (provider === undefined) throw notFound('Sign-in provider')
  return provider
}

function redirectUri(context: Context, provider: SocialProvider): string {
  return `${context.publicUrl}/api/v1/auth/${provider}/callback`
}

/** A path of ours to go back to; anything that could lead elsewhere becomes the front page. */
function localPath(wanted: string | undefined): string {
  return wanted !== undefined && /^\/(?![/\\])[\w\-./?=&%#]*$/.test(wanted) ? wanted : '/'
}

function redirect(location: string, setCookie: string): RawAnswer {
  return { status: 302, headers: { location, 'set-cookie': setCookie }, body: '' }
}
