import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { PlatformError, problemBody } from '../errors.ts'

/** Headers of every answer. A page brings a policy of its own. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'strict-transport-security': 'max-age=31536000',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
}

/** Answers a request whose address can't be read or is too long: no route, and none of our hooks, has seen it. */
export function refuseAddress(error: { code?: string }, response: ServerResponse): void {
  const problem =
    error.code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? new PlatformError('not_found', 'There is nothing at this address')
      : new PlatformError('bad_request', 'The address is malformed')
  const { headers, body } = plainAnswer(problem)
  response.writeHead(problem.status, headers)
  response.end(body)
}

/** Answers what is no HTTP request, and ends its connection. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (socket.writable) {
    const problem = problemOf(error.code)
    const { headers, body } = plainAnswer(problem)
    const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`)
    socket.write(`HTTP/1.1 ${problem.status} ${REASON[problem.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
  }
  socket.destroy()
}

/** Answers an upgrade that is refused, and ends its connection. */
export function refuseUpgrade(socket: Duplex, problem: PlatformError, requestId: string): void {
  if (socket.destroyed || !socket.writable) return
  const { headers, body } = plainAnswer(problem, requestId)
  const { retryAfterSeconds } = problem.options
  const lines = Object.entries({
    ...headers,
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer realm="salus"' } : {}),
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`)
  const text = `HTTP/1.1 ${problem.status} Refused\r\n${lines.join('\r\n')}\r\n\r\n${body}`
  socket.end(text, () => socket.destroy())
}

const REASON: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

function problemOf(code: string | undefined): PlatformError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new PlatformError('bad_request', 'The request did not come in time', { status: 408 })
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new PlatformError('bad_request', 'The address or the headers are too long', { status: 431 })
  }
  return new PlatformError('bad_request', 'This is not an HTTP request')
}

function plainAnswer(
  problem: PlatformError,
  requestId: string = randomUUID(),
): { headers: Record<string, string>; body: string } {
  const body = JSON.stringify(problemBody(problem, requestId))
  const headers = {
    ...SECURITY_HEADERS,
    'x-request-id': requestId,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
  }
  return { headers, body }
}
