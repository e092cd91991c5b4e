import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'
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
  },
  now: Date,
): Promise<boolean> {
  const written = await transaction.run(
    sql`insert into medical_records.import (id, user_id, format, fingerprint, sender, patient, acknowledgement, skipped, hospital_id,
        created_at)
      values (${one.id}, ${userId}, ${one.format}, ${one.fingerprint}, ${one.sender}, ${JSON.stringify(one.patient)}::jsonb,
        ${one.acknowledgement}, ${JSON.stringify(one.skipped)}::jsonb, ${one.hospitalId ?? null}, ${now})
      on conflict (user_id, fingerprint) do nothing`,
  )
  return written > 0
}

/**
 * Keeps the entries of an import that the person does not have yet. One that waits still is brought up to date (a corrected
 * result); one that was decided stays as it is, unless the file corrects it: then it waits again under its new key.
 * @returns how many were new or brought up to date
 */
export function insertItems(
  transaction: Transaction,
  userId: string,
  importId: string,
  items: readonly {
    readonly id: string
    readonly kind: string
    readonly key: string
    readonly content: ImportedItem
    readonly doubts: readonly string[]
  }[],
): Promise<number> {
  return transaction.run(
    sql`insert into medical_records.import_item (id, user_id, import_id, position, kind, key, state, content, doubts)
      select (given ->> 'id')::uuid, ${userId}::uuid, ${importId}::uuid, place, given ->> 'kind', given ->> 'key', 'unconfirmed',
          given -> 'content', array(select jsonb_array_elements_text(given -> 'doubts'))
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
    sql`select id, kind, state, content, doubts from medical_records.import_item
      where import_id = ${importId} order by position limit 5000`,
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
      returning id, kind, state, content, doubts`,
  )
}

export async function deleteImport(transaction: Transaction, userId: string, id: string): Promise<boolean> {
  return (await transaction.run(sql`delete from medical_records.import where id = ${id} and user_id = ${userId}`)) > 0
}

/** Withdraws the results that were taken from items of these keys, because their laboratory corrected them; their ids. */
export async function supersede(
  transaction: Transaction,
  userId: string,
  keys: readonly string[],
  now: Date,
): Promise<string[]> {
  const rows = await transaction.many<{ id: string }>(
    sql`update medical_records.lab_result set status = 'entered_in_error', version = version + 1, updated_at = ${now}
      where user_id = ${userId} and status <> 'entered_in_error' and import_item_id in (
        select id from medical_records.import_item where user_id = ${userId} and kind = 'lab' and key = any(${keys}))
      returning id`,
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
}

/** What was taken of an import and is still to be kept by its job. */
export function dueItems(db: Database, importId: string): Promise<DueItem[]> {
  return db.many<DueItem>(
    sql`select id, kind, state, content, doubts, decided_by from medical_records.import_item
      where import_id = ${importId} and is_due order by position limit 5000`,
  )
}

/** It is kept now: what came within it isn't held twice. */
export async function finishItem(db: Database, id: string): Promise<void> {
  await db.run(
    sql`update medical_records.import_item set is_due = false,
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
