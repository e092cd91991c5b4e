import type { Database } from '../../../kernel/database.ts'
import { nothing, sql } from '../../../kernel/sql.ts'

export interface ClinicalRow {
  readonly id: string
  readonly user_id: string
  readonly version: number
  readonly kind: 'condition' | 'allergy' | 'immunization' | 'procedure' | 'family_history' | 'medication'
  readonly display: string
  readonly code_system: string | null
  readonly code: string | null
  readonly status: string
  readonly started_on: string | null
  readonly ended_on: string | null
  readonly detail: Readonly<Record<string, string | number | boolean>>
  readonly notes: string | null
  readonly source: 'manual' | 'ccda' | 'fhir' | 'demo'
  readonly import_item_id: string | null
  readonly created_at: Date
  readonly updated_at: Date
}

export type NewClinical = Omit<ClinicalRow, 'user_id' | 'version' | 'created_at' | 'updated_at'>

const columns = sql`id, user_id, version, kind, display, code_system, code, status, started_on, ended_on, detail, notes, source,
  import_item_id, created_at, updated_at`
const written = sql`kind, display, code_system, code, status, started_on, ended_on, detail, notes, source, import_item_id`

/** Writes entries in one statement. */
export function insertEntries(
  db: Database,
  userId: string,
  entries: readonly NewClinical[],
  now: Date,
): Promise<ClinicalRow[]> {
  return db.many<ClinicalRow>(
    sql`insert into medical_records.clinical_entry (id, user_id, created_at, updated_at, ${written})
      select id, ${userId}::uuid, ${now}::timestamptz, ${now}::timestamptz, ${written}
        from jsonb_populate_recordset(null::medical_records.clinical_entry, ${JSON.stringify(entries)}::jsonb)
      returning ${columns}`,
  )
}

/** Replaces what an entry says, if it has the version still; undefined when it has not. */
export function updateEntry(
  db: Database,
  row: ClinicalRow,
  entry: NewClinical,
  now: Date,
): Promise<ClinicalRow | undefined> {
  return db.one<ClinicalRow>(
    sql`update medical_records.clinical_entry set (${written}, updated_at, version) =
        (select ${written}, ${now}::timestamptz, ${row.version + 1}::integer
          from jsonb_populate_record(null::medical_records.clinical_entry, ${JSON.stringify(entry)}::jsonb))
      where id = ${row.id} and user_id = ${row.user_id} and version = ${row.version} returning ${columns}`,
  )
}

export function findEntry(db: Database, userId: string, kind: string, id: string): Promise<ClinicalRow | undefined> {
  return db.one<ClinicalRow>(
    sql`select ${columns} from medical_records.clinical_entry where id = ${id} and user_id = ${userId} and kind = ${kind}`,
  )
}

/** Entries that were taken from these items. */
export function entriesOfItems(db: Database, userId: string, itemIds: readonly string[]): Promise<ClinicalRow[]> {
  return db.many<ClinicalRow>(
    sql`select ${columns} from medical_records.clinical_entry
      where user_id = ${userId} and import_item_id = any(${itemIds}::uuid[])`,
  )
}

/** Removes an entry; false when there is none (of this version). */
export async function deleteEntry(db: Database, userId: string, id: string, version: number | null): Promise<boolean> {
  const ofVersion = version === null ? nothing : sql` and version = ${version}`
  const removed = await db.run(
    sql`delete from medical_records.clinical_entry where id = ${id} and user_id = ${userId}${ofVersion}`,
  )
  return removed > 0
}

/** A page of one kind, newest first, with the count of all: one round trip. */
export async function pageOfEntries(
  db: Database,
  filter: { readonly userId: string; readonly kind: string; readonly status: string | undefined },
  skip: number,
  limit: number,
): Promise<{ rows: ClinicalRow[]; total: number }> {
  const ofStatus = filter.status === undefined ? nothing : sql` and status = ${filter.status}`
  const matching = sql`user_id = ${filter.userId} and kind = ${filter.kind}${ofStatus}`
  const [rows = [], counts = []] = await db.batch([
    sql`select ${columns} from medical_records.clinical_entry where ${matching}
      order by created_at desc, id desc limit ${limit} offset ${skip}`,
    sql`select count(*)::int as total from medical_records.clinical_entry where ${matching}`,
  ])
  return { rows: rows as ClinicalRow[], total: (counts[0] as { total: number }).total }
}

/** Medicines with the days they were begun and ended: for charts. */
export async function medicationPeriods(db: Database, userId: string) {
  const rows = await db.many<ClinicalRow>(
    sql`select ${columns} from medical_records.clinical_entry
      where user_id = ${userId} and kind = 'medication' and status <> 'intended'
      order by created_at desc, id desc limit 200`,
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.display,
    startedOn: row.started_on === null ? undefined : wholeDay(row.started_on),
    endedOn: row.ended_on === null ? undefined : wholeDay(row.ended_on),
  }))
}

/** What holds now: conditions (name and code), allergies, medicines. */
export async function currentFacts(db: Database, userId: string) {
  const rows = await db.many<Pick<ClinicalRow, 'kind' | 'display' | 'code'>>(
    sql`select kind, display, code from medical_records.clinical_entry
      where user_id = ${userId} and kind in ('condition', 'allergy', 'medication')
        and status in ('active', 'recurrence', 'relapse')
      order by created_at desc, id desc limit 500`,
  )
  const of = (kind: string) =>
    rows
      .filter((row) => row.kind === kind)
      .flatMap(({ display, code }) => (code === null ? [display] : [display, code]))
  return { conditions: of('condition'), allergies: of('allergy'), medications: of('medication') }
}

export type EmergencyEntry = Pick<ClinicalRow, 'kind' | 'display' | 'detail' | 'source' | 'updated_at'>

/** What helpers are told: allergies, conditions and medicines that hold now, newest first. */
export function emergencyEntries(db: Database, userId: string): Promise<EmergencyEntry[]> {
  return db.many<EmergencyEntry>(
    sql`select kind, display, detail, source, updated_at from medical_records.clinical_entry
      where user_id = ${userId} and kind in ('condition', 'allergy', 'medication')
        and status in ('active', 'recurrence', 'relapse') and coalesce(detail ->> 'verification', '') <> 'refuted'
      order by created_at desc, id desc limit 500`,
  )
}

/** Rows by id, or all oldest first behind a position: for FHIR. */
export function entriesForFhir(
  db: Database,
  userId: string,
  of: { readonly ids: readonly string[] },
): Promise<ClinicalRow[]> {
  return db.many<ClinicalRow>(
    sql`select ${columns} from medical_records.clinical_entry where user_id = ${userId} and id = any(${of.ids}::uuid[])`,
  )
}

/** The first day of a year or month. */
function wholeDay(text: string): string {
  return text.length === 4 ? `${text}-01-01` : text.length === 7 ? `${text}-01` : text
}
