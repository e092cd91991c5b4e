import { command, query, stream } from '../../../kernel/contract.ts'
import { date, integer, list, nullable, object, oneOf, optional, Type, text } from '../../../kernel/fields.ts'
import { DOCUMENT_STATUSES, DOCUMENT_TYPES, Document, documentId, person } from './shapes.ts'

const tags = list(text(60), 30)
const name = text(200)

const members = {
  title: name,
  document_type: oneOf(DOCUMENT_TYPES),
  document_date: date(),
  doctor_name: name,
  hospital_name: name,
  patient_name: name,
  notes: text(5000),
  tags,
}

const Page = object({
  items: Type.Array(Document),
  total: Type.Integer(),
  page: Type.Integer(),
  size: Type.Integer(),
  pages: Type.Integer(),
})

const listInput = object({
  page: optional(integer(1, 100_000, { default: 1 })),
  size: optional(integer(1, 100, { default: 20 })),
  document_type: optional(oneOf(DOCUMENT_TYPES)),
  status: optional(oneOf(DOCUMENT_STATUSES)),
  tag: optional(text(60)),
})

const one = object({ id: documentId })

export const documentOperations = {
  listDocuments: query({
    summary: 'The documents of a record, newest first',
    route: 'GET /documents',
    access: person,
    input: listInput,
    output: Page,
  }),
  listRecords: query({
    summary: 'Everything of a record, newest first',
    aliases: ['GET /api/v1/records', 'GET /medical-records/api/v1/records', 'GET /medical-records/records'],
    access: person,
    input: listInput,
    output: Page,
  }),
  createDocument: command({
    summary: 'Write down a document by hand, without a file',
    route: 'POST /documents',
    access: person,
    status: 201,
    input: object({
      title: members.title,
      document_type: members.document_type,
      document_date: optional(members.document_date),
      doctor_name: optional(name),
      hospital_name: optional(name),
      patient_name: optional(name),
      notes: optional(members.notes),
      tags: optional(tags),
    }),
    output: Document,
  }),
  getDocument: query({
    summary: 'One document',
    route: 'GET /documents/:id',
    access: person,
    input: one,
    output: Document,
    errors: ['not_found'],
  }),
  updateDocument: command({
    summary: 'Change what is said about a document; what is left out stays, null empties',
    route: 'PUT /documents/:id',
    aliases: ['PATCH /api/v1/documents/:id', 'PATCH /medical-records/api/v1/documents/:id'],
    access: person,
    input: object({
      id: documentId,
      title: optional(members.title),
      document_type: optional(members.document_type),
      document_date: optional(nullable(members.document_date)),
      doctor_name: optional(nullable(name)),
      hospital_name: optional(nullable(name)),
      patient_name: optional(nullable(name)),
      notes: optional(nullable(members.notes)),
      tags: optional(tags),
    }),
    output: Document,
    errors: ['not_found'],
  }),
  deleteDocument: command({
    summary: 'Remove a document with its file, its text and all that was read in it',
    route: 'DELETE /documents/:id',
    access: person,
    status: 204,
    input: one,
    output: Type.Null(),
    errors: ['not_found'],
  }),
  documentStatus: query({
    summary: 'How far the reading of a document is',
    route: 'GET /documents/:id/status',
    access: person,
    input: one,
    output: object({
      id: Type.String(),
      status: oneOf(DOCUMENT_STATUSES),
      fault: Document.properties.fault,
      reading_method: Document.properties.reading_method,
      ocr_confidence: Document.properties.ocr_confidence,
      page_count: Document.properties.page_count,
      values_to_review: Type.Integer(),
      updated_at: Type.String(),
    }),
    errors: ['not_found'],
  }),
  documentText: query({
    summary: 'The text of a document, page by page',
    route: 'GET /documents/:id/text',
    access: person,
    input: one,
    output: object({ id: Type.String(), ocr_text: Type.String(), pages: Type.Array(Type.String()) }),
    errors: ['not_found'],
  }),
}

export const documentStreams = {
  uploadDocument: stream({
    summary: 'Add a file: multipart/form-data with a part `file`, or the file itself as the body',
    kind: 'command',
    route: 'POST /documents/upload',
    access: person,
    produces: ['application/json'],
    parameters: {
      file_name: 'Name of the file where it is the body itself',
      title: 'Title; the name of the file unless said',
      document_type: `One of ${DOCUMENT_TYPES.join(', ')}; read from the document unless said`,
      storage_policy: 'permanent (unless said) or temporary: removed after 30 days',
      tags: 'Words separated by commas',
    },
  }),
  downloadDocument: stream({
    summary: 'The file of a document as it was added',
    kind: 'query',
    route: 'GET /documents/:id/download',
    access: person,
    produces: ['application/octet-stream'],
  }),
  documentPage: stream({
    summary: 'A page of a PDF or TIFF, a frame of DICOM or a HEIC photo as a picture, as the review shows it; no file',
    kind: 'query',
    route: 'GET /documents/:id/pages/:page',
    access: person,
    produces: ['image/png'],
  }),
}
