import type { Transaction } from '../../../../kernel/database.ts'
import { fhirChange, projected } from '../../../../kernel/projection.ts'
import type { Context } from '../../../../kernel/service.ts'
import { documentsFhir } from '../../contract/documentProjection.ts'
import { medicalRecords } from '../../contract.ts'
import { documentReferenceOf } from '../../domain/fhir/document.ts'
import type { DocumentRow } from '../../store/documents.ts'
import { openDetails } from './sealed.ts'

/** A document as a DocumentReference. */
export async function resourceOf(context: Context, row: DocumentRow) {
  const details = await openDetails(context, row)
  const resource = documentReferenceOf({
    id: row.id,
    userId: row.user_id,
    documentType: row.document_type,
    title: details.title,
    createdAt: row.created_at.toISOString(),
    documentDate: row.document_date,
    doctor: details.doctor_name ?? null,
    hospital: details.hospital_name ?? null,
    notes: details.notes ?? null,
    mimeType: row.mime_type,
    sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
    url: row.address === null ? undefined : `${context.publicUrl}/api/v1/documents/${row.id}/download`,
  })
  return projected({ id: row.id, version: row.version, updatedAt: row.updated_at }, resource)
}

/** Tells that a document, seen as FHIR, was made, changed or removed. */
export function announceDocument(context: Context, transaction: Transaction, id: string): Promise<void> {
  const change = fhirChange(context.personId, documentsFhir, [{ type: 'DocumentReference', id }])
  return transaction.publish(medicalRecords.events.fhirChanged, change)
}
