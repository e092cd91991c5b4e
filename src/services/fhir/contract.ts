import { type Access, defineContract, type StreamRoute, stream } from '../../kernel/contract.ts'
import { socket } from '../../kernel/socketDeclaration.ts'
import { hospitalOperations } from './contract/hospital.ts'
import { renderFhirError } from './contract/outcome.ts'
import { patientOperations } from './contract/patients.ts'
import { summaryOperations } from './contract/summaries.ts'

/** A right to any of these opens the record; the database shows of it what the right is to. */
const RECORD: Access = {
  kind: 'person',
  category: 'health_records',
  orCategories: ['personal_info', 'vitals', 'symptoms', 'goals', 'diagnostics', 'documents', 'medications', 'devices'],
}
/** Apps reach these with tokens of their own, also from pages of other origins. */
const APPS = { takesApps: true, anyOrigin: true } as const
const PRODUCES = ['application/fhir+json']

function route(
  kind: 'query' | 'command',
  path: string,
  summary: string,
  parameters?: Readonly<Record<string, string>>,
): StreamRoute {
  const shared = {
    kind,
    route: path,
    summary,
    access: RECORD,
    produces: PRODUCES,
    renderError: renderFhirError,
    ...APPS,
  }
  return stream(parameters === undefined ? shared : { ...shared, parameters })
}

/** Operations that change nothing, asked by POST as well: what they do, and whether of the record, a type or a resource. */
const ASKED: Readonly<Record<string, readonly [string, readonly ('' | '/:type' | '/:type/:id')[]]>> = {
  validate: ['Checks a resource against the specification', ['', '/:type', '/:type/:id']],
  fhirpath: ['What an expression finds in a resource', ['', '/:type', '/:type/:id']],
  everything: ['A patient with all that is known', ['/:type/:id']],
  summary: ['The International Patient Summary', ['/:type', '/:type/:id']],
  meta: ['Profiles, labels and tags in use', ['', '/:type', '/:type/:id']],
  lastn: ['The newest observations of each code', ['/:type']],
  docref: ['A patient’s documents', ['/:type']],
  expand: ['The codes of a value set', ['/:type', '/:type/:id']],
  lookup: ['What is known of a code', ['/:type']],
  subsumes: ['How two codes stand to each other', ['/:type', '/:type/:id']],
  'validate-code': ['Whether a code is one of a set or a system', ['/:type', '/:type/:id']],
}

const asked = Object.fromEntries(
  Object.entries(ASKED).flatMap(([name, [summary, places]]) =>
    places.map((place): [string, StreamRoute] => {
      const word = name.replace(/-./, (part) => part.charAt(1).toUpperCase())
      const suffix = place === '' ? 'All' : place === '/:type' ? 'Type' : 'One'
      return [`${word}${suffix}`, route('query', `POST /fhir${place}/$${name}`, summary)]
    }),
  ),
)

/** HL7 FHIR R4: one surface for hospitals, apps and other software. Each route's interaction is said by its address. */
export const fhir = defineContract({
  name: 'fhir',
  summary: 'The health record as HL7 FHIR R4 resources',
  summaryIn: {
    hi: 'स्वास्थ्य रिकॉर्ड, HL7 FHIR R4 के रूप में।',
    ar: 'السجل الصحي بصيغة HL7 FHIR R4.',
    ms: 'Rekod kesihatan sebagai HL7 FHIR R4.',
  },
  provides: { patients: 'patients' },
  operations: { ...hospitalOperations, ...patientOperations, ...summaryOperations(RECORD) },
  streams: {
    metadata: stream({
      kind: 'query',
      route: 'GET /fhir/metadata',
      summary: 'CapabilityStatement: what this server does',
      access: { kind: 'public', ignoresCredential: true },
      produces: PRODUCES,
      renderError: renderFhirError,
      anyOrigin: true,
    }),
    read: route('query', 'GET /fhir/*', 'Read, version, history, search, compartment or $everything, by the address', {
      profile_id: 'Whose record; the own one unless said',
      _count: 'Resources of a page',
      _sort: 'Search parameters to sort by, - in front for descending',
      _include: 'References whose targets come along',
      _revinclude: 'References whose sources come along',
      _summary: 'true, text, data, count or false',
      _elements: 'Members to answer',
      _total: 'none or accurate',
    }),
    search: route('query', 'POST /fhir/:type/_search', 'Search with the parameters in a form'),
    searchRoot: route('query', 'GET /fhir', 'Search over several types, or over all'),
    searchAll: route('query', 'POST /fhir/_search', 'Search over several types with the parameters in a form'),
    searchWithin: route('query', 'POST /fhir/:type/:id/:of/_search', 'Search in a compartment with a form'),
    ...asked,
    bundle: route('command', 'POST /fhir', 'Batch or transaction'),
    create: route('command', 'POST /fhir/*', 'Create, also if none exists'),
    update: route('command', 'PUT /fhir/*', 'Update or create, by id or by condition'),
    patch: route('command', 'PATCH /fhir/*', 'JSON Patch, by id or by condition'),
    remove: route('command', 'DELETE /fhir/*', 'Delete, by id or by condition'),
  },
  sockets: {
    notifications: socket({
      kind: 'query',
      route: 'GET /fhir/ws',
      summary: 'Subscriptions: `bind <id>` is answered by `bound <id>`, each match by `ping <id>`',
      access: RECORD,
      maxMessageBytes: 1024,
      parameters: { profile_id: 'Whose record; the own one unless said' },
    }),
  },
})
