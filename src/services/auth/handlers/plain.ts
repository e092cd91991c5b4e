import { PlatformError } from '../../../kernel/errors.ts'
import { SESSION_COOKIE } from '../../../kernel/http/credentials.ts'
import { refusalWords } from '../../../kernel/http/html.ts'
import { readerOf } from '../../../kernel/http/reader.ts'
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
import { type AuthTexts, authTexts } from '../texts/texts.ts'
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

/** Sign-in for browsers without scripts. */
export async function plainSignInPage(context: Context, request: RawRequest): Promise<RawAnswer> {
  if ((await signedIn(context, request)) !== undefined) return pages.seeOther('/plain')
  return formPage(
    context,
    request,
    200,
    (t) => t.signIn,
    (t, secret) => pages.signInForm(t, secret, {}),
  )
}

/** The same rules, limits and second step as everywhere. */
export async function plainSignIn(context: Context, request: RawRequest): Promise<RawAnswer> {
  const form = await ownForm(context, request)
  const email = (form?.get('email') ?? '').trim().slice(0, 254)
  const again = (fault: string, status = 401) =>
    formPage(
      context,
      request,
      status,
      (t) => t.signIn,
      (t, secret) => pages.signInForm(t, secret, { fault, email }),
    )
  const { plain: t } = textsFor(request)
  if (form === undefined) return again(t.tooOld, 403)
  const password = form.get('password') ?? ''
  if (email === '' || password === '') return again(t.giveBoth, 400)
  try {
    return await enter(context, (await context.call(auth.operations.login, { email, password })).access_token)
  } catch (error) {
    if (!isRefusal(error)) throw error
    if (error.options.extra?.mfa_required !== true) return again(refusalWords(readerOf(request), error), error.status)
    const { db } = context.system('the password was right; the second step is to come')
    const identity = await findIdentity(db, emailHandle(email))
    if (identity === undefined) return again(t.byEmail)
    const ticket = ticketFor(context, request, identity.user_id)
    const form = (words: AuthTexts, secret: string) => pages.secondStepForm(words, secret, ticket, {})
    return formPage(context, request, 200, ({ plain }) => plain.oneMore, form)
  }
}

/** The code of the authenticator app, after the password. */
export async function plainSecondStep(context: Context, request: RawRequest): Promise<RawAnswer> {
  const form = await ownForm(context, request)
  const ticket = form?.get('ticket') ?? ''
  const userId = form === undefined ? undefined : holderOf(context, request, ticket)
  if (form === undefined || userId === undefined) {
    const fault = textsFor(request).plain.tookTooLong
    return formPage(
      context,
      request,
      403,
      (t) => t.signIn,
      (t, secret) => pages.signInForm(t, secret, { fault }),
    )
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
    const fault = refusalWords(readerOf(request), error)
    const again = (t: AuthTexts, secret: string) => pages.secondStepForm(t, secret, ticket, { fault })
    return formPage(context, request, error.status, ({ plain }) => plain.oneMore, again)
  }
}

/** A new account, for browsers without scripts. */
export async function plainRegisterPage(context: Context, request: RawRequest): Promise<RawAnswer> {
  return formPage(
    context,
    request,
    200,
    ({ plain }) => plain.makeAccount,
    (t, secret) => pages.registerForm(t, secret, {}),
  )
}

export async function plainRegister(context: Context, request: RawRequest): Promise<RawAnswer> {
  const form = await ownForm(context, request)
  const email = (form?.get('email') ?? '').trim().slice(0, 254)
  const name = (form?.get('name') ?? '').trim().slice(0, 200)
  const again = (fault: string, status: number) =>
    formPage(
      context,
      request,
      status,
      ({ plain }) => plain.makeAccount,
      (t, secret) => pages.registerForm(t, secret, { fault, email, name }),
    )
  if (form === undefined) return again(textsFor(request).plain.tooOld, 403)
  try {
    const password = form.get('password') ?? ''
    const made = await context.call(auth.operations.register, { email, password, ...(name === '' ? {} : { name }) })
    return await enter(context, made.access_token)
  } catch (error) {
    if (!isRefusal(error)) throw error
    return again(wordsOf(request, error), error.status)
  }
}

/** What works without scripts, for whoever is signed in; others sign in first. */
export async function plainHome(context: Context, request: RawRequest): Promise<RawAnswer> {
  const session = await signedIn(context, request)
  if (session === undefined) return pages.seeOther('/sign-in')
  const { db } = context.system('the cookie tells whose session it is')
  const account = await findAccount(db, session.user_id, context.now())
  const name = account?.display_name || account?.identities[0]?.value || ''
  return formPage(
    context,
    request,
    200,
    ({ plain }) => plain.home,
    (t, secret) => pages.homeBody(t, secret, name),
  )
}

export async function plainSignOut(context: Context, request: RawRequest): Promise<RawAnswer> {
  if ((await ownForm(context, request)) === undefined) return pages.seeOther('/plain')
  const token = cookieOf(request.headers.cookie, SESSION_COOKIE)
  const { db } = context.system('the cookie tells whose session it is')
  const ended = token === '' ? undefined : await revokeOpaque(db, secretHash(token), context.now())
  if (ended !== undefined) sessionCacheOf(context.ports).forget(ended.user_id)
  return pages.seeOther('/sign-in', sessionCookie(context, SESSION_COOKIE, '', 0, 'Strict'))
}

/** What the pages say to whoever asked. */
function textsFor(request: RawRequest): AuthTexts {
  return authTexts(readerOf(request).language)
}

/** A page whose form proves that it is ours: it repeats what only our cookie knows. */
function formPage(
  context: Context,
  request: RawRequest,
  status: number,
  title: (t: AuthTexts) => string,
  body: (t: AuthTexts, secret: string) => string,
): RawAnswer {
  const known = cookieOf(request.headers.cookie, FORM_COOKIE)
  const cookie = /^[\w-]{43}$/.test(known) ? known : newSecret()
  const setCookie = sessionCookie(context, FORM_COOKIE, cookie, FORM_SECONDS, 'Strict')
  const t = textsFor(request)
  return pages.plainPage(readerOf(request), status, title(t), body(t, proofOf(cookie)), { 'set-cookie': setCookie })
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
function wordsOf(request: RawRequest, error: PlatformError): string {
  const faults = error.options.faults ?? []
  const reader = readerOf(request)
  if (faults.length === 0 || reader.language !== 'en') return refusalWords(reader, error)
  return faults.map(({ field, detail }) => `${field.replaceAll('_', ' ')} ${detail}`).join('; ')
}
