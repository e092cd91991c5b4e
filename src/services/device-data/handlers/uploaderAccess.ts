import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { decryptedText, encryptedText } from '../../../kernel/encryption.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import { isUuid } from '../../../kernel/ids.ts'
import type { RawRequest } from '../../../kernel/raw.ts'
import type { Context } from '../../../kernel/service.ts'
import { keepSigningKey, type UploaderRow, uploaderById, uploaderOf } from '../store/uploaders.ts'
import { digestOfSent, sentFor } from './uploaders.ts'

const SHA1 = /^[0-9a-f]{40}$/i
const KEY = 'device_data.uploader.signing_key'
const TOKEN_SECONDS = 3600

export interface Owner {
  readonly context: Context
  readonly mayRead: boolean
}

/** Whose upload it is: the bearer of a token of ours, or the secret of an uploader. Throws 401 otherwise. */
export async function ownerOf(context: Context, { headers, query }: RawRequest): Promise<Owner> {
  if (context.caller.principal !== undefined) return { context, mayRead: true }
  const given = headers['api-secret'] ?? query.secret ?? query.token
  const text = Array.isArray(given) ? given[0] : given
  if (text === undefined || text.length > 200)
    throw new PlatformError('unauthenticated', 'The api-secret header is required')
  const found = await uploaderWith(context, text)
  if (found === undefined) throw new PlatformError('invalid_token', 'The api-secret is not valid')
  return ownerFor(context, found)
}

function ownerFor(context: Context, uploader: UploaderRow): Owner {
  return {
    context: context.forPerson(uploader.user_id, 'whose uploader this secret is'),
    mayRead: uploader.may_read,
  }
}

function uploaderWith(context: Context, secret: string): Promise<UploaderRow | undefined> {
  const sent = SHA1.test(secret) ? secret : sentFor(secret)
  return uploaderOf(context.system('the secret names the person').db, digestOfSent(sent), context.now())
}

/** Whose documents they are by the third version: a token of an hour, or the secret itself. Throws 401 otherwise. */
export async function ownerOfV3(context: Context, request: RawRequest): Promise<Owner> {
  const bearer = /^Bearer\s+(\S{1,2000})$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer === undefined) return ownerOf(context, request)
  const uploader = await uploaderByToken(context, bearer)
  if (uploader === undefined) throw new PlatformError('invalid_token', 'The token is not valid or has ended')
  return ownerFor(context, uploader)
}

/** A token of an hour for a secret; undefined for a secret that opens nothing. */
export async function tokenFor(context: Context, secret: string) {
  const uploader = secret.length > 200 ? undefined : await uploaderWith(context, secret)
  if (uploader === undefined) return undefined
  const { context: owner } = ownerFor(context, uploader)
  const made = await encryptedText(owner, KEY, randomBytes(32).toString('base64url'), uploader.id)
  const key = await decryptedText(owner, KEY, await keepSigningKey(owner.db, uploader.id, made as Buffer), uploader.id)
  const iat = Math.floor(context.now().getTime() / 1000)
  const exp = iat + TOKEN_SECONDS
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: uploader.id, iat, exp })}`
  const token = `${signed}.${signatureOf(signed, key as string)}`
  return { token, sub: uploader.label, permissionGroups: [permissionsOf(uploader)], iat, exp }
}

function permissionsOf({ may_read }: UploaderRow): string[] {
  const verbs = may_read ? ['create', 'read', 'update', 'delete'] : ['create', 'update', 'delete']
  return verbs.map((verb) => `api:*:${verb}`)
}

function signatureOf(text: string, key: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64url')).update(text).digest('base64url')
}

/** Only our own algorithm is known, whatever the head of a token says: it is never read. */
async function uploaderByToken(context: Context, token: string): Promise<UploaderRow | undefined> {
  const [head = '', body = '', signature = ''] = token.split('.')
  const claims = claimsIn(body)
  if (claims === undefined || claims.exp * 1000 <= context.now().getTime() || !isUuid(claims.sub)) return undefined
  const uploader = await uploaderById(context.system('the token names the uploader').db, claims.sub)
  if (uploader === undefined || uploader.signing_key === null) return undefined
  const owner = context.forPerson(uploader.user_id, 'whose uploader this token is of')
  const key = await decryptedText(owner, KEY, uploader.signing_key, uploader.id)
  const [wanted, given] = [Buffer.from(signatureOf(`${head}.${body}`, key as string)), Buffer.from(signature)]
  return wanted.length === given.length && timingSafeEqual(wanted, given) ? uploader : undefined
}

function claimsIn(body: string): { readonly sub: string; readonly exp: number } | undefined {
  try {
    const { sub, exp } = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
    return typeof sub === 'string' && typeof exp === 'number' ? { sub, exp } : undefined
  } catch {
    return undefined
  }
}

/** The same for reading. Throws `insufficient_scope` where the person did not allow it. */
export async function readerOf(context: Context, request: RawRequest): Promise<Context> {
  const { context: owner, mayRead } = await ownerOf(context, request)
  if (mayRead) return owner
  throw new PlatformError('insufficient_scope', 'This uploader may write and not read')
}
