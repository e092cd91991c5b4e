import { command, query } from '../../../kernel/contract.ts'
import { flag, list, nullable, object, oneOf, optional, Type, text, uuid } from '../../../kernel/fields.ts'
import { count, idInput, nullableText, numberedPage, pageFields, time } from './common.ts'
import { person } from './shapes.ts'

export const ITEM_STATES = ['unconfirmed', 'accepted', 'rejected'] as const
export const ITEM_KINDS = [
  'lab',
  'condition',
  'allergy',
  'immunization',
  'procedure',
  'medication',
  'family_history',
  'vital',
  'report',
  'document',
  'resource',
] as const

const ImportItem = object({
  id: uuid(),
  kind: oneOf(ITEM_KINDS),
  state: oneOf(ITEM_STATES),
  /** What the file says of it. */
  content: Type.Record(Type.String(), Type.Unknown()),
  /** What should be looked at before it is taken. */
  doubts: list(Type.String(), 10),
  change: nullable(
    oneOf(['amended', 'withdrawn'], {
      description:
        'it was taken before and changed at its sender since, or was withdrawn there; accepting takes that, rejecting keeps what was taken',
    }),
  ),
  /** What was taken, beside what a change says now. */
  was: nullable(Type.Record(Type.String(), Type.Unknown())),
})

const importFields = {
  id: uuid(),
  format: oneOf(['hl7v2', 'ccda', 'fhir']),
  sender: nullableText,
  patient: object({ name: nullableText, birth_date: nullableText, sex: nullableText }),
  created_at: time,
  unconfirmed: count,
  accepted: count,
  rejected: count,
}

export const ImportSummary = object(importFields)

export const Import = object({
  ...importFields,
  items: list(ImportItem, 5000),
  skipped: list(object({ where: Type.String(), why: Type.String() }), 200),
  acknowledgement: nullable(Type.String({ description: 'answer to the sender, in HL7 v2' })),
  warnings: list(Type.String(), 10),
  /** Entries that another import brought already. */
  already_known: count,
})

/** Files in a format of hospitals: read, and waiting until the person takes each value. */
export const exchangeOperations = {
  importText: command({
    summary: 'Read a file of HL7 v2 (ORU^R01), C-CDA or FHIR R4 given as text; its values wait for the person',
    route: 'POST /medical-records/imports',
    access: person,
    status: 201,
    input: object({ content: text(4_000_000, { description: 'the file; larger ones go to /lab-results/upload' }) }),
    output: Import,
    errors: ['unsupported_media_type'],
    bodyLimitBytes: 5_000_000,
  }),
  listImports: query({
    summary: 'Imports, newest first',
    route: 'GET /medical-records/imports',
    access: person,
    input: object(pageFields),
    output: numberedPage(ImportSummary),
  }),
  getImport: query({
    summary: 'One import with its values',
    route: 'GET /medical-records/imports/:id',
    access: person,
    input: idInput,
    output: Import,
    errors: ['not_found'],
  }),
  decideImport: command({
    summary: 'Take or reject values of an import; only taken ones become part of the record',
    route: 'POST /medical-records/imports/:id/decide',
    access: person,
    input: object({
      id: uuid(),
      accept: optional(list(uuid(), 5000)),
      reject: optional(list(uuid(), 5000)),
      accept_all: optional(flag({ description: 'all that wait and are without doubt' })),
      is_about_me: optional(flag({ description: 'needed where date of birth or sex of the file differ' })),
    }),
    output: Import,
    errors: ['not_found', 'conflict'],
    bodyLimitBytes: 1_000_000,
  }),
  deleteImport: command({
    summary: 'Delete an import; values that were taken stay',
    route: 'DELETE /medical-records/imports/:id',
    access: person,
    status: 204,
    input: idInput,
    output: Type.Null(),
    errors: ['not_found'],
  }),
}
