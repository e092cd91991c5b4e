import type { OutputOf } from '../../../../kernel/contract.ts'
import type { Context } from '../../../../kernel/service.ts'
import type { medicalRecords } from '../../contract.ts'
import type { CriticalContent, DiagnosisContent, LabContent, MedicationContent } from '../../domain/extract/findings.ts'
import { isAbnormal } from '../../domain/extract/given.ts'
import type { DocumentRow } from '../../store/documents.ts'
import type { FindingRow } from '../../store/findings.ts'
import { openDecided, openDetails, openFinding } from '../documents/sealed.ts'

type Operations = typeof medicalRecords.operations
export type RecordView = OutputOf<Operations['getHealthRecord']>
export type CardView = OutputOf<Operations['healthRecords']>['records'][number]

/** What S001 says of its readings; ours are made without a language model, and are still proposals. */
export const DISCLAIMER =
  'Read by a program. Compare each value with the document before you rely on it; it is no medical advice.'

const RECORD_TYPES: Readonly<Record<string, RecordView['document_type']>> = {
  prescription: 'prescription',
  lab_report: 'lab_report',
  pathology_report: 'lab_report',
  radiology: 'radiology',
  radiology_report: 'radiology',
  imaging_report: 'radiology',
  discharge_summary: 'discharge_summary',
  medical_certificate: 'medical_certificate',
}

const PURPOSES: Readonly<Record<string, string>> = {
  prescription: 'medication_management',
  lab_report: 'diagnostics',
  radiology: 'diagnostics',
  discharge_summary: 'continuity_of_care',
  medical_certificate: 'administrative',
}

/** The type of S001 for one of S002. */
export function recordType(documentType: string): RecordView['document_type'] {
  return RECORD_TYPES[documentType] ?? 'other'
}

/** A value as S001's clients see it: what the person took, else what was read. */
export interface SeenValue {
  readonly kind: string
  readonly isConfirmed: boolean
  readonly doubts: readonly string[]
  readonly confidence: number
  readonly content: unknown
}

export async function seenValues(context: Context, rows: readonly FindingRow[]): Promise<SeenValue[]> {
  const kept = rows.filter((row) => row.state !== 'rejected')
  return Promise.all(
    kept.map(async (row) => {
      const read = await openFinding<{ confidence?: number }>(context, row)
      const decided = await openDecided<object>(context, row)
      const isConfirmed = decided !== undefined
      return {
        kind: row.kind,
        isConfirmed,
        doubts: isConfirmed ? [] : row.doubts,
        confidence: isConfirmed ? 1 : Math.round(read.confidence ?? 0) / 100,
        content: decided ?? read,
      }
    }),
  )
}

/** The values of S001's shapes. */
export function valueMembers(values: readonly SeenValue[]) {
  const of = (kind: string) => values.filter((value) => value.kind === kind)
  const diagnoses = of('diagnosis').map((value) => (value.content as DiagnosisContent).text)
  const sure = values.filter((value) => value.doubts.length === 0).length
  return {
    diagnosis: diagnoses.length === 0 ? null : diagnoses.join('; '),
    medications: of('medication').map(({ content, confidence, isConfirmed }) => {
      const { name, dosage, frequency, duration, instructions } = content as MedicationContent
      return { name, dosage, frequency, duration, instructions, confidence, confirmed: isConfirmed }
    }),
    test_results: of('lab').map(({ content, confidence, isConfirmed, doubts }) => {
      const lab = content as LabContent
      return {
        test_name: lab.test_name,
        result_value: lab.value === null ? (lab.value_text ?? '') : `${lab.comparator ?? ''}${lab.value}`,
        unit: lab.unit,
        reference_range: lab.reference_text,
        is_abnormal: isAbnormal(lab),
        confidence,
        confirmed: isConfirmed,
        doubts: [...doubts],
      }
    }),
    critical_info: of('critical_info').map(({ content, isConfirmed }) => {
      const { info_type, value } = content as CriticalContent
      return { info_type, value, severity: null, confirmed: isConfirmed }
    }),
    overall_confidence: values.length === 0 ? 0 : Math.round((sure / values.length) * 100) / 100,
  }
}

/** The purpose that S001 tags a type with. */
export function purposeOf(documentType: string): string {
  return PURPOSES[recordType(documentType)] ?? 'general_health'
}

export async function recordView(context: Context, row: DocumentRow, rows: readonly FindingRow[]): Promise<RecordView> {
  const details = await openDetails(context, row)
  return {
    id: Number(row.seq),
    record_id: row.id,
    title: details.title,
    document_type: recordType(row.document_type),
    date: row.document_date,
    doctor: details.doctor_name ?? null,
    hospital: details.hospital_name ?? null,
    patient_name: details.patient_name ?? null,
    notes: details.notes ?? null,
    ...valueMembers(await seenValues(context, rows)),
    purpose_tag: purposeOf(row.document_type),
    storage_policy: row.storage_policy as RecordView['storage_policy'],
    ai_disclaimer: DISCLAIMER,
    verified: row.waiting === 0,
    expires_at: row.expires_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  }
}

export async function cardView(context: Context, row: DocumentRow): Promise<CardView> {
  const { title, doctor_name, hospital_name } = await openDetails(context, row)
  return {
    id: Number(row.seq),
    record_id: row.id,
    date: row.document_date,
    document_type: recordType(row.document_type),
    title,
    doctor_name: doctor_name ?? null,
    hospital_name: hospital_name ?? null,
    storage_policy: row.storage_policy as CardView['storage_policy'],
    expires_at: row.expires_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  }
}
