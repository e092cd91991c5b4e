import { createHash, hkdfSync } from 'node:crypto'
import { PlatformError } from '../errors.ts'
import { open, seal } from './sealed.ts'

interface MasterKey {
  readonly id: string
  readonly key: Buffer
}

/** A person's key as the database keeps it. */
export interface WrappedKey {
  readonly key_id: string
  readonly master_id: string
  readonly wrapped: Buffer
}

/** The platform's master keys. They wrap people's keys and touch nothing else. */
export class MasterKeys {
  private keys: readonly MasterKey[] = []
  private readonly read: () => readonly string[]

  /** `read` gives the secrets, the current one first; it is asked again when a key is missing. */
  constructor(read: () => readonly string[]) {
    this.read = read
  }

  /** Ids of the keys that open something, the current one first. */
  reload(): string[] {
    this.keys = this.read().map(masterKey)
    return this.keys.map(({ id }) => id)
  }

  /** Wraps a person's key with the current master key. */
  wrap(personId: string, keyId: string, key: Buffer): WrappedKey {
    if (this.keys.length === 0) this.reload()
    const master = this.keys[0]
    if (master === undefined) throw unavailable('none')
    const wrapped = seal(master.key, uuidBytes(keyId), key, bindingOf(personId, master.id))
    return { key_id: keyId, master_id: master.id, wrapped }
  }

  /** Unwraps a person's key. Throws `unavailable` when its master key is not here, `internal` when it was altered. */
  unwrap(personId: string, { key_id, master_id, wrapped }: WrappedKey): Buffer {
    if (this.find(master_id) === undefined) this.reload()
    const master = this.find(master_id)
    if (master === undefined) throw unavailable(master_id)
    return open(master.key, wrapped, bindingOf(personId, master_id), uuidBytes(key_id))
  }

  private find(id: string): MasterKey | undefined {
    return this.keys.find((one) => one.id === id)
  }
}

function masterKey(secret: string): MasterKey {
  const derive = (use: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', secret, '', `salus master ${use}`, bytes))
  return { id: masterId(secret), key: derive('key', 32) }
}

/** The id of a master key: tells keys apart and nothing about them. */
export function masterId(secret: string): string {
  const material = Buffer.from(hkdfSync('sha256', secret, '', 'salus master id', 32))
  return createHash('sha256').update(material).digest('hex').slice(0, 16)
}

const bindingOf = (personId: string, master: string) => `kernel.data_key/${personId.toLowerCase()}/${master}`

function unavailable(id: string): PlatformError {
  return new PlatformError('unavailable', 'Encrypted content cannot be read at the moment', {
    privateDetail: `master key ${id} is not configured: set SALUS_MASTER_KEY, or SALUS_OTHER_MASTER_KEYS, to it`,
  })
}

/** The 16 bytes of a UUID. */
export function uuidBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}
