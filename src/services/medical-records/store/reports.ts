import type { Database, Transaction } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import type { ReportStatus, ReportType } from '../contract/reports.ts'

export interface ReportRow {
  readonly id: string
  readonly user_id: string
  readonly version: number
  readonly revision: number
  readonly report_type: ReportType
  readonly title: string
  readonly content: string
  readonly summary: string | null
  readonly status: ReportStatus
  readonly priority: 'LOW' | 'NORMAL' | 'HIGH' | 'URGENT' | 'CRITICAL'
  readonly template: string | null
  readonly author: string | null
  readonly facility: string | null
  readonly reported_at: Date
  readonly superseded_by: string | null
  readonly tags: readonly string[]
  readonly created_at: Date
  readonly updated_at: Date
}

export interface StepRow {
  readonly action: string
  readonly from_status: ReportStatus | null
  readonly to_status: ReportStatus | null
  readonly done_by: string
  readonly reason: string | null
  readonly created_at: Date
}

export interface RevisionRow {
  readonly revision: number
  readonly title: string
  readonly content: string
  readonly summary: string | null
  readonly changed_by: string
  readonly reason: string | null
  readonly created_at: Date
}

/** Who did what, for the steps and revisions of a report. */
export interface Deed {
  readonly stepId: string
  readonly revisionId: string
  readonly by: string
  readonly reason: string | null
  readonly now: Date
}

const columns = sql`id, user_id, version, revision, report_type, title, content, summary, status, priority, template, author, facility,
  reported_at, superseded_by, tags, created_at, updated_at`

export async function insertReport(transaction: Transaction, row: ReportRow): Promise<void> {
  await transaction.run(
    sql`insert into medical_records.clinical_report (${columns})
      values (${row.id}, ${row.user_id}, ${row.version}, ${row.revision}, ${row.report_type}, ${row.title}, ${row.content},
        ${row.summary}, ${row.status}, ${row.priority}, ${row.template}, ${row.author}, ${row.facility}, ${row.reported_at},
        ${row.superseded_by}, ${row.tags}, ${row.created_at}, ${row.updated_at})`,
  )
}

/** Replaces what a report says, if it has the version still; false when it has not. */
export async function updateReport(transaction: Transaction, before: ReportRow, row: ReportRow): Promise<boolean> {
  const changed = await transaction.run(
    sql`update medical_records.clinical_report set version = ${before.version + 1}, revision = ${row.revision},
        report_type = ${row.report_type}, title = ${row.title}, content = ${row.content}, summary = ${row.summary},
        status = ${row.status}, priority = ${row.priority}, template = ${row.template}, author = ${row.author},
        facility = ${row.facility}, reported_at = ${row.reported_at}, superseded_by = ${row.superseded_by}, tags = ${row.tags},
        updated_at = ${row.updated_at}
      where id = ${before.id} and user_id = ${before.user_id} and version = ${before.version}`,
  )
  return changed > 0
}

/** Keeps a content, so that it can be read when the report says something else. */
export async function insertRevision(transaction: Transaction, row: ReportRow, deed: Deed): Promise<void> {
  await transaction.run(
    sql`insert into medical_records.clinical_report_revision (id, user_id, report_id, revision, title, content, summary, changed_by,
        reason, created_at)
      values (${deed.revisionId}, ${row.user_id}, ${row.id}, ${row.revision}, ${row.title}, ${row.content}, ${row.summary},
        ${deed.by}, ${deed.reason}, ${deed.now})`,
  )
}

export async function insertStep(
  transaction: Transaction,
  report: { readonly id: string; readonly user_id: string },
  step: { readonly action: string; readonly from: ReportStatus | null; readonly to: ReportStatus | null },
  deed: Deed,
): Promise<void> {
  await transaction.run(
    sql`insert into medical_records.clinical_report_step (id, user_id, report_id, action, from_status, to_status, done_by, reason, created_at)
      values (${deed.stepId}, ${report.user_id}, ${report.id}, ${step.action}, ${step.from}, ${step.to}, ${deed.by}, ${deed.reason},
        ${deed.now})`,
  )
}

