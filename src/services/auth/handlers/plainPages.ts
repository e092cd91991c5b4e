import { escapeHtml, htmlPage } from '../../../kernel/http/html.ts'
import type { Reader } from '../../../kernel/http/reader.ts'
import type { RawAnswer } from '../../../kernel/raw.ts'
import type { AuthTexts } from '../texts/texts.ts'

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
export function plainPage(reader: Reader, status: number, title: string, body: string, headers = {}): RawAnswer {
  const html = htmlPage(title, `<h1>${escapeHtml(title)}</h1>${body}`, reader)
  return { status, headers: { ...HEADERS, ...headers }, body: html }
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
export function signInForm(t: AuthTexts, secret: string, { fault, email = '' }: Again): string {
  return `${faultLine(fault)}<form class="card" method="post" action="/sign-in">${hidden(secret)}
    ${emailField(t, email, fault)}${passwordField(t, 'current-password')}<button>${t.signIn}</button></form>
    <p class="links"><a href="/register">${t.plain.makeAccount}</a><a href="/status">${t.plain.status}</a><a href="/app/sign-in">${t.plain.withScripts}</a></p>`
}

/** The form for the code that follows the password; `ticket` says, sealed, whose it is. */
export function secondStepForm(t: AuthTexts, secret: string, ticket: string, { fault }: Again): string {
  return `${faultLine(fault)}<p>${t.plain.passwordRight}</p>
    <form class="card" method="post" action="/sign-in/second-step">${hidden(secret)}
    <input type="hidden" name="ticket" value="${escapeHtml(ticket)}">
    <label for="code">${t.plain.code}</label>
    <input id="code" name="code" autocomplete="one-time-code" maxlength="40" required${describedBy(fault)}>
    <button>${t.goOn}</button></form><p class="links"><a href="/sign-in">${t.plain.again}</a></p>`
}

/** The form for a new account. */
export function registerForm(t: AuthTexts, secret: string, { fault, email = '', name = '' }: Again): string {
  return `${faultLine(fault)}<form class="card" method="post" action="/register">${hidden(secret)}
    <label for="name">${t.plain.name}</label><input id="name" name="name" dir="auto" autocomplete="name" maxlength="200" value="${escapeHtml(name)}">
    ${emailField(t, email, fault)}${passwordField(t, 'new-password')}
    <p class="soft">${t.passwordRule}</p><button>${t.plain.make}</button></form>
    <p class="links"><a href="/sign-in">${t.plain.haveAccount}</a></p>`
}

/** What can be done without scripts, for whoever is signed in. */
export function homeBody({ plain: t }: AuthTexts, secret: string, name: string): string {
  const rows = [
    ['/card', t.card, t.cardText],
    ['/api/v1/metrics/export?format=csv', t.download, t.downloadText],
    ['/status', t.status, t.statusText],
  ] as const
  const items = rows.map(([href, title, text]) => `<li><a href="${href}">${title}</a><p class="soft">${text}</p></li>`)
  return `<p>${t.signedInAs(`<strong dir="auto">${escapeHtml(name)}</strong>`)}</p>
    <div class="card"><p><a class="button" href="/app/today">${t.open}</a></p>
    <p class="soft">${t.needsScripts}</p></div>
    <ul class="rows">${items.join('')}<li>${t.links}<p class="soft">${t.linksText}</p></li></ul>
    <form method="post" action="/sign-out">${hidden(secret)}<button class="quiet">${t.signOut}</button></form>`
}

function emailField(t: AuthTexts, email: string, fault: string | undefined): string {
  return `<label for="email">${t.email}</label><input id="email" name="email" type="email" dir="ltr" autocomplete="username" maxlength="254"
    required value="${escapeHtml(email)}"${describedBy(fault)}>`
}

function passwordField(t: AuthTexts, purpose: 'current-password' | 'new-password'): string {
  return `<label for="password">${t.password}</label>
    <input id="password" name="password" type="password" dir="ltr" autocomplete="${purpose}" maxlength="1024" required>`
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
