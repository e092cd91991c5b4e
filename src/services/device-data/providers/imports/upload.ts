import type { Readable } from 'node:stream'
import type { Busboy } from '@fastify/busboy'
import { PlatformError } from '../../../../kernel/errors.ts'
import type { RawRequest } from '../../../../kernel/raw.ts'

export interface UploadedFile {
  readonly name: string
  readonly content: AsyncIterable<Uint8Array>
}

const LIMITS = { fields: 20, fieldSize: 1000, fieldNameSize: 100, files: 1, parts: 22, headerPairs: 50 }

/**
 * Hands the file of a request to `take` as it comes: the file part of multipart/form-data, or the body itself.
 * Throws `bad_request` for a multipart body that is broken or holds no file, and what `take` throws.
 */
export async function withUpload<Result>(
  request: RawRequest,
  take: (file: UploadedFile) => Promise<Result>,
): Promise<Result> {
  const type = request.headers['content-type'] ?? ''
  if (!/^multipart\/form-data/i.test(type)) return take({ name: request.query.file_name ?? '', content: request.body })
  const parser = await parserFor(request, type)
  let result: Promise<Result> | undefined
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) => {
      request.body.unpipe(parser)
      // The rest is read and dropped, so that the client is there to be told.
      request.body.resume()
      reject(error)
    }
    parser.on('file', (_field: string, content: Readable, name: string) => {
      result = take({ name: request.query.file_name ?? name ?? '', content })
      result.then(
        () => content.resume(),
        (error: unknown) => {
          content.resume()
          fail(error)
        },
      )
    })
    parser.once('filesLimit', () => fail(broken('send one file')))
    parser.once('error', () => fail(broken('its parts are broken')))
    parser.once('finish', resolve)
    request.body.once('error', () => fail(broken('it ended early')))
    request.body.pipe(parser)
  })
  if (result === undefined) throw broken('it holds no file')
  return result
}

async function parserFor({ headers }: RawRequest, contentType: string): Promise<InstanceType<typeof Busboy>> {
  // In a bundle, what a CommonJS library exports stands under `default` alone.
  const library = await import('@fastify/busboy')
  try {
    return new library.default.Busboy({ headers: { ...headers, 'content-type': contentType }, limits: LIMITS })
  } catch {
    throw broken('it names no boundary')
  }
}

function broken(why: string): PlatformError {
  return new PlatformError('bad_request', `The multipart body cannot be read: ${why}`)
}

/** The first bytes of a stream, and all of it again, once. */
export async function firstBytes(
  source: AsyncIterable<Uint8Array>,
  count: number,
): Promise<{ readonly head: Uint8Array; readonly whole: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]()
  const parts: Uint8Array[] = []
  let length = 0
  for (let isOver = false; length < count && !isOver; ) {
    const { value, done } = await iterator.next()
    if (done === true) isOver = true
    else {
      parts.push(value)
      length += value.length
    }
  }
  async function* whole() {
    yield* parts
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { head: Buffer.concat(parts).subarray(0, count), whole: whole() }
}
