import { escapeHtml, htmlPage } from '../../../../kernel/http/html.ts'
import type { RawAnswer } from '../../../../kernel/raw.ts'
import { scopeWords } from '../../domain/apps.ts'
import type { ClientRow } from '../../store/smart/clients.ts'
import type { RecordChoice } from './records.ts'

const POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/** A page around `body` (HTML). `target` is the address to which its form leads in the end: browsers ask for leave to go there. */
function page(status: number, title: string, body: string, target?: string): RawAnswer {
  const extra = target === undefined ? '' : ` ${sourceOf(target)}`
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `${POLICY}; form-action 'self'${extra}`,
    'cache-control': 'no-store',
  }
  return { status, headers, body: htmlPage(title, `<h1>${escapeHtml(title)}</h1>${body}`) }
}

/** An address as a source of a policy: its origin, or the scheme of an app. */
function sourceOf(address: string): string {
  const url = new URL(address)
  return url.origin === 'null' ? url.protocol : url.origin
}

/** For what can't go on, and can't be told to the app either. */
export function errorPage(text: string): RawAnswer {
  return page(400, 'This doesn’t work', `<div class="card"><p>${escapeHtml(text)}</p></div>`)
}

/** Goes on by itself: to a page that the browser brings the cookie of the sign-in to. */
export function hopPage(address: string): RawAnswer {
  const answer = page(200, 'One moment', `<p><a class="button" href="${escapeHtml(address)}">Go on</a></p>`)
  return { ...answer, headers: { ...answer.headers, refresh: `0;url=${address}` } }
}

interface SignIn {
  readonly flow: string
  readonly client: ClientRow
  readonly target: string
  readonly email?: string
  readonly fault?: string
}

/** Sign-in within the flow. */
export function signInPage({ flow, client, target, email = '', fault }: SignIn): RawAnswer {
  const body = `${faultLine(fault)}<p>To decide what <strong>${escapeHtml(client.name)}</strong> may see, sign in first.
    The app doesn’t learn your password.</p>
    <form class="card" method="post" action="/auth/authorize/sign-in">${hidden('request', flow)}
    <label for="email">E-mail</label>
    <input id="email" name="email" type="email" autocomplete="username" required value="${escapeHtml(email)}">
    <label for="password">Password</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required>
    <button>Sign in</button></form>${denyForm(flow)}`
  return page(fault === undefined ? 200 : 401, 'Sign in to Salus', body, target)
}

/** The second step of the sign-in. */
export function secondStepPage({ flow, client, target, fault }: SignIn): RawAnswer {
  const body = `${faultLine(fault)}<p>Your password is right. Before <strong>${escapeHtml(client.name)}</strong> is decided about, give
    the code of your authenticator app.</p>
    <form class="card" method="post" action="/auth/authorize/second-step">${hidden('request', flow)}
    <label for="code">Six digits, or a backup code</label>
    <input id="code" name="code" inputmode="text" autocomplete="one-time-code" maxlength="40" required>
    <button>Go on</button></form>${denyForm(flow)}`
  return page(fault === undefined ? 200 : 401, 'One more step', body, target)
}

interface Consent {
  readonly flow: string
  readonly client: ClientRow
  readonly target: string
  readonly account: string
  readonly scopes: readonly string[]
  readonly choices: readonly RecordChoice[]
  readonly fault?: string
}

export const DAYS = [1, 30, 90, 365] as const
const DAY_WORDS: Readonly<Record<number, string>> = { 1: 'One day', 30: '30 days', 90: '90 days', 365: 'A year' }
const IDENTITY = ['openid', 'fhirUser', 'profile']

/** The page on which a person decides. */
export function consentPage(consent: Consent): RawAnswer {
  const { flow, client, target, account, scopes, choices, fault } = consent
  const isLasting = scopes.includes('offline_access') || scopes.includes('online_access')
  const body = `${faultLine(fault)}${whoAsks(client, target)}
    <form method="post" action="/auth/authorize/decide">${hidden('request', flow)}
    <fieldset class="card"><legend>Whose record?</legend>${choices.map(recordRow).join('')}</fieldset>
    <fieldset class="card"><legend>What may it do?</legend>${ticks(scopes).map(tickRow).join('')}
    <p class="soft">Take the tick away from what you don’t want to share; the app goes on with the rest.</p></fieldset>
    ${isLasting ? daysField() : '<p>The access ends by itself within a few hours.</p>'}
    <p>You can end it at any time, and then it ends at once. Every access is written down for you to see.</p>
    <div class="actions"><button name="decision" value="allow">Allow</button>
    <button class="quiet" name="decision" value="deny">Don’t allow</button></div></form>
    <p class="soft">You are signed in as ${escapeHtml(account)}.
    <a href="/auth/authorize/continue?request=${escapeHtml(flow)}&amp;switch=1">Use another account</a></p>`
  return page(fault === undefined ? 200 : 400, `Let ${client.name} in?`, body, target)
}

function whoAsks({ publisher, homepage, registered_by: by }: ClientRow, target: string): string {
  const known =
    by === 'operator'
      ? 'The operator of this platform registered it.'
      : 'It registered itself: nobody here has checked it.'
  const place = sourceOf(target)
  return `<div class="card"><p>An app of <strong>${escapeHtml(publisher)}</strong> asks for access to a health record. ${known}</p>
    <p class="soft">It will be told at <code>${escapeHtml(place)}</code>${
      homepage === null ? '' : `, and says more about itself at <code>${escapeHtml(homepage)}</code>`
    }.</p></div>`
}

function recordRow(choice: RecordChoice, index: number): string {
  const { personId, patient, isOwn, name, detail } = choice
  const who = isOwn ? `Mine${name === '' ? '' : ` (${name})`}` : name === '' ? 'A record shared with me' : name
  const label = detail === '' ? who : `${who}: ${detail}`
  return `<label class="choice"><input type="radio" name="record" required value="${escapeHtml(`${personId}:${patient}`)}"${
    index === 0 ? ' checked' : ''
  }><span>${escapeHtml(label)}</span></label>`
}

/** What is ticked together: who somebody is, is one thing to a person. What only the launch is about is not asked. */
function ticks(scopes: readonly string[]): string[][] {
  const identity = scopes.filter((one) => IDENTITY.includes(one))
  const others = scopes.filter((one) => !IDENTITY.includes(one) && one !== 'launch' && !one.startsWith('launch/'))
  return [...(identity.length === 0 ? [] : [identity]), ...others.map((one) => [one])]
}

function tickRow(scopes: readonly string[]): string {
  const value = escapeHtml(scopes.join(' '))
  return `<label class="choice"><input type="checkbox" name="scope" value="${value}" checked>
    <span>${escapeHtml(scopeWords(scopes[0] ?? ''))} <code class="soft">${value}</code></span></label>`
}

function daysField(): string {
  const options = DAYS.map(
    (days) => `<option value="${days}"${days === 90 ? ' selected' : ''}>${DAY_WORDS[days] ?? days}</option>`,
  )
  return `<p><label for="days">For how long, at most?</label><select id="days" name="days">${options.join('')}</select></p>`
}

function denyForm(flow: string): string {
  return `<form method="post" action="/auth/authorize/decide">${hidden('request', flow)}
    <button class="quiet" name="decision" value="deny">Go back to the app without access</button></form>`
}

const hidden = (name: string, value: string) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`
const faultLine = (text: string | undefined) =>
  text === undefined ? '' : `<p class="error" role="alert">${escapeHtml(text)}</p>`
