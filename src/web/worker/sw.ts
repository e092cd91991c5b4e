/// <reference lib="webworker" />

/** What the build puts in: the files that a start without the server needs; the version is that of all files together. */
declare const SHELL_FILES: readonly string[]
declare const SHELL_VERSION: string

// The project's other files know the window; this one runs in a worker.
const worker = self as unknown as ServiceWorkerGlobalScope

const SHELL = `shell-${SHELL_VERSION}`
const PAGE = '/app'
/** A server that is waking up may hold a request for a minute: the page does not wait for it. */
const PAGE_LIMIT_MS = 1500

worker.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const shell = await caches.open(SHELL)
      // Past the browser's own cache: a page of yesterday would name files that are gone.
      await shell.addAll([PAGE, ...SHELL_FILES].map((url) => new Request(url, { cache: 'no-cache' })))
      await worker.skipWaiting()
    })(),
  )
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith('shell-') && name !== SHELL)
      await Promise.all(old.map((name) => caches.delete(name)))
      await worker.clients.claim()
    })(),
  )
})

// Answers of the API are none of the worker's business: they belong to an account, and the page keeps them itself.
worker.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== worker.location.origin) return
  const isClient = pathname === '/' || pathname === PAGE || pathname.startsWith(`${PAGE}/`)
  if (request.mode === 'navigate' && isClient) event.respondWith(page(request))
  else if (pathname.startsWith('/web/') || pathname === '/manifest.webmanifest') event.respondWith(file(request))
})

/** The page of the server; the one kept here when it is away, waking up or slow. */
async function page(request: Request): Promise<Response> {
  const kept = await caches.match(PAGE, { cacheName: SHELL })
  if (kept === undefined) return fetch(request)
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PAGE_LIMIT_MS))
  const answer = await Promise.race([fetch(request).catch(() => undefined), late])
  return answer === undefined || answer.status >= 500 ? kept : answer
}

/** A file's name changes with its content, so that the copy is as good as the original. */
async function file(request: Request): Promise<Response> {
  const kept = await caches.match(request.url, { cacheName: SHELL, ignoreVary: true })
  if (kept !== undefined) return kept
  const answer = await fetch(request)
  if (answer.ok) await (await caches.open(SHELL)).put(request.url, answer.clone())
  return answer
}
