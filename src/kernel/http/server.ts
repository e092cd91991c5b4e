import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { Contract } from '../contract.ts'
import { PlatformError } from '../errors.ts'
import type { Platform } from '../platform.ts'
import { addParsers } from './bodies.ts'
import { CrossOriginRules } from './cors.ts'
import { CredentialResolver } from './credentials.ts'
import { mountDesk } from './desk.ts'
import { addDispatch, assertReachable, findRoute, methodsAt, routeName } from './dispatch.ts'
import { mountDocs } from './docs.ts'
import { answerError } from './exchange.ts'
import type { Face } from './face.ts'
import { mountDoors } from './internal.ts'
import { RateLimiter } from './limits.ts'
import { Metrics } from './metrics.ts'
import { addOperations } from './operations.ts'
import { assertDistinctPaths, pathsOf } from './paths.ts'
import { keepChosenLanguage } from './reader.ts'
import { refuseAddress, refuseConnection, SECURITY_HEADERS } from './refusals.ts'
import { type AddRoute, Pages, RouteTable } from './routes.ts'
import { Hall } from './sockets/hall.ts'
import { addSockets, isSocketRequest, openUpgrades } from './sockets.ts'
import { addStreams } from './streams.ts'
import { mountHome, mountSystem, type SystemPageOptions } from './system.ts'

const BODY_LIMIT_BYTES = 256 * 1024
/** So long WebSockets may take to answer the goodbye of a stop. */
const GOODBYE_MS = 2000

export interface FaceOptions extends SystemPageOptions {
  /** Mounts the routes of all services, those of peers included. */
  readonly isGateway: boolean
  /** Pages and routes of the host itself (set-up, demo); they know no service. */
  readonly extras?: readonly ((face: Face) => void)[]
}

/** Puts the HTTP face on a platform: routes, documents, health, and the doors for other processes. Nothing listens yet. */
export function openFace(platform: Platform, options: FaceOptions): Face {
  const { settings, services, contracts } = platform.options
  const app = createApp(settings.trustedProxies, (request) => isSocketRequest(face, request))
  const face: Face = {
    platform,
    app,
    pages: new Pages(),
    routes: new RouteTable((add) => addServices(face, add)),
    credentials: new CredentialResolver(platform, contracts),
    limiter: new RateLimiter(() => platform.options.clock.now().getTime()),
    cors: new CrossOriginRules(settings.corsOrigins, () => openPaths(contracts)),
    metrics: new Metrics(),
    hall: new Hall(),
    isGateway: options.isGateway,
    isClosing: false,
  }
  addHooks(face)
  keepChosenLanguage(app)
  addParsers(app)
  addDispatch(face)
  openUpgrades(face)
  mountDoors(
    face,
    services.map((service) => service.contract),
  )
  mountSystem(face, options)
  if (options.isGateway) {
    mountHome(face, options)
    mountDocs(face, options.version)
    mountDesk(face, options)
  }
  for (const extra of options.extras ?? []) extra(face)
  if (platform.options.isStrict) {
    assertDistinctPaths(contracts)
    assertReachable(face)
  }
  return face
}

function addServices(face: Face, add: AddRoute): void {
  const { services, contracts } = face.platform.options
  const local = new Map(services.map((service) => [service.contract.name, service]))
  for (const contract of contracts) {
    const service = local.get(contract.name)
    if (service === undefined && !face.isGateway) continue
    addOperations(face, contract, add)
    addStreams(face, contract, add, service === undefined ? undefined : (service.routes ?? {}))
    addSockets(face, contract, add, service === undefined ? undefined : (service.sockets ?? {}))
  }
}

/** Paths of the routes that pages of any origin may read. */
function openPaths(contracts: readonly Contract[]): string[] {
  const routes = contracts.flatMap((contract) =>
    Object.values(contract.streams)
      .filter((route) => route.anyOrigin === true)
      .flatMap((route) => pathsOf(contract, route)),
  )
  return [...new Set(routes.map((route) => route.path))]
}

function createApp(trustedProxies: number, isSocketRequest: (request: IncomingMessage) => boolean): FastifyInstance {
  return fastify({
    // Every other wish to upgrade (HTTP/2 over plain TCP) is passed over, as the protocol allows: the request is served.
    http: { shouldUpgradeCallback: isSocketRequest },
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => randomUUID(),
    trustProxy: trustedProxies === 0 ? false : (_address: string, hop: number) => hop < trustedProxies,
    forceCloseConnections: false,
    exposeHeadRoutes: false,
    rewriteUrl: headAsGet,
    // Every route reads and writes by its contract: the library's own compilers are never asked for.
    schemaController: { compilersFactory: { buildValidator: unused, buildSerializer: unused } },
    // A request that was on its way when the stop came is served, and its connection closed.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 500 },
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    frameworkErrors: (error, _request, reply) => refuseAddress(error, reply.raw),
    clientErrorHandler: refuseConnection,
  })
}

function unused(): never {
  throw new Error('Routes are described by contracts, not by schemas of the HTTP library')
}

/**
 * HEAD takes the route of GET; the server leaves the body out by itself. A second route for every path would cost a start
 * more than all HEAD requests together.
 */
function headAsGet(request: { method?: string | undefined; url?: string | undefined }): string {
  if (request.method === 'HEAD') request.method = 'GET'
  return request.url ?? '/'
}

function addHooks(face: Face): void {
  const { app, platform } = face
  app.addHook('onRequest', async (request, reply) => {
    const given = request.headers['x-request-id']
    if (typeof given === 'string' && /^[A-Za-z0-9._-]{8,64}$/.test(given)) request.id = given
    reply.header('x-request-id', request.id)
    for (const [name, value] of Object.entries(face.cors.headers(request.headers, request.url)))
      reply.header(name, value)
    if (request.method === 'OPTIONS') return answerOptions(face, request, reply)
    findRoute(face, request)
  })
  app.addHook('onSend', async (_request, reply) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (reply.getHeader(name) === undefined) reply.header(name, value)
    }
    if (face.isClosing) reply.header('connection', 'close')
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = routeName(request)
    const seconds = reply.elapsedTime / 1000
    face.metrics.observe(request.method, route, reply.statusCode, seconds)
    platform.options.log.info(
      {
        requestId: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    )
  })
  app.setErrorHandler((error, request, reply) => answerError(face, request, reply, error))
}

/** What an address takes; to a browser's question on behalf of a page, whether the page's host may ask at all. */
function answerOptions(face: Face, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const methods = methodsAt(face, request)
  const isPreflight = request.headers['access-control-request-method'] !== undefined
  if (methods.length === 0 && !isPreflight) throw new PlatformError('not_found', 'There is nothing at this address')
  if (methods.length > 0) reply.header('allow', methods.join(', '))
  return reply.code(204).headers(face.cors.preflightHeaders(request.headers, request.url)).send()
}

/**
 * Stops taking requests and lets the running ones end: new connections are refused, answers close theirs, and what is
 * left at the deadline is cut. Returns true when nothing had to be cut.
 */
export async function drain(face: Face, deadlineMs: number): Promise<boolean> {
  face.isClosing = true
  const { server } = face.app
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  let cut = false
  const limit = setTimeout(() => {
    cut = true
    server.closeAllConnections()
  }, deadlineMs)
  try {
    await face.hall.close(Math.min(GOODBYE_MS, deadlineMs / 2))
    await face.app.close()
  } finally {
    clearInterval(idle)
    clearTimeout(limit)
  }
  return !cut
}
