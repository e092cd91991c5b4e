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

/** A service whose rows are seen as resources. */
export interface Holder {
  readonly name: string
  readonly types: readonly string[]
  readonly isWritable: boolean
}

const SERVICES = 'http://terminology.hl7.org/CodeSystem/restful-security-service'

/** Where apps ask for access, for those that don't read the SMART configuration. */
function oauthAddresses(origin: string) {
  const address = (url: string, path: string) => ({ url, valueUri: `${origin}/auth/${path}` })
  return {
    url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
    extension: [address('authorize', 'authorize'), address('token', 'token')],
  }
}

/** Where clients open the WebSocket of their Subscriptions. */
const WEBSOCKET = 'http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket'

/** What this server does, and nothing that it does not. */
export function capabilityStatement(
  definitions: Definitions,
  book: ParameterBook,
  { base, date, holders }: { readonly base: string; readonly date: string; readonly holders: readonly Holder[] },
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
    instantiates: ['http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data'],
    format: ['application/fhir+json', 'json'],
    patchFormat: ['application/json-patch+json', 'application/fhir+json'],
    rest: [
      {
        mode: 'server',
        extension: [{ url: WEBSOCKET, valueUri: `${base.replace(/^http/, 'ws')}/ws` }],
        security: {
          extension: [oauthAddresses(base.replace(/\/fhir$/, ''))],
          cors: true,
          service: [{ coding: [{ system: SERVICES, code: 'SMART-on-FHIR' }], text: 'OAuth2 as SMART App Launch says' }],
          description:
            'Bearer token of the platform. Each person has a record of their own: ids are unique within it, and nothing of ' +
            'another record is found. `profile_id`, or the header X-Profile-Id, names a record that was shared.',
        },
        resource: definitions.resourceTypes.map((type) => ({
          ...resourceOf(type, definitions, book),
          ...shownBy(type, holders),
        })),
        compartment: Object.keys(definitions.squeezed.compartments).map(
          (name) => `http://hl7.org/fhir/CompartmentDefinition/${name.charAt(0).toLowerCase()}${name.slice(1)}`,
        ),
        interaction: ['transaction', 'batch', 'history-system', 'search-system'].map(code),
        operation: [
          { name: 'export', definition: `${BULK}/export` },
          { name: 'fhirpath', definition: `${base}/OperationDefinition/fhirpath` },
        ],
      },
    ],
  }
}

/** Says of a type which of its resources are rows of other services, and what that means for a client. */
function shownBy(type: string, holders: readonly Holder[]): { documentation?: string } {
  const own = holders.filter((one) => one.types.includes(type))
  if (own.length === 0) return {}
  const named = own.map(({ name, isWritable }) => `${name} (${isWritable ? 'takes writes' : 'read only'})`)
  return {
    documentation:
      `Beside stored resources those that other services hold are read and searched here without being copied: ` +
      `${named.join(', ')}. Of these the version of now is kept. What is written of the person and a service can't hold as a ` +
      `whole is stored whole and linked to it; what it refuses is refused with 422.`,
  }
}

const HL7 = 'http://hl7.org/fhir/OperationDefinition'
const BULK = 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition'

/** Operations by their definition: of every type, and of one. */
const EVERYWHERE: readonly (readonly [string, string])[] = [
  ['validate', `${HL7}/Resource-validate`],
  ['meta', `${HL7}/Resource-meta`],
  ['meta-add', `${HL7}/Resource-meta-add`],
  ['meta-delete', `${HL7}/Resource-meta-delete`],
]
const OF_TYPE: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Patient: [
    ['everything', `${HL7}/Patient-everything`],
    ['summary', 'http://hl7.org/fhir/uv/ips/OperationDefinition/summary'],
    ['export', `${BULK}/patient-export`],
  ],
  Group: [['export', `${BULK}/group-export`]],
  Observation: [['lastn', `${HL7}/Observation-lastn`]],
  DocumentReference: [['docref', 'http://hl7.org/fhir/us/core/OperationDefinition/docref']],
  ValueSet: [
    ['expand', `${HL7}/ValueSet-expand`],
    ['validate-code', `${HL7}/ValueSet-validate-code`],
  ],
  CodeSystem: [
    ['lookup', `${HL7}/CodeSystem-lookup`],
    ['validate-code', `${HL7}/CodeSystem-validate-code`],
    ['subsumes', `${HL7}/CodeSystem-subsumes`],
  ],
}

const operationsOf = (type: string) =>
  [...EVERYWHERE, ...(OF_TYPE[type] ?? [])].map(([name, definition]) => ({ name, definition }))

/** Types whose profile of the International Patient Summary is checked. */
const PROFILED = new Set(
  (
    'Bundle Composition Patient Condition AllergyIntolerance MedicationStatement MedicationRequest Medication Immunization ' +
    'Procedure DiagnosticReport Device DeviceUseStatement Organization Practitioner PractitionerRole Specimen ImagingStudy'
  ).split(' '),
)
const IPS = 'http://hl7.org/fhir/uv/ips/StructureDefinition'
const VITALS = 'vitalsigns bp bmi bodyheight bodytemp bodyweight headcircum heartrate oxygensat resprate'.split(' ')

const US_CORE = (
  'us-core-vital-signs us-core-blood-pressure us-core-bmi us-core-body-height us-core-body-temperature us-core-body-weight ' +
  'us-core-head-circumference us-core-heart-rate us-core-respiratory-rate us-core-pulse-oximetry pediatric-bmi-for-age ' +
  'pediatric-weight-for-height head-occipital-frontal-circumference-percentile'
).split(' ')

function profilesOf(type: string) {
  const vitals =
    type === 'Observation'
      ? [
          ...VITALS.map((name) => `http://hl7.org/fhir/StructureDefinition/${name}`),
          ...US_CORE.map((name) => `http://hl7.org/fhir/us/core/StructureDefinition/${name}`),
        ]
      : []
  const summary = PROFILED.has(type) ? [`${IPS}/${type}-uv-ips`] : []
  const found = [...vitals, ...summary]
  return found.length === 0 ? {} : { supportedProfile: found }
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
    ...profilesOf(type),
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
    operation: operationsOf(type),
  }
}
