import { createHmac, type Hmac, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Clock } from './clock.ts'
import { MasterKeys, uuidBytes, type WrappedKey } from './encryption/masterKeys.ts'
import { keyIdOf, open, seal } from './encryption/sealed.ts'
import { decryptChunks, encryptChunks } from './encryption/stream.ts'
import { PlatformError } from './errors.ts'
import type { Log } from './log.ts'
import type { EncryptionPort } from './ports.ts'
import type { Context } from './service.ts'

const KEPT_PEOPLE = 500
const KEPT_MS = 60_000
const REWRAP_BATCH = 200

interface PersonKey {
  readonly keyId: Buffer
  readonly key: Buffer
}

interface KeptKey {
  readonly key: Promise<PersonKey | undefined>
  readonly untilMs: number
}

export interface EncryptionOptions {
  /** Acts as the system, and is used for nothing else: whoever holds a connection of another pool may wait for it. */
  readonly pool: pg.Pool
  readonly masterKeys: () => readonly string[]
  readonly clock: Clock
  readonly log: Log
}

/**
 * Envelope encryption: every person has a key of their own (AES-256-GCM), wrapped by the master key and kept in
 * `kernel.data_key`. Keys in use stay in memory for a minute.
 */
export class Encryption implements EncryptionPort {
  private readonly kept = new Map<string, KeptKey>()
  private readonly masters: MasterKeys
  private readonly options: EncryptionOptions

  constructor(options: EncryptionOptions) {
    this.options = options
    this.masters = new MasterKeys(options.masterKeys)
  }

  async encryptFor(personId: string, plaintext: Uint8Array, binding: string): Promise<Buffer> {
    const { key, keyId } = await this.keyFor(personId)
    return seal(key, keyId, plaintext, bound(personId, binding))
  }

  async decryptFor(personId: string, ciphertext: Uint8Array, binding: string): Promise<Buffer> {
    const key = await this.keyOf(personId, keyIdOf(ciphertext))
    return open(key, ciphertext, bound(personId, binding))
  }

  async *encryptStream(personId: string, source: AsyncIterable<Uint8Array>, binding: string) {
    const { key, keyId } = await this.keyFor(personId)
    yield* encryptChunks(key, keyId, source, bound(personId, binding))
  }

  decryptStream(personId: string, source: AsyncIterable<Uint8Array>, binding: string) {
    return decryptChunks((keyId) => this.keyOf(personId, keyId), source, bound(personId, binding))
  }

  async fingerprint(personId: string, use?: string): Promise<Hmac> {
    const { key } = await this.keyFor(personId)
    const purpose = use === undefined ? 'salus fingerprint' : `salus fingerprint/${use}`
    return createHmac('sha256', Buffer.from(hkdfSync('sha256', key, '', purpose, 32)))
  }

  /** Drops a person's key from the memory of this process; the erasure removes it from the database. */
  forget(personId: string): void {
    this.kept.delete(personId)
  }

  /**
   * Wraps people's keys that an older master key wraps with the current one. Everything stays readable meanwhile. Returns
   * how many were wrapped, and how many wait for a master key that is not configured.
   */
  async rewrap(): Promise<{ rewrapped: number; unreadable: number }> {
    const [current, ...others] = this.masters.reload()
    let rewrapped = 0
    for (let count = REWRAP_BATCH; count === REWRAP_BATCH; rewrapped += count) {
      count = await this.rewrapSome(current as string, others)
    }
    const { rows } = await this.options.pool.query<{ count: number }>(
      'select count(*)::int as count from kernel.data_key where master_id <> all($1)',
      [[current, ...others]],
    )
    const unreadable = rows[0]?.count ?? 0
    if (unreadable > 0) {
      const fields = { unreadable, hint: 'set SALUS_MASTER_KEY or SALUS_OTHER_MASTER_KEYS to the key of before' }
      this.options.log.error(fields, 'encrypted content of some people cannot be read: its master key is missing')
    }
    return { rewrapped, unreadable }
  }

