import { command, query } from '../../../kernel/contract.ts'
import { flag, integer, object, oneOf, optional, type Static, Type, text, uuid } from '../../../kernel/fields.ts'
import {
  ifMatch,
  maybe,
  nullableText,
  numberedPage,
  pageFields,
  partialDate,
  patchTwin,
  time,
  versionFields,
} from './common.ts'
import { person } from './shapes.ts'

/** The kinds, as their addresses name them. */
export const CLINICAL_KINDS = [
  'conditions',
  'allergies',
  'immunizations',
  'procedures',
  'family-history',
  'medications',
] as const
export type ClinicalKind = (typeof CLINICAL_KINDS)[number]

const RELATIONS = [
  'mother',
  'father',
  'sister',
  'brother',
  'daughter',
  'son',
  'maternal_grandmother',
  'maternal_grandfather',
  'paternal_grandmother',
  'paternal_grandfather',
  'aunt',
  'uncle',
  'cousin',
  'other',
] as const

/** What only some kinds have; `domain/clinical` says which. */
export const detailFields = {
  severity: maybe(oneOf(['mild', 'moderate', 'severe'])),
  verification: maybe(oneOf(['unconfirmed', 'provisional', 'differential', 'confirmed', 'refuted'])),
  body_site: maybe(text(200)),
  category: maybe(oneOf(['food', 'medication', 'environment', 'biologic'])),
  criticality: maybe(oneOf(['low', 'high', 'unable_to_assess'])),
  reaction: maybe(text(500)),
  lot_number: maybe(text(60)),
  dose_number: maybe(integer(1, 100)),
  manufacturer: maybe(text(200)),
  performer: maybe(text(200)),
  outcome: maybe(text(500)),
  relationship: maybe(oneOf(RELATIONS)),
  is_deceased: maybe(flag()),
  onset_age_years: maybe(integer(0, 130)),
  dosage: maybe(text(500)),
  route: maybe(text(100)),
  reason: maybe(text(500)),
}

const entryFields = {
  code: maybe(text(60, { description: 'only with `code_system`; without both it is free text' })),
  code_system: maybe(text(100)),
  status: maybe(text(30)),
  started_on: maybe(partialDate),
  ended_on: maybe(partialDate),
  notes: maybe(text(2000)),
  ...detailFields,
}

const kind = oneOf(CLINICAL_KINDS)
const display = text(300, { description: 'what it is, in the person’s words or as the code says' })

export const ClinicalEntry = object({
  id: uuid(),
  version: Type.Integer(),
  user_id: uuid(),
  kind,
  display: Type.String(),
  code: nullableText,
  code_system: nullableText,
  status: Type.String(),
  started_on: nullableText,
  ended_on: nullableText,
  detail: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  notes: nullableText,
  source: Type.String(),
  created_at: time,
  updated_at: time,
})
export type ClinicalEntry = Static<typeof ClinicalEntry>

const route = '/medical-records/clinical/:kind'
const one = { kind, id: uuid() }

export const clinicalOperations = {
  createClinicalEntry: command({
    summary: 'Write a condition, allergy, immunisation, procedure, illness in the family or medicine',
    route: `POST ${route}`,
    access: person,
    status: 201,
    input: object({ kind, display, ...entryFields }),
    output: ClinicalEntry,
  }),
  listClinicalEntries: query({
    summary: 'The entries of one kind, newest first',
    route: `GET ${route}`,
    access: person,
    input: object({ kind, status: optional(text(30)), ...pageFields }),
    output: numberedPage(ClinicalEntry),
  }),
  getClinicalEntry: query({
    summary: 'One entry',
    route: `GET ${route}/:id`,
    access: person,
    input: object(one),
    output: ClinicalEntry,
    errors: ['not_found'],
  }),
  updateClinicalEntry: command({
    summary: 'Change an entry',
    route: `PUT ${route}/:id`,
    aliases: patchTwin(`${route}/:id`),
    access: person,
    headers: ifMatch,
    input: object({ ...one, display: optional(display), ...entryFields, ...versionFields }),
    output: ClinicalEntry,
    errors: ['not_found', 'precondition_failed'],
  }),
  deleteClinicalEntry: command({
    summary: 'Delete an entry',
    route: `DELETE ${route}/:id`,
    access: person,
    status: 204,
    headers: ifMatch,
    input: object({ ...one, if_match: optional(text(80)) }),
    output: Type.Null(),
    errors: ['not_found', 'precondition_failed'],
  }),
}
