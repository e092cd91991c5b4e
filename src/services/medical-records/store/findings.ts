import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface FindingRow {
  readonly id: string
  readonly document_id: string
  readonly position: number
  readonly kind: string
  readonly state: string
  readonly is_certain: boolean
  readonly doubts: string[]
  readonly page: number
  readonly box: number[] | null
  readonly content: Buffer
  readonly decided: Buffer | null
  readonly decided_at: Date | null
}

const columns = sql`id, document_id, position, kind, state, is_certain, doubts, page, box, content, decided, decided_at`

export interface NewFinding {
  readonly id: string
  readonly kind: string
  readonly isCertain: boolean
  readonly doubts: readonly string[]
  readonly page: number
  readonly box: readonly number[] | null
  readonly content: Buffer
}

/** Puts the values of a reading in place of those of the one before that nobody has decided about. */
export async function replaceFindings(
  transaction: Transaction,
  userId: string,
  documentId: string,
  findings: readonly NewFinding[],
  now: Date,
): Promise<void> {
  await transaction.run(
    sql`delete from medical_records.finding where document_id = ${documentId} and state = 'unconfirmed'`,
  )
  if (findings.length === 0) return
  await transaction.run(
    sql`insert into medical_records.finding
        (id, user_id, document_id, position, kind, state, is_certain, doubts, page, box, content, created_at)
      select id, ${userId}::uuid, ${documentId}::uuid, position, kind, 'unconfirmed', is_certain,
          array(select jsonb_array_elements_text(doubts)), page,
          case when jsonb_typeof(box) = 'array' then array(select jsonb_array_elements_text(box)::real) end,
          content, ${now}::timestamptz
        from unnest(${findings.map((one) => one.id)}::uuid[], ${findings.map((_one, at) => at)}::int[],
          ${findings.map((one) => one.kind)}::text[], ${findings.map((one) => one.isCertain)}::boolean[],
          ${findings.map((one) => JSON.stringify(one.doubts))}::jsonb[], ${findings.map((one) => one.page)}::int[],
          ${findings.map((one) => JSON.stringify(one.box))}::jsonb[], ${findings.map((one) => one.content)}::bytea[])
          as f (id, position, kind, is_certain, doubts, page, box, content)`,
  )
}

/** The values of a document in the order they stand in it. */
export function findingsOf(db: Database, documentId: string): Promise<FindingRow[]> {
  return db.many<FindingRow>(
    sql`select ${columns} from medical_records.finding where document_id = ${documentId} order by position, id limit 2000`,
  )
}

/** Locks the values until the transaction ends. */
export function lockFindings(transaction: Transaction, documentId: string): Promise<FindingRow[]> {
  return transaction.many<FindingRow>(
    sql`select ${columns} from medical_records.finding where document_id = ${documentId}
      order by position, id limit 2000 for update`,
  )
}

export interface Decision {
  readonly id: string
  readonly state: 'accepted' | 'corrected' | 'rejected'
  readonly decided: Buffer | null
}

export async function decide(
  transaction: Transaction,
  decisions: readonly Decision[],
  by: { readonly accountId: string; readonly now: Date },
): Promise<void> {
  await transaction.run(
    sql`update medical_records.finding f set state = n.state, decided = n.decided, decided_by = ${by.accountId},
        decided_at = ${by.now}
      from unnest(${decisions.map((one) => one.id)}::uuid[], ${decisions.map((one) => one.state)}::text[],
        ${decisions.map((one) => one.decided)}::bytea[]) as n (id, state, decided)
      where f.id = n.id`,
  )
}

/** What the person took or corrected, newest first. */
export function confirmed(
  db: Database,
  userId: string,
  kinds: readonly string[],
  limit: number,
): Promise<FindingRow[]> {
  return db.many<FindingRow>(
    sql`select ${columns} from medical_records.finding where user_id = ${userId}
      and state in ('accepted', 'corrected') and kind = any(${kinds}) order by decided_at desc, id limit ${limit}`,
  )
}

/** Removes the values of some kinds of a document; their ids. */
export async function dropKinds(
  transaction: Transaction,
  documentId: string,
  kinds: readonly string[],
): Promise<string[]> {
  const rows = await transaction.many<{ id: string }>(
    sql`delete from medical_records.finding where document_id = ${documentId} and kind = any(${kinds}) returning id`,
  )
  return rows.map((row) => row.id)
}

export interface DecidedFinding {
  readonly id: string
  readonly kind: string
  readonly content: Buffer
  readonly decided: Buffer
}

/** Writes values that a person gave: they need no review. */
export async function insertDecided(
  transaction: Transaction,
  userId: string,
  documentId: string,
  values: readonly DecidedFinding[],
  by: { readonly accountId: string; readonly now: Date },
): Promise<void> {
  if (values.length === 0) return
  await transaction.run(
    sql`insert into medical_records.finding (id, user_id, document_id, position, kind, state, is_certain, doubts, page,
        content, decided, decided_by, decided_at, created_at)
      select id, ${userId}::uuid, ${documentId}::uuid, position, kind, 'corrected', true, '{}', 1, content, decided,
          ${by.accountId}::uuid, ${by.now}::timestamptz, ${by.now}::timestamptz
        from unnest(${values.map((one) => one.id)}::uuid[], ${values.map((_one, at) => at)}::int[],
          ${values.map((one) => one.kind)}::text[], ${values.map((one) => one.content)}::bytea[],
          ${values.map((one) => one.decided)}::bytea[]) as f (id, position, kind, content, decided)`,
  )
}
