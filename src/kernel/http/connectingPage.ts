import type { RawAnswer, RawRequest } from '../raw.ts'
import { frameTexts } from '../texts/texts.ts'
import { escapeHtml, htmlPage } from './html.ts'
import { readerOf } from './reader.ts'

const STATUS = { stale: 400, declined: 400, refused: 400, away: 502, connected: 200 } as const
const POLICY = "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"

/**
 * What somebody sees who comes back from a maker's or a hospital's sign-in: how it ended, in their language. Nothing of the
 * request stands in it, its code and state least of all.
 */
export function connectingPage(request: RawRequest, ended: keyof typeof STATUS): RawAnswer {
  const { language } = readerOf(request)
  const t = frameTexts(language)
  const { title, text } = t.connecting[ended]
  const body = `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p><p><a class="button" href="/app">${escapeHtml(t.back)}</a></p>`
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-security-policy': POLICY,
  }
  return { status: STATUS[ended], headers, body: htmlPage(title, body, { language }) }
}
