import { escapeHtml, htmlPage } from '../../../kernel/http/html.ts'
import type { Reader } from '../../../kernel/http/reader.ts'
import type { SummaryPart, SummaryRow } from '../../../kernel/service.ts'
import { type ChosenManner, chosenTimeWords } from '../../../shared/chosenManner.ts'
import { shownDaysWords, timeWords } from '../../../shared/dayWords.ts'
import type { Language } from '../../../shared/languages.ts'
import { recordWord, saidWords } from '../../../shared/recordWords.ts'
import { isCategory } from '../domain/matrix.ts'
import { categoryWords } from '../domain/notices.ts'
import type { LinkRow } from '../store/links.ts'
import { consentTexts } from '../texts/texts.ts'

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
export function messagePage(reader: Reader, title: string, text: string): string {
  return htmlPage(title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>`, reader)
}

/** The form that asks for a passcode. */
export function passcodePage(reader: Reader, error?: string): string {
  const { share: t } = consentTexts(reader.language)
  const problem = error === undefined ? '' : `<p class="error" role="alert">${escapeHtml(error)}</p>`
  return htmlPage(
    t.passcode,
    `<h1>${t.passcode}</h1><p>${t.passcodeText}</p>${problem}
<form method="post"><label for="passcode">${t.passcode}</label>
<input id="passcode" name="passcode" type="password" dir="ltr" autocomplete="off" required maxlength="64">
<button type="submit">${t.open}</button></form>`,
    reader,
  )
}

/** What the person shares: each category with the lines that the services give, or that there is nothing. */
export function linkPage(
  reader: Reader,
  link: Pick<LinkRow, 'label' | 'expires_at' | 'from_day' | 'until_day' | 'max_uses'>,
  categories: readonly string[],
  parts: readonly SummaryPart[],
  manner: ChosenManner,
): string {
  const { share: t, ofSomebody } = consentTexts(reader.language)
  const title = link.label ?? t.shared
  const sections = categories.map((category) => {
    const own = parts.filter((part) => part.category === category && part.rows.length > 0)
    const name = isCategory(category) ? ofSomebody(categoryWords(category, reader.language)) : category
    const body =
      own.length === 0 ? `<p class="soft">${t.nothing}</p>` : own.map((part) => table(reader, part, manner)).join('')
    return `<section class="card"><h2>${escapeHtml(name)}</h2>${body}</section>`
  })
  return htmlPage(
    title,
    `<h1 dir="auto">${escapeHtml(title)}</h1><p class="soft">${escapeHtml(t.openUntil(`${timeWords(reader.language, link.expires_at.toISOString())} UTC`))}</p>${daysLine(reader, link)}${sections.join('')}`,
    // Of a link that is counted another look would use one up: its language is chosen by the browser, or before.
    link.max_uses === null ? reader : { language: reader.language },
  )
}

/** Which days the page shows; nothing where it shows all. */
function daysLine({ language }: Reader, { from_day: from, until_day: until }: Pick<LinkRow, 'from_day' | 'until_day'>) {
  const { share: t } = consentTexts(language)
  const line = shownDaysWords(language, from, until, t)
  return line === undefined ? '' : `<p><strong>${escapeHtml(line)}</strong></p>`
}

/** A part that is a day alone, such as a birth date, is written as one. */
function valueWords(language: Language, { value, said }: SummaryRow, manner: ChosenManner): string {
  const day = (text: string) =>
    /^\d{4}-\d{2}-\d{2}$/.test(text) ? chosenTimeWords(language, text, manner, 'text') : text
  if (said === undefined) return day(value)
  const parts = said.map((part) => (part.text === undefined ? part : { ...part, text: day(part.text) }))
  return saidWords(language, parts, manner)
}

/** A name that is ours, in the language of the reader; else as it was written, which may be English. */
function nameCell(language: Language, { code, label }: { readonly code?: string | undefined; readonly label: string }) {
  const own = code === undefined ? undefined : recordWord(language, code)
  return { name: escapeHtml(own ?? label), lang: own === undefined && code !== undefined ? ' lang="en"' : '' }
}

function table({ language }: Reader, part: SummaryPart, manner: ChosenManner): string {
  const { rows } = part
  const { share: t } = consentTexts(language)
  const lines = rows.map((row) => {
    const { name, lang } = nameCell(language, row)
    const at = row.at === null ? '' : chosenTimeWords(language, row.at, manner, 'cell')
    return `<tr><th scope="row" dir="auto"${lang}>${name}</th><td dir="auto">${escapeHtml(valueWords(language, row, manner))}</td><td><bdi>${escapeHtml(at)}</bdi></td></tr>`
  })
  const { name, lang } = nameCell(language, part)
  return `<h3 dir="auto"${lang}>${name}</h3><div class="scroll" tabindex="0" role="region" aria-label="${name}"><table><thead><tr><th scope="col">${t.what}</th><th scope="col">${t.value}</th><th scope="col">${t.when}</th></tr></thead><tbody>${lines.join('')}</tbody></table></div>`
}
