import { writableProjection } from '../../../kernel/projection.ts'

/** What of the record is seen as FHIR; entries and laboratory results are written so as well. */
export const records = writableProjection('records', {
  category: 'health_records',
  types: [
    'Observation',
    'DiagnosticReport',
    'Condition',
    'AllergyIntolerance',
    'Immunization',
    'Procedure',
    'FamilyMemberHistory',
    'MedicationStatement',
    'ImagingStudy',
  ],
})
