import { command, query, stream } from '../../../kernel/contract.ts'
import { flag, list, nullable, object, oneOf, optional, Type, uuid } from '../../../kernel/fields.ts'
import { person } from './shapes.ts'

export const EHR_SYSTEMS = ['epic', 'cerner', 'athena', 'meditech', 'allscripts', 'custom'] as const
export type EhrSystem = (typeof EHR_SYSTEMS)[number]

const system = oneOf(EHR_SYSTEMS)
const nullableText = nullable(Type.String())

export const KIND_OUTCOMES = ['taken', 'nothing', 'not_open', 'failed', 'later'] as const

/** Why a hospital could not be read or connected, for whoever says it in another language. */
export const HOSPITAL_FAULTS = ['away', 'busy', 'broken', 'refused', 'version', 'not_set_up'] as const
export type HospitalFault = (typeof HOSPITAL_FAULTS)[number]

/** What became of one kind at the last reading. */
const ReadKind = object({
  kind: Type.String({ description: 'a FHIR type, or a category of Observation' }),
  outcome: oneOf(KIND_OUTCOMES, {
    description: 'not_open: the person or the hospital opened no right to it; later: it comes with the next reading',
  }),
  count: Type.Integer({ description: 'resources that were new or changed at the hospital' }),
  why: nullableText,
})

const Integration = object({
  system,
  name: Type.String(),
  status: Type.String({ description: 'connected, expired (sign in again) or error' }),
  base_url: Type.String(),
  scopes: Type.String(),
  last_sync_at: nullableText,
  last_tried_at: nullableText,
  last_error: nullableText,
  error_code: nullable(
    oneOf(HOSPITAL_FAULTS, {
      description:
        'what last_error means: away (not reached), busy, broken (no answer that can be read), refused (it gives no access any more), version (another FHIR than R4), not_set_up',
    }),
  ),
  retry_after: nullableText,
  last_import_id: nullable(uuid('what the last reading brought, waiting at /medical-records/imports')),
  new_values: Type.Integer({ description: 'values that the last reading brought' }),
  waiting: Type.Integer({ description: 'values from there that the person has not decided about' }),
  kinds: list(ReadKind, 40),
  created_at: Type.String(),
})

/** What of a hospital can be looked at as it is there now. */
export const HOSPITAL_RESOURCES = {
  patient: 'Patient',
  observations: 'Observation',
  conditions: 'Condition',
  allergies: 'AllergyIntolerance',
  immunizations: 'Immunization',
  procedures: 'Procedure',
  medications: 'MedicationRequest',
  'medication-statements': 'MedicationStatement',
  documents: 'DocumentReference',
  'diagnostic-reports': 'DiagnosticReport',
  appointments: 'Appointment',
  encounters: 'Encounter',
  'care-plans': 'CarePlan',
  goals: 'Goal',
  devices: 'Device',
  'family-history': 'FamilyMemberHistory',
} as const
const resources = Object.keys(HOSPITAL_RESOURCES) as (keyof typeof HOSPITAL_RESOURCES)[]

const which = optional(oneOf(EHR_SYSTEMS, { description: 'epic unless said' }))

/**
 * Records from hospitals' systems: SMART on FHIR against servers that the operator set up. What comes from there waits, as what
 * a file says does, until the person takes it.
 */
export const ehrOperations = {
  hospitalConfig: query({
    summary: 'Which hospitals’ systems the operator of this server has set up',
    route: 'GET /epic-fhir/config',
    access: person,
    input: object({}),
    output: object({
      configured: Type.Boolean(),
      message: Type.String(),
      systems: list(object({ system, name: Type.String(), base_url: Type.String() }), 10),
    }),
  }),
  hospitalMetadata: query({
    summary: 'What the hospital’s FHIR server says of itself',
    route: 'GET /epic-fhir/metadata',
    access: person,
    input: object({ system: which }),
    output: Type.Record(Type.String(), Type.Unknown()),
    errors: ['unavailable', 'bad_upstream'],
    timeoutMs: 60_000,
  }),
  hospitalRecords: query({
    summary: 'What the hospital has of the person now, as FHIR: the first page of a kind; nothing of it is kept',
    route: 'GET /epic-fhir/my/:resource',
    access: person,
    input: object({ resource: oneOf(resources), system: which }),
    output: object({ resource: Type.String(), items: list(Type.Unknown(), 5000), total: Type.Integer() }),
    errors: ['unavailable', 'conflict', 'bad_upstream'],
    timeoutMs: 60_000,
  }),
  listIntegrations: query({
    summary: 'The hospitals’ systems that a record is connected with',
    route: 'GET /ehr/integrations',
    access: person,
    input: object({}),
    output: object({
      items: list(Integration, 20),
      total: Type.Integer(),
      page: Type.Integer(),
      size: Type.Integer(),
      pages: Type.Integer(),
    }),
  }),
  getIntegration: query({
    summary: 'One connection',
    route: 'GET /ehr/integrations/:system',
    access: person,
    input: object({ system }),
    output: Integration,
    errors: ['not_found'],
  }),
  readIntegration: command({
    summary: 'Read the record at the hospital again: what changed since, or all of it; what is new waits to be taken',
    route: 'POST /ehr/integrations/:system/sync',
    access: person,
    status: 202,
    input: object({ system, all: optional(flag({ description: 'read everything, not only what changed since' })) }),
    output: Integration,
    errors: ['not_found', 'unavailable', 'conflict'],
  }),
  removeIntegration: command({
    summary:
      'End a connection: the tokens are revoked at the hospital and forgotten here; what was taken stays, what waits goes',
    route: 'DELETE /ehr/integrations/:system',
    access: person,
    input: object({ system }),
    output: object({
      system,
      status: Type.String(),
      forgotten: Type.Integer({ description: 'values that waited for the person and are gone' }),
      revoked_at_hospital: Type.Boolean({ description: 'whether the hospital’s server confirmed it' }),
    }),
    errors: ['not_found'],
    timeoutMs: 60_000,
  }),
}

const began = {
  access: person,
  parameters: { system: 'epic unless said', return_to: 'path of this server to go to at the end' },
}

/** The ways that set or look at a cookie: a sign-in is finished in the browser that began it. */
export const ehrStreams = {
  connectHospital: stream({
    ...began,
    summary: 'Begin to connect: JSON {system?, return_to?}; answers where the person signs in',
    kind: 'command',
    route: 'POST /epic-fhir/connect',
    produces: ['application/json'],
  }),
  addIntegration: stream({
    ...began,
    summary: 'Begin to connect with a system: JSON {system, return_to?}; answers where the person signs in',
    kind: 'command',
    route: 'POST /ehr/integrations',
    produces: ['application/json'],
  }),
  authorizeHospital: stream({
    ...began,
    summary: 'Begin to connect, and go to where the person signs in',
    kind: 'command',
    route: 'GET /epic-fhir/authorize',
    produces: ['text/plain'],
  }),
  launchHospital: stream({
    summary: 'Begin to connect out of a hospital’s own portal, where its server is one that is set up here',
    kind: 'command',
    route: 'GET /epic-fhir/launch',
    access: person,
    produces: ['text/plain'],
    parameters: { iss: 'address of the hospital’s FHIR server', launch: 'what it opened us with' },
  }),
  hospitalCallback: stream({
    summary: 'The way back from the hospital; the state says whose it is, the browser or credential that it is theirs',
    kind: 'command',
    route: 'GET /epic-fhir/callback',
    access: { kind: 'public' },
    produces: ['text/html'],
    parameters: { code: 'of the hospital', state: 'of ours', error: 'why the person or the hospital refused' },
  }),
}
