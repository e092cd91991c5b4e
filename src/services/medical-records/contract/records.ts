import { writableProjection } from '../../../kernel/projection.ts'

/** What of the record is seen as FHIR; entries, studies and reports are written so as well. */
export const records = writableProjection('records', {
  category: 'health_records',
  types: [
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

/** Laboratory results as FHIR: opened by what opens them everywhere, a right to what tests found or to the whole record. */
export const labsFhir = writableProjection('labs', {
  category: 'diagnostics',
  orCategories: ['health_records'],
  types: ['Observation'],
})
