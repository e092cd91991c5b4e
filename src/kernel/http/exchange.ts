import type { FastifyReply, FastifyRequest } from 'fastify'
import { problemSentence } from '../../shared/problems.ts'
import type { Operation } from '../contract.ts'
import { asPlatformError, PlatformError, problemBody } from '../errors.ts'
import { errorFields } from '../log.ts'
import type { Caller, Principal } from '../principal.ts'
import { credentialOf } from './credentials.ts'
import type { Face } from './face.ts'
import { sendHtml } from './html.ts'
import { assertOwnSite } from './ownSite.ts'
import { isNavigation, problemPage } from './problemPage.ts'
import { readerOf } from './reader.ts'

const DEFAULT_TIMEOUT_MS = 30_000
/** Methods by which a browser's own navigation changes nothing. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What the frame knows of a request before anything is done for it. */
export interface Exchange {
  readonly requestId: string
  readonly startedMs: number
  principal: Principal | undefined
}

/** Who calls, from the credential; limited by the caller's allowance. Sets the RateLimit headers. */
export async function callerOf(
  face: Face,
  request: FastifyRequest,
  reply: FastifyReply,
  operation: Pick<Operation, 'access' | 'timeoutMs' | 'limit' | 'service' | 'name'>,
): Promise<Caller> {
  const principal = await principalOf(face, request, reply, operation)
  const account = principal?.accountId
  if (account !== undefined) limit(face, reply, `account:${account}`)
  if (operation.limit !== undefined && face.platform.options.settings.requestsPerMinute > 0) {
    face.limiter.take(`${operation.service}.${operation.name}:${account ?? request.ip}`, operation.limit)
  }
  return {
    principal,
    personId: undefined,
    origin: 'request',
    requestId: request.id,
    traceparent: header(request, 'traceparent'),
    deadline: Date.now() + (operation.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    address: request.ip,
    userAgent: (header(request, 'user-agent') ?? '').slice(0, 200),
    idempotencyKey: idempotencyKey(request),
    language: readerOf(request).language,
  }
}

/** Callers without a valid credential share the allowance of their address. */
async function principalOf(
  face: Face,
  request: FastifyRequest,
  reply: FastifyReply,
  operation: Pick<Operation, 'access'>,
): Promise<Principal | undefined> {
  const { access } = operation
  const ignored = access.kind === 'public' && access.ignoresCredential === true
  if (ignored) {
    limit(face, reply, `address:${request.ip}`)
    return undefined
  }
  try {
    if (!SAFE_METHODS.has(request.method) && credentialOf(request.headers)?.kind === 'cookie') {
      assertOwnSite(request.headers, face.cors, face.platform.publicUrl)
    }
    const principal = await face.credentials.resolve(request.headers, request.id)
    if (principal === undefined) limit(face, reply, `address:${request.ip}`)
    return principal
  } catch (error) {
    limit(face, reply, `address:${request.ip}`)
    throw error
  }
}

function limit(face: Face, reply: FastifyReply, key: string): void {
  const { requestsPerMinute } = face.platform.options.settings
  if (requestsPerMinute === 0) return
  reply.header('ratelimit-policy', `"default";q=${requestsPerMinute};w=60`)
  try {
    const allowance = face.limiter.take(key, { requests: requestsPerMinute, windowSeconds: 60 })
    reply.header('ratelimit', `"default";r=${allowance.remaining};t=${allowance.resetSeconds}`)
  } catch (error) {
    if (error instanceof PlatformError) reply.header('ratelimit', `"default";r=0;t=${error.options.retryAfterSeconds}`)
    throw error
  }
}

function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = header(request, 'idempotency-key')
  if (key === undefined) return undefined
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new PlatformError('bad_request', 'Idempotency-Key must be 1 to 200 printable characters')
  }
  return key
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}

/** Waits for `work` until the caller's deadline, then answers 504; the work itself is not undone. */
export async function beforeDeadline<Result>(work: Promise<Result>, deadline: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new PlatformError('timeout', 'The request took too long')), deadline - Date.now())
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Answers an error as problem+json, or in the form of its surface; what is our fault is logged with its private side. */
export function answerError(face: Face, request: FastifyRequest, reply: FastifyReply, thrown: unknown): void {
  const error = fromFramework(thrown) ?? asPlatformError(thrown)
  if (error.status >= 500 && error.code !== 'not_configured') {
    face.platform.options.log.error({ requestId: request.id, ...errorFields(thrown) }, 'a request failed')
  }
  if (error.status === 401) reply.header('www-authenticate', 'Bearer realm="salus"')
  if (error.options.retryAfterSeconds !== undefined)
    reply.header('retry-after', String(error.options.retryAfterSeconds))
  if (error.options.allowed !== undefined) reply.header('allow', error.options.allowed.join(', '))
  const render = request.mounted?.renderError
  const reader = readerOf(request)
  if (render === undefined && isNavigation(request)) {
    sendHtml(reply.code(error.status), problemPage(reader, error, request.id))
    return
  }
  const problem = problemBody(error, request.id)
  const { contentType, body } = render?.(error) ?? {
    contentType: 'application/problem+json; charset=utf-8',
    body: JSON.stringify({ ...problem, title: problemSentence(reader.language, error.code) ?? problem.title }),
  }
  reply.code(error.status).header('content-type', contentType).send(body)
}

/** The HTTP library's own refusals, in our words. */
function fromFramework(thrown: unknown): PlatformError | undefined {
  if (typeof thrown !== 'object' || thrown === null || thrown instanceof PlatformError) return undefined
  const { code, statusCode } = thrown as { code?: unknown; statusCode?: unknown }
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new PlatformError('payload_too_large', 'The request body is larger than this operation takes')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new PlatformError('unsupported_media_type', 'Content-Type must be application/json')
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new PlatformError('malformed_body', 'The request body is not valid JSON')
    default:
      if (typeof code !== 'string' || !code.startsWith('FST_') || statusCode !== 400) return undefined
      return new PlatformError('malformed_body', 'The request is malformed', { cause: thrown })
  }
}
