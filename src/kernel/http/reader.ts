import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { acceptedLanguage, type Language, languageOf } from '../../shared/languages.ts'

/** Keeps the language that was chosen in this browser; the web client reads and writes it too. */
const COOKIE = 'salus_language'
const ONE_YEAR_SECONDS = 31_536_000

/** Who reads a plain page: in which language, and the query under which the same page speaks another one. */
export interface Reader {
  readonly language: Language
  /** Without `lang`; undefined when the page answers a form, and can't be asked for again. */
  readonly query?: URLSearchParams
}

/** For pages of developers, and for what has no request. */
export const ENGLISH: Reader = { language: 'en' }

interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

/** The language of `?lang=`, else the one chosen before in this browser, else the first that the browser asks for, else English. */
export function readerOf({ method, url, headers }: Asked): Reader {
  const query = new URLSearchParams(url.split('?', 2)[1] ?? '')
  const asked = languageOf(query.get('lang') ?? undefined)
  const kept = languageOf(new RegExp(`(?:^|;\\s*)${COOKIE}=(\\w+)`).exec(headers.cookie ?? '')?.[1])
  const language = asked ?? kept ?? acceptedLanguage(headers['accept-language']) ?? 'en'
  query.delete('lang')
  return method === 'GET' ? { language, query } : { language }
}

/** The reader of a page that answers a form and stands at an address of its own: asked for again, that asks for the form again. */
export function askedAgain({ language, query }: Reader): Reader {
  return { language, query: query ?? new URLSearchParams() }
}

/** A language chosen on a plain page holds for the next ones, and for the web client. */
export function keepChosenLanguage(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    if (!request.url.includes('lang=') || request.method !== 'GET') return
    if (!String(reply.getHeader('content-type') ?? '').startsWith('text/html')) return
    const chosen = languageOf((request.query as { lang?: string }).lang)
    if (chosen === undefined) return
    const cookie = `${COOKIE}=${chosen}; Path=/; Max-Age=${ONE_YEAR_SECONDS}; SameSite=Lax`
    const others = [reply.getHeader('set-cookie') ?? []].flat().map(String)
    reply.removeHeader('set-cookie').header('set-cookie', [...others, cookie])
  })
}
