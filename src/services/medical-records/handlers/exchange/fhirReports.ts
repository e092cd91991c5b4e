import { fieldError } from '../../../../kernel/errors.ts'
import { type ProjectedResource, projected } from '../../../../kernel/projection.ts'
import type { Context } from '../../../../kernel/service.ts'
import { type ReadStudy, readReport, readStudy, statusOf } from '../../domain/fhir/readReports.ts'
import { diagnosticReportOf, imagingStudyOf } from '../../domain/fhir/reports.ts'
import type { Json } from '../../domain/fhirImport/json.ts'
import { nextStatuses } from '../../domain/reports/status.ts'
import { findStudy, type NewStudy, type StudyRow } from '../../store/imaging.ts'
import { findReport } from '../../store/reports.ts'
import { changeStudy, keepStudy, studyOf } from '../imaging/imaging.ts'
import { anyInstant, changedMeanwhile, pastInstant } from '../labs/common.ts'
import { keepReport, reportHandlers } from '../reports/reports.ts'
import { reportOf } from '../reports/views.ts'
import { checked, type How, takenOr } from './fhirWriting.ts'

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** Writes a DiagnosticReport as a clinical report; undefined for one that has no words of its own. */
export async function writeReport(context: Context, resource: Json, how: How): Promise<ProjectedResource | undefined> {
  const read = readReport(resource)
  if (read === undefined) return undefined
  const content = textOf(read.content)
  const now = context.now()
  const reportedAt = read.reportedAt === undefined ? now : pastInstant('report_date', read.reportedAt, now)
  const { title, reportType, summary, author, facility, status } = read
  const before = how.isNew ? undefined : await findReport(context.db, context.personId, how.id)
  if (before !== undefined && how.version !== undefined && before.version !== how.version) throw changedMeanwhile()
  if (how.isCheck) return checked(context, 'DiagnosticReport', how.id)
  if (before === undefined) {
    const said = { report_type: reportType, title, content, summary, author, facility }
    const row = await takenOr(context, how.id, (id) =>
      keepReport(context, { id, ...said, status, reported_at: reportedAt }),
    )
    return renderedReport(context, row.id)
  }
  const isMoved = statusOf(before.status) !== resource.status && nextStatuses(before.status).includes(status)
  await reportHandlers.updateReport(context, {
    id: before.id,
    version: before.version,
    // A type without a code of its own keeps the one it has.
    ...(reportType === 'OTHER' ? {} : { report_type: reportType }),
    title,
    content,
    summary,
    author,
    facility,
    report_date: reportedAt.toISOString(),
    ...(isMoved ? { status } : {}),
  })
  return renderedReport(context, before.id)
}

function textOf(content: { readonly text: string } | { readonly base64: string }): string {
  if ('text' in content) return content.text
  try {
    const text = UTF8.decode(Buffer.from(content.base64, 'base64'))
    if (text.trim() !== '' && !text.includes('\u0000')) return text
  } catch {
    // Said below.
  }
  throw fieldError('content', 'is no text in UTF-8')
}

async function renderedReport(context: Context, id: string): Promise<ProjectedResource | undefined> {
  const row = await findReport(context.db, context.personId, id)
  if (row === undefined) return undefined
  return projected({ id, version: row.version, updatedAt: row.updated_at }, diagnosticReportOf(reportOf(row)))
}

/** Writes an ImagingStudy as a study of the record; undefined for one that it can't be. */
export async function writeStudy(context: Context, resource: Json, how: How): Promise<ProjectedResource | undefined> {
  const read = readStudy(resource)
  if (read === undefined) return undefined
  const before = how.isNew ? undefined : await findStudy(context.db, context.personId, how.id)
  if (before !== undefined && how.version !== undefined && before.version !== how.version) throw changedMeanwhile()
  const study = studyFor(how.id, read, before)
  if (how.isCheck) return checked(context, 'ImagingStudy', how.id)
  const row =
    before === undefined
      ? await takenOr(context, how.id, (id) => keepStudy(context, { ...study, id }))
      : await changeStudy(context, before, study)
  return projected({ id: row.id, version: row.version, updatedAt: row.updated_at }, imagingStudyOf(studyOf(row)))
}

/** What the resource says, with what a resource doesn't show as it was. */
function studyFor(id: string, read: ReadStudy, before: StudyRow | undefined): NewStudy {
  const shown =
    before === undefined ? null : [before.findings, before.impression, before.notes].filter(Boolean).join('\n')
  const isSameNote = before !== undefined && (read.note ?? '') === shown
  // SPECT and nuclear medicine have one code, in progress and scheduled one word.
  const isSameModality = before !== undefined && before.modality === 'SPECT' && read.modality === 'NM'
  const isSameStatus =
    (before?.status === 'IN_PROGRESS' && read.status === 'SCHEDULED') ||
    (before?.status === 'FAILED' && read.status === 'CANCELLED')
  const isBodyPart = before?.description === null && before.body_part === read.description
  return {
    id,
    modality: isSameModality ? 'SPECT' : read.modality,
    status: isSameStatus && before !== undefined ? before.status : read.status,
    studied_at: anyInstant('study_date', read.studyDate),
    description: isBodyPart ? null : read.description,
    study_uid: read.studyUid,
    referred_by: read.referredBy,
    findings: isSameNote ? before.findings : null,
    impression: isSameNote ? before.impression : null,
    notes: isSameNote ? before.notes : read.note,
    body_part: before?.body_part ?? null,
    facility: before?.facility ?? null,
    performed_by: before?.performed_by ?? null,
    accession_number: before?.accession_number ?? null,
    metadata: before?.metadata ?? null,
  }
}
