import { randomBytes } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import { leafHash, sha256 } from './merkle.ts'

/** One row of the audit, with its texts as the database gives them. Absent values are null. */
export interface AuditRow {
  readonly id: string
  readonly at: Date
  readonly accountId: string | null
  /** Network of the client, not its address. */
  readonly address: string | null
  readonly personId: string | null
  readonly service: string
  readonly operation: string
  /** `read`, `write`, or what a service calls it: `consent_granted`, `data_exported`. */
  readonly action: string
  readonly outcome: string
  readonly reason: string | null
  readonly purpose: string | null
  readonly grantId: string | null
  readonly requestId: string
  /** Of an erasure: what it removed. */
  readonly erases: Buffer | null
}

/** The parts of a row that leave together, each bound to its leaf by a salted commitment. */
export type Actor = Pick<AuditRow, 'accountId' | 'address'>
export type Details = {
  readonly [Key in Exclude<keyof AuditRow, 'id' | 'at' | keyof Actor | 'erases'>]: string | null
} & { readonly erases: Uint8Array | null }

/** What the tree keeps of a row: nothing about anybody. */
export interface Leaf {
  readonly position: number
  readonly id: string
  /** Seconds since the epoch with six decimals, as the database writes it. */
  readonly at: string
  readonly actor: Buffer
  readonly details: Buffer
}

const SALT_BYTES = 32

/** A salt that makes a commitment tell nothing to whoever guesses its content. */
export function newSalt(): Buffer {
  return randomBytes(SALT_BYTES)
}

/** Commitment to who did it. */
export function actorCommitment(salt: Uint8Array, actor: Actor): Buffer {
  return commitment(salt, [actor.accountId, actor.address])
}

/** Commitment to what was done to whose record. */
export function detailsCommitment(salt: Uint8Array, details: Details): Buffer {
  const { personId, service, operation, action, outcome, reason, purpose, grantId, requestId, erases } = details
  const texts = [personId, service, operation, action, outcome, reason, purpose, grantId, requestId]
  return commitment(salt, [...texts, erases])
}

function commitment(salt: Uint8Array, fields: readonly Field[]): Buffer {
  return sha256(encoded([salt, ...fields]))
}

type Field = string | Uint8Array | null

/** Fields with their lengths in front, so that no two lists of fields are the same bytes. */
function encoded(fields: readonly Field[]): Buffer {
  const lengths = fields.map((field) => (typeof field === 'string' ? Buffer.byteLength(field) : (field?.length ?? -1)))
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + Math.max(0, length), 0))
  let at = 0
  fields.forEach((field, index) => {
    at = bytes.writeInt32BE(lengths[index] as number, at)
    if (typeof field === 'string') at += bytes.write(field, at)
    else if (field !== null) {
      bytes.set(field, at)
      at += field.length
    }
  })
  return bytes
}

const FORMAT = 'salus-audit-1'

/** Hash of a leaf: of its place, its id, its time and the two commitments. */
export function hashOfLeaf(leaf: Leaf): Buffer {
  return leafHash(encoded([FORMAT, String(leaf.position), leaf.id, leaf.at, leaf.actor, leaf.details]))
}

/** A time as `extract(epoch from at)::text` gives it. */
export function epochText(at: Date): string {
  const ms = at.getTime()
  return `${Math.floor(ms / 1000)}.${String(((ms % 1000) + 1000) % 1000).padStart(3, '0')}000`
}

/** The network of a client's address: enough to recognise a place, too little to find a person. */
export function networkOf(address: string): string | null {
  const plain = (address.split('%')[0] as string).replace(/^::ffff:(?=\d+\.)/i, '')
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`
  if (!isIPv6(plain)) return null
  const [head = '', tail = ''] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::')
  const groups = head === '' ? [] : head.split(':')
  const zeros = Array(Math.max(0, 8 - groups.length - tail.split(':').length)).fill('0')
  const [first, second, third] = [...groups, ...zeros, ...tail.split(':'), '0']
  return `${first}:${second}:${third}::/48`
}

const ERASED_BYTES = 17

/** What an erasure removed, by row: `row` all of it, `actor` only who did it. Throws nothing: a broken tail is left out. */
export function erasedParts(erases: Uint8Array): { readonly id: string; readonly part: 'row' | 'actor' }[] {
  const parts: { id: string; part: 'row' | 'actor' }[] = []
  for (let at = 0; at + ERASED_BYTES <= erases.length; at += ERASED_BYTES) {
    const hex = Buffer.from(erases.subarray(at, at + 16)).toString('hex')
    const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
    parts.push({ id, part: erases[at + 16] === 1 ? 'row' : 'actor' })
  }
  return parts
}
