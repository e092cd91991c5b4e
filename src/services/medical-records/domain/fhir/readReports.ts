import type { ImagingStudy } from '../../contract/imaging.ts'
import type { ReportStatus, ReportType } from '../../contract/reports.ts'
import { codingsOf } from '../fhirImport/codings.ts'
import { type Json, objectOf, objectsOf, textIn } from '../fhirImport/json.ts'
import { MODALITY, REPORT_CODES, STATUS } from './reports.ts'

/** What of a DiagnosticReport a clinical report holds. */
export interface ReadReport {
  readonly reportType: ReportType
  readonly title: string
  /** The text, or its UTF-8 in base64. */
  readonly content: { readonly text: string } | { readonly base64: string }
  readonly summary: string | null
  readonly reportedAt: string | undefined
  readonly author: string | null
  readonly facility: string | null
  readonly status: ReportStatus
}

const LONGEST_CONTENT = 500_000
/** A resource says less than our steps: each of its words is the earliest of ours that it can mean. */
const STATUSES: Readonly<Record<string, ReportStatus>> = {
  registered: 'DRAFT',
  partial: 'PENDING_REVIEW',
  preliminary: 'PENDING_REVIEW',
  final: 'PUBLISHED',
  amended: 'PUBLISHED',
  corrected: 'PUBLISHED',
  appended: 'PUBLISHED',
}

/** The report of a DiagnosticReport with words of its own; undefined for one that only points elsewhere, or is withdrawn. */
export function readReport(resource: Json): ReadReport | undefined {
  const status = STATUSES[textIn(resource.status) ?? '']
  const codings = codingsOf(resource.code)
  const title = fit(objectOf(resource.code)?.text, 300) ?? codings.find((one) => one.display !== null)?.display ?? null
  const content = contentOf(resource)
  if (status === undefined || title === null || content === undefined) return undefined
  const loinc = codings.find((one) => one.system === 'http://loinc.org')?.code
  const type = Object.entries(REPORT_CODES).find(([, [code]]) => code === loinc)?.[0] as ReportType | undefined
  const [author = null, facility = null] = objectsOf(resource.performer).map((one) => fit(one.display, 200))
  return {
    reportType: type ?? 'OTHER',
    title,
    content,
    summary: fit(resource.conclusion, 5000),
    reportedAt: textIn(resource.effectiveDateTime) ?? textIn(objectOf(resource.effectivePeriod)?.start),
    author,
    facility,
    status,
  }
}

function contentOf(resource: Json): ReadReport['content'] | undefined {
  const forms = objectsOf(resource.presentedForm)
  // Another form of the report than text stays with the resource.
  if (forms.length > 1 || forms.some((form) => !/^text\/plain\b/i.test(textIn(form.contentType) ?? '')))
    return undefined
  const base64 = textIn(forms[0]?.data)
  if (base64 !== undefined) return base64.length * 0.75 <= LONGEST_CONTENT ? { base64 } : undefined
  const conclusion = textIn(resource.conclusion)?.trim() ?? ''
  return forms.length > 0 || conclusion === '' || conclusion.length > LONGEST_CONTENT ? undefined : { text: conclusion }
}

/** The FHIR status of a report's own. */
export function statusOf(status: ReportStatus): string {
  return STATUS[status]
}

/** What of an ImagingStudy a study of the record holds. */
export interface ReadStudy {
  readonly modality: ImagingStudy['modality']
  readonly status: ImagingStudy['status']
  readonly studyDate: string
  readonly description: string | null
  readonly studyUid: string | null
  readonly referredBy: string | null
  readonly note: string | null
}

const STUDY_STATUSES: Readonly<Record<string, ImagingStudy['status']>> = {
  registered: 'SCHEDULED',
  available: 'COMPLETED',
  cancelled: 'CANCELLED',
}
const KNOWN_MODALITIES: ReadonlySet<string> = new Set([
  'CT',
  'US',
  'CR',
  'DX',
  'MG',
  'NM',
  'XA',
  'RF',
  'ECG',
  'ES',
  'OT',
])
const WORDS = new Map(Object.entries(MODALITY).map(([word, code]) => [code, word]))

/** The study of an ImagingStudy with one modality that is known here and a time; undefined for others. */
export function readStudy(resource: Json): ReadStudy | undefined {
  const status = STUDY_STATUSES[textIn(resource.status) ?? '']
  const codes = objectsOf(resource.modality).map((one) => textIn(one.code) ?? '')
  const code = codes[0] ?? ''
  // NM is a modality of its own as well as what SPECT is taken with.
  const modality = KNOWN_MODALITIES.has(code) ? code : WORDS.get(code)
  const studyDate = textIn(resource.started)
  if (status === undefined || codes.length !== 1 || modality === undefined || studyDate === undefined) return undefined
  const uid = objectsOf(resource.identifier).find((one) => one.system === 'urn:dicom:uid')
  const notes = objectsOf(resource.note).map((one) => textIn(one.text) ?? '')
  return {
    modality: modality as ImagingStudy['modality'],
    status,
    studyDate,
    description: fit(resource.description, 500),
    studyUid: /^urn:oid:([0-9.]{1,64})$/.exec(textIn(uid?.value) ?? '')?.[1] ?? null,
    referredBy: fit(objectOf(resource.referrer)?.display, 200),
    note: fit(notes.join('\n'), 2000),
  }
}

function fit(value: unknown, longest: number): string | null {
  const text = textIn(value)?.trim() ?? ''
  return text === '' || text.length > longest ? null : text
}
