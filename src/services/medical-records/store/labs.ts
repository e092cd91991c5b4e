import type { Database, Transaction } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import type { Judgement, LabResult } from '../contract/labShapes.ts'

export interface LabRow {
  readonly id: string
  readonly user_id: string
  readonly version: number
  readonly analyte: string | null
  readonly loinc: string | null
  readonly test_name: string
  readonly test_code: string | null
  readonly category: LabResult['category']
  readonly value: number | null
  readonly comparator: '<' | '>' | null
  readonly value_text: string | null
  readonly unit_text: string | null
  readonly unit: string | null
  readonly canonical_value: number | null
  readonly range_low: number | null
  readonly range_high: number | null
  readonly range_text: string | null
  readonly flag: string | null
  readonly interpretation: LabResult['interpretation']
  readonly level: number
  readonly judged_by: Judgement
  readonly tested_at: Date
  readonly resulted_at: Date | null
  readonly lab_name: string | null
  readonly ordering_provider: string | null
  readonly specimen_type: string | null
  readonly status: LabResult['status']
  readonly source: 'manual' | 'document' | 'hl7v2' | 'ccda' | 'fhir' | 'demo'
  readonly external_id: string | null
  readonly fhir_resource_id: string | null
  readonly document_id: string | null
  readonly finding_id: string | null
  readonly import_item_id: string | null
  readonly confirmed_by: string | null
  readonly notes: string | null
  readonly metadata: Readonly<Record<string, unknown>> | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** What a row is written from; version and times are the store's. */
export type NewLab = Omit<LabRow, 'user_id' | 'version' | 'created_at' | 'updated_at'>

const columns = sql`id, user_id, version, analyte, loinc, test_name, test_code, category, value, comparator, value_text, unit_text,
  unit, canonical_value, range_low, range_high, range_text, flag, interpretation, level, judged_by, tested_at, resulted_at,
  lab_name, ordering_provider, specimen_type, status, source, external_id, fhir_resource_id, document_id, finding_id,
  import_item_id, confirmed_by, notes, metadata, created_at, updated_at`

const written = sql`analyte, loinc, test_name, test_code, category, value, comparator, value_text, unit_text, unit,
  canonical_value, range_low, range_high, range_text, flag, interpretation, level, judged_by, tested_at, resulted_at, lab_name,
  ordering_provider, specimen_type, status, source, external_id, fhir_resource_id, document_id, finding_id, import_item_id,
  confirmed_by, notes, metadata`

/**
 * Writes results in one statement. A finding or import item that has a row already has it replaced: the same acceptance
 * twice is one result.
 */
export function insertLabs(
  transaction: Transaction | Database,
  userId: string,
  labs: readonly NewLab[],
  now: Date,
): Promise<LabRow[]> {
  return transaction.many<LabRow>(
    sql`insert into medical_records.lab_result (id, user_id, created_at, updated_at, ${written})
      select id, ${userId}::uuid, ${now}::timestamptz, ${now}::timestamptz, ${written}
        from jsonb_populate_recordset(null::medical_records.lab_result, ${JSON.stringify(labs)}::jsonb)
      on conflict (finding_id) where finding_id is not null do update set (${written}, updated_at, version) =
        (select ${prefixed}, excluded.updated_at, lab_result.version + 1)
      returning ${columns}`,
  )
}

const prefixed = sql`excluded.analyte, excluded.loinc, excluded.test_name, excluded.test_code, excluded.category, excluded.value,
  excluded.comparator, excluded.value_text, excluded.unit_text, excluded.unit, excluded.canonical_value, excluded.range_low,
  excluded.range_high, excluded.range_text, excluded.flag, excluded.interpretation, excluded.level, excluded.judged_by,
  excluded.tested_at, excluded.resulted_at, excluded.lab_name, excluded.ordering_provider, excluded.specimen_type,
  excluded.status, excluded.source, excluded.external_id, excluded.fhir_resource_id, excluded.document_id, excluded.finding_id,
  excluded.import_item_id, excluded.confirmed_by, excluded.notes, excluded.metadata`

/** Replaces what a row says, if it has the version still; undefined when it has not. */
export function updateLab(transaction: Transaction, row: LabRow, lab: NewLab, now: Date): Promise<LabRow | undefined> {
  return transaction.one<LabRow>(
    sql`update medical_records.lab_result l set (${written}, updated_at, version, alerted_at) =
        (select ${written}, ${now}::timestamptz, ${row.version + 1}::integer,
           case when given.level >= 4 then l.alerted_at end
          from jsonb_populate_record(null::medical_records.lab_result, ${JSON.stringify(lab)}::jsonb) given)
      where id = ${row.id} and user_id = ${row.user_id} and version = ${row.version} returning ${columns}`,
  )
}

/** Results that no report's range or flag judges, by id. */
export function labsOfOwnRange(
  db: Database,
  userId: string,
  after: string | undefined,
  limit: number,
): Promise<LabRow[]> {
  const behind = after === undefined ? nothing : sql`and id > ${after}`
  return db.many<LabRow>(
    sql`select ${columns} from medical_records.lab_result
      where user_id = ${userId} and analyte is not null and value is not null and range_low is null and range_high is null
        and judged_by ->> 'by' in ('range', 'nothing') and interpretation <> 'abnormal' ${behind}
      order by id limit ${limit}`,
  )
}

/** How a result is judged, for a row of this version. */
export type Judged = Pick<LabRow, 'id' | 'version' | 'interpretation' | 'level' | 'judged_by'>

/** Writes judgements of rows that have their version still; their ids. */
export async function writeJudgements(
  transaction: Transaction,
  userId: string,
  judged: readonly Judged[],
  now: Date,
): Promise<string[]> {
  const rows = await transaction.many<{ id: string }>(
    sql`update medical_records.lab_result l set interpretation = n.interpretation, level = n.level,
        judged_by = n.judged_by, version = l.version + 1, updated_at = ${now}
      from unnest(${judged.map((one) => one.id)}::uuid[], ${judged.map((one) => one.version)}::int[],
        ${judged.map((one) => one.interpretation)}::text[], ${judged.map((one) => one.level)}::smallint[],
        ${judged.map((one) => JSON.stringify(one.judged_by))}::jsonb[]) as n (id, version, interpretation, level, judged_by)
      where l.user_id = ${userId} and l.id = n.id and l.version = n.version returning l.id`,
  )
  return rows.map(({ id }) => id)
}

export function findLab(db: Database, userId: string, id: string): Promise<LabRow | undefined> {
  return db.one<LabRow>(sql`select ${columns} from medical_records.lab_result where id = ${id} and user_id = ${userId}`)
}

/** Results that were taken from these items. */
export function labsOfItems(db: Database, userId: string, itemIds: readonly string[]): Promise<LabRow[]> {
  return db.many<LabRow>(
    sql`select ${columns} from medical_records.lab_result
      where user_id = ${userId} and import_item_id = any(${itemIds}::uuid[])`,
  )
}

/** Removes a row; false when there is none (of this version). */
export async function deleteLab(
  transaction: Transaction,
  userId: string,
  id: string,
  version: number | null,
): Promise<boolean> {
  const ofVersion = version === null ? nothing : sql` and version = ${version}`
  return (
    (await transaction.run(
      sql`delete from medical_records.lab_result where id = ${id} and user_id = ${userId}${ofVersion}`,
    )) > 0
  )
}

export interface LabFilter {
  readonly userId: string
  readonly testName?: string | undefined
  readonly analyte?: string | undefined
  readonly category?: string | undefined
  readonly isAbnormal?: boolean | undefined
  readonly isCritical?: boolean | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

/** A page, newest first, with the count of all that the filter finds: one round trip. */
export async function pageOfLabs(
  db: Database,
  filter: LabFilter,
  skip: number,
  limit: number,
): Promise<{ rows: LabRow[]; total: number }> {
  const [rows = [], counts = []] = await db.batch([
    sql`select ${columns} from medical_records.lab_result where ${matching(filter)}
      order by tested_at desc, id desc limit ${limit} offset ${skip}`,
    sql`select count(*)::int as total from medical_records.lab_result where ${matching(filter)}`,
  ])
  return { rows: rows as LabRow[], total: (counts[0] as { total: number }).total }
}

function matching(filter: LabFilter): Statement {
  const { userId, testName, analyte, category, isAbnormal, isCritical, from, to } = filter
  const name = testName === undefined ? nothing : sql` and strpos(lower(test_name), lower(${testName})) > 0`
  const of = analyte === undefined ? nothing : sql` and analyte = ${analyte}`
  const kind = category === undefined ? nothing : sql` and category = ${category}`
  const abnormal = isAbnormal === undefined ? nothing : sql` and (level > 0) = ${isAbnormal}`
  const critical = isCritical === undefined ? nothing : sql` and (level >= 4) = ${isCritical}`
  const start = from === undefined ? nothing : sql` and tested_at >= ${from}`
  const end = to === undefined ? nothing : sql` and tested_at <= ${to}`
  return sql`user_id = ${userId}${name}${of}${kind}${abnormal}${critical}${start}${end}`
}

/** The newest `limit` results of one analyte with a number, oldest first. */
export async function resultsOf(db: Database, userId: string, analyte: string, limit: number): Promise<LabRow[]> {
  const rows = await db.many<LabRow>(
    sql`select ${columns} from medical_records.lab_result
      where user_id = ${userId} and analyte = ${analyte} and canonical_value is not null
        and status not in ('cancelled', 'entered_in_error')
      order by tested_at desc, id desc limit ${limit}`,
  )
  return rows.reverse()
}

/** The newest `limit` results of each of some analytes with a number, oldest first: one round trip. */
export async function resultsOfEach(
  db: Database,
  userId: string,
  analytes: readonly string[],
  limit: number,
): Promise<Map<string, LabRow[]>> {
  const rows = await db.many<LabRow>(
    sql`select ${columns} from (select *, row_number() over (partition by analyte order by tested_at desc, id desc) as place
        from medical_records.lab_result
        where user_id = ${userId} and analyte = any(${analytes}) and canonical_value is not null
          and status not in ('cancelled', 'entered_in_error')) as ranked
      where place <= ${limit} order by tested_at, id`,
  )
  return Map.groupBy(rows, (row) => row.analyte ?? '') as Map<string, LabRow[]>
}

/** The newest result of each analyte, with how many there are. */
export function newestOfEach(db: Database, userId: string): Promise<(LabRow & { readonly results: number })[]> {
  return db.many<LabRow & { readonly results: number }>(
    sql`select distinct on (analyte) ${columns}, count(*) over (partition by analyte)::int as results
      from medical_records.lab_result
      where user_id = ${userId} and analyte is not null and status not in ('cancelled', 'entered_in_error')
      order by analyte, tested_at desc, id desc limit 300`,
  )
}

/** The results added on a day, or that came of one document or import; newest first. */
export function addedResults(
  db: Database,
  userId: string,
  of: { readonly from?: Date; readonly until?: Date; readonly documentId?: string; readonly importId?: string },
): Promise<LabRow[]> {
  const day = of.from === undefined ? nothing : sql` and created_at >= ${of.from} and created_at < ${of.until}`
  const document = of.documentId === undefined ? nothing : sql` and document_id = ${of.documentId}`
  const imported =
    of.importId === undefined
      ? nothing
      : sql` and import_item_id in (select id from medical_records.import_item where import_id = ${of.importId})`
  return db.many<LabRow>(
    sql`select ${columns} from medical_records.lab_result where user_id = ${userId}${day}${document}${imported}
      order by tested_at desc, id desc limit 200`,
  )
}

/** Rows by id, or all oldest first behind a position: for FHIR. */
export function labsForFhir(
  db: Database,
  userId: string,
  of: {
    readonly ids?: readonly string[] | undefined
    readonly after?: readonly [string, string] | undefined
    readonly limit: number
  },
): Promise<LabRow[]> {
  const named = of.ids === undefined ? nothing : sql` and id = any(${of.ids}::uuid[])`
  const behind =
    of.after === undefined ? nothing : sql` and (created_at, id) > (${of.after[0]}::timestamptz, ${of.after[1]}::uuid)`
  return db.many<LabRow>(
    sql`select ${columns} from medical_records.lab_result where user_id = ${userId}${named}${behind}
      order by created_at, id limit ${of.limit}`,
  )
}

/** Takes the right to announce a critical result: false when it was announced already, or is critical no more. */
export async function takeAlert(db: Database, userId: string, id: string, now: Date): Promise<LabRow | undefined> {
  return db.one<LabRow>(
    sql`update medical_records.lab_result set alerted_at = ${now}
      where id = ${id} and user_id = ${userId} and level >= 4 and alerted_at is null
        and status not in ('cancelled', 'entered_in_error') returning ${columns}`,
  )
}

/** Gives the right back after an announcement that failed. */
export async function releaseAlert(db: Database, userId: string, id: string): Promise<void> {
  await db.run(sql`update medical_records.lab_result set alerted_at = null where id = ${id} and user_id = ${userId}`)
}

/** Removes the results made of these findings; their ids. */
export async function deleteLabsOfFindings(transaction: Transaction, findingIds: readonly string[]): Promise<string[]> {
  const rows = await transaction.many<{ id: string }>(
    sql`delete from medical_records.lab_result where finding_id = any(${findingIds}::uuid[]) returning id`,
  )
  return rows.map(({ id }) => id)
}
