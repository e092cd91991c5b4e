import type pg from 'pg'
import { AUDIT_SERVICE, CHECKPOINT_COLUMNS, TAMPER_FOUND } from './chain.ts'
import {
  type Actor,
  actorCommitment,
  type Details,
  detailsCommitment,
  erasedParts,
  hashOfLeaf,
  type Leaf,
} from './entry.ts'
import { completedLevels, Frontier, HASH_BYTES, nodeHash } from './merkle.ts'
import { type Checkpoint, isSigned } from './signer.ts'

/** What is wrong with the audit, and where. */
export interface AuditFault {
  readonly kind: 'altered' | 'dropped' | 'inserted' | 'rewritten' | 'unsigned' | 'signature' | 'marked'
  /** Place in the order of rows, where it is known. */
  readonly position?: number
  readonly id?: string
  readonly detail: string
}

export interface AuditReport {
  readonly rows: number
  /** Rows that left with the person they were about; a row of the audit binds each. */
  readonly erased: number
  readonly checkpoints: number
  readonly head: Checkpoint | undefined
  /** The first hundred; `faultCount` has them all. */
  readonly faults: readonly AuditFault[]
  readonly faultCount: number
}

export interface VerifyOptions {
  /** Keys whose signatures are trusted: the platform's own, and earlier ones the operator vouches for. */
  readonly publicKeys: readonly string[]
  /** Checkpoints that were kept outside; the audit must still contain each. */
  readonly kept?: readonly Checkpoint[]
}

const PAGE = 2000
const MAXIMUM_FAULTS = 100

/**
 * Reads the whole audit and names every row that was altered, dropped, inserted or moved. `client` is read several times:
 * give it a transaction with one snapshot. Uses the memory of one page and of the ids that were erased.
 */
export async function verifyAudit(client: pg.ClientBase, options: VerifyOptions): Promise<AuditReport> {
  const heads = await client.query<Checkpoint>(
    `select ${CHECKPOINT_COLUMNS} from kernel.audit_checkpoint order by number`,
  )
  const stored = heads.rows.map((row) => ({ ...row, size: Number(row.size) }))
  const check = new Check(await readErased(client), [...stored, ...(options.kept ?? [])])
  for (let after = '-9223372036854775808'; ; ) {
    const page = await readPage(client, after)
    for (const row of page) check.row(row)
    if (page.length < PAGE) break
    after = (page.at(-1) as StoredRow).position
  }
  for (const { id } of await readStrays(client)) {
    check.fault({ kind: 'inserted', id, detail: 'a row that is not in the tree' })
  }
  checkHeads(check, stored, options)
  return {
    rows: check.next,
    erased: check.erasedCount,
    checkpoints: stored.length,
    head: stored.at(-1),
    faults: check.faults,
    faultCount: check.faultCount,
  }
}

interface StoredRow extends Details, Actor, Omit<Leaf, 'position'> {
  readonly position: string
  readonly nodes: Buffer
  /** Null, like all that follows, when the row was taken out of the audit. */
  readonly rowAt: string | null
  readonly salt: Buffer | null
  readonly actorSalt: Buffer | null
}

// Every value as text: no content that somebody put there may stop the reading.
async function readPage(client: pg.ClientBase, after: string): Promise<StoredRow[]> {
  const { rows } = await client.query<StoredRow>({
    name: 'audit_verify',
    text: `select l.position::text, l.id::text, extract(epoch from l.at)::text as at, l.actor, l.details, l.nodes,
        extract(epoch from a.at)::text as "rowAt", a.account_id::text as "accountId", a.address,
        a.actor_salt as "actorSalt", a.person_id::text as "personId", a.service, a.operation, a.action, a.outcome,
        a.reason, a.purpose, a.grant_id as "grantId", a.request_id as "requestId", a.erases, a.salt
      from kernel.audit_leaf l left join kernel.audit a on a.id = l.id
      where l.position > $1::bigint order by l.position limit ${PAGE}`,
    values: [after],
  })
  return rows
}

async function readErased(client: pg.ClientBase): Promise<Map<string, 'row' | 'actor'>> {
  const { rows } = await client.query<{ erases: Buffer }>(
    'select erases from kernel.audit where erases is not null order by id',
  )
  const erased = new Map<string, 'row' | 'actor'>()
  for (const { id, part } of rows.flatMap((row) => erasedParts(row.erases))) {
    if (erased.get(id) !== 'row') erased.set(id, part)
  }
  return erased
}

async function readStrays(client: pg.ClientBase): Promise<{ id: string }[]> {
  const { rows } = await client.query<{ id: string }>(
    `select a.id from kernel.audit a where not exists (select from kernel.audit_leaf l where l.id = a.id)
      order by a.id limit ${MAXIMUM_FAULTS}`,
  )
  return rows
}

/** Walks the rows in order and compares each with its leaf, and the leaves with the tree. */
class Check {
  readonly faults: AuditFault[] = []
  faultCount = 0
  erasedCount = 0
  /** Position that comes next. */
  next = 0
  private readonly erased: ReadonlyMap<string, 'row' | 'actor'>
  private readonly heads: ReadonlyMap<number, readonly Checkpoint[]>
  private readonly tree = new Frontier()
  /** Stored hashes of the subtrees that end where their level says, for the next one to be checked against. */
  private readonly edge: ({ readonly end: number; readonly hash: Buffer } | undefined)[] = []
  /** Whether the tree of the rows as they are can still be compared with the heads. */
  private isWhole = true
  private lastGoodSize = 0

