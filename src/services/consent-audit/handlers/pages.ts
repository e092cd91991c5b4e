import { escapeHtml, htmlPage } from '../../../kernel/http/html.ts'
import type { SummaryPart } from '../../../kernel/service.ts'
import { isCategory } from '../domain/matrix.ts'
import { CATEGORY_WORDS } from '../domain/notices.ts'

/** Pages for people without an account: no scripts, nothing from elsewhere, in no list of any search engine. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
} as const

/** One sentence for whoever opened a link that shows nothing. */
export function messagePage(title: string, text: string): string {
  return htmlPage(title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>`)
}

/** The form that asks for a passcode. */
export function passcodePage(error?: string): string {
  const problem = error === undefined ? '' : `<p class="error" role="alert">${escapeHtml(error)}</p>`
  return htmlPage(
    'Passcode',
    `<h1>Passcode</h1><p>Whoever sent you this link gave you a passcode as well.</p>${problem}
<form method="post"><label for="passcode">Passcode</label>
<input id="passcode" name="passcode" type="password" autocomplete="off" required maxlength="64">
<button type="submit">Open</button></form>`,
  )
}

/** What the person shares: each category with the lines that the services give, or that there is nothing. */
export function linkPage(
  link: { readonly label: string | null; readonly expires_at: Date },
  categories: readonly string[],
  parts: readonly SummaryPart[],
): string {
  const title = link.label ?? 'Shared with you'
  const sections = categories.map((category) => {
    const own = parts.filter((part) => part.category === category && part.rows.length > 0)
    const name = isCategory(category) ? CATEGORY_WORDS[category].replace(/\byour\b/g, 'their') : category
    const body = own.length === 0 ? '<p class="soft">Nothing was noted.</p>' : own.map(table).join('')
    return `<section class="card"><h2>${escapeHtml(name)}</h2>${body}</section>`
  })
  return htmlPage(
    title,
    `<h1>${escapeHtml(title)}</h1><p class="soft">Open until ${escapeHtml(dayAndTime(link.expires_at.toISOString()))}. Only what is on this page was shared with you.</p>${sections.join('')}`,
  )
}

function table({ label, rows }: SummaryPart): string {
  const lines = rows.map(
    (row) =>
      `<tr><th scope="row">${escapeHtml(row.label)}</th><td>${escapeHtml(row.value)}</td><td>${row.at === null ? '' : escapeHtml(dayAndTime(row.at))}</td></tr>`,
  )
  return `<h3>${escapeHtml(label)}</h3><div class="scroll"><table><thead><tr><th scope="col">What</th><th scope="col">Value</th><th scope="col">When (UTC)</th></tr></thead><tbody>${lines.join('')}</tbody></table></div>`
}

const dayAndTime = (iso: string) => iso.slice(0, 16).replace('T', ' ')
