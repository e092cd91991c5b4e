import type pg from 'pg'
import { type Details, detailsCommitment, hashOfLeaf, type Leaf } from '../kernel/audit/entry.ts'
import { Frontier } from '../kernel/audit/merkle.ts'
import type { TestAudit } from './audit.ts'

/** What somebody does who owns the database and knows how it is made, but has not the key: all hashes fit again. */
export async function rewriteHistory(client: pg.PoolClient, position: number): Promise<void> {
  const { rows } = await client.query<Leaf & { salt: Buffer } & Details>(
    `select l.position, l.id, extract(epoch from l.at)::text as at, l.actor, l.details, a.salt, a.person_id as "personId",
        a.service, a.operation, a.action, a.outcome, a.reason, a.purpose, a.grant_id as "grantId",
        a.request_id as "requestId", a.erases
      from kernel.audit_leaf l join kernel.audit a using (id) order by position`,
  )
  const tree = new Frontier()
  const leaves = rows.map((row) => {
    const isChanged = Number(row.position) === position
    const details = isChanged ? detailsCommitment(row.salt, { ...row, outcome: 'refused', reason: 'no' }) : row.details
    const leaf = { ...row, position: Number(row.position), details }
    return { ...leaf, nodes: Buffer.concat(tree.append(hashOfLeaf(leaf))) }
  })
  await client.query("update kernel.audit set outcome = 'refused', reason = 'no' where id = $1", [leaves[position]?.id])
  await client.query(
    `update kernel.audit_leaf l set details = n.details, nodes = n.nodes
       from unnest($1::bigint[], $2::bytea[], $3::bytea[]) as n (position, details, nodes) where l.position = n.position`,
    [leaves.map((one) => one.position), leaves.map((one) => one.details), leaves.map((one) => one.nodes)],
  )
}

/** A column whose bytes can be altered. */
export interface Column {
  readonly table: 'audit' | 'audit_leaf' | 'audit_checkpoint'
  readonly name: string
  readonly type: string
}

/** Every column but the number that only orders the heads. */
export async function alterableColumns(log: TestAudit): Promise<Column[]> {
  const { rows } = await log.database.owner.query<Column>(
    `select table_name as table, column_name as name, data_type as type from information_schema.columns
      where table_schema = 'kernel' and table_name in ('audit', 'audit_leaf', 'audit_checkpoint')
        and column_name <> 'number' order by 1, 2`,
  )
  return rows
}

/**
 * Changes one byte of one value. Returns what names the row, its id and place among them, or undefined when nothing was
 * there to change.
 */
export async function alterByte(client: pg.PoolClient, column: Column, row: number, place: number, change: number) {
  const { table, name, type } = column
  const key = table === 'audit_checkpoint' ? 'number' : 'id'
  const order = table === 'audit_checkpoint' ? 'number' : 'at, id'
  const { rows } = await client.query(
    `select ${key}::text as key, ${name} as value, ${name}::text as text from kernel.${table} order by ${order}
      offset ${row} % (select count(*) from kernel.${table}) limit 1`,
  )
  const { key: id, value, text } = rows[0]
  const { rows: places } =
    table === 'audit_checkpoint'
      ? { rows: [] }
      : await client.query('select position::text from kernel.audit_leaf where id = $1', [id])
  if (value === null) return undefined
  const changed = changedValue(type, value, text, place, change)
  try {
    await client.query('savepoint altering')
    await client.query(`update kernel.${table} set ${name} = $1::${type} where ${key}::text = $2`, [changed, id])
    return [id, ...places.map((one) => one.position)] as string[]
  } catch {
    // Two rows at one place, or with one id: the database itself refuses.
    await client.query('rollback to savepoint altering')
    return undefined
  }
}

function changedValue(type: string, value: unknown, text: string, place: number, change: number): unknown {
  if (type === 'bytea') {
    const bytes = Buffer.from(value as Buffer)
    const at = place % bytes.length
    bytes[at] = (bytes[at] as number) ^ change
    return bytes
  }
  if (type === 'bigint') return (BigInt(text) ^ (BigInt(change) << BigInt((place % 5) * 8))).toString()
  if (type === 'timestamp with time zone') return new Date((value as Date).getTime() + change * (1 + (place % 1000)))
  if (type === 'uuid') {
    const at = (place % 8) + 28
    return (
      text.slice(0, at) + (Number.parseInt(text.charAt(at), 16) ^ ((change % 15) + 1)).toString(16) + text.slice(at + 1)
    )
  }
  const at = place % Math.max(1, text.length)
  return `${text.slice(0, at)}${String.fromCharCode(33 + ((text.charCodeAt(at) - 32 + (change % 88)) % 90))}${text.slice(at + 1)}`
}
