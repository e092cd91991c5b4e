import type { IncomingHttpHeaders } from 'node:http'

/** An origin as browsers send it: scheme, host and port, lower case, no slash at the end. */
export function normalisedOrigin(origin: string): string {
  try {
    return new URL(origin).origin
  } catch {
    return origin.trim().replace(/\/+$/, '').toLowerCase()
  }
}

/** Answers which origins of other hosts may call, and with what headers. */
export class CrossOriginRules {
  private readonly allowed: ReadonlySet<string>

  constructor(origins: readonly string[]) {
    this.allowed = new Set(origins.map(normalisedOrigin))
  }

  /** Whether pages of this origin may call. */
  allows(origin: string): boolean {
    return this.allowed.has(normalisedOrigin(origin))
  }

  /** Headers for an answer to this origin; empty when the origin is not allowed or there is none. */
  headers(requestHeaders: IncomingHttpHeaders): Record<string, string> {
    const { origin } = requestHeaders
    if (this.allowed.size === 0) return {}
    // Also said to those that are not allowed: a cache between may not give them what it gave to others.
    if (origin === undefined || !this.allowed.has(normalisedOrigin(origin))) return { vary: 'Origin' }
    return {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'x-request-id, ratelimit, ratelimit-policy, retry-after, etag, link, location',
      vary: 'Origin',
    }
  }

  /** Further headers for a preflight. */
  preflightHeaders(requestHeaders: IncomingHttpHeaders): Record<string, string> {
    const headers = this.headers(requestHeaders)
    if (headers['access-control-allow-origin'] === undefined) return {}
    return {
      ...headers,
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers':
        'authorization, content-type, x-api-key, x-profile-id, x-user-id, idempotency-key, if-match, if-none-match, x-request-id, traceparent, prefer',
      'access-control-max-age': '600',
    }
  }
}
