import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { PlatformError } from '../kernel/errors.ts'
import type { Face } from '../kernel/http/face.ts'
import { sendHtml } from '../kernel/http/html.ts'
import { iconSvg } from '../kernel/http/icon.ts'
import { type WebBundle, type WebFile, WORKER } from './webBundle.ts'
import { iconPng } from './webIcon.ts'

const HERE = path.dirname(fileURLToPath(import.meta.url))

const POLICY =
  "default-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
/** A worker obeys the policy of its own file, and asks nobody but this server. */
const WORKER_POLICY = "default-src 'none'; connect-src 'self'"
const ONE_DAY = 'public, max-age=86400'

/** What a phone or desktop needs to know to install the client. */
const MANIFEST = JSON.stringify({
  id: '/app',
  name: 'Salus',
  short_name: 'Salus',
  description: 'Your health record, kept where you decide.',
  start_url: '/app/today',
  scope: '/',
  display: 'standalone',
  background_color: '#f8f5ef',
  theme_color: '#0b6657',
  categories: ['health', 'medical'],
  icons: [
    { src: '/web/icon.svg', sizes: 'any', type: 'image/svg+xml' },
    { src: '/web/icon-maskable.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'maskable' },
    { src: '/web/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any maskable' },
    { src: '/web/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any maskable' },
  ],
  shortcuts: [
    { name: 'Emergency', short_name: 'SOS', url: '/app/sos' },
    { name: 'Add', url: '/app/add' },
  ],
})

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
  return sendHtml(reply.header('cache-control', 'no-cache'), page, POLICY)
}

/** Mounts the pages of the web client under `/app`, its files under `/web`, and its worker where it sees both. */
export function mountWeb(face: Face): void {
  const { pages } = face
  pages.get('/app', (_request, reply) => sendClient(reply))
  pages.get('/app/*', (_request, reply) => sendClient(reply))
  const svg = (isMaskable: boolean) => (_request: FastifyRequest, reply: FastifyReply) =>
    reply.header('content-type', 'image/svg+xml').header('cache-control', ONE_DAY).send(iconSvg(isMaskable))
  pages.get('/web/icon.svg', svg(false))
  pages.get('/web/icon-maskable.svg', svg(true))
  for (const size of [180, 192, 512]) pages.get(`/web/icon-${size}.png`, (_request, reply) => sendPng(reply, size))
  pages.get('/manifest.webmanifest', (_request, reply) =>
    reply.header('content-type', 'application/manifest+json').header('cache-control', 'no-cache').send(MANIFEST),
  )
  pages.get('/web/:file', sendFile)
  pages.get(`/${WORKER}`, sendWorker)
}

const pictures = new Map<number, Buffer>()

function sendPng(reply: FastifyReply, size: number): FastifyReply {
  const picture = pictures.get(size) ?? iconPng(size)
  pictures.set(size, picture)
  return reply.header('content-type', 'image/png').header('cache-control', ONE_DAY).send(picture)
}

async function sendFile(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { file: name } = request.params as { file: string }
  const file = name === WORKER ? undefined : (await loadBundle()).files.get(name)
  if (file === undefined) throw new PlatformError('not_found', 'There is nothing at this address')
  // The name changes with the content, so that a copy is good for ever.
  return sendPacked(request, reply.header('cache-control', 'public, max-age=31536000, immutable'), file)
}

async function sendWorker(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const file = (await loadBundle()).files.get(WORKER)
  if (file === undefined) throw new PlatformError('not_found', 'There is nothing at this address')
  reply.header('cache-control', 'no-cache').header('content-security-policy', WORKER_POLICY)
  return sendPacked(request, reply, file)
}

function sendPacked(request: FastifyRequest, reply: FastifyReply, file: WebFile): FastifyReply {
  reply.header('content-type', file.type).header('vary', 'accept-encoding')
  const taken = String(request.headers['accept-encoding'] ?? '')
  if (/\bbr\b/.test(taken)) return reply.header('content-encoding', 'br').send(file.brotli)
  if (/\bgzip\b/.test(taken)) return reply.header('content-encoding', 'gzip').send(file.gzip)
  return reply.send(file.bytes)
}
