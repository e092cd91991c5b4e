import { escapeHtml, htmlPage } from '../../../kernel/http/html.ts'
import type { RawAnswer } from '../../../kernel/raw.ts'

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
}

/** What a form brought that has to be shown again, and why. */
export interface Again {
  readonly fault?: string
  readonly email?: string
  readonly name?: string
}

/** A page around `body` (HTML). */
export function plainPage(status: number, title: string, body: string, headers = {}): RawAnswer {
  return { status, headers: { ...HEADERS, ...headers }, body: htmlPage(title, `<h1>${escapeHtml(title)}</h1>${body}`) }
}

/** Sends the browser on, as a new request. */
export function seeOther(location: string, setCookie?: string): RawAnswer {
  const headers = {
    location,
    'cache-control': 'no-store',
    ...(setCookie === undefined ? {} : { 'set-cookie': setCookie }),
  }
  return { status: 303, headers, body: '' }
}

/** The form to sign in. */
export function signInForm(secret: string, { fault, email = '' }: Again): string {
  return `${faultLine(fault)}<form class="card" method="post" action="/sign-in">${hidden(secret)}
    ${emailField(email, fault)}${passwordField('current-password')}<button>Sign in</button></form>
    <p class="links"><a href="/register">Make an account</a><a href="/status">Status</a><a href="/app/sign-in">With scripts</a></p>`
}

/** The form for the code that follows the password; `ticket` says, sealed, whose it is. */
export function secondStepForm(secret: string, ticket: string, { fault }: Again): string {
  return `${faultLine(fault)}<p>Your password is right. Now give the code of your authenticator app.</p>
    <form class="card" method="post" action="/sign-in/second-step">${hidden(secret)}
    <input type="hidden" name="ticket" value="${escapeHtml(ticket)}">
    <label for="code">Six digits, or a backup code</label>
    <input id="code" name="code" autocomplete="one-time-code" maxlength="40" required${describedBy(fault)}>
    <button>Go on</button></form><p class="links"><a href="/sign-in">Begin again</a></p>`
}

/** The form for a new account. */
export function registerForm(secret: string, { fault, email = '', name = '' }: Again): string {
  return `${faultLine(fault)}<form class="card" method="post" action="/register">${hidden(secret)}
    <label for="name">Name</label><input id="name" name="name" autocomplete="name" maxlength="200" value="${escapeHtml(name)}">
    ${emailField(email, fault)}${passwordField('new-password')}
    <p class="soft">8 characters or more, with a letter and a digit.</p><button>Make the account</button></form>
    <p class="links"><a href="/sign-in">I have an account</a></p>`
}

/** What can be done without scripts, for whoever is signed in. */
export function homeBody(secret: string, name: string): string {
  const rows = [
    ['/card', 'Emergency card', 'What helpers should know, to print and carry.'],
    ['/api/v1/metrics/export?format=csv', 'Download the measurements', 'One CSV file of everything that was measured.'],
    ['/status', 'Status', 'What runs here and what is off.'],
  ] as const
  const items = rows.map(([href, title, text]) => `<li><a href="${href}">${title}</a><p class="soft">${text}</p></li>`)
  return `<p>Signed in as <strong dir="auto">${escapeHtml(name)}</strong>.</p>
    <div class="card"><p><a class="button" href="/app/today">Open Salus</a></p>
    <p class="soft">Adding and looking at values needs scripts in the browser. What follows works without.</p></div>
    <ul class="rows">${items.join('')}<li>Shared links<p class="soft">Whoever gets a link of yours reads it without scripts and
    without an account.</p></li></ul>
    <form method="post" action="/sign-out">${hidden(secret)}<button class="quiet">Sign out</button></form>`
}

function emailField(email: string, fault: string | undefined): string {
  return `<label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="username" maxlength="254"
    required value="${escapeHtml(email)}"${describedBy(fault)}>`
}

function passwordField(purpose: 'current-password' | 'new-password'): string {
  return `<label for="password">Password</label>
    <input id="password" name="password" type="password" autocomplete="${purpose}" maxlength="1024" required>`
}

function hidden(secret: string): string {
  return `<input type="hidden" name="form" value="${escapeHtml(secret)}">`
}

function faultLine(fault: string | undefined): string {
  return fault === undefined ? '' : `<p class="error" role="alert" id="fault">${escapeHtml(fault)}</p>`
}

function describedBy(fault: string | undefined): string {
  return fault === undefined ? '' : ' aria-describedby="fault"'
}
