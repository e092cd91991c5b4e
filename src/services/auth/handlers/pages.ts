import { PlatformError } from '../../../kernel/errors.ts'
import { escapeHtml, htmlPage, refusalWords } from '../../../kernel/http/html.ts'
import { readerOf } from '../../../kernel/http/reader.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import type { Context } from '../../../kernel/service.ts'
import { auth } from '../contract.ts'
import { type AuthTexts, authTexts } from '../texts/texts.ts'
import { confirmReset, confirmVerification } from './passwords.ts'
import { isSetupOpen, setUp } from './setup.ts'
import { cookieOfSession } from './webCookie.ts'

const MAXIMUM_FORM_BYTES = 8192
const POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** The form for the first administrator; plain HTML, so that it works before anything else does. */
export async function setupPage(context: Context, request: RawRequest): Promise<RawAnswer> {
  const token = request.query.token ?? ''
  const { setUp: t } = textsFor(request)
  if (!(await isSetupOpen(context, token))) return page(request, 410, t.title, `<p>${t.used}</p>`)
  return page(request, 200, t.title, setupForm(request, token, '', ''))
}

export async function submitSetup(context: Context, request: RawRequest): Promise<RawAnswer> {
  const form = await formOf(request)
  const words = textsFor(request)
  const t = words.setUp
  const [token, email, password] = [
    form.get('token') ?? '',
    (form.get('email') ?? '').trim(),
    form.get('password') ?? '',
  ]
  const refuse = (message: string) => page(request, 400, t.title, setupForm(request, token, email, message))
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) || email.length > 254) return refuse(t.noEmail)
  if (password !== form.get('repeated')) return refuse(t.differ)
  return answered(request, refuse, async () => {
    await setUp(context, { token, email, password })
    const signedIn = await context.call(auth.operations.login, { email, password })
    const ways = `<p><a class="button" href="/app/welcome">${words.goOn}</a> <a class="button quiet" href="/sign-in">${t.plain}</a></p>`
    const made = page(request, 201, t.title, `<p>${t.made}</p>${ways}`)
    // Signed in at once: going on begins with the first questions, or, without scripts, with the plain pages.
    return { ...made, headers: { ...made.headers, 'set-cookie': await cookieOfSession(context, signedIn) } }
  })
}

export async function resetPage(_context: Context, request: RawRequest): Promise<RawAnswer> {
  return page(request, 200, textsFor(request).reset.title, resetForm(request, request.query.token ?? '', ''))
}

export async function submitReset(context: Context, request: RawRequest): Promise<RawAnswer> {
  const form = await formOf(request)
  const { reset: t, setUp: words } = textsFor(request)
  const [token, password] = [form.get('token') ?? '', form.get('password') ?? '']
  const refuse = (message: string) => page(request, 400, t.title, resetForm(request, token, message))
  if (password !== form.get('repeated')) return refuse(words.differ)
  return answered(request, refuse, async () => {
    await confirmReset(context, { token, new_password: password })
    return page(request, 200, t.title, `<p>${t.done}</p>`)
  })
}

/** Opening a mail's link changes nothing yet: mail programs open links by themselves. */
export async function verifyPage(_context: Context, request: RawRequest): Promise<RawAnswer> {
  const { verify: t } = textsFor(request)
  const token = escapeHtml(request.query.token ?? '')
  const form = `<form method="post" action="/auth/verify-email"><input type="hidden" name="token" value="${token}">
    <button>${t.button}</button></form>`
  return page(request, 200, t.title, form)
}

export async function submitVerify(context: Context, request: RawRequest): Promise<RawAnswer> {
  const token = (await formOf(request)).get('token') ?? ''
  const { verify: t } = textsFor(request)
  const refuse = (message: string) => page(request, 400, t.title, `<p class="error">${escapeHtml(message)}</p>`)
  return answered(request, refuse, async () => {
    await confirmVerification(context, { token })
    return page(request, 200, t.title, `<p>${t.done}</p>`)
  })
}

/** What the reader can mend is said on the page; the rest is an error like any other. */
async function answered(
  request: RawRequest,
  refuse: (message: string) => RawAnswer,
  work: () => Promise<RawAnswer>,
): Promise<RawAnswer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof PlatformError && error.status < 500) return refuse(refusalWords(readerOf(request), error))
    throw error
  }
}

function setupForm(request: RawRequest, token: string, email: string, message: string): string {
  const words = textsFor(request)
  const t = words.setUp
  const or = t.or((text) => `<a href="/welcome?token=${encodeURIComponent(token)}">${text}</a>`)
  return `${errorLine(message)}<p>${t.lead}</p>
    <form method="post" action="/auth/setup"><input type="hidden" name="token" value="${escapeHtml(token)}">
    <label for="email">${words.email}</label>
    <input id="email" name="email" type="email" dir="ltr" autocomplete="username" required value="${escapeHtml(email)}">
    ${passwordFields(words)}<button>${t.make}</button></form>
    <p class="soft below">${or}</p>`
}

function resetForm(request: RawRequest, token: string, message: string): string {
  const words = textsFor(request)
  return `${errorLine(message)}<form method="post" action="/auth/reset-password">
    <input type="hidden" name="token" value="${escapeHtml(token)}">${passwordFields(words)}<button>${words.reset.set}</button></form>`
}

function passwordFields({ reset: t }: AuthTexts): string {
  const field = (name: string, label: string) =>
    `<label for="${name}">${label}</label><input id="${name}" name="${name}" type="password" dir="ltr"
      autocomplete="new-password" minlength="8" required>`
  return `${field('password', t.field)}${field('repeated', t.repeated)}`
}

function errorLine(message: string): string {
  return message === '' ? '' : `<p class="error" role="alert">${escapeHtml(message)}</p>`
}

function page(request: RawRequest, status: number, title: string, body: string): RawAnswer {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY }
  return { status, headers, body: htmlPage(title, `<h1>${escapeHtml(title)}</h1>${body}`, readerOf(request)) }
}

function textsFor(request: RawRequest): AuthTexts {
  return authTexts(readerOf(request).language)
}

async function formOf(request: RawRequest): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request.body) {
    const part = Buffer.from(chunk as string | Buffer)
    bytes += part.length
    if (bytes > MAXIMUM_FORM_BYTES) throw new PlatformError('payload_too_large', 'The form is too large')
    chunks.push(part)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}
