import type { Database, Transaction } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import type { SearchValues } from '../domain/searchValues.ts'
import type { Name } from './resources.ts'
import { newestOf, replaceValues } from './values.ts'

/** A resource of an owner, as the index keeps it: everything but its content. */
export interface IndexRow extends Name {
  readonly version: number
  readonly updatedAt: Date
  readonly values: SearchValues
}

/** Whom to ask for the content of a row. */
export interface OwnedRow extends Name {
  readonly pk: number
  readonly version: number
  readonly owner: string
  readonly owner_id: string
  readonly owner_version: number | null
  /** Whether it is stored here and linked; else its content is the owner's alone. */
  readonly is_linked: boolean
}

const owned = sql`pk, type, id, version, owner, owner_id, owner_version, content <> '' as is_linked`

/** Categories of the record that the caller may see, or write, as the call is for; undefined for all of them. */
export async function openCategories(db: Database): Promise<readonly string[] | undefined> {
  const row = await db.one<{ categories: string[] | null }>(sql`select fhir.visible_categories() as categories`)
  return row?.categories ?? undefined
}

/** Who owns which of these rows; those that are stored here alone are left out. */
export function ownersOfRows(db: Database, personId: string, pks: readonly number[]): Promise<OwnedRow[]> {
  return db.many<OwnedRow>(sql`select ${owned} from fhir.resource
    where user_id = ${personId} and pk = any(${[...pks]}::bigint[]) and owner is not null and not is_deleted`)
}

/** The same by name. */
export function ownersOfNames(db: Database, personId: string, names: readonly Name[]): Promise<OwnedRow[]> {
  return db.many<OwnedRow>(sql`select ${owned} from fhir.resource
    where user_id = ${personId} and owner is not null and not is_deleted and (type, id) in (
      select * from unnest(${names.map((one) => one.type)}::text[], ${names.map((one) => one.id)}::text[]))`)
}

/** Rows that stand for rows of the owner with these ids, linked ones among them. */
export function rowsOfOwner(
  db: Database,
  personId: string,
  owner: string,
  ids: readonly string[],
): Promise<(OwnedRow & { content: string })[]> {
  return db.many<OwnedRow & { content: string }>(sql`select ${owned}, content from fhir.resource
    where user_id = ${personId} and owner = ${owner} and not is_deleted and owner_id = any(${[...ids]}::text[])`)
}

/** Which of these names have a row at all, deleted ones among them. */
export async function knownNames(db: Database, personId: string, names: readonly Name[]): Promise<Set<string>> {
  const rows =
    await db.many<Name>(sql`select type, id from fhir.resource where user_id = ${personId} and (type, id) in (
      select * from unnest(${names.map((one) => one.type)}::text[], ${names.map((one) => one.id)}::text[]))`)
  return new Set(rows.map((row) => `${row.type}/${row.id}`))
}

