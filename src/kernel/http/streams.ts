import { PassThrough, Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Contract, StreamRoute } from '../contract.ts'
import { PlatformError, validationError } from '../errors.ts'
import { CALLER_HEADER, verifyCaller } from '../identity.ts'
import { isUuid } from '../ids.ts'
import type { Caller } from '../principal.ts'
import type { StreamHandler } from '../service.ts'
import { callerOf } from './exchange.ts'
import type { Face } from './face.ts'
import { pathsOf } from './paths.ts'
import type { AddRoute } from './routes.ts'

/** Headers of a request that reach the peer. */
const PASSED_ON = [
  'api-secret',
  'content-type',
  'content-length',
  'accept',
  'accept-encoding',
  'accept-language',
  'content-encoding',
  'range',
  'if-match',
  'if-modified-since',
  'if-none-exist',
  'if-none-match',
  'if-range',
  'last-event-id',
  'last-modified',
  'prefer',
  'cookie',
  'x-fitbit-signature',
  'x-oura-signature',
  'x-oura-timestamp',
  'x-provenance',
  'x-hospital-id',
  'x-doctor-id',
  'x-purpose',
  'x-patient-id',
  'x-ambulance-id',
  'x-sos-event-id',
]

/** Further ones for routes that look at the credential, and at where a form comes from, themselves. */
const OF_THE_ROUTE = ['authorization', 'origin', 'sec-fetch-site']

/** Headers of a peer's answer that reach the client. */
const PASSED_BACK = [
  'accept-ranges',
  'content-type',
  'content-disposition',
  'content-encoding',
  'content-length',
  'content-location',
  'content-range',
  'content-security-policy',
  'cache-control',
  'allow',
  'etag',
  'expires',
  'last-modified',
  'location',
  'referrer-policy',
  'retry-after',
  'set-cookie',
  'vary',
  'www-authenticate',
  'x-dpdp-compliant',
  'x-fhir-version',
  'x-progress',
  'x-robots-tag',
]

/** Adds the streaming routes of a contract: run here when there are handlers, forwarded to the peer otherwise. */
export function addStreams(
  face: Face,
  contract: Contract,
  add: AddRoute,
  handlers?: Readonly<Record<string, StreamHandler>>,
): void {
  for (const route of Object.values(contract.streams)) {
    const handle = handlers?.[route.name]
    if (handlers !== undefined && handle === undefined) throw new Error(`${contract.name}.${route.name} has no handler`)
    const handler = (request: FastifyRequest, reply: FastifyReply) =>
      handle === undefined ? forward(face, route, request, reply) : serveStream(face, route, handle, request, reply)
    for (const { method, path } of pathsOf(contract, route)) {
      add(method, path, { path, handler, takesStream: true, renderError: route.renderError })
    }
  }
}

async function serveStream(
  face: Face,
  route: StreamRoute,
  handle: StreamHandler,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = { ...(request.query as Record<string, string>) }
  const requested = requestedPerson(request, query)
  const bound =
    forwardedCaller(face, request, route) ??
    (await face.platform.door.authorized(route, await callerOf(face, request, reply, route), requested))
  const context = face.platform.contextFor(route.service, bound)
  const body = request.body instanceof Readable ? request.body : Readable.from([])
  const answer = await handle(context, {
    method: request.method,
    url: request.url,
    params: request.params as Record<string, string>,
    query,
    headers: request.headers,
    body,
  })
  return reply
    .code(answer.status ?? 200)
    .headers(answer.headers ?? {})
    .send(answer.body)
}

function requestedPerson(request: FastifyRequest, query: Record<string, string>): string | undefined {
  const requested = query.profile_id ?? request.headers['x-profile-id']
  delete query.profile_id
  if (requested === undefined) return undefined
  if (typeof requested !== 'string' || !isUuid(requested)) {
    throw validationError([{ field: 'profile_id', detail: 'must be the id of one profile' }])
  }
  return requested.toLowerCase()
}

/** The caller as the public door bound it, when the request came through it from another process. */
function forwardedCaller(face: Face, request: FastifyRequest, route: StreamRoute): Caller | undefined {
  const signed = request.headers[CALLER_HEADER]
  if (typeof signed !== 'string') return undefined
  return verifyCaller(signed, `${route.service}.${route.name}`, face.platform.options.internalKey, Date.now())
}

/** Passes the request on to the peer as it is, with its bound caller signed; the answer streams back. */
async function forward(
  face: Face,
  route: StreamRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = { ...(request.query as Record<string, string>) }
  const requested = requestedPerson(request, query)
  const caller = await face.platform.door.authorized(route, await callerOf(face, request, reply, route), requested)
  const peer = face.platform.peers.get(route.service)
  if (peer === undefined) throw new PlatformError('unavailable', `${route.service} is not available here`)
  // Where the frame doesn't look at the credential, the route does: the client of an app proves itself with it.
  const { access } = route
  const own = access.kind === 'public' && access.ignoresCredential === true ? OF_THE_ROUTE : []
  const headers = Object.fromEntries(
    [...PASSED_ON, ...own]
      .map((name) => [name, request.headers[name]])
      .filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )
  const audience = `${route.service}.${route.name}`
  const upload = request.body instanceof Readable ? uploadOf(request, request.body) : undefined
  const body = upload?.body ?? null
  const isGone = () => upload?.isGone() ?? false
  const answer = await peer.forward({
    method: request.method,
    path: request.url,
    headers,
    body,
    isGone,
    caller,
    audience,
  })
  for (const name of PASSED_BACK) {
    const value = answer.headers[name]
    if (value !== undefined) reply.header(name, value)
  }
  return reply.code(answer.statusCode).send(answer.body)
}

/**
 * The body in a stream of its own: when the peer refuses it, the client's connection must live to be told so, and when
 * the client goes away in the middle, that is not the peer's fault.
 */
function uploadOf(request: FastifyRequest, source: Readable): { body: Readable; isGone: () => boolean } {
  const body = new PassThrough()
  let isGone = false
  const leave = () => {
    if (request.raw.complete) return
    isGone = true
    body.destroy(new Error('the client went away'))
  }
  source.once('error', leave)
  source.once('close', leave)
  source.pipe(body)
  return { body, isGone: () => isGone }
}
