import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Busboy } from '@fastify/busboy'
import { PlatformError } from '../errors.ts'
import type { RawRequest } from '../raw.ts'

const MEGABYTE = 1024 * 1024

/** The one file of a request, as it comes. */
export interface UploadedFile {
  /** As the client calls it; undefined where it does not. */
  readonly name: string | undefined
  readonly content: AsyncIterable<Uint8Array>
}

export interface Upload<Result> {
  /** Text fields, those after the file among them; query parameters where no field of the name is there. */
  readonly fields: Readonly<Record<string, string>>
  readonly result: Result
}

const LIMITS = { fields: 40, fieldSize: 20_000, fieldNameSize: 100, files: 1, parts: 60, headerPairs: 100 }

/**
 * Hands the one file of a request to `take` as it comes: the file part of multipart/form-data, else the body itself (its name
 * in the query as `file_name`). Nothing is held in memory or written by itself: what `take` does not read, nobody has.
 * @param maximumBytes beyond which the file ends with `payload_too_large`
 * @throws `bad_request` for a multipart body that is broken, has more than one file or none, and what `take` throws; the rest of
 * the body is then read and dropped, so that the client is there to be told
 */
export async function takeUpload<Result>(
  request: RawRequest,
  take: (file: UploadedFile, fieldsSoFar: Readonly<Record<string, string>>) => Promise<Result>,
  maximumBytes?: number,
): Promise<Upload<Result>> {
  const type = request.headers['content-type'] ?? ''
  const limited = (content: AsyncIterable<Uint8Array>) =>
    maximumBytes === undefined ? content : bounded(content, maximumBytes)
  if (/^multipart\/form-data/i.test(type)) {
    const parser = await openParser(request.headers, type)
    return takeParts(request, parser, (file, fields) => take({ ...file, content: limited(file.content) }, fields))
  }
  const { file_name, ...fields } = request.query
  return { fields, result: await take({ name: file_name, content: limited(request.body) }, fields) }
}

async function takeParts<Result>(
  { body, query }: RawRequest,
  parser: InstanceType<typeof Busboy>,
  take: (file: UploadedFile, fieldsSoFar: Readonly<Record<string, string>>) => Promise<Result>,
): Promise<Upload<Result>> {
  const { file_name: named, ...asked } = query
  const fields: Record<string, string> = { ...asked }
  let taking: Promise<Result> | undefined
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) => {
      body.unpipe(parser)
      body.resume()
      reject(error)
    }
    parser.on('field', (name, value, isNameCut, isValueCut) => {
      if (isNameCut || isValueCut) fail(malformed('a field is too long'))
      else fields[name] = value
    })
    parser.on('file', (_name, stream, fileName) => {
      const content = stream as Readable
      taking = take({ name: named ?? fileName, content }, { ...fields })
      taking.then(
        // What it did not want to read must not keep the fields behind it from coming.
        () => content.resume(),
        (error: unknown) => {
          content.resume()
          fail(error)
        },
      )
    })
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
      parser.once(limit, () => fail(malformed('it has too many parts; send one file')))
    }
    parser.once('error', () => fail(malformed('the parts are broken')))
    parser.once('finish', () => resolve())
    body.once('error', () => fail(malformed('it ended early')))
    body.pipe(parser)
  })
  if (taking === undefined) throw malformed('it has no part with a file')
  return { fields, result: await taking }
}

async function openParser(headers: IncomingHttpHeaders, contentType: string): Promise<InstanceType<typeof Busboy>> {
  // Loaded with the first form that brings a file. In a bundle, what a CommonJS library exports stands under `default` alone.
  const library = await import('@fastify/busboy')
  try {
    return new library.default.Busboy({ headers: { ...headers, 'content-type': contentType }, limits: LIMITS })
  } catch {
    throw malformed('the boundary is missing')
  }
}

function malformed(why: string): PlatformError {
  return new PlatformError('bad_request', `The multipart body could not be read: ${why}`)
}

/** `25 MB`; `512 bytes` of what is no whole one. */
export function sizeInWords(bytes: number): string {
  return bytes < MEGABYTE ? `${bytes} bytes` : `${Math.floor(bytes / MEGABYTE)} MB`
}

/** The content up to a size. Throws `payload_too_large` beyond. */
export async function* bounded(
  content: AsyncIterable<Uint8Array>,
  maximumBytes: number,
): AsyncGenerator<Uint8Array, void> {
  let size = 0
  for await (const part of content) {
    size += part.length
    if (size > maximumBytes)
      throw new PlatformError('payload_too_large', `The file is larger than ${sizeInWords(maximumBytes)}`)
    yield part
  }
}

/** All of a small content, for what is read as a whole. Throws `payload_too_large` beyond `maximumBytes`. */
export async function wholeOf(content: AsyncIterable<Uint8Array>, maximumBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of bounded(content, maximumBytes)) parts.push(part)
  return Buffer.concat(parts)
}

/** The first bytes of a content, by which its type is told, and all of it again, once. */
export async function peek(
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
