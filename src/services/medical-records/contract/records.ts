import { projection } from '../../../kernel/projection.ts'

/** What of the record is seen as FHIR. */
export const records = projection('records', {
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
