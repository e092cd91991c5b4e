import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Contract, Operation } from '../contract.ts'
import { asPlatformError, PlatformError, problemBody } from '../errors.ts'
import { type KeptAnswer, keepAnswer, keepRefusal, keptAnswer } from '../idempotency.ts'
import { errorFields } from '../log.ts'
import { idempotentRequest } from '../platform.ts'
import type { Caller } from '../principal.ts'
import { beforeDeadline, callerOf } from './exchange.ts'
import type { Face } from './face.ts'
import { type IncomingParts, mapInput } from './input.ts'
import { pathsOf } from './paths.ts'
import type { AddRoute } from './routes.ts'

/** Adds every routed operation of a contract at all its paths. */
export function addOperations(face: Face, contract: Contract, add: AddRoute): void {
  for (const operation of Object.values(contract.operations)) {
    if (operation.access.kind === 'service') continue
    const handler = (request: FastifyRequest, reply: FastifyReply) => serve(face, operation, request, reply)
    const { bodyLimitBytes } = operation
    for (const { method, path } of pathsOf(contract, operation)) add(method, path, { path, handler, bodyLimitBytes })
  }
}

async function serve(
  face: Face,
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const caller = await callerOf(face, request, reply, operation)
  const parts = partsOf(request, operation)
  // Whether the caller may call at all is said before what is wrong with the input.
  const { input, requestedPersonId } = mapInput(operation, parts, caller.principal)
  const bound = await face.platform.door.authorized(operation, caller, requestedPersonId)
  const isRepeatable = operation.kind === 'command' && bound.idempotencyKey !== undefined
  // One that comes too late for its caller is kept for when they ask again.
  const work = isRepeatable ? answerOnce(face, operation, input, bound) : answerNow(face, operation, input, bound)
  const answer = await beforeDeadline(work, bound.deadline)
  return send(reply, operation, request, answer)
}

async function answerNow(face: Face, operation: Operation, input: unknown, caller: Caller): Promise<KeptAnswer> {
  const output = await face.platform.door.invoke(operation, input, caller)
  const body = operation.status === 204 ? '' : typeof output === 'string' ? output : JSON.stringify(output)
  return { status: operation.status, body }
}

/** A repeated request gets the first one's answer; what it did is not done again. */
async function answerOnce(face: Face, operation: Operation, input: unknown, caller: Caller): Promise<KeptAnswer> {
  const { systemPool, options } = face.platform
  const once = idempotentRequest(operation, input, caller, options.internalKey)
  const kept = await keptAnswer(systemPool, once)
  if (kept !== undefined) return kept
  // What is done is done: an answer that can't be kept is given all the same.
  const keeping = (kept: Promise<void>) =>
    kept.catch((error) => options.log.warn({ requestId: caller.requestId, ...errorFields(error) }, 'not kept'))
  try {
    const answer = await answerNow(face, operation, input, caller)
    const shown = operation.showsSecret === true ? shownOnce(caller.requestId) : answer
    await keeping(keepAnswer(systemPool, once, shown, options.clock))
    return answer
  } catch (thrown) {
    const error = asPlatformError(thrown)
    // A refusal after something was written is the answer to keep; one before it claimed nothing and keeps nothing.
    if (error.code !== 'conflict') {
      const body = JSON.stringify(problemBody(error, caller.requestId))
      await keeping(keepRefusal(systemPool, once, { status: error.status, body }))
    }
    throw thrown
  }
}

function shownOnce(requestId: string): KeptAnswer {
  const error = new PlatformError('conflict', 'This request was answered before; its secret is shown only once')
  return { status: error.status, body: JSON.stringify(problemBody(error, requestId)) }
}

function partsOf(request: FastifyRequest, operation: Operation): IncomingParts {
  const body = request.body as unknown
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const isForm = type === 'application/x-www-form-urlencoded'
  if (isForm && operation.accepts?.includes('form') !== true && body !== undefined) {
    throw new PlatformError('unsupported_media_type', 'Content-Type must be application/json')
  }
  return {
    params: request.params as Record<string, string>,
    query: request.query as Record<string, string | string[]>,
    body,
    bodyKind: body === undefined || body === null ? undefined : isForm ? 'form' : 'json',
    headers: request.headers,
  }
}

function send(reply: FastifyReply, operation: Operation, request: FastifyRequest, answer: KeptAnswer): FastifyReply {
  reply.code(answer.status)
  if (answer.body === '') return reply.send()
  const isProblem = answer.status >= 400
  const type = isProblem
    ? 'application/problem+json; charset=utf-8'
    : (operation.produces ?? 'application/json; charset=utf-8')
  reply.header('content-type', type)
  if (!isProblem) addLinks(reply, request, answer.body)
  return reply.send(answer.body)
}

/** `Link: rel="next"` for a page with more behind it, `ETag` for a versioned resource. */
function addLinks(reply: FastifyReply, request: FastifyRequest, body: string): void {
  const cursor = /"next_cursor":"([A-Za-z0-9_-]+)"/.exec(body)?.[1]
  if (cursor !== undefined) {
    // One slash: two would name another host.
    const url = new URL(`http://local${request.url.replace(/^\/+/, '/')}`)
    url.searchParams.set('cursor', cursor)
    reply.header('link', `<${url.pathname}${url.search}>; rel="next"`)
  }
  const version = /^\{[^{}[\]]*"version":(\d+)/.exec(body)?.[1]
  if (version !== undefined) reply.header('etag', `W/"${version}"`)
}
