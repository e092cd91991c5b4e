import { PlatformError } from '../../../kernel/errors.ts'
import { SESSION_COOKIE } from '../../../kernel/http/credentials.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import { equalSecrets } from '../../../kernel/secrets.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { auth } from '../contract.ts'
import { emailHandle } from '../domain/handles.ts'
import { authSettings } from '../domain/settings.ts'
import { verifyAccessToken } from '../providers/accessToken.ts'
import { newSecret, seal, secretHash, unseal } from '../providers/secrets.ts'
import { findAccount, findIdentity, touchLogin } from '../store/accounts.ts'
import { forgetAttempts } from '../store/attempts.ts'
import { sessionCacheOf } from '../store/sessionCache.ts'
import { bindToCookie, revokeOpaque } from '../store/sessions.ts'
import { cookieOf, sessionCookie } from './cookies.ts'
import { attempt } from './guard.ts'
import { signIn } from './issue.ts'
import * as pages from './plainPages.ts'
import { assertSecondFactor } from './secondFactor.ts'
import { signedIn } from './smart/flow.ts'
import { textOf } from './smart/oauth.ts'

/** Cookie that a form of ours repeats: no page of another site can read it, or send it along. */
const FORM_COOKIE = 'salus_form'
const FORM_SECONDS = 3600
const TICKET_MS = 300_000
const TICKET = 'plain-second-step'
const TOO_OLD = 'The form was too old, or this browser keeps no cookies; please try again'

/** Sign-in for browsers without scripts. */
export async function plainSignInPage(context: Context, request: RawRequest): Promise<RawAnswer> {
  if ((await signedIn(context, request)) !== undefined) return pages.seeOther('/plain')
  return formPage(context, request, 200, 'Sign in', (secret) => pages.signInForm(secret, {}))
}

/** The same rules, limits and second step as everywhere. */
export async function plainSignIn(context: Context, request: RawRequest): Promise<RawAnswer> {
  const form = await ownForm(context, request)
  const email = (form?.get('email') ?? '').trim().slice(0, 254)
  const again = (fault: string, status = 401) =>
    formPage(context, request, status, 'Sign in', (secret) => pages.signInForm(secret, { fault, email }))
  if (form === undefined) return again(TOO_OLD, 403)
  const password = form.get('password') ?? ''
  if (email === '' || password === '') return again('Give the e-mail address and the password of your account', 400)
  try {
    return await enter(context, (await context.call(auth.operations.login, { email, password })).access_token)
  } catch (error) {
    if (!isRefusal(error)) throw error
    if (error.options.extra?.mfa_required !== true) return again(error.message, error.status)
    const { db } = context.system('the password was right; the second step is to come')
    const identity = await findIdentity(db, emailHandle(email))
    if (identity === undefined) return again('Sign in with the e-mail address of the account')
    const ticket = ticketFor(context, request, identity.user_id)
    return formPage(context, request, 200, 'One more step', (secret) => pages.secondStepForm(secret, ticket, {}))
  }
}

/** The code of the authenticator app, after the password. */
export async function plainSecondStep(context: Context, request: RawRequest): Promise<RawAnswer> {
  const form = await ownForm(context, request)
  const ticket = form?.get('ticket') ?? ''
  const userId = form === undefined ? undefined : holderOf(context, request, ticket)
  if (form === undefined || userId === undefined) {
    const fault = 'That took too long; sign in again'
    return formPage(context, request, 403, 'Sign in', (secret) => pages.signInForm(secret, { fault }))
  }
  const typed = (form.get('code') ?? '').trim().slice(0, 40)
  try {
    const { key } = await attempt(context, { kind: 'email', value: `again:${userId}` })
    const isCode = /^\d{6}$/.test(typed)
    await assertSecondFactor(context, userId, { code: isCode ? typed : null, backupCode: isCode ? null : typed })
    const now = context.now()
    const before = [touchLogin(userId, now), ...forgetAttempts(userId, key, now)]
    const { access_token } = await signIn(context, { userId, method: 'password', message: 'Signed in', before })
    return await enter(context, access_token)
  } catch (error) {
    if (!isRefusal(error)) throw error
    const fault = error.message
    return formPage(context, request, error.status, 'One more step', (secret) =>
      pages.secondStepForm(secret, ticket, { fault }),
    )
  }
}

/** A new account, for browsers without scripts. */
export async function plainRegisterPage(context: Context, request: RawRequest): Promise<RawAnswer> {
  return formPage(context, request, 200, 'Make an account', (secret) => pages.registerForm(secret, {}))
}

