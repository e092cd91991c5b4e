import { PlatformError } from '../../../../kernel/errors.ts'
import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import type { Context } from '../../../../kernel/service.ts'

/** A refusal in the words of OAuth 2. */
export class OAuthError extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, description: string, status = 400) {
    super(description)
    this.code = code
    this.status = status
  }
}

const MAXIMUM_FORM_BYTES = 65_536
const JSON_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  pragma: 'no-cache',
}

/** The base of the FHIR server: the audience of every app. */
export function fhirBase(context: Context): string {
  return `${context.publicUrl}/fhir`
}

/** The token endpoint: the audience of signed assertions. */
export function tokenAddress(context: Context): string {
  return `${context.publicUrl}/auth/token`
}

/** JSON that nobody keeps. */
export function jsonAnswer(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): RawAnswer {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(body) }
}

/** Runs the work of an OAuth endpoint; what it refuses is said as OAuth says it. */
export async function oauthAnswer(work: () => Promise<RawAnswer>): Promise<RawAnswer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    const challenge = error.status === 401 ? { 'www-authenticate': 'Basic realm="salus"' } : undefined
    return jsonAnswer({ error: error.code, error_description: error.message }, error.status, challenge)
  }
}

/** The fields of a form. Throws when it is none, is too large, or says something twice. */
export async function formOf(request: RawRequest): Promise<ReadonlyMap<string, string>> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') {
    throw new OAuthError('invalid_request', 'Content-Type must be application/x-www-form-urlencoded')
  }
  return parametersOf(new URLSearchParams(await textOf(request)))
}

/** The whole body as text. Throws 413. */
export async function textOf(request: RawRequest): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request.body) {
    const part = Buffer.from(chunk as string | Buffer)
    bytes += part.length
    if (bytes > MAXIMUM_FORM_BYTES) throw new PlatformError('payload_too_large', 'The body is too large')
    chunks.push(part)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Parameters by name; empty ones are left out. Throws when one stands twice. */
export function parametersOf(pairs: URLSearchParams): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (value === '') continue
    if (parameters.has(name)) throw new OAuthError('invalid_request', `"${name.slice(0, 40)}" stands there twice`)
    if (value.length > 16_384 || value.includes('\u0000'))
      throw new OAuthError('invalid_request', 'A value is too long')
    parameters.set(name, value)
  }
  return parameters
}
