import { escapeHtml, htmlPage } from '../../../../kernel/http/html.ts'
import type { Reader } from '../../../../kernel/http/reader.ts'
import type { RawAnswer } from '../../../../kernel/raw.ts'
import { scopeWords } from '../../domain/apps.ts'
import type { ClientRow } from '../../store/smart/clients.ts'
import { type AuthTexts, authTexts } from '../../texts/texts.ts'
import type { RecordChoice } from './records.ts'

const POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/** A page around `body` (HTML). `target` is the address to which its form leads in the end: browsers ask for leave to go there. */
function page(reader: Reader, status: number, title: string, body: string, target?: string): RawAnswer {
  const extra = target === undefined ? '' : ` ${sourceOf(target)}`
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `${POLICY}; form-action 'self'${extra}`,
    'cache-control': 'no-store',
  }
  return { status, headers, body: htmlPage(title, `<h1>${escapeHtml(title)}</h1>${body}`, reader) }
}

const strong = (text: string) => `<strong dir="auto">${escapeHtml(text)}</strong>`
const code = (text: string) => `<code>${escapeHtml(text)}</code>`

/** An address as a source of a policy: its origin, or the scheme of an app. */
function sourceOf(address: string): string {
  const url = new URL(address)
  return url.origin === 'null' ? url.protocol : url.origin
}

/** For what can't go on, and can't be told to the app either. What was asked is not repeated, not even in a link. */
export function errorPage({ language }: Reader, text: (t: AuthTexts['apps']) => string): RawAnswer {
  const { apps: t } = authTexts(language)
  return page({ language }, 400, t.wrong, `<div class="card"><p>${text(t)}</p></div>`)
}

/** Goes on by itself: to a page that the browser brings the cookie of the sign-in to. */
export function hopPage(reader: Reader, address: string): RawAnswer {
  const t = authTexts(reader.language)
  const answer = page(
    reader,
    200,
    t.apps.moment,
    `<p><a class="button" href="${escapeHtml(address)}">${t.goOn}</a></p>`,
  )
  return { ...answer, headers: { ...answer.headers, refresh: `0;url=${address}` } }
}

const SOCIAL_NAMES = { google: 'Google', github: 'GitHub', microsoft: 'Microsoft' } as const

interface SignIn {
  readonly reader: Reader
  readonly flow: string
  readonly client: ClientRow
  readonly target: string
  readonly email?: string
  readonly fault?: string
}

interface FirstStep extends SignIn {
  readonly social: readonly (keyof typeof SOCIAL_NAMES)[]
}

/** Sign-in within the flow: with a password, or through a provider, which sends the browser back into the flow. */
export function signInPage({ reader, flow, client, target, email = '', fault, social }: FirstStep): RawAnswer {
  const t = authTexts(reader.language)
  const body = `${faultLine(fault)}<p>${t.apps.toDecide(strong(client.name))}</p>
    <form class="card" method="post" action="/auth/authorize/sign-in">${hidden('request', flow)}
    <label for="email">${t.email}</label>
    <input id="email" name="email" type="email" dir="ltr" autocomplete="username" required value="${escapeHtml(email)}">
    <label for="password">${t.password}</label>
    <input id="password" name="password" type="password" dir="ltr" autocomplete="current-password" required>
    <button>${t.signIn}</button></form>${social.map((provider) => socialLink(t, flow, provider)).join('')}${denyForm(t, flow)}`
  return page(reader, fault === undefined ? 200 : 401, t.apps.signInTitle, body, target)
}

function socialLink(t: AuthTexts, flow: string, provider: keyof typeof SOCIAL_NAMES): string {
  const back = encodeURIComponent(`/auth/authorize/continue?request=${flow}`)
  const address = `/api/v1/auth/${provider}/login?return_to=${back}`
  return `<p><a class="button quiet" href="${escapeHtml(address)}">${t.apps.through(SOCIAL_NAMES[provider])}</a></p>`
}

/** The second step of the sign-in. */
export function secondStepPage({ reader, flow, client, target, fault }: SignIn): RawAnswer {
  const t = authTexts(reader.language)
  const body = `${faultLine(fault)}<p>${t.apps.codeFirst(strong(client.name))}</p>
    <form class="card" method="post" action="/auth/authorize/second-step">${hidden('request', flow)}
    <label for="code">${t.plain.code}</label>
    <input id="code" name="code" inputmode="text" autocomplete="one-time-code" maxlength="40" required>
    <button>${t.goOn}</button></form>${denyForm(t, flow)}`
  return page(reader, fault === undefined ? 200 : 401, t.plain.oneMore, body, target)
}

interface Consent {
  readonly reader: Reader
  readonly flow: string
  readonly client: ClientRow
  readonly target: string
  readonly account: string
  readonly scopes: readonly string[]
  readonly choices: readonly RecordChoice[]
  readonly fault?: string
}