  constructor(erased: ReadonlyMap<string, 'row' | 'actor'>, heads: readonly Checkpoint[]) {
    this.erased = erased
    this.heads = Map.groupBy(heads, (head) => head.size)
  }

  fault(fault: AuditFault): void {
    this.faultCount += 1
    if (this.faults.length < MAXIMUM_FAULTS) this.faults.push(fault)
  }

  row(row: StoredRow): void {
    const position = Number(row.position)
    if (position < this.next) {
      this.fault({ kind: 'inserted', position, id: row.id, detail: 'a row at a place that no row has' })
      return
    }
    if (position > this.next) this.gap(position)
    this.next = position + 1
    this.leaf(row, position)
    this.content(row, position)
    if (this.isWhole) this.compareHeads()
  }

  private gap(position: number): void {
    const last = position - 1 > this.next ? ` to ${position - 1}` : ''
    this.fault({ kind: 'dropped', position: this.next, detail: `row ${this.next}${last} is gone from the tree` })
    this.isWhole = false
  }

  private leaf(row: StoredRow, position: number): void {
    const { nodes } = row
    const at = { position, id: row.id }
    const leaf: Leaf = { position, id: row.id, at: row.at, actor: row.actor, details: row.details }
    const hash = hashOfLeaf(leaf)
    const levels = completedLevels(position)
    const stored = (level: number) => nodes.subarray(level * HASH_BYTES, (level + 1) * HASH_BYTES)
    if (!hash.equals(stored(0)) || nodes.length !== (levels + 1) * HASH_BYTES) {
      this.fault({ kind: 'altered', ...at, detail: 'the row of the tree was altered or moved' })
    }
    for (let level = 1; level <= levels; level += 1) {
      const left = this.edge[level - 1]
      if (left?.end !== position - 2 ** (level - 1)) continue
      if (nodeHash(left.hash, stored(level - 1)).equals(stored(level))) continue
      const first = position + 1 - 2 ** level
      this.fault({ kind: 'altered', ...at, detail: `rows ${first} to ${position} of the tree do not fit together` })
    }
    for (let level = 0; level <= levels; level += 1) {
      this.edge[level] = { end: position, hash: Buffer.from(stored(level)) }
    }
    if (this.isWhole) this.tree.append(hash)
  }

  private content(row: StoredRow, position: number): void {
    const at = { position, id: row.id }
    const erased = this.erased.get(row.id)
    if (row.rowAt === null || row.salt === null) {
      if (erased === 'row') this.erasedCount += 1
      else this.fault({ kind: 'dropped', ...at, detail: 'the row was removed, and by no erasure' })
      return
    }
    const isSame = detailsCommitment(row.salt, row).equals(row.details) && row.rowAt === row.at
    if (!isSame) this.fault({ kind: 'altered', ...at, detail: 'what was done was altered' })
    else if (row.service === AUDIT_SERVICE && row.action === TAMPER_FOUND) {
      this.fault({ kind: 'marked', ...at, detail: 'rows before this one were changed when it was written' })
    }
    this.actor(row, at, erased)
  }

  private actor(row: StoredRow, at: { position: number; id: string }, erased: 'row' | 'actor' | undefined): void {
    const isBlank = row.actorSalt === null && row.accountId === null && row.address === null
    if (isBlank && erased !== undefined) return
    const isSame = row.actorSalt !== null && actorCommitment(row.actorSalt, row).equals(row.actor)
    if (!isSame) this.fault({ kind: 'altered', ...at, detail: 'who did it was altered' })
  }

  private compareHeads(): void {
    for (const head of this.heads.get(this.next) ?? []) {
      if (head.root.equals(this.tree.root())) {
        this.lastGoodSize = this.next
        continue
      }
      const detail = `rows ${this.lastGoodSize} to ${this.next - 1} are not those that were signed`
      this.fault({ kind: 'rewritten', position: this.lastGoodSize, detail })
      // What follows contains these rows and differs as well: said once.
      this.isWhole = false
    }
  }
}

function checkHeads(check: Check, stored: readonly Checkpoint[], { publicKeys, kept = [] }: VerifyOptions): void {
  for (const head of [...stored, ...kept]) {
    const place = `the head over ${head.size} rows`
    if (!isSigned(head)) check.fault({ kind: 'signature', detail: `${place} was altered: its signature does not fit` })
    else if (!publicKeys.includes(head.publicKey)) {
      check.fault({ kind: 'signature', detail: `${place} is signed with a key that is not ours: ${head.publicKey}` })
    }
  }
  stored.forEach((head, index) => {
    const before = stored[index - 1]
    if (before !== undefined && head.size < before.size) {
      check.fault({
        kind: 'dropped',
        position: head.size,
        detail: `rows ${head.size} to ${before.size - 1} were replaced`,
      })
    }
  })
  for (const head of kept.filter((one) => one.size > check.next)) {
    check.fault({ kind: 'dropped', position: check.next, detail: `a kept head knows ${head.size} rows` })
  }
  const size = stored.at(-1)?.size ?? 0
  if (size > check.next) {
    check.fault({
      kind: 'dropped',
      position: check.next,
      detail: `rows ${check.next} to ${size - 1} at the end are gone`,
    })
  } else if (size < check.next) {
    const detail = `rows ${size} to ${check.next - 1} at the end are under no signature`
    check.fault({ kind: 'unsigned', position: size, detail })
  }
}
