import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import busboy from '@fastify/busboy'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { PlatformError } from '../../kernel/errors.ts'
import type { Face } from '../../kernel/http/face.ts'
import { sendHtml } from '../../kernel/http/html.ts'
import { assertOwnSite } from '../../kernel/http/ownSite.ts'
import { readerOf } from '../../kernel/http/reader.ts'
import { hostTexts } from '../texts/texts.ts'
import { firstRunOf, PAGE_HEADERS } from './asking.ts'
import { restoringPage } from './interlude.ts'
import { restorePage } from './pages.ts'
import { checkUpload, type RestoreRequest, uploadFile } from './restoring.ts'

/** Where an upload goes, and who brings it back. */
export interface RestoreDoor {
  readonly dataFolder: string
  /** Stops the platform and restores; undefined where only the command can. */
  readonly restore: ((request: RestoreRequest) => void) | undefined
}

const LIMITS = { fields: 4, fieldSize: 1000, fieldNameSize: 40, files: 1, parts: 6, headerPairs: 50 }

/** Mounts the page that takes a backup: only for who holds the set-up link, only while nobody has an account. */
export function mountRestore(face: Face, door: RestoreDoor): void {
  let isBusy = false
  const isHere = door.restore !== undefined
  face.pages.get('/welcome/restore', async (request, reply) => {
    const token = await allowedToken(face, request)
    return sendHtml(reply.headers(PAGE_HEADERS), restorePage(readerOf(request), { token, isHere }))
  })
  const take = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    reply.headers(PAGE_HEADERS)
    assertOwnSite(request.headers, face.cors, face.platform.publicUrl)
    const token = await allowedToken(face, request)
    const reader = readerOf(request)
    const { restore: t } = hostTexts(reader.language)
    const again = (status: number, fault: string) =>
      sendHtml(reply.code(status), restorePage(reader, { token, isHere, fault }))
    if (door.restore === undefined) return again(409, t.commandHere)
    if (isBusy) return again(409, t.busy)
    isBusy = true
    const file = uploadFile(door.dataFolder)
    try {
      const restoring = { file, passphrase: await takeUpload(request, file) }
      await checkUpload(restoring)
      // Somebody may have made an account while the file came.
      await allowedToken(face, request)
      reply.raw.once('finish', () => door.restore?.(restoring))
      return sendHtml(reply.code(202).header('refresh', '1;url=/welcome/restored'), restoringPage(reader, 0))
    } catch (error) {
      isBusy = false
      await rm(file, { force: true })
      if (error instanceof PlatformError && error.code === 'not_found') throw error
      return again(400, (error as Error).message)
    }
  }
  face.pages.add('POST', '/welcome/restore', take, { takesStream: true })
}

/** The token of the request. Throws 404 for everybody who doesn't hold the set-up link, or when somebody has an account. */
async function allowedToken(face: Face, request: FastifyRequest): Promise<string> {
  const { token } = request.query as { token?: unknown }
  const state = typeof token === 'string' ? await firstRunOf(face.platform, token) : undefined
  if (state?.is_setup_open !== true || state.has_account) {
    throw new PlatformError('not_found', 'There is nothing at this address')
  }
  return token as string
}

/** Writes the one file of the form to `file` as it comes. Resolves with the passphrase; throws a sentence. */
async function takeUpload(request: FastifyRequest, file: string): Promise<string | undefined> {
  const type = request.headers['content-type'] ?? ''
  if (!/^multipart\/form-data;/i.test(type)) throw new Error('Choose the backup in the form')
  const parser = new busboy.Busboy({ headers: { ...request.headers, 'content-type': type }, limits: LIMITS })
  let passphrase = ''
  let writing: Promise<void> | undefined
  parser.on('field', (name, value) => {
    if (name === 'passphrase') passphrase = value
  })
  parser.on('file', (_name, stream, fileName) => {
    if (writing !== undefined || fileName === undefined || fileName === '') return void stream.resume()
    writing = pipeline(stream as Readable, createWriteStream(file, { mode: 0o600 }))
    writing.catch((error: Error) => parser.destroy(error))
  })
  await pipeline(request.body as Readable, parser)
  if (writing === undefined) throw new Error('Choose the backup file')
  await writing
  return passphrase === '' ? undefined : passphrase
}
