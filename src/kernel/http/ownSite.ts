import type { IncomingHttpHeaders } from 'node:http'
import { PlatformError } from '../errors.ts'
import type { CrossOriginRules } from './cors.ts'

/**
 * Refuses (403) what another site makes a browser send: the browser adds the session cookie by itself, so a request that
 * has nothing else to show must come from a page of ours, or of an origin that the operator allows. Browsers say where a
 * request comes from, and pages can't make them lie; one that says nothing is refused as well.
 */
export function assertOwnSite(headers: IncomingHttpHeaders, cors: CrossOriginRules, publicUrl: string): void {
  const { origin, host } = headers
  if (headers['sec-fetch-site'] === 'same-origin') return
  if (origin !== undefined && cors.allows(origin)) return
  if (headers['sec-fetch-site'] === undefined && origin !== undefined && isOurs(origin, host, publicUrl)) return
  throw new PlatformError('forbidden', 'A sign-in by cookie changes nothing on behalf of another site')
}

/** A proxy may rewrite `Host`: then the public address, as configured, is ours too. */
function isOurs(origin: string, host: string | undefined, publicUrl: string): boolean {
  try {
    const given = new URL(origin)
    return given.host === host || (publicUrl !== '' && given.origin === new URL(publicUrl).origin)
  } catch {
    return false
  }
}
