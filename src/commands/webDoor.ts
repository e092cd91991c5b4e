import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { PlatformError } from '../kernel/errors.ts'
import type { Face } from '../kernel/http/face.ts'
import { sendHtml } from '../kernel/http/html.ts'
import type { WebBundle } from './webBundle.ts'

const HERE = path.dirname(fileURLToPath(import.meta.url))

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#0b6e5f"/><path d="M16 24c-5-3.4-8-6.4-8-10a4.3 4.3 0 0 1 8-2.2A4.3 4.3 0 0 1 24 14c0 3.6-3 6.6-8 10z" fill="#fbfaf7"/></svg>`

let bundle: Promise<WebBundle> | undefined

/** What the build made, or the client bundled from its sources at the first request. */
function loadBundle(): Promise<WebBundle> {
  bundle ??= import('./webBundle.ts').then(({ bundleWeb, readBundle }) => {
    // The build gathers files beside its entry; this module may lie in a chunk one folder below.
    const built = [path.join(HERE, 'web'), path.join(HERE, '..', 'web')].find((folder) =>
      existsSync(path.join(folder, 'page.html')),
    )
    return built === undefined ? bundleWeb(path.join(HERE, '..', '..')) : readBundle(built)
  })
  // A failed bundling is tried again when its source may have been mended.
  bundle.catch(() => {
    bundle = undefined
  })
  return bundle
}

/** Answers the page of the web client. */
export async function sendClient(reply: FastifyReply): Promise<FastifyReply> {
  const { page } = await loadBundle()
  return sendHtml(reply.header('cache-control', 'no-cache'), page)
}

/** Mounts the pages of the web client under `/app` and its files under `/web`. */
export function mountWeb(face: Face): void {
  const { app } = face
  app.get('/app', (_request, reply) => sendClient(reply))
  app.get('/app/*', (_request, reply) => sendClient(reply))
  app.get('/web/icon.svg', (_request, reply) =>
    reply.header('content-type', 'image/svg+xml').header('cache-control', 'public, max-age=86400').send(ICON),
  )
  app.get('/web/:file', sendFile)
}

async function sendFile(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const file = (await loadBundle()).files.get((request.params as { file: string }).file)
  if (file === undefined) throw new PlatformError('not_found', 'There is nothing at this address')
  // The name changes with the content, so that a copy is good for ever.
  reply.header('content-type', file.type).header('cache-control', 'public, max-age=31536000, immutable')
  reply.header('vary', 'accept-encoding')
  if (!/\bbr\b/.test(String(request.headers['accept-encoding'] ?? ''))) return reply.send(file.bytes)
  return reply.header('content-encoding', 'br').send(file.brotli)
}
