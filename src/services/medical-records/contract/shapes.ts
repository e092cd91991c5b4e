import type { Access } from '../../../kernel/contract.ts'
import { nullable, object, oneOf, Type, text, uuid } from '../../../kernel/fields.ts'

export const DOCUMENT_TYPES = [
  'lab_report',
  'imaging_report',
  'clinical_note',
  'discharge_summary',
  'operative_report',
  'progress_note',
  'soap_note',
  'prescription',
  'referral',
  'consultation',
  'pathology_report',
  'radiology_report',
  'ekg_report',
  'radiology',
  'medical_certificate',
  'other',
] as const
export type DocumentType = (typeof DOCUMENT_TYPES)[number]

export const DOCUMENT_STATUSES = [
  'uploaded',
  'processing',
  'ocr_completed',
  'metadata_extracted',
  'validated',
  'error',
] as const
export type DocumentStatus = (typeof DOCUMENT_STATUSES)[number]

export const STORAGE_POLICIES = ['permanent', 'temporary', 'do_not_store'] as const
export type StoragePolicy = (typeof STORAGE_POLICIES)[number]

/** Why a document could not be read. */
export const READING_FAULTS = [
  'type_not_read',
  'encrypted',
  'damaged',
  'too_many_pages',
  'too_many_pixels',
  'too_slow',
  'too_much_memory',
  'reader_stopped',
  'no_text_found',
  'no_ocr_engine',
  'no_heic_reader',
] as const
export type ReadingFault = (typeof READING_FAULTS)[number]

/** Records about a person's health: the caller's own, or another's the caller may see. */
export const person = { kind: 'person', category: 'health_records' } as const
/** Laboratory results: a right to what was found in tests opens them, as one to the whole record does. */
export const laboratory = {
  kind: 'person',
  category: 'diagnostics',
  orCategories: ['health_records'],
} as const satisfies Access

export const documentId = text(40, {
  pattern: '^([0-9]{1,15}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$',
  description: 'UUID, or the whole number of the record',
})

export const Document = object({
  id: uuid(),
  record_id: Type.Integer({ description: 'the whole number that clients of S001 know it by' }),
  document_type: oneOf(DOCUMENT_TYPES),
  title: Type.String(),
  status: oneOf(DOCUMENT_STATUSES),
  fault: nullable(oneOf(READING_FAULTS, { description: 'why it could not be read' })),
  source: oneOf(['upload', 'analyze', 'manual']),
  storage_policy: oneOf(['permanent', 'temporary']),
  expires_at: nullable(Type.String()),
  file_name: nullable(Type.String()),
  mime_type: nullable(Type.String()),
  file_size: nullable(Type.Integer()),
  page_count: nullable(Type.Integer()),
  has_file: Type.Boolean(),
  document_date: nullable(Type.String()),
  doctor_name: nullable(Type.String()),
  hospital_name: nullable(Type.String()),
  patient_name: nullable(Type.String()),
  notes: nullable(Type.String()),
  warnings: Type.Array(Type.String(), { description: 'what about the document itself needs a look' }),
  tags: Type.Array(Type.String()),
  reading_method: nullable(oneOf(['text', 'ocr', 'none'])),
  ocr_confidence: nullable(Type.Number()),
  values_to_review: Type.Integer({ description: 'how many values wait for the person' }),
  import_id: nullable(uuid('what a C-CDA, HL7 v2 or FHIR file brought, at /medical-records/imports')),
  created_at: Type.String(),
  updated_at: Type.String(),
})
