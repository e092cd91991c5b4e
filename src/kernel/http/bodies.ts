import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { PlatformError } from '../errors.ts'

/** JSON is parsed strictly, forms to text fields; the routes that take a stream get every body as it is. */
export function addParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const readJson = app.getDefaultJsonParser('error', 'error')
  addParser(app, /^application\/(?:[\w.-]+\+)?json(?:;|$)/, (request, text) => {
    // Clients that have nothing to say often say so as JSON.
    if (text === '') return undefined
    return new Promise((resolve, reject) => {
      void readJson(request, text, (error, value) => (error === null ? resolve(value) : reject(error)))
    })
  })
  addParser(app, 'application/x-www-form-urlencoded', (_request, text) => {
    const fields: Record<string, string> = Object.create(null)
    for (const [name, value] of new URLSearchParams(text)) fields[name] = value
    return fields
  })
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) => {
    if (takesStream(request)) return payload
    throw new PlatformError('unsupported_media_type', 'Content-Type must be application/json')
  })
}

function addParser(
  app: FastifyInstance,
  type: string | RegExp,
  parse: (request: FastifyRequest, text: string) => unknown,
): void {
  app.addContentTypeParser(type, async (request: FastifyRequest, payload: Readable) =>
    takesStream(request) ? payload : parse(request, await textOf(request, payload)),
  )
}

function takesStream(request: FastifyRequest): boolean {
  return request.mounted?.takesStream === true
}

/** The whole body as text. Throws 413 when it is larger than its route takes, 400 when it is no text or ends early. */
async function textOf(request: FastifyRequest, payload: Readable): Promise<string> {
  const limit = request.mounted?.bodyLimitBytes ?? request.routeOptions.bodyLimit
  const announced = request.headers['content-length']
  if (Number(announced ?? 0) > limit) throw tooLarge()
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of payload) {
      length += (chunk as Buffer).length
      if (length > limit) break
      chunks.push(chunk as Buffer)
    }
  } catch (cause) {
    throw new PlatformError('malformed_body', 'The request body ended early', { cause })
  }
  if (length > limit) throw tooLarge()
  if (announced !== undefined && Number(announced) !== length) {
    throw new PlatformError('malformed_body', 'The request body ended early')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch (cause) {
    throw new PlatformError('malformed_body', 'The request body is not UTF-8 text', { cause })
  }
}

function tooLarge(): PlatformError {
  return new PlatformError('payload_too_large', 'The request body is larger than this operation takes')
}
