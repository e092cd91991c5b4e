import type { Database } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'

/** A document with everything that it can be found by, still closed. */
export interface WordedDocument {
  readonly id: string
  readonly text_version: number
  readonly details: Buffer
  readonly tags: readonly string[]
  readonly content: Buffer | null
  /** What the person took or corrected of it, with the ids of the values. */
  readonly value_ids: readonly string[]
  readonly decided: readonly Buffer[]
  readonly at: string
}

const MOST_VALUES = 300

/** Documents of these ids with what they say, in no order; those that are gone are left out. */
export function wordedDocuments(db: Database, ids: readonly string[]): Promise<WordedDocument[]> {
  return db.many<WordedDocument>(
    sql`select d.id, d.text_version, d.details, d.tags, d.content, coalesce(v.ids, '{}') as value_ids,
        coalesce(v.decided, '{}') as decided,
        to_char(coalesce(d.document_date, d.created_at::date), 'YYYY-MM-DD') as at
      from medical_records.document d
      left join lateral (select array_agg(f.id::text) as ids, array_agg(f.decided::bytea) as decided
        from (select id, decided from medical_records.finding where document_id = d.id and decided is not null
          order by position, id limit ${MOST_VALUES}) f) v on true
      where d.id = any(${ids}::uuid[])`,
  )
}

/** Keeps the words of a document as it was read; nothing where it says something else by now. */
export async function keepWords(
  db: Database,
  { id, text_version: version }: Pick<WordedDocument, 'id' | 'text_version'>,
  words: Uint8Array | null,
): Promise<void> {
  await db.run(
    sql`update medical_records.document set words = ${words === null ? null : Buffer.from(words)}, words_of = ${version}
      where id = ${id} and text_version = ${version}`,
  )
}

/** Tells that what a person took of a document is other than it was. */
export async function valuesChanged(db: Database, id: string): Promise<void> {
  await db.run(sql`update medical_records.document set text_version = text_version + 1 where id = ${id}`)
}

/** Documents of all people whose words are yet to be made, after one of them. */
export function wordsDue(systemDb: Database, after: string, limit: number) {
  return systemDb.many<{ id: string; user_id: string; text_version: number }>(
    sql`select id, user_id, text_version from medical_records.document
      where not is_draft and words_of is distinct from text_version and id > ${after}::uuid order by id limit ${limit}`,
  )
}

/** Documents that a search opens: the newest that may have the words, and the newest whose words are yet to be made. */
const MOST_LIKELY = 200
const MOST_DUE = 50

/**
 * Ids of documents of a person that may have all words, newest first; `numbers` are those of their fingerprints. The bits
 * are asked for among the person's rows: no index does it before the row policy, and a thousand documents are half a
 * millisecond.
 */
export function likelyDocuments(userId: string, numbers: readonly number[]): Statement {
  return sql`select id from (
      (select id, created_at from medical_records.document
        where user_id = ${userId} and not is_draft and words_of = text_version and words is not null
          and not exists (select from unnest(${numbers}::bigint[]) as n (number)
            where get_bit(words, (number % (8 * octet_length(words)))::int) = 0)
        order by created_at desc, id desc limit ${MOST_LIKELY})
      union all
      (select id, created_at from medical_records.document
        where user_id = ${userId} and not is_draft and words_of is distinct from text_version
        order by created_at desc, id desc limit ${MOST_DUE})) likely
    order by created_at desc, id desc`
}
