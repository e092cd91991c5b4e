import type { Definitions } from './definitions.ts'
import type { Resource } from './json.ts'
import type { ParameterBook } from './parameters.ts'

const INTERACTIONS = [
  'read',
  'vread',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
  'create',
  'search-type',
]
const code = (name: string) => ({ code: name })

/** What this server does, and nothing that it does not. */
export function capabilityStatement(
  definitions: Definitions,
  book: ParameterBook,
  { base, date }: { readonly base: string; readonly date: string },
): Resource {
  return {
    resourceType: 'CapabilityStatement',
    url: `${base}/metadata`,
    name: 'SalusFhirServer',
    title: 'Salus FHIR server',
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'Salus' },
    implementation: { description: 'The personal health record of whoever signs in', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    patchFormat: ['application/json-patch+json', 'application/fhir+json'],
    rest: [
      {
        mode: 'server',
        security: {
          cors: true,
          description:
            'Bearer token of the platform. Each person has a record of their own: ids are unique within it, and nothing of ' +
            'another record is found. `profile_id`, or the header X-Profile-Id, names a record that was shared.',
        },
        resource: definitions.resourceTypes.map((type) => resourceOf(type, definitions, book)),
        compartment: Object.keys(definitions.squeezed.compartments).map(
          (name) => `http://hl7.org/fhir/CompartmentDefinition/${name.charAt(0).toLowerCase()}${name.slice(1)}`,
        ),
        interaction: ['transaction', 'batch', 'history-system', 'search-system'].map(code),
      },
    ],
  }
}

function resourceOf(type: string, definitions: Definitions, book: ParameterBook) {
  const parameters = [...book.of(type).values()].sort((a, b) => (a.code < b.code ? -1 : 1))
  const references = parameters.filter((one) => one.type === 'reference').map((one) => `${type}:${one.code}`)
  const incoming = definitions.squeezed.parameters
    .filter(([, kind, , , targets]) => kind === 'reference' && targets?.includes(type) === true)
    .flatMap(([name, , bases]) => bases.filter((base) => definitions.isResource(base)).map((base) => `${base}:${name}`))
  return {
    type,
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    interaction: INTERACTIONS.map(code),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: true,
    conditionalDelete: 'single',
    referencePolicy: ['literal', 'local'],
    ...(references.length === 0 ? {} : { searchInclude: ['*', ...references] }),
    ...(incoming.length === 0 ? {} : { searchRevInclude: [...new Set(incoming)].sort() }),
    searchParam: [
      { name: '_id', type: 'token' },
      { name: '_lastUpdated', type: 'date' },
      { name: '_content', type: 'string' },
      { name: '_text', type: 'string' },
      { name: '_list', type: 'special' },
      ...parameters.map((one) => ({ name: one.code, type: one.type })),
    ],
    operation: [
      { name: 'validate', definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate' },
      ...(type === 'Patient'
        ? [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' }]
        : []),
    ],
  }
}
