import type { FastifyRequest } from 'fastify'
import type { PlatformError } from '../errors.ts'
import { frameTexts } from '../texts/texts.ts'
import { escapeHtml, htmlPage, refusalWords } from './html.ts'
import type { Reader } from './reader.ts'

/** Whether a person went to a page of ours with a browser, so that they see the answer as it is. */
export function isNavigation({ headers, url }: FastifyRequest): boolean {
  return (headers.accept ?? '').startsWith('text/html') && !/^\/(api|fhir)\//.test(url)
}

/** What went wrong, for a person. */
export function problemPage(reader: Reader, error: PlatformError, requestId: string): string {
  const t = frameTexts(reader.language)
  return htmlPage(
    t.problemTitle,
    `<h1>${t.problemTitle}</h1><p>${escapeHtml(refusalWords(reader, error))}</p><p class="links"><a href="/">${t.toStart}</a></p><p class="soft">${escapeHtml(t.requestId(requestId))}</p>`,
    reader,
  )
}
