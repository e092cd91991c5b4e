import type { InputOf } from '../../../../kernel/contract.ts'
import type { Transaction } from '../../../../kernel/database.ts'
import { fieldError, notFound, PlatformError } from '../../../../kernel/errors.ts'
import type { Context, Handlers } from '../../../../kernel/service.ts'
import type { ReportStatus, reportOperations } from '../../contract/reports.ts'
import { medicalRecords } from '../../contract.ts'
import { isOpen, nextStatuses, reportTemplates, statusAfterEdit } from '../../domain/reports/status.ts'
import {
  countReports,
  type Deed,
  deleteReport,
  findReport,
  insertReport,
  insertRevision,
  insertStep,
  pageOfReports,
  pageOfRevisions,
  pageOfSteps,
  type ReportFilter,
  type ReportRow,
  updateReport,
} from '../../store/reports.ts'
import {
  announceChange,
  announceFhir,
  anyInstant,
  changedMeanwhile,
  checkVersion,
  numbered,
  pagingOf,
  pastInstant,
  wantedVersion,
} from '../labs/common.ts'
import { reportOf, revisionView, stepView } from './views.ts'

type ReportHandlers = Pick<Handlers<typeof medicalRecords>, keyof typeof reportOperations>
type Change = Omit<InputOf<typeof reportOperations.updateReport>, 'id'>

export const reportHandlers: ReportHandlers = {
  async createReport(context, input) {
    const now = context.now()
    const row = await keepReport(context, {
      id: context.newId(),
      report_type: input.report_type,
      title: input.title,
      content: input.content,
      summary: input.summary ?? null,
      status: 'DRAFT',
      priority: input.priority ?? 'NORMAL',
      template: input.template ?? null,
      author: input.author ?? null,
      facility: input.facility ?? null,
      reported_at: input.report_date === undefined ? now : pastInstant('report_date', input.report_date, now),
      tags: input.tags ?? [],
    })
    return reportOf(row)
  },

  // The person has read it; nobody has proved who wrote it, so that it is never more than reviewed by itself.
  async keepNote(context, { id, title, content, author, written_at }) {
    const known = await findReport(context.db, context.personId, id)
    if (known !== undefined) return reportOf(known)
    const reported_at = new Date(written_at)
    const said = { id, title, content, author, reported_at, summary: null, facility: null }
    return reportOf(await keepReport(context, { ...said, report_type: 'CLINICAL_NOTE', status: 'REVIEWED' }))
  },

  listReports: (context, input) => page(context, input, []),
  searchReports: (context, input) =>
    page(context, input, input.query.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 10)),

  async reportTemplates() {
    return { items: reportTemplates() }
  },

  async reportStatistics(context, { from, to }) {
    const rows = await countReports(
      context.db,
      filterOf(context, { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }),
    )
    const by = (field: 'status' | 'report_type' | 'priority') => {
      const counts: Record<string, number> = {}
      for (const row of rows) counts[row[field]] = (counts[row[field]] ?? 0) + row.n
      return counts
    }
    const total = rows.reduce((sum, row) => sum + row.n, 0)
    return { total, by_status: by('status'), by_type: by('report_type'), by_priority: by('priority') }
  },

  async getReport(context, { id }) {
    return reportOf(await existing(context, id))
  },

  async updateReport(context, { id, ...input }) {
    const before = await existing(context, id)
    checkVersion(input, before.version)
    const { status, superseded_by, change_reason } = input
    const edited = withChanges(context, before, input)
    const moved =
      status === undefined || status === edited.status ? edited : await movedTo(context, edited, status, superseded_by)
    return write(context, before, moved, change_reason ?? null)
  },

  async changeReportStatus(context, { id, status, reason, superseded_by, ...input }) {
    const before = await existing(context, id)
    checkVersion(input, before.version)
    return write(context, before, await movedTo(context, before, status, superseded_by), reason ?? null)
  },

  async deleteReport(context, { id, ...input }) {
    const version = wantedVersion(input)
    const row = await existing(context, id)
    return context.transact(async (transaction) => {
      if (!(await deleteReport(transaction, context.personId, id, version))) throw changedMeanwhile()
      await announceReport(context, transaction, row, 'deleted')
      return null
    })
  },

  async reportVersions(context, { id, ...input }) {
    await existing(context, id)
    const paging = pagingOf(input)
    const { rows, total } = await pageOfRevisions(context.db, id, paging.skip, paging.limit)
    return numbered(rows.map(revisionView), total, paging)
  },

  async reportAuditLogs(context, { id, ...input }) {
    await existing(context, id)
    const paging = pagingOf(input)
    const { rows, total } = await pageOfSteps(context.db, id, paging.skip, paging.limit)
    return numbered(rows.map(stepView), total, paging)
  },
}

type Said = 'id' | 'report_type' | 'title' | 'content' | 'summary' | 'status' | 'author' | 'facility' | 'reported_at'

/**
 * Writes a report with its first revision and step. One that comes from elsewhere has the status that it has there.
 * @param by the account that does it; a job, which nobody calls, must say whose deed it carries out
 */
