import type pg from 'pg'
import {
  type AuditRow,
  actorCommitment,
  detailsCommitment,
  epochText,
  hashOfLeaf,
  type Leaf,
  newSalt,
} from './entry.ts'
import { Frontier, sha256 } from './merkle.ts'
import { type Checkpoint, isSigned, type Signer } from './signer.ts'

const LOCK = 7_211_054

/** What the frame itself writes about the audit. */
export const AUDIT_SERVICE = 'kernel'
export const TAMPER_FOUND = 'tamper_found'

/** What appending found besides. */
export interface Appended {
  /** The end of the tree was not as this platform left it; a row that says so was appended. */
  readonly wasAltered: boolean
  /** The last head was signed with another key than ours. */
  readonly otherKey: string | undefined
}

/** Rows to append; rows that an earlier, unanswered attempt already appended are left out. */
export interface Batch {
  readonly rows: readonly AuditRow[]
  readonly now: Date
  newId(): string
}

/**
 * Appends rows, their leaves and a signed head of the tree in one transaction. One process at a time does, under a lock
 * of the transaction: a process that dies leaves nothing half done. Throws what the database throws.
 */
export function appendRows(pool: pg.Pool, signer: Signer, batch: Batch): Promise<Appended> {
  return inSequence(pool, async (client) => {
    const end = await readEnd(client, batch.rows)
    return writeRows(client, signer, end, batch.rows, batch)
  })
}

/**
 * Takes a person out of the audit and appends a row that binds what was taken out; without it, nothing may be missing.
 * The tree stays as it is. Rows about the person that are still on their way lose them when they arrive.
 */
export function eraseFromAudit(pool: pg.Pool, signer: Signer, personId: string, batch: Omit<Batch, 'rows'>) {
  return inSequence(pool, async (client) => {
    const { rows } = await client.query<{ erases: Buffer | null }>('select kernel.audit_erase($1, $2) as erases', [
      personId,
      batch.now,
    ])
    const erases = rows[0]?.erases ?? null
    if (erases === null) return
    const end = await readEnd(client, [])
    await writeRows(client, signer, end, [frameRow(batch, 'erasure', 'a person left the platform', erases)], batch)
  })
}

function frameRow(batch: Omit<Batch, 'rows'>, action: string, reason: string, erases: Buffer | null): AuditRow {
  return {
    id: batch.newId(),
    at: batch.now,
    accountId: null,
    address: null,
    personId: null,
    service: AUDIT_SERVICE,
    operation: 'audit',
    action,
    outcome: 'allowed',
    reason,
    purpose: null,
    grantId: null,
    requestId: '',
    erases,
  }
}

async function inSequence<Result>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  let isLost = true
  try {
    const begun = [
      client.query('begin'),
      // A process that stops in the middle must not keep all others waiting.
      client.query("set local idle_in_transaction_session_timeout = '10s'"),
      client.query('select pg_advisory_xact_lock($1)', [LOCK]),
    ]
    for (const one of begun) one.catch(() => undefined)
    const result = await work(client)
    await Promise.all(begun)
    await client.query('commit')
    isLost = false
    return result
  } catch (error) {
    isLost = await client.query('rollback').then(
      () => false,
      () => true,
    )
    throw error
  } finally {
    client.release(isLost)
  }
}

interface End {
  readonly frontier: Frontier
  readonly head: Checkpoint | undefined
  readonly known: ReadonlySet<string>
  /** When people who left were taken out, by the digest of their id. */
  readonly forgotten: ReadonlyMap<string, Date>
}

/** Everything that appending needs to know, in one round trip together with the lock. */
async function readEnd(client: pg.PoolClient, rows: readonly AuditRow[]): Promise<End> {
  const people = [...new Set(rows.flatMap((row) => [row.personId ?? [], row.accountId ?? []].flat()))]
  const [peaks, heads, known, forgotten] = await Promise.all([
    client.query<{ size: number; level: number | null; hash: Buffer | null }>({ name: 'audit_peaks', text: PEAKS }),
    client.query<Checkpoint>({ name: 'audit_head', text: NEWEST_CHECKPOINT }),
    client.query<{ id: string }>({
      name: 'audit_known',
      text: 'select id from kernel.audit_leaf where id = any($1::uuid[])',
      values: [rows.map((row) => row.id)],
    }),
    client.query<{ digest: Buffer; at: Date }>({
      name: 'audit_forgotten',
      text: 'select digest, at from kernel.forgotten where digest = any($1::bytea[])',
      values: [people.map(digestOf)],
    }),
  ])
  const size = Number(peaks.rows[0]?.size ?? 0)
  const byLevel: Buffer[] = []
  for (const { level, hash } of peaks.rows) if (level !== null && hash?.length === 32) byLevel[level] = hash
  const head = heads.rows[0]
  return {
    frontier: new Frontier(size, byLevel),
    head: head === undefined ? undefined : { ...head, size: Number(head.size) },
    known: new Set(known.rows.map((row) => row.id)),
    forgotten: new Map(forgotten.rows.map((row) => [row.digest.toString('hex'), row.at])),
  }
}

