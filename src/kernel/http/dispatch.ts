import type { FastifyReply, FastifyRequest } from 'fastify'
import { PlatformError } from '../errors.ts'
import type { Face } from './face.ts'
import type { Found, Mounted, RouteTable } from './routes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The route that answers; undefined for the door between processes. */
    mounted: Mounted | undefined
  }
}

/** HEAD comes as GET. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const EVERY_PATH = '*'

/** A request of the HTTP library knows the route that answers it. */
export function addDispatch(face: Face): void {
  const { app } = face
  app.decorateRequest('mounted', undefined)
  app.route({
    method: METHODS,
    url: EVERY_PATH,
    handler: (request, reply) => mountedOf(request).handler(request, reply),
  })
  app.setNotFoundHandler((request) => refuse(face, request))
}

/** Throws when a page of the frame or the host hides a route of a service. */
export function assertReachable({ pages, routes }: Pick<Face, 'pages' | 'routes'>): void {
  pages.table.root()
  for (const { method, path } of pages.list()) {
    if (routes.find(method, path)?.mounted.path === path)
      throw new Error(`Two routes would both answer ${method} ${path}`)
  }
}

/** Finds the route of a request before its body is read. Throws 404, or 405 where the address takes other methods. */
export function findRoute(face: Face, request: FastifyRequest): void {
  if (request.routeOptions.url !== EVERY_PATH) return
  const { mounted, params } = matchOf(face, request) ?? refuse(face, request)
  request.mounted = mounted
  request.params = params
}

function matchOf({ pages, routes }: Face, request: FastifyRequest): Found | undefined {
  const path = pathOf(request)
  return pages.table.find(request.method, path) ?? routes.find(request.method, path)
}

/** What is known of an address, whatever the method. */
function addressOf({ pages, routes }: Face, request: FastifyRequest): ReturnType<RouteTable['at']> {
  const path = pathOf(request)
  const [page, route] = [pages.table.at(path), routes.at(path)]
  const methods = [...new Set([...page.methods, ...route.methods])].sort()
  return { methods, renderError: route.renderError }
}

function refuse(face: Face, request: FastifyRequest): never {
  const { methods, renderError } = addressOf(face, request)
  // Also a refusal is written in the form of its surface.
  request.mounted = { path: 'unknown', handler: nothingHere, renderError }
  if (methods.length === 0) throw new PlatformError('not_found', NOTHING)
  const allowed = allowedMethods(methods)
  throw new PlatformError('method_not_allowed', `This address takes ${allowed.join(', ')}`, { allowed })
}

/** The methods of an address for `Allow`; empty when nothing is there. */
export function methodsAt(face: Face, request: FastifyRequest): readonly string[] {
  const { methods } = addressOf(face, request)
  return methods.length === 0 ? [] : allowedMethods(methods)
}

function allowedMethods(methods: readonly string[]): string[] {
  return [...methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS']
}

/** What logs and metrics call the route of a request: its pattern, never an address with ids. */
export function routeName(request: FastifyRequest): string {
  const path = request.mounted?.path ?? request.routeOptions.url ?? 'unknown'
  return path === EVERY_PATH ? 'unknown' : path
}

const NOTHING = 'There is nothing at this address'

async function nothingHere(): Promise<FastifyReply> {
  throw new PlatformError('not_found', NOTHING)
}

function mountedOf(request: FastifyRequest): Mounted {
  return request.mounted ?? { path: 'unknown', handler: nothingHere }
}

/** The path as the client wrote it, without its query; of a whole address (as proxies write it) the path of that. */
function pathOf(request: FastifyRequest): string {
  const { url } = request
  const path = url.startsWith('/') ? url : url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
  return path.split(/[?#]/, 1)[0] ?? '/'
}
