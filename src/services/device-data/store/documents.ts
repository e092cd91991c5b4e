import type { Database } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import type { DocumentFilter, DocumentSearch } from '../domain/nightscoutSearch.ts'

export interface DocumentRow {
  readonly identifier: string
  readonly at_ms: number
  readonly document: Record<string, unknown>
  readonly created_ms: number
  readonly modified_ms: number
  readonly is_valid: boolean
}

const columns = sql`identifier, at_ms::float8 as at_ms, document,
  floor(extract(epoch from created_at) * 1000)::float8 as created_ms,
  floor(extract(epoch from modified_at) * 1000)::float8 as modified_ms, is_valid`

export function findDocument(db: Database, kind: string, identifier: string): Promise<DocumentRow | undefined> {
  return db.one<DocumentRow>(
    sql`select ${columns} from device_data.upload_document where kind = ${kind} and identifier = ${identifier}`,
  )
}

/** Documents of a kind that hold and fit, in the wanted order. */
export function searchDocuments(db: Database, kind: string, search: DocumentSearch): Promise<DocumentRow[]> {
  const { filters, order, isDescending, limit, skip } = search
  const fitting = filters.reduce((all, one) => sql`${all} and ${conditionOf(one)}`, sql`kind = ${kind} and is_valid`)
  const by = order === 'date' ? sql`at_ms` : order === 'srvCreated' ? sql`created_at` : sql`modified_at`
  const direction = isDescending ? sql`desc` : sql`asc`
  return db.many<DocumentRow>(
    sql`select ${columns} from device_data.upload_document where ${fitting}
      order by ${by} ${direction}, identifier limit ${limit} offset ${skip}`,
  )
}

/** The newest documents of a kind that hold and fit. */
export function findDocuments(
  db: Database,
  kind: string,
  filters: readonly DocumentFilter[],
  limit: number,
): Promise<DocumentRow[]> {
  return searchDocuments(db, kind, { filters, order: 'date', isDescending: true, limit, skip: 0, fields: undefined })
}

/** A pattern is held against this much of a text: its time is bounded by the pattern and this. */
const SEARCHED_LENGTH = 500

function conditionOf({ field, operator, values, atMs }: DocumentFilter): Statement {
  const [value = ''] = values
  const number = Number(value)
  const isNumber = value.trim() !== '' && Number.isFinite(number)
  if (operator === 'in') return sql`${textOf(field)} = any(${[...values]}::text[])`
  if (operator === 'nin') return sql`coalesce(${textOf(field)} <> all(${[...values]}::text[]), true)`
  if (operator === 're') return sql`left(${textOf(field)}, ${SEARCHED_LENGTH}) ~ ${value}`
  if (operator === 'eq') return sql`${textOf(field)} = ${value}`
  if (operator === 'ne') return sql`${textOf(field)} is distinct from ${value}`
  const sign = { gt: sql`>`, gte: sql`>=`, lt: sql`<`, lte: sql`<=` }[operator]
  if (atMs !== undefined) return sql`at_ms ${sign} ${atMs}::float8`
  if (field === 'srvModified' && isNumber) return sql`modified_at ${sign} to_timestamp(${number / 1000}::float8)`
  if (!isNumber) return sql`${textOf(field)} ${sign} ${value}`
  return sql`case when jsonb_typeof(document -> ${field}::text) = 'number'
    then (document ->> ${field}::text)::float8 ${sign} ${number}::float8 else false end`
}

function textOf(field: string): Statement {
  if (field === 'date') return sql`at_ms::text`
  return field === 'identifier' ? sql`identifier` : sql`(document ->> ${field}::text)`
}

/** What changed since an instant, oldest change first, removed documents among it. */
export function changedDocuments(db: Database, kind: string, sinceMs: number, limit: number): Promise<DocumentRow[]> {
  return db.many<DocumentRow>(
    sql`select ${columns} from device_data.upload_document
      where kind = ${kind} and modified_at >= to_timestamp(${(sinceMs + 1) / 1000}::float8)
      order by modified_at, identifier limit ${limit}`,
  )
}

/** When each kind last changed, in epoch milliseconds. */
export async function lastChanges(db: Database, kinds: readonly string[]): Promise<Record<string, number>> {
  const rows = await db.many<{ kind: string; at: number }>(
    sql`select k.kind, floor(extract(epoch from d.modified_at) * 1000)::float8 as at from unnest(${[...kinds]}::text[]) as k (kind)
      cross join lateral (select modified_at from device_data.upload_document u where u.kind = k.kind
        order by modified_at desc limit 1) d`,
  )
  return Object.fromEntries(rows.map((row) => [row.kind, row.at]))
}

/** Says that a document no longer holds: it stays for whoever asks what changed. */
export async function endDocument(db: Database, kind: string, identifier: string, now: Date): Promise<void> {
  await db.run(
    sql`update device_data.upload_document set is_valid = false, modified_at = ${now}
      where kind = ${kind} and identifier = ${identifier}`,
  )
}
