import { command, query } from '../../../kernel/contract.ts'
import {
  date,
  instant,
  list,
  nullable,
  object,
  oneOf,
  optional,
  type Static,
  Type,
  text,
  uuid,
} from '../../../kernel/fields.ts'
import {
  count,
  idInput,
  ifMatch,
  maybe,
  nullableText,
  numberedPage,
  pageFields,
  patchTwin,
  time,
  versionFields,
} from './common.ts'
import { person } from './shapes.ts'

export const REPORT_TYPES = [
  'CLINICAL_NOTE',
  'PROGRESS_NOTE',
  'DISCHARGE_SUMMARY',
  'CONSULTATION_NOTE',
  'OPERATION_REPORT',
  'PATHOLOGY_REPORT',
  'RADIOLOGY_REPORT',
  'LABORATORY_REPORT',
  'MEDICATION_REVIEW',
  'ALLERGY_ASSESSMENT',
  'VITAL_SIGNS_REPORT',
  'TREATMENT_PLAN',
  'CARE_PLAN',
  'REFERRAL_LETTER',
  'CONSENT_FORM',
  'ADVANCE_DIRECTIVE',
  'OTHER',
] as const
export type ReportType = (typeof REPORT_TYPES)[number]
export const REPORT_STATUSES = [
  'DRAFT',
  'PENDING_REVIEW',
  'REVIEWED',
  'APPROVED',
  'PUBLISHED',
  'ARCHIVED',
  'SUPERSEDED',
  'RETRACTED',
] as const
export type ReportStatus = (typeof REPORT_STATUSES)[number]
export const PRIORITIES = ['LOW', 'NORMAL', 'HIGH', 'URGENT', 'CRITICAL'] as const
export const TEMPLATES = [
  'SOAP_NOTE',
  'PROGRESS_NOTE',
  'DISCHARGE_SUMMARY',
  'CONSULTATION_NOTE',
  'REFERRAL_LETTER',
  'OPERATION_REPORT',
] as const

const type = oneOf(REPORT_TYPES)
const status = oneOf(REPORT_STATUSES)
const priority = oneOf(PRIORITIES)

export const ClinicalReport = object({
  id: uuid(),
  version: Type.Integer(),
  revision: Type.Integer(),
  user_id: uuid(),
  report_type: type,
  title: Type.String(),
  content: Type.String(),
  summary: nullableText,
  status,
  allowed_next: list(status, 8),
  priority,
  template: nullable(oneOf(TEMPLATES)),
  author: nullableText,
  facility: nullableText,
  report_date: time,
  superseded_by: nullable(uuid()),
  tags: list(Type.String(), 30),
  created_at: time,
  updated_at: time,
})
export type ClinicalReport = Static<typeof ClinicalReport>

const content = text(100_000)
const fields = {
  summary: maybe(text(2000)),
  priority: maybe(priority),
  template: maybe(oneOf(TEMPLATES)),
  author: maybe(text(200)),
  facility: maybe(text(200)),
  tags: maybe(list(text(60), 30)),
}
const filter = {
  report_type: optional(type),
  status: optional(status),
  priority: optional(priority),
  from: optional(instant()),
  to: optional(instant()),
}

