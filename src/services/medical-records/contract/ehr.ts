import { command, query } from '../../../kernel/contract.ts'
import { object, oneOf, optional, Type, text } from '../../../kernel/fields.ts'
import { person } from './shapes.ts'

export const EHR_SYSTEMS = ['epic', 'cerner', 'athena', 'meditech', 'allscripts', 'custom'] as const

const unavailable = { access: person, output: object({}), errors: ['unavailable'] } as const
const code = optional(text(2000))

/** The paths by which S002 reached hospitals' systems. No connector is built yet: each says so, and none pretends. */
export const ehrOperations = {
  hospitalConfig: query({
    summary: 'Whether a connector to a hospital’s FHIR server is there: not yet',
    route: 'GET /epic-fhir/config',
    access: person,
    input: object({}),
    output: object({ configured: Type.Boolean(), message: Type.String() }),
  }),
  connectHospital: command({
    ...unavailable,
    summary: 'Refused with 503: no connector is there',
    route: 'POST /epic-fhir/connect',
    input: object({}),
  }),
  authorizeHospital: query({
    ...unavailable,
    summary: 'Refused with 503: no connector is there',
    route: 'GET /epic-fhir/authorize',
    input: object({}),
  }),
  hospitalCallback: query({
    ...unavailable,
    summary: 'Refused with 503: no connector is there',
    route: 'GET /epic-fhir/callback',
    input: object({ code, state: code, error: code, error_description: code }),
  }),
  launchHospital: query({
    ...unavailable,
    summary: 'Refused with 503: no connector is there',
    route: 'GET /epic-fhir/launch',
    input: object({ iss: code, launch: code }),
  }),
  hospitalMetadata: query({
    ...unavailable,
    summary: 'Refused with 503: no connector is there',
    route: 'GET /epic-fhir/metadata',
    input: object({}),
  }),
  hospitalRecords: query({
    ...unavailable,
    summary: 'Refused with 503: no connector is there',
    route: 'GET /epic-fhir/my/:resource',
    input: object({ resource: text(60) }),
  }),
  listIntegrations: query({
    summary: 'The hospitals’ systems that a record is connected with: none yet',
    route: 'GET /ehr/integrations',
    access: person,
    input: object({}),
    output: object({
      items: Type.Array(object({ system: oneOf(EHR_SYSTEMS) })),
      total: Type.Integer(),
      page: Type.Integer(),
      size: Type.Integer(),
      pages: Type.Integer(),
    }),
  }),
  addIntegration: command({
    ...unavailable,
    summary: 'Refused with 503: no connector is there',
    route: 'POST /ehr/integrations',
    input: object({ system: optional(oneOf(EHR_SYSTEMS)), name: optional(text(200)) }),
  }),
}
