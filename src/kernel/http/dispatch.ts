import type { FastifyReply, FastifyRequest } from 'fastify'
import { PlatformError } from '../errors.ts'
import type { Face } from './face.ts'
import type { AddRoute, Mounted } from './routes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The route of a service that answers; undefined for the pages of the frame and the host. */
    mounted: Mounted | undefined
  }
}

/** HEAD comes as GET. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const EVERY_PATH = '*'
/** Doors between processes: whoever has no signature finds nothing there, not even a method. */
const INTERNAL = /^\/_/

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

/** Collects the routes that are mounted on the HTTP library itself, so that their methods are known too. */
export function collectOwnRoutes(face: Pick<Face, 'app'>): (add: AddRoute) => void {
  const own: { readonly method: string; readonly path: string }[] = []
  face.app.addHook('onRoute', ({ method, url }) => {
    if (url === EVERY_PATH || INTERNAL.test(url)) return
    for (const one of [method].flat()) own.push({ method: one, path: url })
  })
  return (add) => {
    for (const { method, path } of own) add(method, path)
  }
}

/**
 * Finds the route of a service for a request that no page of the frame answers, before its body is read. Throws 404, or
 * 405 where the address takes other methods.
 */
export function findRoute(face: Face, request: FastifyRequest): void {
  if (request.routeOptions.url !== EVERY_PATH) return
  const { mounted, params } = face.routes.find(request.method, pathOf(request)) ?? refuse(face, request)
  request.mounted = mounted
  request.params = params
}

function refuse(face: Face, request: FastifyRequest): never {
  const { methods, renderError } = face.routes.at(pathOf(request))
  // Also a refusal is written in the form of its surface.
  request.mounted = { path: 'unknown', handler: nothingHere, renderError }
  if (methods.length === 0) throw new PlatformError('not_found', NOTHING)
  const allowed = allowedMethods(methods)
  throw new PlatformError('method_not_allowed', `This address takes ${allowed.join(', ')}`, { allowed })
}

/** The methods of an address for `Allow`; empty when nothing is there. */
export function methodsAt(face: Face, request: FastifyRequest): readonly string[] {
  const { methods } = face.routes.at(pathOf(request))
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
