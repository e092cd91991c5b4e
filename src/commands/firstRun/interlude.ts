import { fastify } from 'fastify'
import { htmlPage, plainStylesheet, sendHtml } from '../../kernel/http/html.ts'
import { type Reader, readerOf } from '../../kernel/http/reader.ts'
import { hostTexts } from '../texts/texts.ts'

/** What answers on the platform's port while a backup is brought back. */
export interface Interlude {
  progress(done: number, total: number): void
  close(): Promise<void>
}

const AGAIN_SECONDS = 2

/** Listens in the platform's place, and sends every browser to the page that will say how it went. */
export async function openInterlude(host: string, port: number): Promise<Interlude> {
  let percent = 0
  const app = fastify({ forceCloseConnections: true })
  app.get('/assets/plain.css', (_request, reply) =>
    reply.header('content-type', 'text/css; charset=utf-8').send(plainStylesheet()),
  )
  app.setNotFoundHandler((request, reply) => {
    reply.code(503).header('retry-after', AGAIN_SECONDS).header('refresh', `${AGAIN_SECONDS};url=/welcome/restored`)
    reply.header('cache-control', 'no-store').header('connection', 'close')
    return sendHtml(reply, restoringPage({ language: readerOf(request).language }, percent))
  })
  await app.listen({ host, port })
  return {
    progress: (done, total) => {
      percent = total === 0 ? 100 : Math.floor((100 * done) / total)
    },
    close: () => app.close(),
  }
}

/** The page that follows a backup on its way back. */
export function restoringPage(reader: Reader, percent: number): string {
  const { restore: t } = hostTexts(reader.language)
  return htmlPage(
    t.running,
    `<h1>${t.runningTitle}</h1>
<div class="card"><p role="status"><strong>${percent} %</strong></p><progress max="100" value="${percent}" aria-label="${t.progress}"></progress>
<p class="soft below">${t.looksAgain((text) => `<a href="/welcome/restored">${text}</a>`)}</p></div>`,
    reader,
  )
}
