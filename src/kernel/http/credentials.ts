import type { IncomingHttpHeaders } from 'node:http'
import { systemCaller } from '../context.ts'
import type { Contract, Operation } from '../contract.ts'
import { PlatformError } from '../errors.ts'
import type { Platform } from '../platform.ts'
import type { Credential, Principal } from '../principal.ts'

/** Name of the cookie of the web client's session. */
export const SESSION_COOKIE = 'salus_session'

/** The credential a request carries: Bearer, then `x-api-key`, then the session cookie. */
export function credentialOf(headers: IncomingHttpHeaders): Credential | undefined {
  const { authorization } = headers
  const bearer = authorization === undefined ? null : /^bearer +(\S+)\s*$/i.exec(authorization)
  if (bearer !== null) return { kind: 'bearer', token: bearer[1] as string }
  if (authorization !== undefined && !/^basic /i.test(authorization)) {
    throw new PlatformError('invalid_token', 'Authorization must be "Bearer <token>"')
  }
  const apiKey = headers['x-api-key']
  if (typeof apiKey === 'string' && apiKey !== '') return { kind: 'api-key', token: apiKey }
  const cookie = cookieOf(headers.cookie ?? '', SESSION_COOKIE)
  return cookie === undefined ? undefined : { kind: 'cookie', token: cookie }
}

function cookieOf(header: string, name: string): string | undefined {
  const pair = header.split(';').find((part) => part.trim().startsWith(`${name}=`))
  return pair?.trim().slice(name.length + 1) || undefined
}

/** Resolves credentials through the service that provides authentication. */
export class CredentialResolver {
  private readonly operation: Operation | undefined
  private readonly platform: Platform

  constructor(platform: Platform, contracts: readonly Contract[]) {
    this.platform = platform
    const provider = contracts.find((contract) => contract.provides.authentication !== undefined)
    this.operation = provider?.operations[provider.provides.authentication ?? '']
  }

  /** The principal behind the request's credential, or undefined when it carries none. Throws 401 when it is not valid. */
  async resolve(headers: IncomingHttpHeaders, requestId: string): Promise<Principal | undefined> {
    const credential = credentialOf(headers)
    if (credential === undefined) return undefined
    if (credential.token.length > 8192) throw new PlatformError('invalid_token', 'The credential is too long')
    if (this.operation === undefined) throw new PlatformError('unavailable', 'Sign-in is not available here')
    const principal = (await this.platform.door.call(
      this.operation,
      credential,
      systemCaller(requestId, undefined, 10_000),
    )) as Principal
    assertOwnHeader(headers, principal)
    return principal
  }
}

/** The old clients' `X-User-Id` adds nothing to a credential, and may not contradict it. */
function assertOwnHeader(headers: IncomingHttpHeaders, principal: Principal): void {
  const claimed = headers['x-user-id']
  if (claimed === undefined) return
  const own = [principal.accountId, String(principal.seq), principal.subject]
  if (typeof claimed !== 'string' || !own.includes(claimed)) {
    throw new PlatformError('forbidden', 'X-User-Id does not belong to this credential')
  }
}
