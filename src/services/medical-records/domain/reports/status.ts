import type { ReportStatus, ReportType, TEMPLATES } from '../../contract/reports.ts'

/** Where a report can go from each status (source-systems 4.5). What was published is never written over. */
const NEXT: Readonly<Record<ReportStatus, readonly ReportStatus[]>> = {
  DRAFT: ['PENDING_REVIEW', 'ARCHIVED'],
  PENDING_REVIEW: ['REVIEWED', 'DRAFT'],
  REVIEWED: ['APPROVED', 'DRAFT'],
  APPROVED: ['PUBLISHED', 'DRAFT'],
  PUBLISHED: ['ARCHIVED', 'SUPERSEDED', 'RETRACTED'],
  ARCHIVED: ['RETRACTED'],
  SUPERSEDED: [],
  RETRACTED: [],
}
const OPEN: ReadonlySet<ReportStatus> = new Set(['DRAFT', 'PENDING_REVIEW', 'REVIEWED', 'APPROVED'])

/** The statuses a report can be moved to. */
export function nextStatuses(status: ReportStatus): readonly ReportStatus[] {
  return NEXT[status]
}

/** Whether its content can be changed still. */
export function isOpen(status: ReportStatus): boolean {
  return OPEN.has(status)
}

/** The status after a change of content: what was reviewed or approved is so no more. */
export function statusAfterEdit(status: ReportStatus): ReportStatus {
  return status === 'REVIEWED' || status === 'APPROVED' ? 'DRAFT' : status
}

interface Template {
  readonly template: (typeof TEMPLATES)[number]
  readonly report_type: ReportType
  readonly title: string
  readonly headings: readonly string[]
}

const FORMS: readonly Template[] = [
  {
    template: 'SOAP_NOTE',
    report_type: 'CLINICAL_NOTE',
    title: 'SOAP note',
    headings: ['Subjective', 'Objective', 'Assessment', 'Plan'],
  },
  {
    template: 'PROGRESS_NOTE',
    report_type: 'PROGRESS_NOTE',
    title: 'Progress note',
    headings: ['Since last time', 'Findings', 'Assessment', 'Plan'],
  },
  {
    template: 'DISCHARGE_SUMMARY',
    report_type: 'DISCHARGE_SUMMARY',
    title: 'Discharge summary',
    headings: ['Admitted for', 'Course', 'Diagnoses', 'Medicines at discharge', 'Follow-up'],
  },
  {
    template: 'CONSULTATION_NOTE',
    report_type: 'CONSULTATION_NOTE',
    title: 'Consultation note',
    headings: ['Question', 'History', 'Findings', 'Opinion', 'Recommendation'],
  },
  {
    template: 'REFERRAL_LETTER',
    report_type: 'REFERRAL_LETTER',
    title: 'Referral letter',
    headings: ['Reason for referral', 'History', 'Medicines and allergies', 'Question'],
  },
  {
    template: 'OPERATION_REPORT',
    report_type: 'OPERATION_REPORT',
    title: 'Operation report',
    headings: ['Procedure', 'Indication', 'Findings', 'Course', 'Aftercare'],
  },
]

/** The templates: a heading for each part, nothing filled in. */
export function reportTemplates() {
  return FORMS.map(({ headings, ...form }) => ({
    ...form,
    content: headings.map((heading) => `## ${heading}\n`).join('\n'),
  }))
}
