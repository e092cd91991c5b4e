import type { OutputOf } from '../../../../kernel/contract.ts'
import type { Context } from '../../../../kernel/service.ts'
import type { medicalRecords } from '../../contract.ts'
import type { DocumentRow } from '../../store/documents.ts'
import { openDetails } from './sealed.ts'

export type DocumentView = OutputOf<(typeof medicalRecords.operations)['getDocument']>

/** A document as S002 prints it. */
export async function viewOf(context: Context, row: DocumentRow): Promise<DocumentView> {
  const details = await openDetails(context, row)
  return {
    id: row.id,
    record_id: Number(row.seq),
    document_type: row.document_type as DocumentView['document_type'],
    title: details.title,
    status: row.status as DocumentView['status'],
    fault: row.fault as DocumentView['fault'],
    source: row.source as DocumentView['source'],
    storage_policy: row.storage_policy as DocumentView['storage_policy'],
    expires_at: row.expires_at?.toISOString() ?? null,
    file_name: details.file_name ?? null,
    mime_type: row.mime_type,
    file_size: row.size_bytes === null ? null : Number(row.size_bytes),
    page_count: row.page_count,
    has_file: row.address !== null,
    document_date: row.document_date,
    doctor_name: details.doctor_name ?? null,
    hospital_name: details.hospital_name ?? null,
    patient_name: details.patient_name ?? null,
    notes: details.notes ?? null,
    warnings: [...(details.warnings ?? [])],
    tags: row.tags,
    reading_method: row.method as DocumentView['reading_method'],
    ocr_confidence: row.confidence,
    values_to_review: row.waiting,
    import_id: row.import_id,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
