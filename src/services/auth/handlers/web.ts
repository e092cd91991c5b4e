import type { IncomingHttpHeaders } from 'node:http'
import type { InputOf, OutputOf } from '../../../kernel/contract.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import { SESSION_COOKIE } from '../../../kernel/http/credentials.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import type { Context } from '../../../kernel/service.ts'
import { auth } from '../contract.ts'
import { secretHash } from '../providers/secrets.ts'
import { sessionCacheOf } from '../store/sessionCache.ts'
import { findLiveSession, revokeOpaque } from '../store/sessions.ts'
import { cookieOf, sessionCookie } from './cookies.ts'
import { cookieOfSession } from './webCookie.ts'

const MAXIMUM_BODY_BYTES = 8192

/** Whether anybody is signed in. */
export async function webSession(context: Context, request: RawRequest): Promise<RawAnswer> {
  const token = cookieOf(request.headers.cookie, SESSION_COOKIE)
  const { db } = context.system('the cookie tells whose session it is')
  const by = { tokenHash: secretHash(token) }
  const found = token === '' ? undefined : await findLiveSession(db, by, context.now())
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  return { headers, body: JSON.stringify({ signed_in: found !== undefined }) }
}

/** Signs in for the web client: a script of the page never sees what keeps the session. */
export async function webSignIn(context: Context, request: RawRequest): Promise<RawAnswer> {
  const input = (await jsonOf(request)) as InputOf<typeof auth.operations.login>
  return answerCookie(context, 200, await context.call(auth.operations.login, input))
}

/** The same with a passkey. */
export async function webPasskey(context: Context, request: RawRequest): Promise<RawAnswer> {
  const input = (await jsonOf(request)) as InputOf<typeof auth.operations.passkeySignIn>
  return answerCookie(context, 200, await context.call(auth.operations.passkeySignIn, input))
}

export async function webRegister(context: Context, request: RawRequest): Promise<RawAnswer> {
  const input = (await jsonOf(request)) as InputOf<typeof auth.operations.register>
  return answerCookie(context, 201, await context.call(auth.operations.register, input))
}

/** Says yes also when the session had ended: what the person wants is true. */
export async function webSignOut(context: Context, request: RawRequest): Promise<RawAnswer> {
  assertJson(request.headers)
  const token = cookieOf(request.headers.cookie, SESSION_COOKIE)
  const { db } = context.system('the cookie tells whose session it is')
  const ended = token === '' ? undefined : await revokeOpaque(db, secretHash(token), context.now())
  if (ended !== undefined) sessionCacheOf(context.ports).forget(ended.user_id)
  return json(200, { message: 'Signed out' }, sessionCookie(context, SESSION_COOKIE, '', 0, 'Strict'))
}

async function answerCookie(
  context: Context,
  status: number,
  signedIn: OutputOf<typeof auth.operations.login>,
): Promise<RawAnswer> {
  const { user, warnings = [] } = signedIn
  return json(status, { user, warnings }, await cookieOfSession(context, signedIn))
}

function json(status: number, body: object, setCookie: string): RawAnswer {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'set-cookie': setCookie }
  return { status, headers, body: JSON.stringify(body) }
}

/** No form of another site can send JSON: a stranger's page signs nobody in or out here. */
function assertJson(headers: IncomingHttpHeaders): void {
  if (/^application\/json(;|$)/i.test(headers['content-type'] ?? '')) return
  throw new PlatformError('unsupported_media_type', 'Content-Type must be application/json')
}

async function jsonOf(request: RawRequest): Promise<unknown> {
  assertJson(request.headers)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request.body) {
    const part = Buffer.from(chunk as string | Buffer)
    bytes += part.length
    if (bytes > MAXIMUM_BODY_BYTES) throw new PlatformError('payload_too_large', 'The body is too large')
    chunks.push(part)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new PlatformError('malformed_body', 'The request body is not valid JSON')
  }
}