export const DAYS = [1, 30, 90, 365] as const
const IDENTITY = ['openid', 'fhirUser', 'profile']

/** The page on which a person decides. */
export function consentPage(consent: Consent): RawAnswer {
  const { reader, flow, client, target, account, scopes, choices, fault } = consent
  const words = authTexts(reader.language)
  const t = words.apps
  const isLasting = scopes.includes('offline_access') || scopes.includes('online_access')
  const rows = choices.map((choice, index) => recordRow(words, choice, index))
  const body = `${faultLine(fault)}${whoAsks(words, client, target)}
    <form method="post" action="/auth/authorize/decide">${hidden('request', flow)}
    <fieldset class="card"><legend>${t.whose}</legend>${rows.join('')}</fieldset>
    <fieldset class="card"><legend>${t.mayDo}</legend>${ticks(scopes)
      .map((one) => tickRow(reader, one))
      .join('')}${allRecords(words, scopes, choices)}
    <p class="soft">${t.untick}</p></fieldset>
    ${isLasting ? daysField(words) : `<p>${t.endsByItself}</p>`}
    <p>${t.youCanEnd}</p>
    <div class="actions"><button name="decision" value="allow">${t.allow}</button>
    <button class="quiet" name="decision" value="deny">${t.deny}</button></div></form>
    <p class="soft">${t.youAre(`<bdi>${escapeHtml(account)}</bdi>`)}
    <a href="/auth/authorize/continue?request=${escapeHtml(flow)}&amp;switch=1">${t.another}</a></p>`
  return page(reader, fault === undefined ? 200 : 400, t.title(client.name), body, target)
}

function whoAsks({ apps: t }: AuthTexts, client: ClientRow, target: string): string {
  const { publisher, homepage, registered_by: by } = client
  const place = code(sourceOf(target))
  const told = homepage === null ? t.toldAt(place) : t.toldAtAndMore(place, code(homepage))
  return `<div class="card"><p>${t.asks(strong(publisher))} ${by === 'operator' ? t.byOperator : t.byItself}</p><p class="soft">${told}</p></div>`
}

function recordRow({ apps: t }: AuthTexts, choice: RecordChoice, index: number): string {
  const { personId, patient, isOwn, name, detail } = choice
  const who = name === '' ? (isOwn ? t.mine : t.shared) : isOwn ? t.mineNamed(name) : name
  const label = detail === '' ? who : `${who}: ${detail}`
  return `<label class="choice"><input type="radio" name="record" required value="${escapeHtml(`${personId}:${patient}`)}"${
    index === 0 ? ' checked' : ''
  }><span dir="auto">${escapeHtml(label)}</span></label>`
}

/** With `user/` scopes an app may see what the person may see: also in records besides the chosen one. */
function allRecords({ apps: t }: AuthTexts, scopes: readonly string[], choices: readonly RecordChoice[]): string {
  const isOne = new Set(choices.map((one) => one.personId)).size < 2
  if (isOne || !scopes.some((one) => one.startsWith('user/'))) return ''
  return `<label class="choice"><input type="checkbox" name="all_records" value="1" checked>
    <span>${t.allRecords}</span></label>`
}

/** What is ticked together: who somebody is, is one thing to a person. What only the launch is about is not asked. */
function ticks(scopes: readonly string[]): string[][] {
  const identity = scopes.filter((one) => IDENTITY.includes(one))
  const others = scopes.filter((one) => !IDENTITY.includes(one) && one !== 'launch' && !one.startsWith('launch/'))
  return [...(identity.length === 0 ? [] : [identity]), ...others.map((one) => [one])]
}

function tickRow({ language }: Reader, scopes: readonly string[]): string {
  const value = escapeHtml(scopes.join(' '))
  const words = scopeWords(scopes[0] ?? '', language)
  return `<label class="choice"><input type="checkbox" name="scope" value="${value}" checked>
    <span>${escapeHtml(words)} <code class="soft" dir="ltr">${value}</code></span></label>`
}

function daysField({ apps: t }: AuthTexts): string {
  const options = DAYS.map(
    (days) => `<option value="${days}"${days === 90 ? ' selected' : ''}>${t.days[days] ?? days}</option>`,
  )
  return `<p><label for="days">${t.howLong}</label><select id="days" name="days">${options.join('')}</select></p>`
}

function denyForm({ apps: t }: AuthTexts, flow: string): string {
  return `<form method="post" action="/auth/authorize/decide">${hidden('request', flow)}
    <button class="quiet" name="decision" value="deny">${t.goBack}</button></form>`
}

const hidden = (name: string, value: string) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`
const faultLine = (text: string | undefined) =>
  text === undefined ? '' : `<p class="error" role="alert">${escapeHtml(text)}</p>`
