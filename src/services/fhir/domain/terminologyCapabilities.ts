import type { Resource } from './json.ts'

/** What this server knows of codes and value sets: `metadata?mode=terminology`. */
export function terminologyCapabilities({ base, date }: { readonly base: string; readonly date: string }): Resource {
  return {
    resourceType: 'TerminologyCapabilities',
    url: `${base}/metadata?mode=terminology`,
    name: 'SalusTerminology',
    title: 'Terminology of the Salus FHIR server',
    status: 'active',
    date,
    description:
      'The code systems and value sets of FHIR R4, and those of the record. SNOMED CT and LOINC are not here.',
    kind: 'instance',
    software: { name: 'Salus' },
    implementation: { description: 'The personal health record of whoever signs in', url: base },
    expansion: {
      hierarchical: false,
      paging: true,
      incomplete: false,
      parameter: ['filter', 'offset', 'count', 'displayLanguage', 'url'].map((name) => ({ name })),
    },
    codeSearch: 'explicit',
    validateCode: { translations: false },
  }
}
