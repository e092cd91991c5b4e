import { projection } from '../../../kernel/projection.ts'

/** Documents as FHIR: what each is and where its file is, never its text. */
export const documentsFhir = projection('documents', { category: 'health_records', types: ['DocumentReference'] })
