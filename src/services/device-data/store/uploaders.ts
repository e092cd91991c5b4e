import type { Database } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface UploaderRow {
  readonly id: string
  readonly user_id: string
  readonly label: string
  readonly may_read: boolean
  readonly created_at: Date
  readonly last_used_at: Date | null
}

const columns = sql`id, user_id, label, may_read, created_at, last_used_at`
const MOST_UPLOADERS = 20

/** Adds an uploader; false when the person has twenty. */
export async function insertUploader(db: Database, row: UploaderRow, secretHash: Buffer): Promise<boolean> {
  const written = await db.run(
    sql`insert into device_data.uploader (${columns}, secret_hash)
      select ${row.id}::uuid, ${row.user_id}::uuid, ${row.label}::text, ${row.may_read}::boolean, ${row.created_at}::timestamptz, null, ${secretHash}::bytea
      where (select count(*) from device_data.uploader) < ${MOST_UPLOADERS}`,
  )
  return written > 0
}

export function listUploaders(db: Database): Promise<UploaderRow[]> {
  return db.many<UploaderRow>(
    sql`select ${columns} from device_data.uploader order by created_at desc limit ${MOST_UPLOADERS}`,
  )
}

export async function deleteUploader(db: Database, id: string): Promise<boolean> {
  return (await db.run(sql`delete from device_data.uploader where id = ${id}`)) > 0
}

/** Whose uploader sends this, by the digest of what it sends; notes that it was used. */
export function uploaderOf(db: Database, secretHash: Buffer, now: Date): Promise<UploaderRow | undefined> {
  return db.one<UploaderRow>(
    sql`update device_data.uploader set last_used_at = ${now} where secret_hash = ${secretHash} returning ${columns}`,
  )
}

/** The uploader of an id, with the key that signs its tokens. */
export function uploaderById(
  db: Database,
  id: string,
): Promise<(UploaderRow & { readonly signing_key: Buffer | null }) | undefined> {
  return db.one(sql`select ${columns}, signing_key from device_data.uploader where id = ${id}`)
}

/** Keeps the key of an uploader that has none, and gives the one that is kept. */
export async function keepSigningKey(db: Database, id: string, key: Buffer): Promise<Buffer> {
  const row = await db.one<{ signing_key: Buffer }>(
    sql`update device_data.uploader set signing_key = coalesce(signing_key, ${key}) where id = ${id} returning signing_key`,
  )
  return row?.signing_key ?? key
}

export interface UploadedDocument {
  readonly kind: string
  readonly identifier: string
  readonly atMs: number
  readonly document: object
}

/** Keeps what uploaders send, each once by its identifier; a newer one replaces the older. */
export async function saveDocuments(
  db: Database,
  userId: string,
  documents: readonly UploadedDocument[],
  now: Date,
): Promise<void> {
  const distinct = [...new Map(documents.map((one) => [`${one.kind} ${one.identifier}`, one])).values()]
  if (distinct.length === 0) return
  await db.run(
    sql`insert into device_data.upload_document (user_id, kind, identifier, at_ms, document, modified_at, created_at)
      select ${userId}::uuid, d.*, ${now}, ${now} from unnest(${distinct.map((one) => one.kind)}::text[],
        ${distinct.map((one) => one.identifier)}::text[], ${distinct.map((one) => one.atMs)}::bigint[],
        ${distinct.map((one) => JSON.stringify(one.document))}::jsonb[]) as d
      on conflict (user_id, kind, identifier) do update set at_ms = excluded.at_ms, document = excluded.document,
        modified_at = excluded.modified_at, is_valid = true`,
  )
}
