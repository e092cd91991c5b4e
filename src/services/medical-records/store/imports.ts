import type { Database, Transaction } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import type { ChangePlan, KnownItem, WaitingItem } from '../domain/changes.ts'
import type { ImportedItem, ImportedPatient, Skipped } from '../domain/imported.ts'

export interface ImportRow {
  readonly id: string
  readonly user_id: string
  readonly format: 'hl7v2' | 'ccda' | 'fhir'
  readonly sender: string | null
  readonly patient: ImportedPatient
  readonly acknowledgement: string | null
  readonly skipped: readonly Skipped[]
  readonly created_at: Date
  readonly unconfirmed: number
  readonly accepted: number
  readonly rejected: number
}

export interface ItemRow {
  readonly id: string
  readonly kind: ImportedItem['kind']
  readonly state: 'unconfirmed' | 'accepted' | 'rejected'
  readonly content: ImportedItem
  readonly doubts: readonly string[]
  /** What was taken and changed at its sender since; null for what is new. */
  readonly replaces: string | null
  readonly change: 'amended' | 'withdrawn' | null
  readonly was: ImportedItem | null
}

const counts = sql`
  (select count(*) filter (where i.state = 'unconfirmed')::int from medical_records.import_item i where i.import_id = m.id) as unconfirmed,
  (select count(*) filter (where i.state = 'accepted')::int from medical_records.import_item i where i.import_id = m.id) as accepted,
  (select count(*) filter (where i.state = 'rejected')::int from medical_records.import_item i where i.import_id = m.id) as rejected`
const columns = sql`m.id, m.user_id, m.format, m.sender, m.patient, m.acknowledgement, m.skipped, m.created_at, ${counts}`

/** Keeps an import; false when the same content is there already. */
export async function insertImport(
  transaction: Transaction,
  userId: string,
  one: Pick<ImportRow, 'id' | 'format' | 'sender' | 'patient' | 'acknowledgement' | 'skipped'> & {
    readonly fingerprint: string
    readonly hospitalId?: string
    readonly documentId?: string
  },
  now: Date,
): Promise<boolean> {
  const written = await transaction.run(
    sql`insert into medical_records.import (id, user_id, format, fingerprint, sender, patient, acknowledgement, skipped, hospital_id,
        document_id, created_at)
      values (${one.id}, ${userId}, ${one.format}, ${one.fingerprint}, ${one.sender}, ${JSON.stringify(one.patient)}::jsonb,
        ${one.acknowledgement}, ${JSON.stringify(one.skipped)}::jsonb, ${one.hospitalId ?? null},
        ${one.documentId ?? null}, ${now})
      on conflict (user_id, fingerprint) do nothing`,
  )
  return written > 0
}

/** What the person has of these resources and of things with these keys, in the order in which it was decided. */
export function knownItems(
  transaction: Transaction,
  userId: string,
  of: { readonly origins: readonly string[]; readonly kinds: readonly string[]; readonly keys: readonly string[] },
): Promise<KnownItem[]> {
  return transaction.many<KnownItem>(
    sql`select id, kind, key, base_key, state, content - 'data' as content, origin, part, digest, replaces, change
      from medical_records.import_item where id in (
        select id from medical_records.import_item where user_id = ${userId} and origin = any(${of.origins}::text[])
        union
        select i.id from medical_records.import_item i
          join unnest(${of.kinds}::text[], ${of.keys}::text[]) as wanted (kind, key) on i.kind = wanted.kind and i.base_key = wanted.key
          where i.user_id = ${userId})
      order by decided_at nulls first, id limit 20000`,
  )
}

/** Where the resources lie that the person took, or that wait, under an address; not those that were withdrawn. */
export async function standingOrigins(db: Database, userId: string, prefix: string): Promise<string[]> {
  const rows = await db.many<{ origin: string }>(
    sql`select distinct origin from medical_records.import_item where user_id = ${userId} and origin is not null
        and starts_with(origin, ${prefix}) and state <> 'rejected' and origin not in (
          select origin from medical_records.import_item
            where user_id = ${userId} and origin is not null and change = 'withdrawn')
      order by origin limit 5000`,
  )
  return rows.map(({ origin }) => origin)
}

/**
 * Carries out a plan for an import. What was decided by somebody meanwhile stays as it is.
 * @returns how many rows wait that were not there, or said something else
 */