export async function plainRegister(context: Context, request: RawRequest): Promise<RawAnswer> {
  const form = await ownForm(context, request)
  const email = (form?.get('email') ?? '').trim().slice(0, 254)
  const name = (form?.get('name') ?? '').trim().slice(0, 200)
  const again = (fault: string, status: number) =>
    formPage(context, request, status, 'Make an account', (secret) =>
      pages.registerForm(secret, { fault, email, name }),
    )
  if (form === undefined) return again(TOO_OLD, 403)
  try {
    const password = form.get('password') ?? ''
    const made = await context.call(auth.operations.register, { email, password, ...(name === '' ? {} : { name }) })
    return await enter(context, made.access_token)
  } catch (error) {
    if (!isRefusal(error)) throw error
    return again(wordsOf(error), error.status)
  }
}

/** What works without scripts, for whoever is signed in; others sign in first. */
export async function plainHome(context: Context, request: RawRequest): Promise<RawAnswer> {
  const session = await signedIn(context, request)
  if (session === undefined) return pages.seeOther('/sign-in')
  const { db } = context.system('the cookie tells whose session it is')
  const account = await findAccount(db, session.user_id, context.now())
  const name = account?.display_name || account?.identities[0]?.value || ''
  return formPage(context, request, 200, 'Salus without scripts', (secret) => pages.homeBody(secret, name))
}

export async function plainSignOut(context: Context, request: RawRequest): Promise<RawAnswer> {
  if ((await ownForm(context, request)) === undefined) return pages.seeOther('/plain')
  const token = cookieOf(request.headers.cookie, SESSION_COOKIE)
  const { db } = context.system('the cookie tells whose session it is')
  const ended = token === '' ? undefined : await revokeOpaque(db, secretHash(token), context.now())
  if (ended !== undefined) sessionCacheOf(context.ports).forget(ended.user_id)
  return pages.seeOther('/sign-in', sessionCookie(context, SESSION_COOKIE, '', 0, 'Strict'))
}

/** A page whose form proves that it is ours: it repeats what only our cookie knows. */
function formPage(
  context: Context,
  request: RawRequest,
  status: number,
  title: string,
  body: (secret: string) => string,
): RawAnswer {
  const known = cookieOf(request.headers.cookie, FORM_COOKIE)
  const cookie = /^[\w-]{43}$/.test(known) ? known : newSecret()
  const setCookie = sessionCookie(context, FORM_COOKIE, cookie, FORM_SECONDS, 'Strict')
  return pages.plainPage(status, title, body(proofOf(cookie)), { 'set-cookie': setCookie })
}

/** The fields, when a page of ours sent them; undefined otherwise. */
async function ownForm(_context: Context, request: RawRequest): Promise<URLSearchParams | undefined> {
  const form = new URLSearchParams(await textOf(request))
  const site = request.headers['sec-fetch-site']
  const cookie = cookieOf(request.headers.cookie, FORM_COOKIE)
  if (cookie === '' || (site !== undefined && site !== 'same-origin')) return undefined
  return equalSecrets(form.get('form') ?? '', proofOf(cookie)) ? form : undefined
}

function proofOf(cookie: string): string {
  return secretHash(`form:${cookie}`).toString('base64url')
}

/** Says, for five minutes and to this browser only, that the password of the account was right. */
function ticketFor(context: Context, request: RawRequest, userId: string): string {
  const cookie = cookieOf(request.headers.cookie, FORM_COOKIE)
  const text = JSON.stringify([userId, proofOf(cookie), context.now().getTime() + TICKET_MS])
  return seal(TICKET, text, context.ports.secrets.tokenKey)
}

function holderOf(context: Context, request: RawRequest, ticket: string): string | undefined {
  const text = unseal(TICKET, ticket.slice(0, 1000), context.ports.secrets.tokenKey)
  if (text === undefined) return undefined
  const [userId, proof, untilMs] = JSON.parse(text) as [string, string, number]
  const isTheirs = equalSecrets(proof, proofOf(cookieOf(request.headers.cookie, FORM_COOKIE)))
  return isTheirs && context.now().getTime() < untilMs ? userId : undefined
}

/** The session becomes one of the cookie alone, and the browser goes on with it. */
async function enter(context: Context, accessToken: string): Promise<RawAnswer> {
  const verdict = verifyAccessToken(accessToken, context.ports.secrets.tokenKey, context.now())
  if ('fault' in verdict) throw new Error('a token that was just made is not good')
  const token = newSecret()
  const { db } = context.system('a sign-in writes before anybody is signed in')
  await bindToCookie(db, verdict.claims.sid, secretHash(token))
  const seconds = settingsOf(context, authSettings).refreshDays * 86_400
  return pages.seeOther('/plain', sessionCookie(context, SESSION_COOKIE, token, seconds, 'Strict'))
}

function isRefusal(error: unknown): error is PlatformError {
  return error instanceof PlatformError && error.status < 500
}

/** What the reader can mend, field by field where the refusal names them. */
function wordsOf(error: PlatformError): string {
  const faults = error.options.faults ?? []
  if (faults.length === 0) return error.message
  return faults.map(({ field, detail }) => `${field.replaceAll('_', ' ')} ${detail}`).join('; ')
}
