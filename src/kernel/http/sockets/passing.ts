import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { SocketRoute } from '../../contract.ts'
import { PlatformError } from '../../errors.ts'
import { CALLER_HEADER, signCaller } from '../../identity.ts'
import type { Face } from '../face.ts'
import type { Opening } from './admission.ts'
import type { Held } from './hall.ts'

const ANSWER_MS = 10_000
/** Headers of the handshake that the peer answers. */
const HANDSHAKE = ['sec-websocket-key', 'sec-websocket-version', 'sec-websocket-extensions', 'sec-websocket-protocol']

interface Passed {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

/**
 * Passes an admitted upgrade on to the peer, with its caller signed and its credential, by which the peer asks anew; from
 * then on bytes go through as they are. Throws 503 and what the peer refuses.
 */
export async function passOn(
  face: Face,
  route: SocketRoute,
  opening: Opening,
  { request, socket, head }: Passed,
): Promise<void> {
  const peer = face.platform.peers.get(route.service)
  if (peer === undefined || peer.health() === 'unavailable') {
    throw new PlatformError('unavailable', `${route.service} is not available here`)
  }
  const { internalKey } = face.platform.options
  const signed = signCaller(opening.caller(), `${route.service}.${route.name}`, internalKey, Date.now())
  const asked = HANDSHAKE.flatMap((name) =>
    request.headers[name] === undefined ? [] : [[name, request.headers[name]]],
  )
  const headers = {
    ...Object.fromEntries(asked),
    ...opening.credential,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'x-request-id': opening.requestId,
    [CALLER_HEADER]: signed,
    ...(opening.requestedPersonId === undefined ? {} : { 'x-profile-id': opening.requestedPersonId }),
  }
  const url = new URL(request.url ?? '/', 'http://local')
  for (const name of ['ticket', 'profile_id']) url.searchParams.delete(name)
  const { request: ask } = await (peer.origin.startsWith('https:') ? import('node:https') : import('node:http'))
  const upstream = ask(`${peer.origin}${url.pathname}${url.search}`, { headers, agent: false })
  const answer = await answerOf(upstream, route.service)
  if (socket.destroyed) {
    answer.socket.destroy()
    return
  }
  socket.write(headOf(answer.message))
  if (answer.head.length > 0) socket.write(answer.head)
  if (head.length > 0) answer.socket.write(head)
  hold(face, socket, answer.socket)
}

interface Answer {
  readonly message: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

/** The peer's agreement. Throws what it refuses, and 503 when it can't be reached. */
function answerOf(upstream: ClientRequest, service: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (text: string) => reject(new PlatformError('unavailable', `${service} ${text}`))
    upstream.setTimeout(ANSWER_MS, () => upstream.destroy(new Error('no answer')))
    upstream.once('upgrade', (message, socket, head) => {
      upstream.setTimeout(0)
      resolve({ message, socket, head })
    })
    upstream.once('response', (message) => {
      message.resume()
      const isFull = message.statusCode === 429
      if (isFull) reject(new PlatformError('too_many_requests', 'Too many connections are open; close one first'))
      else if (message.statusCode === 400) reject(new PlatformError('bad_request', 'This is no WebSocket handshake'))
      else fail('did not open the socket')
    })
    upstream.once('error', () => fail('is not reachable'))
    upstream.end()
  })
}

function headOf({ rawHeaders }: IncomingMessage): string {
  const lines = ['HTTP/1.1 101 Switching Protocols']
  for (let index = 0; index < rawHeaders.length; index += 2)
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** Ties both ends together until one of them is gone. */
function hold(face: Face, client: Duplex, peer: Duplex): void {
  const { promise: gone, resolve } = Promise.withResolvers<void>()
  const held: Held = {
    // Our half ends: the peer says goodbye to the client, whose answer nobody reads any more.
    leave: () => {
      client.unpipe(peer)
      client.resume()
      peer.end()
      return gone
    },
    cut: () => {
      client.destroy()
      peer.destroy()
    },
    // Whether the client lives and may still be here is asked by the peer.
    look: async () => undefined,
  }
  face.hall.add(held)
  peer.on('error', () => peer.destroy())
  peer.once('close', () => client.destroy())
  client.once('close', () => {
    peer.destroy()
    face.hall.remove(held)
    resolve()
  })
  client.pipe(peer)
  peer.pipe(client)
}