export async function writeChanges(
  transaction: Transaction,
  userId: string,
  importId: string,
  { inserted, updated, seen, removed }: ChangePlan,
): Promise<number> {
  if (removed.length > 0) {
    await transaction.run(
      sql`delete from medical_records.import_item
        where user_id = ${userId} and id = any(${removed}::uuid[]) and state = 'unconfirmed'`,
    )
  }
  if (seen.length > 0) {
    await transaction.run(
      sql`update medical_records.import_item i set origin = coalesce(n.origin, i.origin), digest = coalesce(n.digest, i.digest),
          part = case when n.origin is null then i.part else n.part end
        from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) as n (id uuid, origin text, part text, digest text)
        where i.user_id = ${userId} and i.id = n.id`,
    )
  }
  const changed = updated.length === 0 ? 0 : await updateItems(transaction, userId, importId, updated)
  return changed + (inserted.length === 0 ? 0 : await insertItems(transaction, userId, importId, inserted))
}

function updateItems(
  transaction: Transaction,
  userId: string,
  importId: string,
  items: readonly WaitingItem[],
): Promise<number> {
  return transaction.run(
    sql`update medical_records.import_item i set import_id = ${importId}, content = n.content, doubts = n.doubts, origin = n.origin,
        part = n.part, digest = n.digest, replaces = n.replaces, change = n.change, was = nullif(n.was, 'null'::jsonb)
      from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as n (id uuid, content jsonb, doubts text[], origin text, part text,
        digest text, replaces uuid, change text, was jsonb)
      where i.user_id = ${userId} and i.id = n.id and i.state = 'unconfirmed'`,
  )
}

/** What another reading brought at this moment under the same key is brought up to date, while it waits. */
function insertItems(
  transaction: Transaction,
  userId: string,
  importId: string,
  items: readonly WaitingItem[],
): Promise<number> {
  return transaction.run(
    sql`insert into medical_records.import_item (id, user_id, import_id, position, kind, key, base_key, state, content, doubts,
        origin, part, digest, replaces, change, was)
      select (given ->> 'id')::uuid, ${userId}::uuid, ${importId}::uuid, place, given ->> 'kind', given ->> 'key',
          given ->> 'base_key', 'unconfirmed', given -> 'content', array(select jsonb_array_elements_text(given -> 'doubts')),
          given ->> 'origin', given ->> 'part', given ->> 'digest', (given ->> 'replaces')::uuid, given ->> 'change',
          nullif(given -> 'was', 'null'::jsonb)
        from jsonb_array_elements(${JSON.stringify(items)}::jsonb) with ordinality as rows (given, place)
      on conflict (user_id, kind, key) do update set content = excluded.content, doubts = excluded.doubts,
          import_id = excluded.import_id, position = excluded.position
        where import_item.state = 'unconfirmed' and import_item.content is distinct from excluded.content`,
  )
}

export function findImport(db: Database, userId: string, id: string): Promise<ImportRow | undefined> {
  return db.one<ImportRow>(
    sql`select ${columns} from medical_records.import m where m.id = ${id} and m.user_id = ${userId}`,
  )
}

export function importOfContent(db: Database, userId: string, fingerprint: string): Promise<ImportRow | undefined> {
  return db.one<ImportRow>(
    sql`select ${columns} from medical_records.import m where m.user_id = ${userId} and m.fingerprint = ${fingerprint}`,
  )
}

export async function pageOfImports(db: Database, userId: string, skip: number, limit: number) {
  const [rows = [], totals = []] = await db.batch([
    sql`select ${columns} from medical_records.import m where m.user_id = ${userId}
      order by m.created_at desc, m.id desc limit ${limit} offset ${skip}`,
    sql`select count(*)::int as total from medical_records.import where user_id = ${userId}`,
  ])
  return { rows: rows as ImportRow[], total: (totals[0] as { total: number }).total }
}

export function itemsOf(db: Database, importId: string): Promise<ItemRow[]> {
  return db.many<ItemRow>(
    sql`select id, kind, state, content - 'data' as content, doubts, replaces, change, was from medical_records.import_item
      where import_id = ${importId} order by position, id limit 5000`,
  )
}

/** Marks those of the items that wait still; what they say, so that it can be kept. */
export function decideItems(
  transaction: Transaction,
  importId: string,
  ids: readonly string[],
  decision: { readonly state: 'accepted' | 'rejected'; readonly by: string; readonly now: Date },
): Promise<ItemRow[]> {
  return transaction.many<ItemRow>(
    sql`update medical_records.import_item set state = ${decision.state}, decided_at = ${decision.now}, decided_by = ${decision.by},
        is_due = ${decision.state === 'accepted'} and kind in ('vital', 'report', 'document')
      where import_id = ${importId} and id = any(${ids}::uuid[]) and state = 'unconfirmed'
      returning id, kind, state, content - 'data' as content, doubts, replaces, change, was`,
  )
}