export const reportOperations = {
  createReport: command({
    summary: 'Write a clinical report as a draft',
    route: 'POST /clinical-reports',
    access: person,
    status: 201,
    input: object({ report_type: type, title: text(300), content, report_date: optional(instant()), ...fields }),
    output: ClinicalReport,
    bodyLimitBytes: 600_000,
  }),
  keepNote: command({
    summary: 'A note of somebody outside that the person took into the record; with the same id it is kept once',
    access: person,
    input: object({ id: uuid(), title: text(300), content, author: text(200), written_at: instant() }),
    output: ClinicalReport,
  }),
  listReports: query({
    summary: 'Clinical reports, newest first',
    route: 'GET /clinical-reports',
    access: person,
    input: object({ ...filter, ...pageFields }),
    output: numberedPage(ClinicalReport),
  }),
  searchReports: query({
    summary: 'Clinical reports with these words in title, summary or content',
    route: 'GET /clinical-reports/search',
    access: person,
    input: object({ query: text(200), ...filter, ...pageFields }),
    output: numberedPage(ClinicalReport),
  }),
  reportTemplates: query({
    summary: 'The templates that a report can be begun from',
    route: 'GET /clinical-reports/templates',
    access: person,
    input: object({}),
    output: object({
      items: list(
        object({ template: oneOf(TEMPLATES), report_type: type, title: Type.String(), content: Type.String() }),
        20,
      ),
    }),
  }),
  reportStatistics: query({
    summary: 'How many reports there are, by status, type and priority',
    route: 'GET /clinical-reports/statistics',
    access: person,
    input: object({ from: optional(date()), to: optional(date()) }),
    output: object({
      total: count,
      by_status: Type.Record(Type.String(), count),
      by_type: Type.Record(Type.String(), count),
      by_priority: Type.Record(Type.String(), count),
    }),
  }),
  getReport: query({
    summary: 'One clinical report',
    route: 'GET /clinical-reports/:id',
    access: person,
    input: idInput,
    output: ClinicalReport,
    errors: ['not_found'],
  }),
  updateReport: command({
    summary: 'Change a report that is not published yet; the content before is kept',
    route: 'PUT /clinical-reports/:id',
    aliases: patchTwin('/clinical-reports/:id'),
    access: person,
    headers: ifMatch,
    input: object({
      id: uuid(),
      title: optional(text(300)),
      content: optional(content),
      report_type: optional(type),
      report_date: optional(instant()),
      status: optional(status),
      superseded_by: optional(uuid('the report that takes its place; needed for SUPERSEDED')),
      change_reason: optional(text(500)),
      ...fields,
      ...versionFields,
    }),
    output: ClinicalReport,
    errors: ['not_found', 'conflict', 'precondition_failed'],
    bodyLimitBytes: 600_000,
  }),
  changeReportStatus: command({
    summary: 'Move a report on: draft, review, approval, publication, archive',
    route: 'POST /clinical-reports/:id/status',
    access: person,
    headers: ifMatch,
    input: object({
      id: uuid(),
      status,
      reason: optional(text(500)),
      superseded_by: optional(uuid('the report that takes its place; needed for SUPERSEDED')),
      ...versionFields,
    }),
    output: ClinicalReport,
    errors: ['not_found', 'conflict', 'precondition_failed'],
  }),
  deleteReport: command({
    summary: 'Delete a report with all its versions',
    route: 'DELETE /clinical-reports/:id',
    access: person,
    status: 204,
    headers: ifMatch,
    input: object({ id: uuid(), if_match: optional(text(80)) }),
    output: Type.Null(),
    errors: ['not_found', 'precondition_failed'],
  }),
  reportVersions: query({
    summary: 'Every content that a report had, newest first',
    route: 'GET /clinical-reports/:id/versions',
    access: person,
    input: object({ id: uuid(), ...pageFields }),
    output: numberedPage(
      object({
        revision: Type.Integer(),
        title: Type.String(),
        content: Type.String(),
        summary: nullableText,
        changed_by: uuid(),
        reason: nullableText,
        created_at: time,
      }),
    ),
    errors: ['not_found'],
  }),
  reportAuditLogs: query({
    summary: 'What was done with a report, newest first',
    route: 'GET /clinical-reports/:id/audit-logs',
    access: person,
    input: object({ id: uuid(), ...pageFields }),
    output: numberedPage(
      object({
        action: Type.String(),
        from_status: nullable(status),
        to_status: nullable(status),
        done_by: uuid(),
        reason: nullableText,
        created_at: time,
      }),
    ),
    errors: ['not_found'],
  }),
}
