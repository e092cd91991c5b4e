import type { FastifyReply } from 'fastify'
import { directionOf, LANGUAGE_NAMES, LANGUAGES } from '../../shared/languages.ts'
import { problemSentence } from '../../shared/problems.ts'
import type { PlatformError } from '../errors.ts'
import { frameTexts } from '../texts/texts.ts'
import { ENGLISH, type Reader } from './reader.ts'

const STYLE = `:root{color-scheme:light dark;--ink:#16202a;--soft:#55616d;--ground:#fbfaf7;--card:#fff;--line:#d9dcd6;--accent:#0b6e5f}
@media(prefers-color-scheme:dark){:root{--ink:#e9eef0;--soft:#a3b0b8;--ground:#10161a;--card:#182026;--line:#2d3840;--accent:#5fd3bd}}
*{box-sizing:border-box}body{overflow-wrap:anywhere;margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 4rem}h1{font-size:1.75rem;line-height:1.2;margin:.2rem 0 1rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}
a{color:var(--accent)}code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}p{max-width:44rem}.soft{color:var(--soft)}:where([dir=rtl] [dir=auto]:not(p,input)){text-align:right}:where([dir=ltr] [dir=auto]:not(p,input)){text-align:left}.card h2::first-letter{text-transform:uppercase}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem 1.25rem;margin:1rem 0}
.card>:first-child{margin-top:0}.card>:last-child{margin-bottom:0}.card .button{margin-top:.2rem}.rows{list-style:none;margin:0;padding:0}.rows li{padding:.7rem 0;border-bottom:1px solid var(--line)}.rows p{margin:.2rem 0}.rows li>a{display:inline-block;padding:.1rem 0}details{font-size:.9rem}summary{cursor:pointer;color:var(--soft)}.scroll{overflow-x:auto;overflow-wrap:break-word}th[scope=row]{overflow-wrap:anywhere;min-width:7rem}table{border-collapse:collapse;width:100%}th,td{text-align:start;vertical-align:top;padding:.45rem .6rem;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:600;font-size:.85rem}label{display:block;margin:.9rem 0 .25rem;font-weight:600}
input{display:block;width:100%;max-width:26rem;padding:.6rem .7rem;border:1px solid var(--line);border-radius:8px;background:var(--ground);color:inherit;font:inherit}
button,.button{display:inline-block;margin-top:1.2rem;padding:.65rem 1.2rem;border:0;border-radius:8px;background:var(--accent);color:var(--ground);font:600 1rem system-ui,sans-serif;text-decoration:none;cursor:pointer}
input[type=radio],input[type=checkbox]{display:inline-block;width:1.15rem;height:1.15rem;margin:.2rem 0 0;flex:none;accent-color:var(--accent)}select{padding:.6rem .7rem;border:1px solid var(--line);border-radius:8px;background:var(--ground);color:inherit;font:inherit}
.choice{display:flex;gap:.7rem;align-items:flex-start;margin:0;padding:.65rem 0;font-weight:400;border-bottom:1px solid var(--line);cursor:pointer}fieldset>.choice:last-of-type{border-bottom:0}fieldset{min-width:0}legend{font-weight:600;padding:0 .3rem}.links{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem}.links a{padding:.35rem 0}.languages{max-width:60rem;margin:0 auto;padding:0 1.25rem 2rem}@media print{@page{margin:18mm 14mm;@top-right{content:counter(page) " / " counter(pages)}}.languages,.links,.button,button{display:none}.card{break-inside:avoid}}.actions{display:flex;gap:.8rem;flex-wrap:wrap}.quiet{background:transparent;color:var(--accent);border:1px solid var(--line)}
@media(max-width:36rem){table[role]{overflow-wrap:anywhere}table[role] thead{position:absolute;clip-path:inset(50%)}table[role] tr,table[role] tr>*{display:block;border:0;padding:0}table[role] tbody tr{padding:.6rem 0;border-bottom:1px solid var(--line)}td[data-label]::before{content:attr(data-label) ": ";color:var(--soft)}}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}.error{color:#b3261e}@media(prefers-color-scheme:dark){.error{color:#ff9d94}}`

/**
 * A table of HTML cells, the first of each row its name. On a narrow screen each row stands alone, each value beside the
 * title of its column, and a screen reader hears a table still.
 */
export function tableOf(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const heads = titles.map((title) => `<th scope="col" role="columnheader">${title}</th>`)
  const cell = (html: string, index: number) =>
    index === 0
      ? `<th scope="row" role="rowheader">${html}</th>`
      : `<td role="cell" data-label="${titles[index] ?? ''}">${html}</td>`
  const lines = rows.map((cells) => `<tr role="row">${cells.map(cell).join('')}</tr>`)
  return `<table role="table"><thead role="rowgroup"><tr role="row">${heads.join('')}</tr></thead><tbody role="rowgroup">${lines.join('')}</tbody></table>`
}

/** Text made safe to stand in HTML, in elements and quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** A whole plain page around `body` (HTML), in the language of its reader. It needs no scripts. */
export function htmlPage(title: string, body: string, reader: Reader = ENGLISH, head = ''): string {
  const { language } = reader
  return `<!doctype html><html lang="${language}" dir="${directionOf(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)} · Salus</title><link rel="icon" href="/assets/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/assets/plain.css">${head}</head><body><main>${body}</main>${languageLinks(reader)}</body></html>`
}

/** The same page in the other languages; none where it can't be asked for again. */
function languageLinks({ language, query }: Reader): string {
  if (query === undefined) return ''
  const links = LANGUAGES.filter((one) => one !== language).map((one) => {
    const address = new URLSearchParams([...query, ['lang', one]])
    return `<a href="?${escapeHtml(address.toString())}" lang="${one}" hreflang="${one}" dir="${directionOf(one)}">${LANGUAGE_NAMES[one]}</a>`
  })
  return `<nav class="links languages" aria-label="${frameTexts(language).languages}">${links.join('')}</nav>`
}

/** What a refusal says to its reader: the server's own sentence in English, the sentence of its code in other languages. */
export function refusalWords({ language }: Reader, { code, message }: PlatformError): string {
  return problemSentence(language, code) ?? message
}

/** The stylesheet of plain pages. */
export function plainStylesheet(): string {
  return STYLE
}

/** Answers a page under a policy that lets nothing in but our own files. */
export function sendHtml(reply: FastifyReply, html: string, policy = PAGE_POLICY): FastifyReply {
  return reply.header('content-type', 'text/html; charset=utf-8').header('content-security-policy', policy).send(html)
}

const PAGE_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
