import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'
import type { ImportNote } from './bulk.ts'
import { bigints, texts } from './lists.ts'

/** What stands for something of a source: a resource of the record. */
export interface ImportLink {
  readonly source: string
  readonly type: string
  readonly id: string
  /** Of its content when it was written; `alias` for what was here already, empty for what is not written yet. */
  readonly digest: string
}

export function findLinks(db: Database, personId: string, sources: readonly string[]): Promise<ImportLink[]> {
  return db.many<ImportLink>(sql`select source, type, id, digest from fhir.import_link
    where user_id = ${personId} and source = any(${[...sources]}::text[])`)
}

/** What earlier imports made of the same content. */
export function findDigests(db: Database, personId: string, of: readonly { type: string; digest: string }[]) {
  return db.many<{
    type: string
    id: string
    digest: string
  }>(sql`select distinct on (l.type, l.digest) l.type, l.id, l.digest
    from unnest(${of.map((one) => one.type)}::text[], ${of.map((one) => one.digest)}::text[]) as given (type, digest)
      join fhir.import_link l on l.user_id = ${personId} and l.type = given.type and l.digest = given.digest
      join fhir.resource r on r.user_id = ${personId} and r.type = l.type and r.id = l.id and not r.is_deleted
    order by l.type, l.digest, l.id`)
}

/**
 * Resources with one of these identifiers, `system|value`. Rows of other services that were indexed before identifiers had a
 * table of their own are found by their keys (`keys`, in the same order); there are few of them.
 */
export function findByIdentifiers(
  db: Database,
  personId: string,
  types: readonly string[],
  names: readonly string[],
  keys: readonly number[],
) {
  return db.many<{ type: string; id: string; name: string }>(sql`
    with wanted as (select distinct name, key from unnest(${texts(names)}::text[], ${bigints(keys)}::bigint[]) as g (name, key))
    select r.type, r.id, w.name from wanted w
        join fhir.identifier_value v on v.user_id = ${personId} and v.name = hashtextextended(w.name, 7)
        join fhir.resource r on r.pk = v.resource
      where r.user_id = ${personId} and r.type = any(${[...types]}::text[]) and not r.is_deleted
    union
    select r.type, r.id, w.name from fhir.resource r cross join lateral unnest(r.keys) as own (key)
        join wanted w on w.key = own.key
      where r.user_id = ${personId} and r.owner is not null and r.content = '' and r.type = any(${[...types]}::text[])
        and not r.is_deleted`)
}

/** Which of these names something has, or will have. */
export function takenNames(db: Database, personId: string, names: readonly { type: string; id: string }[]) {
  return db.many<{ type: string; id: string }>(sql`select given.type, given.id
    from unnest(${names.map((one) => one.type)}::text[], ${names.map((one) => one.id)}::text[]) as given (type, id)
    where exists (select from fhir.resource r where r.user_id = ${personId} and r.type = given.type and r.id = given.id)
      or exists (select from fhir.import_link l where l.user_id = ${personId} and l.type = given.type and l.id = given.id)`)
}

export async function insertLinks(
  transaction: Transaction,
  personId: string,
  links: readonly ImportLink[],
): Promise<void> {
  if (links.length === 0) return
  await transaction.run(sql`insert into fhir.import_link (user_id, source, type, id, digest)
    select ${personId}::uuid, * from unnest(${links.map((one) => one.source)}::text[], ${links.map((one) => one.type)}::text[],
      ${links.map((one) => one.id)}::text[], ${links.map((one) => one.digest)}::text[])
    on conflict do nothing`)
}

/** Notes the content that was written under these names. */
export async function setDigests(
  transaction: Transaction,
  personId: string,
  of: readonly { readonly type: string; readonly id: string; readonly digest: string }[],
): Promise<void> {
  if (of.length === 0) return
  await transaction.run(sql`update fhir.import_link l set digest = given.digest
    from unnest(${of.map((one) => one.type)}::text[], ${of.map((one) => one.id)}::text[],
      ${of.map((one) => one.digest)}::text[]) as given (type, id, digest)
    where l.user_id = ${personId} and l.type = given.type and l.id = given.id and l.digest <> 'alias'`)
}

export async function insertNotes(
  transaction: Transaction,
  personId: string,
  job: string,
  notes: readonly ImportNote[],
): Promise<void> {
  if (notes.length === 0) return
  await transaction.run(sql`insert into fhir.import_note (user_id, job, ordinal, outcome, source, reason)
    select ${personId}::uuid, ${job}::uuid, * from unnest(${notes.map((one) => one.ordinal)}::bigint[],
      ${notes.map((one) => one.outcome)}::text[], ${notes.map((one) => one.source)}::text[],
      ${notes.map((one) => one.reason)}::text[])
    on conflict do nothing`)
}