/** Writes index rows. What is stored here, or newer, stays as it is. */
export async function writeIndex(
  transaction: Transaction,
  personId: string,
  { owner, category }: { readonly owner: string; readonly category: string },
  rows: readonly IndexRow[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return
  const of = <Value>(read: (row: IndexRow) => Value) => rows.map(read)
  const written = await transaction.many<{ pk: number; type: string; id: string }>(sql`
    insert into fhir.resource as kept (user_id, type, id, version, created_at, updated_at, is_deleted, content, newest_ms,
      keys, patients, category, owner, owner_id, round)
    select ${personId}::uuid, type, id, version, ${now}, updated_at, false, '', newest_ms, keys::bigint[],
      patients::text[], ${category}, ${owner}, id, ${roundOf(personId, owner)}
      from unnest(${of((one) => one.type)}::text[], ${of((one) => one.id)}::text[], ${of((one) => one.version)}::integer[],
        ${of((one) => one.updatedAt)}::timestamptz[], ${of((one) => newestOf(one.values))}::bigint[], ${of((one) => `{${[...one.values.keys].join(',')}}`)}::text[],
        ${of((one) => `{${one.values.patients.join(',')}}`)}::text[])
        as given (type, id, version, updated_at, newest_ms, keys, patients)
      where not exists (select from fhir.resource l where l.user_id = ${personId} and l.owner = ${owner}
        and l.type = given.type and l.owner_id = given.id and l.id <> given.id)
    on conflict (user_id, type, id) do update set version = excluded.version, updated_at = excluded.updated_at,
      is_deleted = false, newest_ms = excluded.newest_ms, round = excluded.round, keys = excluded.keys, patients = excluded.patients, category = excluded.category
      where kept.owner = excluded.owner and kept.content = '' and (kept.version <= excluded.version or kept.is_deleted)
    returning pk, type, id`)
  const valuesOf = new Map(rows.map((row) => [`${row.type}/${row.id}`, row.values]))
  await replaceValues(
    transaction,
    personId,
    written.map((row) => ({ pk: row.pk, values: valuesOf.get(`${row.type}/${row.id}`) as SearchValues })),
  )
  const names = new Set(written.map((row) => `${row.type}/${row.id}`))
  const others = rows.filter((row) => !names.has(`${row.type}/${row.id}`))
  if (others.length > 0) await noteSeen(transaction, personId, owner, others)
}

/** The reading of an owner's rows that goes on now; null where none was begun. */
const roundOf = (personId: string, owner: string) =>
  sql`(select round from fhir.projection_state where user_id = ${personId} and owner = ${owner})`

/** What stays as it is, because it is newer here, was seen all the same. */
async function noteSeen(
  transaction: Transaction,
  personId: string,
  owner: string,
  names: readonly Name[],
): Promise<void> {
  await transaction.run(sql`update fhir.resource set round = ${roundOf(personId, owner)}
    where user_id = ${personId} and owner = ${owner} and content = '' and (type, owner_id) in (
      select * from unnest(${names.map((one) => one.type)}::text[], ${names.map((one) => one.id)}::text[]))`)
}

/** Rows whose owner has them no more become deleted ones, also in the history; linked ones too. Returns how many. */
export function dropIndex(
  transaction: Transaction,
  personId: string,
  owner: string,
  names: readonly Name[],
  now: Date,
): Promise<number> {
  const which = sql`(type, owner_id) in (
    select * from unnest(${names.map((one) => one.type)}::text[], ${names.map((one) => one.id)}::text[]))`
  return dropRows(transaction, personId, owner, which, now)
}

/** The same for rows that a whole reading of the owner did not come upon. */
export function dropUnseen(
  transaction: Transaction,
  personId: string,
  { owner, round }: { readonly owner: string; readonly round: number },
  now: Date,
): Promise<number> {
  return dropRows(transaction, personId, owner, sql`content = '' and coalesce(round, 0) < ${round}`, now)
}

function dropRows(
  transaction: Transaction,
  personId: string,
  owner: string,
  which: Statement,
  now: Date,
): Promise<number> {
  return transaction.run(sql`with gone as (
      update fhir.resource set is_deleted = true, content = '', keys = '{}', patients = '{}', version = version + 1,
        updated_at = ${now}, owner_version = null
      where user_id = ${personId} and owner = ${owner} and not is_deleted and ${which}
      returning pk, user_id, type, id, version, updated_at, category),
    told as (insert into fhir.history (user_id, type, id, version, updated_at, method, content, category)
      select user_id, type, id, version, updated_at, 'DELETE', '', category from gone on conflict do nothing),
    dates as (delete from fhir.date_value where resource in (select pk from gone)),
    numbers as (delete from fhir.number_value where resource in (select pk from gone)),
    texts as (delete from fhir.text_value where resource in (select pk from gone)),
    links as (delete from fhir.reference_value where resource in (select pk from gone))
    select pk from gone`)
}

export interface ChangeRow extends Name {
  readonly ticket: number
}

/** Notes that rows of an owner changed, where the owner's rows are indexed for this person; false where they are not. */
export async function noteChanges(
  transaction: Transaction,
  personId: string,
  owner: string,
  names: readonly Name[],
  now: Date,
): Promise<boolean> {
  const noted = await transaction.run(sql`insert into fhir.projection_change (user_id, owner, type, id, announced_at)
    select distinct ${personId}::uuid, ${owner}, type, id, ${now}::timestamptz
      from unnest(${names.map((one) => one.type)}::text[], ${names.map((one) => one.id)}::text[]) as n (type, id)
      where exists (select from fhir.projection_state where user_id = ${personId} and owner = ${owner})
    on conflict (user_id, owner, type, id) do update set ticket = nextval('fhir.projection_ticket')`)
  return noted > 0
}

/** The oldest changes of one owner that nobody looked at yet. */
export function listChanges(db: Database, personId: string, limit: number): Promise<(ChangeRow & { owner: string })[]> {
  return db.many(sql`select owner, type, id, ticket from fhir.projection_change where user_id = ${personId}
    order by owner, ticket limit ${limit}`)
}

/** Takes changes off the list; those that were announced again meanwhile stay, and are not returned. */
export function takeChanges(
  transaction: Transaction,
  personId: string,
  owner: string,
  changes: readonly ChangeRow[],
): Promise<Name[]> {
  return transaction.many<Name>(sql`delete from fhir.projection_change where user_id = ${personId} and owner = ${owner}
      and (type, id, ticket) in (select * from unnest(${changes.map((one) => one.type)}::text[],
        ${changes.map((one) => one.id)}::text[], ${changes.map((one) => one.ticket)}::bigint[]))
    returning type, id`)
}

/** People with changes, or changes to hand over, that wait since before `before`. */
export async function peopleWaiting(db: Database, before: Date, limit: number): Promise<string[]> {
  const rows = await db.many<{ user_id: string }>(sql`select user_id from (
      (select user_id from fhir.projection_change where announced_at < ${before} order by announced_at limit ${limit})
      union (select user_id from fhir.handover where created_at < ${before} order by created_at limit ${limit})) w`)
  return rows.map((row) => row.user_id)
}

export interface StateOfOwner {
  readonly owner: string
  readonly cursor: string | null
  readonly is_done: boolean
  /** Grows each time everything is to be read anew. */
  readonly round: number
}

export function indexStates(db: Database, personId: string): Promise<StateOfOwner[]> {
  return db.many<StateOfOwner>(sql`select owner, cursor, done_at is not null as is_done, round from fhir.projection_state
    where user_id = ${personId}`)
}

/** Begins to read an owner's rows; where that was begun before, it goes on. */
export async function beginIndex(db: Database, personId: string, owner: string): Promise<void> {
  await db.run(
    sql`insert into fhir.projection_state (user_id, owner) values (${personId}, ${owner}) on conflict do nothing`,
  )
}

/** Lets the database plan by what was just written, where its tables were small before. */
export async function refreshStatistics(db: Database): Promise<void> {
  await db.run(sql`select fhir.refresh_statistics()`)
}

/** What is stored here and linked to rows of an owner, under the owner's names. */
export function linkedNames(db: Database, personId: string, owner: string): Promise<Name[]> {
  return db.many<Name>(sql`select type, owner_id as id from fhir.resource
    where user_id = ${personId} and owner = ${owner} and content <> '' and not is_deleted limit 10000`)
}

/** Notes how far an owner's rows are read; false when the person left meanwhile, or all is to be read anew. */
export async function moveIndex(
  transaction: Transaction,
  personId: string,
  { owner, round }: { readonly owner: string; readonly round: number },
  cursor: string | null,
  doneAt: Date | null,
): Promise<boolean> {
  const moved = await transaction.run(sql`update fhir.projection_state set cursor = ${cursor}, done_at = ${doneAt}
    where user_id = ${personId} and owner = ${owner} and round = ${round}`)
  return moved > 0
}

/** Has an owner's rows read anew from the beginning; false where nobody asked for them yet. */
export async function restartIndex(transaction: Transaction, personId: string, owner: string): Promise<boolean> {
  const moved =
    await transaction.run(sql`update fhir.projection_state set cursor = null, done_at = null, round = round + 1
    where user_id = ${personId} and owner = ${owner}`)
  return moved > 0
}

/** How a resource that is stored here is tied to the row of an owner. */
export interface Link {
  readonly owner: string
  readonly ownerId: string
  readonly ownerVersion: number
  readonly category: string
}

/** Ties a stored resource to its owner's row, which then shows only as this resource. */
export async function linkRow(transaction: Transaction, personId: string, name: Name, link: Link): Promise<void> {
  const { owner, ownerId, ownerVersion, category } = link
  await transaction.run(sql`delete from fhir.resource where user_id = ${personId} and owner = ${owner}
    and type = ${name.type} and owner_id = ${ownerId} and id <> ${name.id} and content = ''`)
  await transaction.run(sql`update fhir.resource set owner = ${owner}, owner_id = ${ownerId},
      owner_version = ${ownerVersion}, category = ${category}
    where user_id = ${personId} and type = ${name.type} and id = ${name.id}`)
  await transaction.run(sql`update fhir.history set category = ${category}
    where user_id = ${personId} and type = ${name.type} and id = ${name.id} and category <> ${category}`)
}

/** Unties a resource: it is stored here alone. */
export async function unlinkRow(transaction: Transaction, personId: string, name: Name): Promise<void> {
  await transaction.run(sql`update fhir.resource set owner = null, owner_id = null, owner_version = null
    where user_id = ${personId} and type = ${name.type} and id = ${name.id}`)
}

/** Leaves a resource that was stored to its owner, who keeps all of it: no content and no history of it stays here. */
export async function leaveToOwner(transaction: Transaction, personId: string, name: Name, link: Link): Promise<void> {
  const { owner, ownerId, ownerVersion, category } = link
  await transaction.run(sql`update fhir.resource set owner = ${owner}, owner_id = ${ownerId}, owner_version = null,
      category = ${category}, content = '', version = ${ownerVersion}
    where user_id = ${personId} and type = ${name.type} and id = ${name.id}`)
  await transaction.run(sql`delete from fhir.history
    where user_id = ${personId} and type = ${name.type} and id = ${name.id}`)
}