const PEAKS = `with tree as (select coalesce(max(position) + 1, 0) as size from kernel.audit_leaf)
  select tree.size, peak.level, peak.hash from tree left join lateral (
    select level, substring(leaf.nodes from level * 32 + 1 for 32) as hash
      from generate_series(0, 52) as level
      join kernel.audit_leaf leaf on leaf.position = ((tree.size >> level) << level) - 1
     where (tree.size >> level) & 1 = 1) as peak on true`

/** Columns of a checkpoint as its type has them. */
export const CHECKPOINT_COLUMNS = 'size, root, extract(epoch from at)::text as at, public_key as "publicKey", signature'
const NEWEST_CHECKPOINT = `select ${CHECKPOINT_COLUMNS} from kernel.audit_checkpoint order by number desc limit 1`

async function writeRows(
  client: pg.PoolClient,
  signer: Signer,
  end: End,
  given: readonly AuditRow[],
  batch: Omit<Batch, 'rows'>,
): Promise<Appended> {
  const { frontier, head } = end
  const wasAltered = !isAsLeft(frontier, head)
  const fresh = given.filter((row) => !end.known.has(row.id)).map((row) => withoutForgotten(row, end.forgotten))
  const mark = wasAltered ? [frameRow(batch, TAMPER_FOUND, 'the end of the audit was changed from outside', null)] : []
  const rows = [...mark, ...fresh].map((row) => sealed(row, frontier))
  const otherKey = head === undefined || head.publicKey === signer.publicKey ? undefined : head.publicKey
  if (rows.length === 0) return { wasAltered, otherKey }
  const signed = signer.sign({ size: frontier.size, root: frontier.root(), at: epochText(batch.now) })
  await Promise.all([insertDetails(client, rows), insertLeaves(client, rows), keepHead(client, signed, batch.now)])
  return { wasAltered, otherKey }
}

/** Whether the tree ends where the last signed head says. */
function isAsLeft(frontier: Frontier, head: Checkpoint | undefined): boolean {
  if (head === undefined) return frontier.size === 0
  return head.size === frontier.size && head.root.equals(frontier.root()) && isSigned(head)
}

function digestOf(personId: string): Buffer {
  return sha256(Buffer.from(personId.replaceAll('-', ''), 'hex'))
}

function withoutForgotten(row: AuditRow, forgotten: ReadonlyMap<string, Date>): AuditRow {
  const hasLeft = (id: string | null) => {
    const leftAt = id === null ? undefined : forgotten.get(digestOf(id).toString('hex'))
    return leftAt !== undefined && row.at <= leftAt
  }
  const actor = hasLeft(row.accountId) ? { accountId: null, address: null } : {}
  return { ...row, ...actor, ...(hasLeft(row.personId) ? { personId: null } : {}) }
}

interface SealedRow {
  readonly row: AuditRow
  readonly salt: Buffer
  readonly actorSalt: Buffer
  readonly leaf: Leaf
  readonly nodes: Buffer
}

function sealed(row: AuditRow, frontier: Frontier): SealedRow {
  const [salt, actorSalt] = [newSalt(), newSalt()]
  const leaf = {
    position: frontier.size,
    id: row.id,
    at: epochText(row.at),
    actor: actorCommitment(actorSalt, row),
    details: detailsCommitment(salt, row),
  }
  return { row, salt, actorSalt, leaf, nodes: Buffer.concat(frontier.append(hashOfLeaf(leaf))) }
}

function insertDetails(client: pg.PoolClient, sealedRows: readonly SealedRow[]): Promise<unknown> {
  const column = <Key extends keyof AuditRow>(key: Key) => sealedRows.map(({ row }) => row[key])
  const keys = ['service', 'operation', 'action', 'outcome', 'reason', 'purpose', 'grantId', 'requestId'] as const
  return client.query({
    name: 'audit_insert',
    text: `insert into kernel.audit (id, at, account_id, address, actor_salt, person_id, service, operation, action,
        outcome, reason, purpose, grant_id, request_id, erases, salt)
      select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::bytea[], $6::uuid[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[],
        $16::bytea[])`,
    values: [
      ...[column('id'), column('at'), column('accountId'), column('address')],
      ...[sealedRows.map((one) => one.actorSalt), column('personId'), ...keys.map((key) => column(key))],
      ...[column('erases'), sealedRows.map((one) => one.salt)],
    ],
  })
}

function insertLeaves(client: pg.PoolClient, sealedRows: readonly SealedRow[]): Promise<unknown> {
  return client.query({
    name: 'audit_leaves',
    text: `insert into kernel.audit_leaf (position, id, at, actor, details, nodes)
      select * from unnest($1::bigint[], $2::uuid[], $3::timestamptz[], $4::bytea[], $5::bytea[], $6::bytea[])`,
    values: [
      sealedRows.map(({ leaf }) => leaf.position),
      sealedRows.map(({ leaf }) => leaf.id),
      sealedRows.map(({ row }) => row.at),
      sealedRows.map(({ leaf }) => leaf.actor),
      sealedRows.map(({ leaf }) => leaf.details),
      sealedRows.map(({ nodes }) => nodes),
    ],
  })
}

function keepHead(client: pg.PoolClient, head: Checkpoint, now: Date): Promise<unknown> {
  return client.query({
    name: 'audit_sign',
    text: 'select kernel.audit_sign($1, $2, $3, $4, $5)',
    values: [head.size, head.root, now, head.publicKey, head.signature],
  })
}
