import type { IncomingHttpHeaders } from 'node:http'

/** An origin as browsers send it: scheme, host and port, lower case, no slash at the end. */
export function normalisedOrigin(origin: string): string {
  try {
    return new URL(origin).origin
  } catch {
    return origin.trim().replace(/\/+$/, '').toLowerCase()
  }
}

const EXPOSED =
  'x-request-id, ratelimit, ratelimit-policy, retry-after, etag, last-modified, link, location, content-location, x-progress'

/** Without credentials: a browser adds no cookie, and shows no answer to a page that asked for it with one. */
const ANY_ORIGIN = { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED, vary: 'Origin' }

/** A route's path as a pattern: `:name` is one part, a star at the end is everything below. */
function patternOf(path: string): RegExp {
  const text = path.replaceAll(/[.$]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+').replace(/\*$/, '.*')
  return new RegExp(`^${text}/?$`)
}

/** Answers which origins of other hosts may call, and with what headers. */
export class CrossOriginRules {
  private readonly allowed: ReadonlySet<string>

  /** Paths that pages of any origin may read, as far as a token of their own opens them. */
  private readonly openPaths: () => readonly string[]
  private patterns: readonly RegExp[] | undefined

  constructor(origins: readonly string[], openPaths: () => readonly string[] = () => []) {
    this.allowed = new Set(origins.map(normalisedOrigin))
    this.openPaths = openPaths
  }

  /** Whether pages of this origin may call. */
  allows(origin: string): boolean {
    return this.allowed.has(normalisedOrigin(origin))
  }

  /** Headers for an answer to this origin; empty when the origin is not allowed or there is none. */
  headers(requestHeaders: IncomingHttpHeaders, url = ''): Record<string, string> {
    const { origin } = requestHeaders
    if (origin !== undefined && !this.allowed.has(normalisedOrigin(origin)) && this.isOpen(url))
      return { ...ANY_ORIGIN }
    if (this.allowed.size === 0) return {}
    // Also said to those that are not allowed: a cache between may not give them what it gave to others.
    if (origin === undefined || !this.allowed.has(normalisedOrigin(origin))) return { vary: 'Origin' }
    return {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': EXPOSED,
      vary: 'Origin',
    }
  }

  private isOpen(url: string): boolean {
    const path = url.split('?', 1)[0] as string
    this.patterns ??= this.openPaths().map(patternOf)
    return this.patterns.some((pattern) => pattern.test(path))
  }

  /** Further headers for a preflight. */
  preflightHeaders(requestHeaders: IncomingHttpHeaders, url = ''): Record<string, string> {
    const headers = this.headers(requestHeaders, url)
    if (headers['access-control-allow-origin'] === undefined) return {}
    return {
      ...headers,
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers':
        'authorization, content-type, x-api-key, x-profile-id, x-user-id, idempotency-key, if-match, if-none-match, if-none-exist, if-modified-since, x-request-id, traceparent, prefer',
      'access-control-max-age': '600',
    }
  }
}
