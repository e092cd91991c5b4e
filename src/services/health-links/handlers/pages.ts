import { createHash } from 'node:crypto'
import { escapeHtml, htmlPage } from '../../../kernel/http/html.ts'
import type { Reader } from '../../../kernel/http/reader.ts'
import { linkTexts } from '../texts/texts.ts'

/** What these pages add to the platform's plain stylesheet: print, contrast, the card in the size of a bank card. */
const STYLE = `.verdict{font-weight:700}.high{color:#b3261e}@media(prefers-color-scheme:dark){.high{color:#ff9d94}}
textarea{width:100%;min-height:7rem;padding:.6rem .7rem;border:1px solid var(--line);border-radius:8px;background:var(--ground);color:inherit;font:inherit}
.ice{border:2px solid var(--ink);background:var(--card);color:var(--ink);border-radius:12px;padding:1rem 1.25rem;display:flex;gap:1.25rem;flex-wrap:wrap}
.ice>div{flex:1 1 16rem;min-width:0;overflow-wrap:anywhere}.ice .who{margin:0 0 .3rem;font-size:1.75rem;line-height:1.2}.ice .of{margin:.8rem 0 .1rem;font-size:1rem}.ice ul{margin:0;padding-inline-start:1.1rem}.ice p{margin:.1rem 0}
.qr{flex:0 0 15rem;max-width:100%}.qr svg{display:block;width:100%;height:auto;border-radius:6px}.small{display:flex;width:85.6mm;height:54mm;overflow:hidden;padding:2mm;gap:2mm;border:1px solid #000;border-radius:3mm;background:#fff;color:#000;font:7.5pt/1.2 system-ui,sans-serif}
.courses{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));gap:1.2rem 1.6rem}.courses li{break-inside:avoid;min-width:0}.courses h4{margin:0;font-size:1rem}.courses p{margin:.1rem 0}.courses strong{font-size:1.35rem}.courses svg{display:block;width:100%;height:auto;margin-top:.3rem;color:var(--accent)}.courses path{stroke:var(--line)}.courses polyline{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}.courses circle{fill:currentColor}.courses .ends{display:flex;justify-content:space-between;font-size:.8rem}.courses .soft{font-size:.9rem}
section+section{margin-top:1rem}@media screen{.small{max-width:100%}}.small>div{flex:1;min-width:0;overflow:hidden;overflow-wrap:anywhere}.small strong{display:block;font-size:9pt}.small p{margin:0 0 .6mm}.small .qr{flex:0 0 47mm;align-self:center}
@media(prefers-contrast:more){:root{--ink:#000;--soft:#000;--ground:#fff;--card:#fff;--line:#000;--accent:#00473d}}
@media(prefers-contrast:more) and (prefers-color-scheme:dark){:root{--ink:#fff;--soft:#fff;--ground:#000;--card:#000;--line:#fff;--accent:#8ff5e0}}
@media print{@page{size:A4;margin:14mm}:root{color-scheme:light;--ink:#000;--soft:#333;--ground:#fff;--card:#fff;--line:#999;--accent:#000}main{max-width:none;padding:0}.noprint{display:none}.card,.ice,.small{break-inside:avoid}.high{color:#000;text-decoration:underline}}`

const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`

/** No scripts, nothing from elsewhere, kept by no cache, told to no other site, in no list of a search engine. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; img-src 'self'; style-src 'self' ${STYLE_HASH}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
} as const

/** A whole page around `body` (HTML). */
export function page(reader: Reader, title: string, body: string): string {
  return htmlPage(title, body, reader, `<style>${STYLE}</style>`)
}

/** One sentence for whoever opened what shows nothing. */
export function messagePage({ language }: Reader, title: string, text: string): string {
  return page({ language }, title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>`)
}

const problem = (error: string | undefined) =>
  error === undefined ? '' : `<p class="error" role="alert">${escapeHtml(error)}</p>`

/** The form that asks for a passcode; for a pasted link it carries the link along. */
export function passcodePage(reader: Reader, error?: string, shlink?: string): string {
  const t = linkTexts(reader.language)
  const carried = shlink === undefined ? '' : `<input type="hidden" name="shlink" value="${escapeHtml(shlink)}">`
  return page(
    reader,
    t.passcode,
    `<h1>${t.passcode}</h1><p>${t.passcodeText}</p>${problem(error)}
<form method="post">${carried}<label for="passcode">${t.passcode}</label>
<input id="passcode" name="passcode" type="password" dir="ltr" autocomplete="off" required maxlength="64">
<button type="submit">${t.open}</button></form>`,
  )
}

/** The form where a link is pasted. */
export function pastePage(reader: Reader, error?: string): string {
  const t = linkTexts(reader.language)
  return page(
    reader,
    t.pasteTitle,
    `<h1>${t.pasteTitle}</h1><p>${t.pasteText('<code dir="ltr">shlink:/</code>')}</p>${problem(error)}
<form method="post" action="/shl/view"><label for="shlink">${t.pasteLabel}</label>
<textarea id="shlink" name="shlink" dir="ltr" required maxlength="6000" spellcheck="false" autocomplete="off"></textarea>
<button type="submit">${t.open}</button></form><p class="soft">${t.pasteNote}</p>`,
  )
}
