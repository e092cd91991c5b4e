import type { Context } from '../../../../kernel/service.ts'
import { newSigningKey, readSigningKey, type SigningKey } from '../../providers/idToken.ts'
import { seal, unseal } from '../../providers/secrets.ts'
import { insertSigningKey, listSigningKeys, type SigningKeyRow } from '../../store/smart/clients.ts'

const reason = 'the keys of the platform are nobody’s'
const keys = new WeakMap<object, Promise<SigningKey>>()

/** The key that signs id tokens; made when it is first needed, and anew when the token key of the platform changed. */
export function signingKey(context: Context): Promise<SigningKey> {
  let key = keys.get(context.ports)
  if (key === undefined) {
    key = loadKey(context)
    keys.set(context.ports, key)
    key.catch(() => keys.delete(context.ports))
  }
  return key
}

/** Public parts of all keys that tokens may still be signed with. */
export async function publicKeys(context: Context): Promise<object[]> {
  await signingKey(context)
  const rows = await listSigningKeys(context.system(reason).db)
  return rows.map((row) => row.public_key)
}

async function loadKey(context: Context): Promise<SigningKey> {
  const { db } = context.system(reason)
  const known = openOf(context, await listSigningKeys(db))
  if (known !== undefined) return readSigningKey(known.id, known.text)
  const id = context.newId()
  const { privateText, publicPart } = await newSigningKey(id)
  const sealed = seal('signing', privateText, context.ports.secrets.tokenKey)
  await db.run(insertSigningKey({ id, sealed_key: sealed, public_key: publicPart }, context.now()))
  return readSigningKey(id, privateText)
}

function openOf(context: Context, rows: readonly SigningKeyRow[]) {
  for (const row of rows) {
    const text = unseal('signing', row.sealed_key, context.ports.secrets.tokenKey)
    if (text !== undefined) return { id: row.id, text }
  }
  return undefined
}