export async function deleteImport(transaction: Transaction, userId: string, id: string): Promise<boolean> {
  return (await transaction.run(sql`delete from medical_records.import where id = ${id} and user_id = ${userId}`)) > 0
}

/** Withdraws the results that were taken from items of these keys, because their laboratory corrected them; their ids. */
export function supersede(
  transaction: Transaction,
  userId: string,
  keys: readonly string[],
  now: Date,
): Promise<string[]> {
  return retired(
    transaction,
    userId,
    sql`import_item_id in (
        select id from medical_records.import_item where user_id = ${userId} and kind = 'lab' and base_key = any(${keys}))`,
    now,
  )
}

/** Withdraws results by id, or those that were read in a document: they stay to be seen and count no more; their ids. */
export function retireLabs(
  transaction: Transaction,
  userId: string,
  of: { readonly ids: readonly string[] } | { readonly documentId: string },
  now: Date,
): Promise<string[]> {
  const which = 'ids' in of ? sql`id = any(${of.ids}::uuid[])` : sql`document_id = ${of.documentId}`
  return retired(transaction, userId, which, now)
}

async function retired(transaction: Transaction, userId: string, which: Statement, now: Date): Promise<string[]> {
  const rows = await transaction.many<{ id: string }>(
    sql`update medical_records.lab_result set status = 'entered_in_error', version = version + 1, updated_at = ${now}
      where user_id = ${userId} and status <> 'entered_in_error' and ${which} returning id`,
  )
  return rows.map(({ id }) => id)
}

/** What was not taken of an import that came in parts. */
export async function noteSkipped(transaction: Transaction, id: string, skipped: readonly Skipped[]): Promise<void> {
  await transaction.run(
    sql`update medical_records.import set skipped = ${JSON.stringify(skipped)}::jsonb where id = ${id}`,
  )
}

export interface DueItem extends ItemRow {
  readonly decided_by: string
  /** What the item that this one changes became; null for what is new. */
  readonly kept_before: string | null
}

/** What was taken of an import and is still to be kept by its job. */
export function dueItems(db: Database, importId: string): Promise<DueItem[]> {
  return db.many<DueItem>(
    sql`select i.id, i.kind, i.state, i.content, i.doubts, i.replaces, i.change, i.was, i.decided_by,
        coalesce(r.kept_id, i.replaces) as kept_before
      from medical_records.import_item i left join medical_records.import_item r on r.id = i.replaces
      where i.import_id = ${importId} and i.is_due order by i.position, i.id limit 5000`,
  )
}

/** It is kept now, as what; what came within it isn't held twice. */
export async function finishItem(db: Database, id: string, keptId: string | null): Promise<void> {
  await db.run(
    sql`update medical_records.import_item set is_due = false, kept_id = ${keptId},
        content = case kind when 'document' then content || '{"data": null}'::jsonb else content end
      where id = ${id}`,
  )
}

/** It could not be kept: it waits again, and says why. */
export async function reopenItem(db: Database, id: string, why: string): Promise<void> {
  await db.run(
    sql`update medical_records.import_item set is_due = false, state = 'unconfirmed', decided_at = null, decided_by = null,
        doubts = (select array_agg(distinct doubt) from unnest(doubts || ${why}::text) doubt) where id = ${id}`,
  )
}

/** Says which paper an import was read from, where it was not said before. */
export async function linkImport(db: Database, id: string, documentId: string): Promise<void> {
  await db.run(
    sql`update medical_records.import set document_id = ${documentId} where id = ${id} and document_id is null`,
  )
}

/** A paper is removed: what of it waits goes with it, what was taken stays. */
export async function forgetImportsOf(transaction: Transaction, documentId: string): Promise<void> {
  await transaction.run(
    sql`delete from medical_records.import_item i using medical_records.import m
      where m.id = i.import_id and m.document_id = ${documentId} and i.state = 'unconfirmed'`,
  )
  await transaction.run(
    sql`delete from medical_records.import m where m.document_id = ${documentId}
      and not exists (select from medical_records.import_item i where i.import_id = m.id)`,
  )
  await transaction.run(sql`update medical_records.import set document_id = null where document_id = ${documentId}`)
}
