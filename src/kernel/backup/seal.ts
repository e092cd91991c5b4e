import { randomBytes, scrypt } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { decryptChunks, encryptChunks } from '../encryption/stream.ts'
import { ByteReader } from './frames.ts'

// A backup file: one line of JSON that says whether and how it is encrypted, then the gzipped entries, sealed in chunks
// under a key stretched from the passphrase.

/** How a backup is closed: by a passphrase, or knowingly not at all. */
export type BackupSeal = { readonly passphrase: string } | 'plain'

interface FileHead {
  readonly format: 'salus-backup'
  readonly version: 1
  readonly encryption: { readonly kdf: 'scrypt'; readonly cost: number; readonly salt: string } | null
}

/** 32 MB of memory a guess, and of ours. */
const SCRYPT_COST = 32_768
const HIGHEST_COST = 1_048_576
const BINDING = 'backup'
const KEY_ID = Buffer.alloc(16)

/** The file's bytes: the head, then `content` sealed. */
export async function* sealed(content: AsyncIterable<Uint8Array>, seal: BackupSeal): AsyncGenerator<Uint8Array, void> {
  if (seal === 'plain') {
    yield headLine({ format: 'salus-backup', version: 1, encryption: null })
    yield* content
    return
  }
  const salt = randomBytes(32)
  const encryption = { kdf: 'scrypt' as const, cost: SCRYPT_COST, salt: salt.toString('base64url') }
  yield headLine({ format: 'salus-backup', version: 1, encryption })
  const key = await stretched(seal.passphrase, salt, SCRYPT_COST)
  yield* encryptChunks(key, KEY_ID, content, BINDING)
}

const headLine = (head: FileHead) => Buffer.from(`${JSON.stringify(head)}\n`)

/** The entries' bytes of a backup file. Throws a sentence when the passphrase is wrong or a byte was changed. */
export async function* unsealed(
  file: AsyncIterable<Uint8Array>,
  passphrase: string | undefined,
): AsyncGenerator<Uint8Array, void> {
  const reader = new ByteReader(file)
  const head = readFileHead(await reader.line())
  const packed = head.encryption === null ? reader.rest() : decrypted(reader, head.encryption, passphrase)
  // An error on the way becomes the error of the stream that is read; whoever stops reading ends the whole line.
  const gunzip = pipeline(Readable.from(packed, { objectMode: false }), createGunzip(), () => undefined)
  try {
    yield* gunzip
  } finally {
    gunzip.destroy()
    await reader.close()
  }
}

async function* decrypted(
  reader: ByteReader,
  { cost, salt }: NonNullable<FileHead['encryption']>,
  passphrase: string | undefined,
): AsyncGenerator<Uint8Array, void> {
  if (passphrase === undefined) throw new Error('This backup is encrypted: give its passphrase')
  const key = await stretched(passphrase, Buffer.from(salt, 'base64url'), cost)
  let isBegun = false
  try {
    for await (const piece of decryptChunks(async () => key, reader.rest(), BINDING)) {
      isBegun = true
      yield piece
    }
  } catch (error) {
    if (isBegun) throw new Error('The backup was damaged or cut: it does not open to its end', { cause: error })
    throw new Error('The passphrase is wrong, or the backup was damaged', { cause: error })
  }
}

function readFileHead(line: string): FileHead {
  let head: FileHead | undefined
  try {
    head = JSON.parse(line) as FileHead
  } catch {
    // Said below.
  }
  if (head?.format !== 'salus-backup') throw new Error('This is no backup of Salus')
  if (head.version !== 1) throw new Error('This backup was made by a newer Salus')
  const cost = head.encryption?.cost ?? SCRYPT_COST
  if (!(cost >= 1024 && cost <= HIGHEST_COST)) throw new Error('This is no backup of Salus')
  return head
}

function stretched(passphrase: string, salt: Buffer, cost: number): Promise<Buffer> {
  const options = { N: cost, r: 8, p: 1, maxmem: 256 * cost * 8 }
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, 32, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}