  private async rewrapSome(current: string, others: readonly string[]): Promise<number> {
    const { pool } = this.options
    const { rows } = await pool.query<WrappedKey & { person_id: string }>(
      `select person_id, key_id, master_id, wrapped from kernel.data_key where master_id = any($1)
        and master_id <> $2 order by person_id limit ${REWRAP_BATCH}`,
      [others, current],
    )
    const wrapped = rows.map((row) =>
      this.masters.wrap(row.person_id, row.key_id, this.masters.unwrap(row.person_id, row)),
    )
    // Two processes may do it at once: the second finds nothing of the older key left to replace.
    await pool.query(
      `update kernel.data_key k set master_id = $4, wrapped = n.wrapped
         from unnest($1::uuid[], $2::uuid[], $3::bytea[], $5::text[]) as n (person_id, key_id, wrapped, before)
        where k.person_id = n.person_id and k.key_id = n.key_id and k.master_id = n.before`,
      [
        rows.map((row) => row.person_id),
        rows.map((row) => row.key_id),
        wrapped.map((one) => one.wrapped),
        current,
        rows.map((row) => row.master_id),
      ],
    )
    return rows.length
  }

  /** The key that encrypts for a person, made when there is none. */
  private async keyFor(personId: string): Promise<PersonKey> {
    const known = await this.look(personId)
    if (known !== undefined) return known
    const wrapped = this.masters.wrap(personId, randomUUID(), randomBytes(32))
    await this.options.pool.query(
      `insert into kernel.data_key (person_id, key_id, master_id, wrapped, created_at) values ($1, $2, $3, $4, $5)
        on conflict do nothing`,
      [personId, wrapped.key_id, wrapped.master_id, wrapped.wrapped, this.options.clock.now()],
    )
    this.kept.delete(personId)
    const made = await this.look(personId)
    if (made === undefined) throw erased()
    return made
  }

  /** The key that a ciphertext names. */
  private async keyOf(personId: string, keyId: Buffer): Promise<Buffer> {
    const kept = await this.look(personId)
    if (kept?.keyId.equals(keyId) === true) return kept.key
    // Another process may have made it since.
    this.kept.delete(personId)
    const fresh = await this.look(personId)
    if (fresh?.keyId.equals(keyId) !== true) throw erased()
    return fresh.key
  }

  private look(personId: string): Promise<PersonKey | undefined> {
    const nowMs = this.options.clock.now().getTime()
    const known = this.kept.get(personId)
    this.kept.delete(personId)
    const isFresh = known !== undefined && known.untilMs > nowMs && known.untilMs <= nowMs + KEPT_MS
    const entry = isFresh ? known : { key: this.load(personId), untilMs: nowMs + KEPT_MS }
    // Put back at the end: the first of the map is the one that was not asked for the longest.
    this.kept.set(personId, entry)
    if (this.kept.size > KEPT_PEOPLE) this.kept.delete(this.kept.keys().next().value as string)
    entry.key.catch(() => this.kept.get(personId) === entry && this.kept.delete(personId))
    return entry.key
  }

  private async load(personId: string): Promise<PersonKey | undefined> {
    const { rows } = await this.options.pool.query<WrappedKey>({
      name: 'data_key',
      text: 'select key_id, master_id, wrapped from kernel.data_key where person_id = $1',
      values: [personId],
    })
    const row = rows[0]
    if (row === undefined) return undefined
    return { keyId: uuidBytes(row.key_id), key: this.masters.unwrap(personId, row) }
  }
}

function erased(): PlatformError {
  return new PlatformError('gone', 'This content was erased', { privateDetail: 'the key of the person is gone' })
}

/** Persons are named in a ciphertext's binding: under no circumstances does it open for another one. */
function bound(personId: string, binding: string): string {
  return `${personId.toLowerCase()}/${binding}`
}

type Encrypting = Pick<Context, 'personId' | 'ports'>

/**
 * The ciphertext of a text for a column of type `kernel.encrypted`; null stays null. `column` is `schema.table.column`;
 * give the row's id as well where one value must not pass for another row's.
 */
export async function encryptedText(
  { personId, ports }: Encrypting,
  column: string,
  value: string | null | undefined,
  rowId?: string,
): Promise<Buffer | null> {
  if (value === null || value === undefined) return null
  return ports.encryption.encryptFor(personId, Buffer.from(value), columnBinding(column, rowId))
}

/** The text of a column of type `kernel.encrypted`. Throws as `EncryptionPort` does. */
export async function decryptedText(
  { personId, ports }: Encrypting,
  column: string,
  value: Uint8Array | null,
  rowId?: string,
): Promise<string | null> {
  if (value === null) return null
  return (await ports.encryption.decryptFor(personId, value, columnBinding(column, rowId))).toString()
}

const columnBinding = (column: string, rowId = '') => `column/${column}/${rowId}`
