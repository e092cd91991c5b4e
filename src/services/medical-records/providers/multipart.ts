import type { Readable } from 'node:stream'
import busboy from '@fastify/busboy'
import { PlatformError } from '../../../kernel/errors.ts'
import type { RawRequest } from '../../../kernel/raw.ts'

export interface UploadFile {
  readonly name: string | undefined
  readonly content: AsyncIterable<Uint8Array>
}

export interface Upload<Result> {
  /** Text fields, those after the file among them. */
  readonly fields: Readonly<Record<string, string>>
  readonly result: Result
}

const LIMITS = { fields: 40, fieldSize: 20_000, fieldNameSize: 100, files: 1, parts: 60, headerPairs: 100 }

/**
 * Hands the one file of the request to `take` as it comes: the first file part of multipart/form-data, else the body
 * itself. Throws `bad_request` for a body that is not what it says or has no file, and what `take` throws.
 */
export async function takeUpload<Result>(
  request: RawRequest,
  take: (file: UploadFile, fieldsSoFar: Readonly<Record<string, string>>) => Promise<Result>,
): Promise<Upload<Result>> {
  const type = request.headers['content-type'] ?? ''
  if (/^multipart\/form-data/i.test(type)) return takeMultipart(request, type, take)
  const { file_name, ...fields } = request.query
  return { fields, result: await take({ name: file_name, content: request.body }, fields) }
}

async function takeMultipart<Result>(
  { headers, body, query }: RawRequest,
  contentType: string,
  take: (file: UploadFile, fieldsSoFar: Readonly<Record<string, string>>) => Promise<Result>,
): Promise<Upload<Result>> {
  const fields: Record<string, string> = { ...query }
  let taking: Promise<Result> | undefined
  const parser = openParser(headers, contentType)
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
      taking = take({ name: fileName, content: stream as Readable }, { ...fields })
      taking.catch((error: unknown) => {
        stream.resume()
        fail(error)
      })
    })
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
      parser.on(limit, () => fail(malformed('it has too many parts; send one file')))
    }
    parser.on('error', () => fail(malformed('the parts are broken')))
    parser.on('finish', () => resolve())
    body.on('error', fail)
    body.pipe(parser)
  })
  if (taking === undefined) throw malformed('it has no part with a file')
  return { fields, result: await taking }
}

function openParser(headers: RawRequest['headers'], contentType: string) {
  try {
    return new busboy.Busboy({ headers: { ...headers, 'content-type': contentType }, limits: LIMITS })
  } catch {
    throw malformed('the boundary is missing')
  }
}

function malformed(why: string): PlatformError {
  return new PlatformError('bad_request', `The multipart body could not be read: ${why}`)
}

/** The first bytes of a stream, and the whole stream again. */
export async function peek(
  source: AsyncIterable<Uint8Array>,
  count: number,
): Promise<{ readonly head: Uint8Array; readonly whole: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]()
  const first: Uint8Array[] = []
  let length = 0
  while (length < count) {
    const { value, done } = await iterator.next()
    if (done === true) break
    first.push(value)
    length += value.length
  }
  const head = Buffer.concat(first)
  async function* whole() {
    if (head.length > 0) yield head
    for (;;) {
      const { value, done } = await iterator.next()
      if (done === true) return
      yield value
    }
  }
  return { head: head.subarray(0, count), whole: whole() }
}
