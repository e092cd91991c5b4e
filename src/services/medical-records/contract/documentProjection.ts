import { writableProjection } from '../../../kernel/projection.ts'

/** Documents as FHIR: what each is and where its file is, never its text. A resource that brings a file makes a document of it. */
export const documentsFhir = writableProjection('documents', {
  category: 'health_records',
  types: ['DocumentReference'],
})
