import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { SocketRoute } from '../../contract.ts'
import { PlatformError, validationError } from '../../errors.ts'
import { CALLER_HEADER, verifyCaller } from '../../identity.ts'
import { isUuid } from '../../ids.ts'
import type { Caller, Principal } from '../../principal.ts'
import { credentialOf } from '../credentials.ts'
import type { Face } from '../face.ts'
import { assertOwnSite } from '../ownSite.ts'

const DEADLINE_MS = 30_000

/** A socket that may open. */
export interface Opening {
  readonly requestId: string
  /** Whose place in the hall it takes: an account, or an address. */
  readonly owner: string
  /** Query of the address, without the ticket and the person. */
  readonly query: Readonly<Record<string, string>>
  /** The credential, for whoever serves it elsewhere. */
  readonly credential: IncomingHttpHeaders
  readonly requestedPersonId: string | undefined
  /** Whoever opened it, bound to the record, as last verified. */
  caller(): Caller
  /** Looks up credential and right anew. Throws what the door says now. */
  verify(): Promise<void>
}

/** The id that a request brings along, when it is one that may stand in a log; a new one otherwise. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[A-Za-z0-9._-]{8,64}$/.test(given) ? given : randomUUID()
}

/** Whose record is asked for; undefined for the own one. Throws 422 for what is no id. */
export function personAsked(url: URL, headers: IncomingHttpHeaders): string | undefined {
  const asked = url.searchParams.get('profile_id') ?? headers['x-profile-id']
  if (asked === undefined) return undefined
  if (typeof asked !== 'string' || !isUuid(asked)) {
    throw validationError([{ field: 'profile_id', detail: 'must be the id of one profile' }])
  }
  return asked.toLowerCase()
}

/** The headers that carry a credential. */
export function credentialHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { authorization, cookie, 'x-api-key': apiKey } = headers
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(cookie === undefined ? {} : { cookie }),
    ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }),
  }
}

/**
 * Lets an upgrade pass, or throws 401, 403, 404, 422, 429: by a ticket, or by the credential of its headers; a cookie counts
 * only from a page of ours. What the public door admitted is believed by its signature.
 */
export async function admit(
  face: Face,
  route: SocketRoute,
  request: IncomingMessage,
  requestId: string,
): Promise<Opening> {
  const url = new URL(request.url ?? '/', 'http://local')
  const signed = request.headers[CALLER_HEADER]
  const audience = `${route.service}.${route.name}`
  const { internalKey } = face.platform.options
  const passed = typeof signed === 'string' ? verifyCaller(signed, audience, internalKey, Date.now()) : undefined
  const given = givenBy(face, audience, url, request.headers)
  const caller = passed ?? (await callerBy(face, request, given.credential, requestId))
  let bound = passed ?? (await face.platform.door.authorized(route, caller, given.requestedPersonId))
  const account = bound.principal?.accountId
  const { profile_id: _person, ticket: _ticket, ...query } = Object.fromEntries(url.searchParams)
  return {
    ...given,
    requestId: bound.requestId,
    owner: account === undefined ? `address:${bound.address}` : `account:${account}`,
    query,
    caller: () => bound,
    verify: async () => {
      const principal = await face.credentials.resolve(given.credential, requestId)
      if (principal?.accountId !== account) throw new PlatformError('invalid_token', 'The credential ended')
      const again: Caller = { ...caller, principal, personId: undefined, origin: 'request', deadline: soon() }
      bound = await face.platform.door.stillAuthorized(route, again, given.requestedPersonId)
    },
  }
}

const soon = () => Date.now() + DEADLINE_MS

/** The credential and the person, from the ticket or from the request itself. Throws 401 for a ticket that is no good. */
function givenBy(face: Face, socket: string, url: URL, headers: IncomingHttpHeaders) {
  const ticket = url.searchParams.get('ticket')
  if (ticket === null) {
    return { credential: credentialHeaders(headers), requestedPersonId: personAsked(url, headers), isTicket: false }
  }
  const holder = face.hall.tickets.take(ticket, socket, face.platform.options.clock.now().getTime())
  if (holder === undefined) throw new PlatformError('invalid_token', 'The ticket was used, is over or not for this')
  return { credential: holder.credential, requestedPersonId: holder.requestedPersonId, isTicket: true }
}

async function callerBy(
  face: Face,
  request: IncomingMessage,
  credential: IncomingHttpHeaders,
  requestId: string,
): Promise<Caller> {
  const address = addressOf(request, face.platform.options.settings.trustedProxies)
  const limit = (key: string) => {
    const { requestsPerMinute } = face.platform.options.settings
    if (requestsPerMinute > 0) face.limiter.take(key, { requests: requestsPerMinute, windowSeconds: 60 })
  }
  let principal: Principal | undefined
  try {
    // The cookie comes along by itself: whose page opens the socket decides. A ticket was asked for by such a page.
    const isOwnCookie = request.headers.cookie === credential.cookie && credentialOf(credential)?.kind === 'cookie'
    if (isOwnCookie) assertOwnSite(request.headers, face.cors, face.platform.publicUrl)
    principal = await face.credentials.resolve(credential, requestId)
  } catch (error) {
    limit(`address:${address}`)
    throw error
  }
  limit(principal === undefined ? `address:${address}` : `account:${principal.accountId}`)
  const agent = request.headers['user-agent'] ?? ''
  return {
    principal,
    personId: undefined,
    origin: 'request',
    requestId,
    traceparent: undefined,
    deadline: soon(),
    address,
    userAgent: agent.slice(0, 200),
    idempotencyKey: undefined,
  }
}

/** The client's address: what the last proxy that isn't trusted says, as for requests. */
function addressOf(request: IncomingMessage, trustedProxies: number): string {
  const said = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .reverse()
  const chain = [request.socket.remoteAddress ?? '', ...said]
  return chain[Math.min(trustedProxies, chain.length - 1)] as string
}
