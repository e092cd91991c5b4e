import { fieldError, PlatformError } from '../../../kernel/errors.ts'
import type { RawRequest } from '../../../kernel/raw.ts'

/** The whole body. Throws `payload_too_large` beyond the limit; a little more is read, so that the client hears it. */
export async function bodyOf({ body }: RawRequest, largestBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of body) {
    size += (part as Buffer).length
    // Read on for a while: a request that is left half read keeps its connection from the next one.
    if (size <= largestBytes) parts.push(part as Buffer)
    else if (size > 8 * largestBytes) break
  }
  if (size > largestBytes)
    throw new PlatformError('payload_too_large', `At most ${largestBytes} bytes can be sent at once`)
  return Buffer.concat(parts)
}

/** The body as JSON. Throws `malformed_body` where it is none. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new PlatformError('malformed_body', 'The body is not JSON')
  }
}

const LARGEST_FORM_BYTES = 16_384

/** Texts of a small JSON object, or of the query where the body has none. Throws 422 for what is no text or not known. */
export async function textsOf<Name extends string>(
  request: RawRequest,
  names: readonly Name[],
): Promise<Partial<Record<Name, string>>> {
  const body = await bodyOf(request, LARGEST_FORM_BYTES)
  const given = body.length === 0 ? {} : jsonOf(body)
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new PlatformError('malformed_body', 'The body must be an object')
  }
  const unknown = Object.keys(given).find(
    (name) => !(names as readonly string[]).includes(name) && name !== 'device_id',
  )
  if (unknown !== undefined) throw fieldError(unknown.slice(0, 60), 'is not known', names)
  const texts: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const value = (given as Record<string, unknown>)[name] ?? request.query[name]
    if (value === undefined || value === null) continue
    if (typeof value !== 'string' || value.length > 300) throw fieldError(name, 'must be a text of at most 300 signs')
    texts[name] = value
  }
  return texts
}
