import { PlatformError } from '../../../kernel/errors.ts'
import { escapeHtml, htmlPage } from '../../../kernel/http/html.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import type { Context } from '../../../kernel/service.ts'
import { confirmReset, confirmVerification } from './passwords.ts'
import { isSetupOpen, setUp } from './setup.ts'

const MAXIMUM_FORM_BYTES = 8192
const POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** The form for the first administrator; plain HTML, so that it works before anything else does. */
export async function setupPage(context: Context, request: RawRequest): Promise<RawAnswer> {
  const token = request.query.token ?? ''
  if (!(await isSetupOpen(context, token))) {
    return page(410, 'Set-up', '<p>This link was used, or is too old. Start the platform again for a new one.</p>')
  }
  return page(200, 'Set-up', setupForm(token, '', ''))
}

export async function submitSetup(context: Context, request: RawRequest): Promise<RawAnswer> {
  const form = await formOf(request)
  const [token, email, password] = [
    form.get('token') ?? '',
    (form.get('email') ?? '').trim(),
    form.get('password') ?? '',
  ]
  const refuse = (message: string) => page(400, 'Set-up', setupForm(token, email, message))
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) || email.length > 254) return refuse('This is no e-mail address')
  if (password !== form.get('repeated')) return refuse('The two passwords differ')
  return answered(refuse, async () => {
    await setUp(context, { token, email, password })
    return page(
      201,
      'Set-up',
      '<p>The administrator is made. You can sign in now.</p><p><a class="button" href="/app/sign-in">Go on</a> <a class="button quiet" href="/sign-in">Go on without scripts</a></p>',
    )
  })
}

export async function resetPage(_context: Context, request: RawRequest): Promise<RawAnswer> {
  return page(200, 'New password', resetForm(request.query.token ?? '', ''))
}

export async function submitReset(context: Context, request: RawRequest): Promise<RawAnswer> {
  const form = await formOf(request)
  const [token, password] = [form.get('token') ?? '', form.get('password') ?? '']
  const refuse = (message: string) => page(400, 'New password', resetForm(token, message))
  if (password !== form.get('repeated')) return refuse('The two passwords differ')
  return answered(refuse, async () => {
    await confirmReset(context, { token, new_password: password })
    return page(200, 'New password', '<p>The new password is set. You can sign in with it now.</p>')
  })
}

/** Opening a mail's link changes nothing yet: mail programs open links by themselves. */
export async function verifyPage(_context: Context, request: RawRequest): Promise<RawAnswer> {
  const token = escapeHtml(request.query.token ?? '')
  const form = `<form method="post" action="/auth/verify-email"><input type="hidden" name="token" value="${token}">
    <button>Confirm my e-mail address</button></form>`
  return page(200, 'Confirm', form)
}

export async function submitVerify(context: Context, request: RawRequest): Promise<RawAnswer> {
  const token = (await formOf(request)).get('token') ?? ''
  const refuse = (message: string) => page(400, 'Confirm', `<p class="error">${escapeHtml(message)}</p>`)
  return answered(refuse, async () => {
    await confirmVerification(context, { token })
    return page(200, 'Confirm', '<p>The e-mail address is confirmed.</p>')
  })
}

/** What the reader can mend is said on the page; the rest is an error like any other. */
async function answered(refuse: (message: string) => RawAnswer, work: () => Promise<RawAnswer>): Promise<RawAnswer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof PlatformError && error.status < 500) return refuse(error.message)
    throw error
  }
}

function setupForm(token: string, email: string, message: string): string {
  return `${errorLine(message)}<p>Make the first administrator of this platform.</p>
    <form method="post" action="/auth/setup"><input type="hidden" name="token" value="${escapeHtml(token)}">
    <label for="email">E-mail</label>
    <input id="email" name="email" type="email" autocomplete="username" required value="${escapeHtml(email)}">
    ${passwordFields()}<button>Make administrator</button></form>
    <p class="soft below">Or <a href="/welcome?token=${encodeURIComponent(token)}">bring a backup back, or look around first</a>.</p>`
}

function resetForm(token: string, message: string): string {
  return `${errorLine(message)}<form method="post" action="/auth/reset-password">
    <input type="hidden" name="token" value="${escapeHtml(token)}">${passwordFields()}<button>Set password</button></form>`
}

function passwordFields(): string {
  const field = (name: string, label: string) =>
    `<label for="${name}">${label}</label><input id="${name}" name="${name}" type="password"
      autocomplete="new-password" minlength="8" required>`
  return `${field('password', 'New password (8 characters or more, with a letter and a digit)')}${field('repeated', 'The same again')}`
}

function errorLine(message: string): string {
  return message === '' ? '' : `<p class="error" role="alert">${escapeHtml(message)}</p>`
}

function page(status: number, title: string, body: string): RawAnswer {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY }
  return { status, headers, body: htmlPage(title, `<h1>${escapeHtml(title)}</h1>${body}`) }
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
