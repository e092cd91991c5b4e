import type { ImagingStudy } from '../../contract/imaging.ts'
import type { ClinicalReport, ReportStatus } from '../../contract/reports.ts'
import { without } from './observation.ts'

/** The status of a DiagnosticReport for each of ours. */
export const STATUS: Readonly<Record<ReportStatus, string>> = {
  DRAFT: 'registered',
  PENDING_REVIEW: 'preliminary',
  REVIEWED: 'preliminary',
  APPROVED: 'preliminary',
  PUBLISHED: 'final',
  ARCHIVED: 'final',
  SUPERSEDED: 'cancelled',
  RETRACTED: 'entered-in-error',
}
/** Document codes of LOINC, for the kinds of report that have a plain one. */
export const REPORT_CODES: Readonly<Record<string, readonly [string, string]>> = {
  DISCHARGE_SUMMARY: ['18842-5', 'Discharge summary'],
  PATHOLOGY_REPORT: ['11526-1', 'Pathology study'],
  RADIOLOGY_REPORT: ['18748-4', 'Diagnostic imaging study'],
  LABORATORY_REPORT: ['11502-2', 'Laboratory report'],
  CONSULTATION_NOTE: ['11488-4', 'Consult note'],
  PROGRESS_NOTE: ['11506-3', 'Progress note'],
  OPERATION_REPORT: ['11504-8', 'Surgical operation note'],
}
const STUDY_STATUS: Readonly<Record<ImagingStudy['status'], string>> = {
  SCHEDULED: 'registered',
  IN_PROGRESS: 'registered',
  COMPLETED: 'available',
  CANCELLED: 'cancelled',
  FAILED: 'cancelled',
}
/** Modality words of the platform to codes of DICOM. */
export const MODALITY: Readonly<Record<string, string>> = { MRI: 'MR', XRAY: 'DX', PET: 'PT', SPECT: 'NM' }

/** A clinical report as an R4 DiagnosticReport. */
export function diagnosticReportOf(
  report: ClinicalReport,
): { readonly resourceType: string } & Record<string, unknown> {
  const code = REPORT_CODES[report.report_type]
  const text = report.title
  return without({
    resourceType: 'DiagnosticReport',
    status: STATUS[report.status],
    code:
      code === undefined
        ? { text }
        : { coding: [{ system: 'http://loinc.org', code: code[0], display: code[1] }], text },
    subject: { reference: `Patient/${report.user_id}` },
    effectiveDateTime: report.report_date,
    issued: report.updated_at,
    performer: performersOf(report),
    conclusion: report.summary ?? undefined,
    presentedForm: [{ contentType: 'text/plain; charset=utf-8', title: text, data: base64Of(report.content) }].map(
      without,
    ),
  })
}

/** An imaging study as an R4 ImagingStudy; its series are not told apart. */
export function imagingStudyOf(study: ImagingStudy): { readonly resourceType: string } & Record<string, unknown> {
  const modality = {
    system: 'http://dicom.nema.org/resources/ontology/DCM',
    code: MODALITY[study.modality] ?? study.modality,
  }
  return without({
    resourceType: 'ImagingStudy',
    identifier:
      study.study_uid === null ? undefined : [{ system: 'urn:dicom:uid', value: `urn:oid:${study.study_uid}` }],
    status: STUDY_STATUS[study.status],
    modality: [modality],
    subject: { reference: `Patient/${study.user_id}` },
    started: study.study_date,
    numberOfInstances: study.dicom_files > 0 ? study.dicom_files : undefined,
    referrer: study.referred_by === null ? undefined : { display: study.referred_by },
    description: study.description ?? study.body_part ?? undefined,
    note: [study.findings, study.impression, study.notes].some((text) => text !== null)
      ? [study.findings, study.impression, study.notes].filter((text) => text !== null).map((text) => ({ text }))
      : undefined,
  })
}

function performersOf({ author, facility }: ClinicalReport) {
  const names = [author, facility].filter((name) => name !== null)
  return names.length === 0 ? undefined : names.map((display) => ({ display }))
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 of the UTF-8 of a text. */
function base64Of(text: string): string {
  const bytes = new TextEncoder().encode(text)
  let out = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.subarray(at, at + 3)
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    out += ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63)
    out +=
      b === undefined ? '==' : ALPHABET.charAt((bits >> 6) & 63) + (c === undefined ? '=' : ALPHABET.charAt(bits & 63))
  }
  return out
}
