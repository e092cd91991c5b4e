import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Database } from '../../../kernel/database.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import type { RawRequest } from '../../../kernel/raw.ts'
import type { Context } from '../../../kernel/service.ts'
import { type Json, parseJson, parseKeeping } from '../domain/json.ts'
import type { ClauseScope } from '../store/clauses.ts'
import { unpacked } from './encoding.ts'
import { type Engines, engines } from './engines.ts'
import { type AppRights, reachScope, rightsOf } from './smartRights.ts'

export type Pairs = readonly (readonly [string, string])[]

/** One FHIR request, or one entry of a batch. */
export interface Call {
  readonly context: Context
  readonly db: Database
  readonly engines: Engines
  /** Address of the resources: `https://salus.example/fhir`. */
  readonly base: string
  readonly personId: string
  readonly method: string
  /** Parts of the path behind the base. */
  readonly path: readonly string[]
  readonly query: Pairs
  readonly headers: IncomingHttpHeaders
  readonly body: Readable | undefined
  /** What the app that calls may do; undefined for people themselves. */
  readonly app?: AppRights | undefined
  /** The body of an entry of a batch, parsed already. */
  readonly given?: Json | undefined
  /** Whether something that other services hold is not indexed yet. */
  readonly isIncomplete?: boolean
}

/** Largest body: a Bundle of some ten thousand resources. */
const LARGEST_BODY_BYTES = 32 * 1024 * 1024

/** The request as these handlers read it. Throws 406 when the client takes no JSON. */
export function callOf(context: Context, request: RawRequest): Call {
  const { pathname, searchParams } = new URL(request.url, 'http://local')
  const path = pathname
    .replace(/^(?:\/fhir)?(?:\/api\/v1)?\/fhir\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map(decoded)
  const call: Call = {
    context,
    db: context.db,
    engines: engines(),
    base: `${context.publicUrl}/fhir`,
    personId: context.caller.personId ?? '',
    method: request.method === 'HEAD' ? 'GET' : request.method,
    path,
    query: [...searchParams],
    headers: request.headers,
    body: request.body,
    app: rightsOf(context, engines()),
  }
  // The database holds no NUL, so nothing can be found by one.
  if ([...path, ...call.query.flat()].some((text) => text.includes('\u0000'))) {
    throw new PlatformError('bad_request', 'The address holds a NUL character')
  }
  assertJson(call)
  return call
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new PlatformError('bad_request', 'The address is malformed')
  }
}

function assertJson(call: Call): void {
  const format = call.query.find(([name]) => name === '_format')?.[1] ?? ''
  const { accept = '' } = call.headers
  const takesJson =
    format === '' ? accept === '' || /json|\*\/\*|application\/\*|text\/html/.test(accept) : /json/.test(format)
  if (!takesJson) throw new PlatformError('not_acceptable', 'This server speaks JSON: application/fhir+json')
  if (isOtherVersion(format === '' ? accept : format)) {
    throw new PlatformError('not_acceptable', 'This server speaks FHIR 4.0')
  }
}

/** Whether every media type that is named asks for another version of FHIR than R4. */
function isOtherVersion(header: string): boolean {
  const versions = header.split(',').map((one) => /;\s*fhirVersion\s*=\s*"?([\d.]+)/i.exec(one)?.[1])
  return versions.every((one) => one !== undefined && one !== '4.0')
}

/** The address of a page of resources, with its parameters. */
export function addressOf(call: Call, path: string, query: Pairs): string {
  const text = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString()
  return `${call.base}/${path}${text === '' ? '' : `?${text}`}`
}

export function scopeOf(call: Call): ClauseScope {
  return { personId: call.personId, now: call.context.now(), base: call.base, reach: reachScope(call, 's') }
}

/** The first value of a parameter. */
export function parameterOf(call: Call, name: string): string | undefined {
  return call.query.find(([one]) => one === name)?.[1]
}

/** What `Prefer` says of a word: `return=minimal` gives `minimal`. */
export function preferenceOf(call: Call, name: string): string | undefined {
  const { prefer } = call.headers
  const text = Array.isArray(prefer) ? prefer.join(',') : (prefer ?? '')
  return new RegExp(`(?:^|[,;\\s])${name}\\s*=\\s*"?([A-Za-z-]+)`, 'i').exec(text)?.[1]
}

export const isLenient = (call: Call) => preferenceOf(call, 'handling') === 'lenient'

/** The body as text. Throws 413, 415 for another type than those given, 400 for what is no UTF-8. */
export async function bodyText(call: Call, types = /^(application|text)\/(fhir\+)?json$/): Promise<string> {
  const type = (call.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (!types.test(type)) throw new PlatformError('unsupported_media_type', 'Content-Type must be application/fhir+json')
  if (isOtherVersion(call.headers['content-type'] ?? '')) {
    throw new PlatformError('unsupported_media_type', 'This server speaks FHIR 4.0')
  }
  const chunks: Buffer[] = []
  let length = 0
  const body = call.body === undefined ? [] : unpacked(call.body, call.headers['content-encoding'])
  try {
    for await (const chunk of body) {
      length += (chunk as Buffer).length
      if (length > LARGEST_BODY_BYTES) throw new PlatformError('payload_too_large', 'The body is larger than 32 MB')
      chunks.push(Buffer.from(chunk as Buffer))
    }
  } catch (error) {
    const isPacked = (error as { code?: unknown }).code?.toString().startsWith('Z_') === true
    throw isPacked ? new PlatformError('malformed_body', "The body can't be unpacked") : error
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new PlatformError('malformed_body', 'The body is no UTF-8 text')
  }
}

/** The body as JSON. Throws 400 when it is none. */
export async function bodyJson(call: Call, types?: RegExp): Promise<Json> {
  if (call.given !== undefined) return call.given
  return jsonOf(await bodyText(call, types))
}

/** Parsed text; `odd` where its numbers that keep their text are known already (see `parseKeeping`). Throws 400. */
export function jsonOf(text: string, odd?: readonly number[]): Json {
  try {
    return odd === undefined ? parseJson(text) : parseKeeping(text, odd)
  } catch {
    throw new PlatformError('malformed_body', 'The body is not valid JSON')
  }
}

const LONGEST_STRETCH_MS = 12

/** Lets other requests have their turn in long work: call `step` often. */
export class Pace {
  private since = performance.now()

  async step(): Promise<void> {
    if (performance.now() - this.since >= LONGEST_STRETCH_MS) await this.giveWay()
  }

  async giveWay(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    this.since = performance.now()
  }
}
