import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { PlatformError } from '../../kernel/errors.ts'
import type { EncryptionPort, FileOwner, FilePort, StoredFile } from '../../kernel/ports.ts'

// A stored file: a sealed head (id of the stream and its length, bound to the file's address), then the encrypted stream
// (bound to that id). The address is known only when all is read, so the head is written last.

const STREAM_ID_BYTES = 16
const HEAD_PLAIN_BYTES = STREAM_ID_BYTES + 8
const HEAD_BYTES = HEAD_PLAIN_BYTES + 45
const ADDRESS = /^[0-9a-f]{64}$/
const AREA = /^[a-z][a-z0-9-]*$/

/** Files in a folder of this machine. The folder is made with the first file. */
export function openDiskFiles(folder: string, encryption: EncryptionPort): FilePort {
  const unfinished = path.join(folder, 'unfinished')
  return {
    store: (owner, source, { maximumBytes }) => {
      return storeFile({ folder, unfinished, encryption, owner, source, maximumBytes })
    },
    open: (owner, address) => openFile(folder, encryption, owner, address),
    delete: async (owner, address) => {
      if (!ADDRESS.test(address)) return false
      return removed(() => unlink(fileOf(folder, owner, address)))
    },
    eraseAll: async (personId) => {
      const own = personFolder(folder, personId)
      const count = (await entriesOf(own, true)).filter((entry) => entry.isFile()).length
      await rm(own, { recursive: true, force: true })
      return count
    },
    removeAbandoned: async (before) => {
      let count = 0
      for (const entry of await entriesOf(unfinished, false)) {
        const file = path.join(unfinished, entry.name)
        const isOld = await stat(file).then(
          ({ mtime }) => mtime < before,
          () => false,
        )
        if (isOld && (await removed(() => unlink(file)))) count += 1
      }
      return count
    },
  }
}

/** Named by a digest: the folder's name in a backup tells no id that other tables know. */
function personFolder(folder: string, personId: string): string {
  const digest = createHash('sha256').update(`files of ${personId}`).digest('hex').slice(0, 32)
  return path.join(folder, digest.slice(0, 2), digest)
}

function fileOf(folder: string, { personId, area }: FileOwner, address: string): string {
  if (!AREA.test(area)) throw new Error(`"${area}" is no name of a service`)
  return path.join(personFolder(folder, personId), area, address)
}

interface Storing {
  readonly folder: string
  readonly unfinished: string
  readonly encryption: EncryptionPort
  readonly owner: FileOwner
  readonly source: AsyncIterable<Uint8Array>
  readonly maximumBytes: number
}

async function storeFile(storing: Storing): Promise<StoredFile> {
  const { folder, unfinished, owner } = storing
  await mkdir(unfinished, { recursive: true, mode: 0o700 })
  const draft = path.join(unfinished, randomBytes(16).toString('hex'))
  try {
    const handle = await open(draft, 'wx', 0o600)
    let stored: StoredFile
    try {
      stored = await writeDraft(handle, storing)
      await handle.sync()
    } finally {
      await handle.close()
    }
    const target = fileOf(folder, owner, stored.address)
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 })
    await rename(draft, target)
    await syncFolder(path.dirname(target))
    return stored
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function writeDraft(handle: FileHandle, storing: Storing): Promise<StoredFile> {
  const { encryption, owner, source, maximumBytes } = storing
  const digest = await encryption.fingerprint(owner.personId)
  digest.update(`${owner.area}\0`)
  let sizeBytes = 0
  async function* measured() {
    for await (const chunk of source) {
      sizeBytes += chunk.length
      if (sizeBytes > maximumBytes) {
        throw new PlatformError('payload_too_large', `The file is larger than ${maximumBytes} bytes`)
      }
      digest.update(chunk)
      yield chunk
    }
  }
  const streamId = randomBytes(STREAM_ID_BYTES)
  await handle.writeFile(Buffer.alloc(HEAD_BYTES))
  for await (const sealed of encryption.encryptStream(owner.personId, measured(), streamBinding(streamId))) {
    await handle.writeFile(sealed)
  }
  const address = digest.digest('hex')
  const head = Buffer.alloc(HEAD_PLAIN_BYTES)
  streamId.copy(head)
  head.writeBigUInt64BE(BigInt(sizeBytes), STREAM_ID_BYTES)
  const sealedHead = await encryption.encryptFor(owner.personId, head, headBinding(owner, address))
  await handle.write(sealedHead, 0, HEAD_BYTES, 0)
  return { address, sizeBytes }
}

const streamBinding = (streamId: Buffer) => `file/${streamId.toString('hex')}`
const headBinding = ({ area }: FileOwner, address: string) => `file/${area}/${address}`

async function openFile(folder: string, encryption: EncryptionPort, owner: FileOwner, address: string) {
  if (!ADDRESS.test(address)) throw new PlatformError('not_found', 'No such file')
  const handle = await openStored(fileOf(folder, owner, address))
  try {
    const sealedHead = Buffer.alloc(HEAD_BYTES)
    const { bytesRead } = await handle.read(sealedHead, 0, HEAD_BYTES, 0)
    const binding = headBinding(owner, address)
    const head = await encryption.decryptFor(owner.personId, sealedHead.subarray(0, bytesRead), binding)
    const streamId = Buffer.from(head.subarray(0, STREAM_ID_BYTES))
    const sizeBytes = Number(head.readBigUInt64BE(STREAM_ID_BYTES))
    const sealed = handle.createReadStream({ start: HEAD_BYTES, highWaterMark: 65_536 })
    const plain = encryption.decryptStream(owner.personId, sealed, streamBinding(streamId))
    const content = Readable.from(plain, { objectMode: false, highWaterMark: 65_536 })
    // A reader that leaves before the first byte never starts the generator that would close the file.
    content.once('close', () => sealed.destroy())
    return { address, sizeBytes, content }
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function openStored(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r')
  } catch (error) {
    if (isAbsent(error)) throw new PlatformError('not_found', 'No such file')
    throw error
  }
}

function isAbsent(error: unknown): boolean {
  return (error as { code?: string }).code === 'ENOENT'
}

async function removed(remove: () => Promise<void>): Promise<boolean> {
  try {
    await remove()
    return true
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}

async function entriesOf(folder: string, recursive: boolean) {
  try {
    return await readdir(folder, { withFileTypes: true, recursive })
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

/** Makes a rename last through a power cut, where the system lets a folder be synced. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
