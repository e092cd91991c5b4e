import type { Database, Transaction } from '../../../kernel/database.ts'
import type { SummaryPart } from '../../../kernel/service.ts'
import { sql } from '../../../kernel/sql.ts'
import type { Span } from '../../../shared/span.ts'

/** Removes all documents of a person and what was read in them; the files go with the person's key. */
export async function eraseDocuments(transaction: Transaction, userId: string) {
  const finding = await transaction.run(sql`delete from medical_records.finding where user_id = ${userId}`)
  const document = await transaction.run(sql`delete from medical_records.document where user_id = ${userId}`)
  return { document, finding }
}

/** The files of a person; names that a person gave are encrypted, so that a file is named by what it is. */
export async function documentFiles(db: Database, userId: string) {
  const rows = await db.many<{ seq: string; document_type: string; mime_type: string | null; address: string }>(
    sql`select seq, document_type, mime_type, address from medical_records.document
      where user_id = ${userId} and address is not null order by created_at limit 10000`,
  )
  return rows.map(({ seq, document_type, mime_type, address }) => ({
    name: `${seq}-${document_type}.${(mime_type ?? 'application/octet-stream').split('/')[1] ?? 'bin'}`,
    address,
  }))
}

export interface ExportedDocument {
  readonly id: string
  readonly details: Buffer
  readonly content: Buffer | null
}

export interface ExportedFinding {
  readonly id: string
  readonly content: Buffer
  readonly decided: Buffer | null
}

/** All rows of a person, with what is encrypted still closed. */
export async function documentRows(db: Database, userId: string) {
  const [documents = [], findings = []] = await db.batch([
    sql`select id, seq, is_draft, document_type, status, fault, storage_policy, source, mime_type, size_bytes, page_count,
          to_char(document_date, 'YYYY-MM-DD') as document_date, method, confidence, tags, details, content, consented_at,
          expires_at, created_at, updated_at
        from medical_records.document where user_id = ${userId} order by created_at, id`,
    sql`select id, document_id, position, kind, state, is_certain, doubts, page, box, content, decided, decided_at, created_at
        from medical_records.finding where user_id = ${userId} order by document_id, position`,
  ])
  return { documents: documents as ExportedDocument[], findings: findings as ExportedFinding[] }
}

const SUMMARY_ROWS = 40

/** The newest documents by kind and day. What they say is encrypted, and is not summed up. */
export async function summariseDocuments(
  db: Database,
  userId: string,
  categories: readonly string[],
  { startsAt, endsAt }: Span,
): Promise<SummaryPart[]> {
  if (!categories.includes('health_records')) return []
  const rows = await db.many<{ document_type: string; page_count: number | null; day: Date }>(
    sql`select document_type, page_count, coalesce(document_date::timestamptz, created_at) as day
      from medical_records.document where user_id = ${userId} and not is_draft
        and coalesce(document_date::timestamptz, created_at) >= ${startsAt}
        and coalesce(document_date::timestamptz, created_at) < ${endsAt}
      order by created_at desc, id desc limit ${SUMMARY_ROWS}`,
  )
  if (rows.length === 0) return []
  return [
    {
      category: 'health_records',
      label: 'Documents',
      code: 'documents',
      rows: rows.map((row) => ({
        label: row.document_type.replaceAll('_', ' '),
        value: row.page_count === null ? 'document' : `${row.page_count} ${row.page_count === 1 ? 'page' : 'pages'}`,
        at: row.day.toISOString(),
        code: row.document_type,
        said: [
          row.page_count === null
            ? { code: 'document' }
            : row.page_count === 1
              ? { code: 'page' }
              : { code: 'pages', number: row.page_count },
        ],
      })),
    },
  ]
}
