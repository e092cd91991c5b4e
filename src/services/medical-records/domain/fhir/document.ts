/** What a DocumentReference says of a document. */
export interface DocumentFacts {
  readonly id: string
  readonly userId: string
  readonly documentType: string
  readonly title: string
  readonly createdAt: string
  readonly documentDate: string | null
  readonly doctor: string | null
  readonly hospital: string | null
  readonly notes: string | null
  readonly mimeType: string | null
  readonly sizeBytes: number | null
  /** Where the file can be had by whoever may see the record; undefined where there is none. */
  readonly url: string | undefined
}

/** Document codes of LOINC. */
export const DOCUMENT_CODES: Readonly<Record<string, readonly [string, string]>> = {
  lab_report: ['11502-2', 'Laboratory report'],
  pathology_report: ['11526-1', 'Pathology study'],
  radiology: ['18748-4', 'Diagnostic imaging study'],
  radiology_report: ['18748-4', 'Diagnostic imaging study'],
  imaging_report: ['18748-4', 'Diagnostic imaging study'],
  discharge_summary: ['18842-5', 'Discharge summary'],
  prescription: ['57833-6', 'Prescription for medication'],
  medical_certificate: ['48766-0', 'Information source'],
}

/** A document as an R4 DocumentReference with the metadata of its file. */
export function documentReferenceOf(document: DocumentFacts): { readonly resourceType: string } {
  const { title, mimeType, sizeBytes, url, documentDate, doctor, hospital, notes } = document
  const code = DOCUMENT_CODES[document.documentType]
  const text = document.documentType.replaceAll('_', ' ')
  const coding = code === undefined ? {} : { coding: [{ system: 'http://loinc.org', code: code[0], display: code[1] }] }
  const attachment = {
    contentType: mimeType ?? 'text/plain',
    ...(url === undefined ? {} : { url }),
    ...(sizeBytes === null || sizeBytes > 2_147_483_647 ? {} : { size: sizeBytes }),
    title,
    ...(documentDate === null ? {} : { creation: documentDate }),
  }
  return {
    resourceType: 'DocumentReference',
    status: 'current',
    type: { ...coding, text },
    subject: { reference: `Patient/${document.userId}` },
    date: document.createdAt,
    ...(doctor === null ? {} : { author: [{ display: doctor }] }),
    ...(hospital === null ? {} : { custodian: { display: hospital } }),
    ...(notes === null ? {} : { description: notes }),
    content: [{ attachment }],
  } as { readonly resourceType: string }
}