export function findReport(db: Database, userId: string, id: string): Promise<ReportRow | undefined> {
  return db.one<ReportRow>(
    sql`select ${columns} from medical_records.clinical_report where id = ${id} and user_id = ${userId}`,
  )
}

export function reportsByIds(db: Database, userId: string, ids: readonly string[]): Promise<ReportRow[]> {
  return db.many<ReportRow>(
    sql`select ${columns} from medical_records.clinical_report where user_id = ${userId} and id = any(${ids}::uuid[])`,
  )
}

export async function deleteReport(
  transaction: Transaction,
  userId: string,
  id: string,
  version: number | null,
): Promise<boolean> {
  const ofVersion = version === null ? nothing : sql` and version = ${version}`
  return (
    (await transaction.run(
      sql`delete from medical_records.clinical_report where id = ${id} and user_id = ${userId}${ofVersion}`,
    )) > 0
  )
}

export interface ReportFilter {
  readonly userId: string
  readonly type?: string | undefined
  readonly status?: string | undefined
  readonly priority?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  /** Each word must stand in title, summary or content. */
  readonly words?: readonly string[]
}

export async function pageOfReports(db: Database, filter: ReportFilter, skip: number, limit: number) {
  const [rows = [], counts = []] = await db.batch([
    sql`select ${columns} from medical_records.clinical_report where ${matching(filter)}
      order by reported_at desc, id desc limit ${limit} offset ${skip}`,
    sql`select count(*)::int as total from medical_records.clinical_report where ${matching(filter)}`,
  ])
  return { rows: rows as ReportRow[], total: (counts[0] as { total: number }).total }
}

/** How many there are of each status, type and priority. */
export function countReports(db: Database, filter: ReportFilter) {
  return db.many<{ report_type: string; status: string; priority: string; n: number }>(
    sql`select report_type, status, priority, count(*)::int as n from medical_records.clinical_report
      where ${matching(filter)} group by 1, 2, 3 limit 1000`,
  )
}

function matching({ userId, type, status, priority, from, to, words = [] }: ReportFilter): Statement {
  const ofType = type === undefined ? nothing : sql` and report_type = ${type}`
  const ofStatus = status === undefined ? nothing : sql` and status = ${status}`
  const ofPriority = priority === undefined ? nothing : sql` and priority = ${priority}`
  const start = from === undefined ? nothing : sql` and reported_at >= ${from}`
  const end = to === undefined ? nothing : sql` and reported_at <= ${to}`
  const said =
    words.length === 0
      ? nothing
      : sql` and not exists (select 1 from unnest(${words}::text[]) as word
          where strpos(lower(title || ' ' || coalesce(summary, '') || ' ' || content), word) = 0)`
  return sql`user_id = ${userId}${ofType}${ofStatus}${ofPriority}${start}${end}${said}`
}

export async function pageOfRevisions(db: Database, reportId: string, skip: number, limit: number) {
  const [rows = [], counts = []] = await db.batch([
    sql`select revision, title, content, summary, changed_by, reason, created_at from medical_records.clinical_report_revision
      where report_id = ${reportId} order by revision desc limit ${limit} offset ${skip}`,
    sql`select count(*)::int as total from medical_records.clinical_report_revision where report_id = ${reportId}`,
  ])
  return { rows: rows as RevisionRow[], total: (counts[0] as { total: number }).total }
}

export async function pageOfSteps(db: Database, reportId: string, skip: number, limit: number) {
  const [rows = [], counts = []] = await db.batch([
    sql`select action, from_status, to_status, done_by, reason, created_at from medical_records.clinical_report_step
      where report_id = ${reportId} order by created_at desc, id desc limit ${limit} offset ${skip}`,
    sql`select count(*)::int as total from medical_records.clinical_report_step where report_id = ${reportId}`,
  ])
  return { rows: rows as StepRow[], total: (counts[0] as { total: number }).total }
}
