import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket, WebSocketServer } from 'ws'
import type { Contract, SocketRoute } from '../contract.ts'
import { asPlatformError, PlatformError } from '../errors.ts'
import { errorFields } from '../log.ts'
import type { SocketHandler } from '../service.ts'
import { callerOf } from './exchange.ts'
import type { Face } from './face.ts'
import { pathsOf } from './paths.ts'
import { refuseUpgrade } from './refusals.ts'
import type { AddRoute, Mounted } from './routes.ts'
import { admit, credentialHeaders, type Opening, personAsked, requestIdOf } from './sockets/admission.ts'
import { FAILED, OpenConnection, REFUSED } from './sockets/connection.ts'
import { passOn } from './sockets/passing.ts'
import { TICKET_SECONDS } from './sockets/tickets.ts'

const MESSAGE_BYTES = 64 * 1024
const WORK_MS = 30_000

/** What opens at an address: here when there is a handler, at the peer otherwise. */
interface Target {
  readonly route: SocketRoute
  readonly path: string
  readonly handler: SocketHandler | undefined
  /** Made with the library, at the first upgrade. */
  server?: WebSocketServer
}

const targets = new WeakMap<Mounted, Target>()

/**
 * Adds the WebSockets of a contract: their addresses, which tell a plain request to upgrade, and beside each `/ticket`, where
 * a browser gets a one-time ticket. Throws when a handler is missing.
 */
export function addSockets(
  face: Face,
  contract: Contract,
  add: AddRoute,
  handlers?: Readonly<Record<string, SocketHandler>>,
): void {
  for (const route of Object.values(contract.sockets)) {
    const handler = handlers?.[route.name]
    if (handlers !== undefined && handler === undefined) {
      throw new Error(`${contract.name}.${route.name} has no handler`)
    }
    for (const { path } of pathsOf(contract, route)) {
      const mounted: Mounted = { path, handler: askToUpgrade }
      targets.set(mounted, { route, path, handler })
      add('GET', path, mounted)
      const ticketPath = `${path}/ticket`
      add('POST', ticketPath, {
        path: ticketPath,
        handler: (request, reply) => giveTicket(face, route, request, reply),
      })
    }
  }
}

async function askToUpgrade(_request: FastifyRequest, reply: FastifyReply): Promise<never> {
  reply.header('upgrade', 'websocket')
  throw new PlatformError('bad_request', 'This address is a WebSocket', { status: 426 })
}

async function giveTicket(
  face: Face,
  route: SocketRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const requestedPersonId = personAsked(new URL(request.url, 'http://local'), request.headers)
  const caller = await callerOf(face, request, reply, route)
  if (caller.principal === undefined) throw new PlatformError('unauthenticated', 'Authorization header is required')
  await face.platform.door.authorized(route, caller, requestedPersonId)
  const socket = `${route.service}.${route.name}`
  const holder = { socket, credential: credentialHeaders(request.headers), requestedPersonId }
  const ticket = face.hall.tickets.give(holder, nowMs(face))
  return reply.code(201).send(JSON.stringify({ ticket, expires_in: TICKET_SECONDS }))
}

const nowMs = (face: Face) => face.platform.options.clock.now().getTime()

/** Whether a request that asks to upgrade is for one of our WebSockets; all others are served as plain requests. */
export function isSocketRequest(face: Face, request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket' && findTarget(face, request) !== undefined
}

function findTarget(face: Face, request: IncomingMessage) {
  if (request.method !== 'GET') return undefined
  const found = face.routes.find('GET', (request.url ?? '').split(/[?#]/, 1)[0] as string)
  const target = found === undefined ? undefined : targets.get(found.mounted)
  return target === undefined ? undefined : { target, params: found?.params ?? {} }
}

/** The one place where upgrades are taken: who may open what, in which bounds, here or at the peer. */
export function openUpgrades(face: Face): void {
  face.app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A client that goes away in the middle is nobody's failure.
    socket.on('error', () => socket.destroy())
    void take(face, request, socket, head)
  })
}

async function take(face: Face, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  const startedMs = performance.now()
  const requestId = requestIdOf(request)
  const found = findTarget(face, request)
  let giveBack: (() => void) | undefined
  try {
    if (found === undefined) throw new PlatformError('not_found', 'There is nothing at this address')
    const { target, params } = found
    const opening = await admit(face, target.route, request, requestId)
    giveBack = face.hall.enter(opening.owner)
    // However this ends, the place is given back with the connection.
    socket.once('close', giveBack)
    if (socket.destroyed) return giveBack()
    if (target.handler === undefined) await passOn(face, target.route, opening, { request, socket, head })
    else await serve(face, target, opening, params, { request, socket, head })
    note(face, target.path, requestId, 101, startedMs)
  } catch (thrown) {
    giveBack?.()
    const error = asPlatformError(thrown)
    if (error.status >= 500 && error.code !== 'unavailable') {
      face.platform.options.log.error({ requestId, ...errorFields(thrown) }, 'an upgrade failed')
    }
    refuseUpgrade(socket, error, requestId)
    note(face, found?.target.path ?? 'unknown', requestId, error.status, startedMs)
  }
}

function note(face: Face, route: string, requestId: string, status: number, startedMs: number): void {
  const ms = performance.now() - startedMs
  face.metrics.observe('GET', route, status, ms / 1000)
  face.platform.options.log.info({ requestId, method: 'GET', route, status, ms: Math.round(ms) }, 'upgrade')
}

/** A connection whose upgrade is being taken. */
export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

async function serve(
  face: Face,
  target: Target,
  opening: Opening,
  params: Readonly<Record<string, string>>,
  { request, socket, head }: Upgrade,
): Promise<void> {
  const server = await serverOf(target)
  // Whoever passes this connection on ends their half when they stop: then the client is told so, in a whole frame.
  let connection: OpenConnection | undefined
  socket.once('end', () => void connection?.leave())
  // A handshake that the library refuses is answered by it; then nothing opens.
  server.handleUpgrade(request, socket, head, (ws: WebSocket) => {
    const { service } = target.route
    connection = new OpenConnection(ws, {
      params,
      query: opening.query,
      context: () => face.platform.contextFor(service, { ...opening.caller(), deadline: Date.now() + WORK_MS }),
      verify: opening.verify,
    })
    void run(face, target, connection, opening.requestId)
  })
}

/** Serves a connection until its handler returns or the client leaves. */
async function run(face: Face, target: Target, connection: OpenConnection, requestId: string): Promise<void> {
  const { log } = face.platform.options
  const startedMs = performance.now()
  face.hall.add(connection)
  try {
    await (target.handler as SocketHandler)(connection)
    connection.close(1000, '')
  } catch (thrown) {
    const error = asPlatformError(thrown)
    if (error.status >= 500) log.error({ requestId, ...errorFields(thrown) }, 'a socket failed')
    connection.close(error.status < 500 ? REFUSED : FAILED, error.message)
  }
  await connection.gone
  face.hall.remove(connection)
  const ms = Math.round(performance.now() - startedMs)
  log.info({ requestId, route: target.path, code: connection.code, ms }, 'socket closed')
}

/** The library is loaded when somebody opens a socket for the first time. */
async function serverOf(target: Target): Promise<WebSocketServer> {
  if (target.server === undefined) {
    const { WebSocketServer } = await import('ws')
    target.server ??= new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: target.route.maxMessageBytes ?? MESSAGE_BYTES,
      // None is spoken here; the first offered one must not pass for agreed.
      handleProtocols: () => false,
    })
  }
  return target.server
}
