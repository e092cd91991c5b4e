import type { Readable } from 'node:stream'
import type { Pool } from 'undici'
import { CircuitBreaker } from './breaker.ts'
import type { Operation } from './contract.ts'
import { ERROR_CODES, type ErrorCode, PlatformError } from './errors.ts'
import { CALLER_HEADER, signCaller } from './identity.ts'
import type { Caller } from './principal.ts'
import type { FieldFault } from './schema.ts'

/** As long as a call in one process may take. */
const DEFAULT_TIMEOUT_MS = 30_000

/** Path of the internal door of an operation. */
export function doorPath(service: string, operation: string): string {
  return `/_call/${service}/${operation}`
}

/** What the internal door answers beside the output. */
export interface RemoteError {
  readonly code: ErrorCode
  readonly message: string
  readonly status: number
  readonly faults?: readonly FieldFault[]
  readonly retryAfterSeconds?: number
  readonly legacyCode?: string
  readonly extra?: Readonly<Record<string, unknown>>
}

/** Another process of the platform: down answers 503, slow 504, broken 502, and never a hang. */
export class Peer {
  readonly service: string
  readonly origin: string
  private pool: Promise<Pool> | undefined
  private readonly breaker = new CircuitBreaker()
  private readonly key: string

  constructor(service: string, origin: string, key: string) {
    this.service = service
    this.origin = origin
    this.key = key
  }

  /** The client library is loaded with the first call: a platform in one process never needs it. */
  private connections(): Promise<Pool> {
    const options = { connections: 32, bodyTimeout: 0, headersTimeout: 0, connect: { timeout: 2000 } }
    this.pool ??= import('undici').then((undici) => new undici.Pool(this.origin, options))
    return this.pool
  }

  /** `healthy`, or `unavailable` while the breaker is open. */
  health(): 'healthy' | 'unavailable' {
    return this.breaker.state(Date.now()) === 'closed' ? 'healthy' : 'unavailable'
  }

  /** Calls an operation of the peer on behalf of `caller`. Throws what the operation throws, or 502/503/504. */
  async call(operation: Operation, input: unknown, caller: Caller): Promise<unknown> {
    if (!this.breaker.enter(Date.now())) throw this.unavailable('its circuit breaker is open')
    const waitMs = Math.min(operation.timeoutMs ?? DEFAULT_TIMEOUT_MS, Math.max(1, caller.deadline - Date.now()))
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(), waitMs)
    try {
      const answer = await (await this.connections()).request({
        path: doorPath(operation.service, operation.name),
        method: 'POST',
        signal: abort.signal,
        headers: {
          'content-type': 'application/json',
          [CALLER_HEADER]: signCaller(caller, `${operation.service}.${operation.name}`, this.key, Date.now()),
        },
        body: JSON.stringify(input),
      })
      return this.read(answer.statusCode, await answer.body.text())
    } catch (error) {
      throw this.translated(error, `${operation.service}.${operation.name}`, waitMs)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Passes a request on as it is, body and all streamed; the answer streams back. */
  async forward(request: {
    readonly method: string
    readonly path: string
    readonly headers: Record<string, string>
    readonly body: Readable | null
    /** Whether the client went away while its body was passed on: then it isn't the peer that failed. */
    readonly isGone: () => boolean
    readonly caller: Caller
    readonly audience: string
  }) {
    if (!this.breaker.enter(Date.now())) throw this.unavailable('its circuit breaker is open')
    const waitMs = Math.max(1, request.caller.deadline - Date.now())
    const abort = new AbortController()
    let timer: NodeJS.Timeout | undefined
    // The peer's time to answer begins when it has all of the request, however slowly that came.
    const begin = () => {
      timer = setTimeout(() => abort.abort(), waitMs)
    }
    if (request.body === null) begin()
    else request.body.once('end', begin)
    try {
      const answer = await (await this.connections()).request({
        signal: abort.signal,
        path: request.path,
        method: request.method as 'GET',
        headers: {
          ...request.headers,
          [CALLER_HEADER]: signCaller(request.caller, request.audience, this.key, Date.now()),
        },
        body: request.body,
      })
      this.breaker.succeeded()
      return answer
    } catch (error) {
      if (request.isGone()) {
        this.breaker.left()
        throw new PlatformError('bad_request', 'The request ended early', { cause: error })
      }
      throw this.translated(error, request.audience, waitMs)
    } finally {
      clearTimeout(timer)
      request.body?.off('end', begin)
    }
  }

  async close(): Promise<void> {
    await (await this.pool)?.destroy()
  }

  private read(status: number, body: string): unknown {
    let answer: unknown
    try {
      answer = JSON.parse(body)
    } catch {
      throw new PlatformError('bad_upstream', `${this.service} gave an answer that is not JSON`)
    }
    if (typeof answer !== 'object' || answer === null) {
      throw new PlatformError('bad_upstream', `${this.service} gave an answer that is none`)
    }
    this.breaker.succeeded()
    const { output, error } = answer as { output?: unknown; error?: RemoteError }
    if (status === 200 && error === undefined) return output
    if (typeof error === 'object' && error !== null && Object.hasOwn(ERROR_CODES, error.code)) {
      const { code, message, ...options } = error
      throw new PlatformError(code, message, options)
    }
    throw new PlatformError('bad_upstream', `${this.service} answered ${status}`)
  }

  private translated(error: unknown, operation: string, waitMs: number): PlatformError {
    if (error instanceof PlatformError) {
      if (error.code === 'bad_upstream') this.breaker.failed(Date.now())
      return error
    }
    this.breaker.failed(Date.now())
    if ((error as Error).name === 'AbortError') {
      return new PlatformError('timeout', `${operation} did not answer within ${waitMs} ms`, { cause: error })
    }
    return this.unavailable((error as { code?: string }).code ?? (error as Error).message, error)
  }

  private unavailable(why: string, cause?: unknown): PlatformError {
    return new PlatformError('unavailable', `${this.service} is not available at the moment`, {
      privateDetail: why,
      retryAfterSeconds: 2,
      cause,
    })
  }
}