export async function keepReport(
  context: Context,
  said: Pick<ReportRow, Said> & Partial<Pick<ReportRow, 'priority' | 'template' | 'tags'>>,
  by: string = context.accountId,
): Promise<ReportRow> {
  const now = context.now()
  const row: ReportRow = {
    user_id: context.personId,
    version: 1,
    revision: 1,
    priority: 'NORMAL',
    template: null,
    tags: [],
    superseded_by: null,
    created_at: now,
    updated_at: now,
    ...said,
  }
  const deed = deedOf(context, null, by)
  await context.transact(async (transaction) => {
    await insertReport(transaction, row)
    await insertRevision(transaction, row, deed)
    await insertStep(transaction, row, { action: 'created', from: null, to: row.status }, deed)
    await announceReport(context, transaction, row)
  })
  return row
}

/** The report with the changes of an input; 409 when it is published or closed. */
function withChanges(context: Context, before: ReportRow, input: Change): ReportRow {
  const now = context.now()
  const given = <Value>(value: Value | null | undefined, otherwise: Value | null) =>
    value === undefined ? otherwise : value
  const row: ReportRow = {
    ...before,
    report_type: input.report_type ?? before.report_type,
    title: input.title ?? before.title,
    content: input.content ?? before.content,
    summary: given(input.summary, before.summary),
    priority: input.priority ?? before.priority,
    template: given(input.template, before.template),
    author: given(input.author, before.author),
    facility: given(input.facility, before.facility),
    tags: input.tags ?? before.tags,
    reported_at:
      input.report_date === undefined ? before.reported_at : pastInstant('report_date', input.report_date, now),
  }
  const fields = [
    'report_type',
    'title',
    'content',
    'summary',
    'priority',
    'template',
    'author',
    'facility',
    'report_date',
    'tags',
  ] as const
  if (fields.every((field) => input[field] === undefined)) return row
  if (!isOpen(before.status)) {
    throw new PlatformError(
      'conflict',
      `A report that is ${before.status} is not changed: write a new one that supersedes it`,
    )
  }
  return { ...row, status: statusAfterEdit(before.status) }
}

/** The report in another status. 409 for a step that there is not, 422 for SUPERSEDED without what takes its place. */
async function movedTo(
  context: Context,
  row: ReportRow,
  status: ReportStatus,
  supersededBy: string | undefined,
): Promise<ReportRow> {
  if (!nextStatuses(row.status).includes(status)) {
    const allowed = nextStatuses(row.status).join(', ') || 'nothing'
    throw new PlatformError('conflict', `A report goes from ${row.status} to ${allowed}, not to ${status}`)
  }
  if (status !== 'SUPERSEDED') return { ...row, status }
  if (supersededBy === undefined || supersededBy === row.id) {
    throw fieldError('superseded_by', 'must name another report that takes its place')
  }
  if ((await findReport(context.db, context.personId, supersededBy)) === undefined) throw notFound('Superseding report')
  return { ...row, status, superseded_by: supersededBy }
}

async function write(context: Context, before: ReportRow, changed: ReportRow, reason: string | null) {
  const isNewContent = (['title', 'content', 'summary'] as const).some((field) => before[field] !== changed[field])
  const row = { ...changed, revision: before.revision + (isNewContent ? 1 : 0), updated_at: context.now() }
  const deed = deedOf(context, reason)
  const action = before.status === row.status ? 'changed' : isNewContent ? 'changed_and_moved' : 'moved'
  await context.transact(async (transaction) => {
    if (!(await updateReport(transaction, before, row))) throw changedMeanwhile()
    if (isNewContent) await insertRevision(transaction, row, deed)
    await insertStep(transaction, row, { action, from: before.status, to: row.status }, deed)
    await announceReport(context, transaction, row)
  })
  return reportOf({ ...row, version: before.version + 1 })
}

export async function announceReport(
  context: Context,
  transaction: Transaction,
  row: ReportRow,
  status: string = row.status,
): Promise<void> {
  await announceChange(context, transaction, medicalRecords.events.clinicalReportChanged, {
    resourceType: 'clinical_report',
    ids: [row.id],
    status,
  })
  await announceFhir(context, transaction, [{ type: 'DiagnosticReport', id: row.id }])
}

async function page(context: Context, input: InputOf<typeof reportOperations.listReports>, words: readonly string[]) {
  const paging = pagingOf(input)
  const { rows, total } = await pageOfReports(
    context.db,
    { ...filterOf(context, input), words },
    paging.skip,
    paging.limit,
  )
  return numbered(rows.map(reportOf), total, paging)
}

function filterOf(context: Context, input: InputOf<typeof reportOperations.listReports>): ReportFilter {
  return {
    userId: context.personId,
    type: input.report_type,
    status: input.status,
    priority: input.priority,
    from: input.from === undefined ? undefined : anyInstant('from', input.from),
    to: input.to === undefined ? undefined : anyInstant('to', input.to, true),
  }
}

function deedOf(context: Context, reason: string | null, by: string = context.accountId): Deed {
  return { stepId: context.newId(), revisionId: context.newId(), by, reason, now: context.now() }
}

async function existing(context: Context, id: string): Promise<ReportRow> {
  const row = await findReport(context.db, context.personId, id)
  if (row === undefined) throw notFound('Clinical report')
  return row
}
