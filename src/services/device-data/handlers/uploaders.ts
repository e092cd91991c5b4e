import { createHash, randomBytes } from 'node:crypto'
import type { InputOf } from '../../../kernel/contract.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import type { deviceData } from '../contract.ts'
import { deleteUploader, insertUploader, listUploaders } from '../store/uploaders.ts'

type Inputs = typeof deviceData.operations

/**
 * What an uploader sends is the SHA-1 of its secret, so that this is the secret. Ours has 160 bits of chance, what is kept
 * is a SHA-256 of what is sent, and it opens the upload of one person's device data and nothing else.
 */
export function digestOfSent(sent: string): Buffer {
  return createHash('sha256').update(`salus uploader ${sent.toLowerCase()}`).digest()
}

/** What an uploader makes of its secret before it sends it. */
export function sentFor(secret: string): string {
  return createHash('sha1').update(secret).digest('hex')
}

export const uploaderHandlers = {
  async createUploader(context: Context, { label, may_read = false }: InputOf<Inputs['createUploader']>) {
    // Not 40 hexadecimal digits: those would be taken for a SHA-1 that was made of a secret.
    const secret = `salus-${randomBytes(20).toString('base64url')}`
    const row = {
      ...{
        id: context.newId(),
        user_id: context.personId,
        label,
        may_read,
        created_at: context.now(),
        last_used_at: null,
      },
    }
    const isAdded = await insertUploader(context.db, row, digestOfSent(sentFor(secret)))
    if (!isAdded) throw new PlatformError('conflict', 'There are twenty uploaders already: remove one first')
    return {
      ...{ id: row.id, label, may_read, api_secret: secret, base_url: `${context.publicUrl}/nightscout` },
      created_at: row.created_at.toISOString(),
    }
  },
  async listUploaders(context: Context) {
    const items = (await listUploaders(context.db)).map(({ id, label, may_read, created_at, last_used_at }) => ({
      ...{ id, label, may_read, created_at: created_at.toISOString() },
      last_used_at: last_used_at?.toISOString() ?? null,
    }))
    return { items }
  },
  async deleteUploader(context: Context, { id }: InputOf<Inputs['deleteUploader']>) {
    if (!(await deleteUploader(context.db, id))) throw notFound('Uploader')
    return null
  },
}
