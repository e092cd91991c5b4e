import { command, query, stream } from '../../../kernel/contract.ts'
import { date, flag, integer, nullable, object, oneOf, optional, Type, text, uuid } from '../../../kernel/fields.ts'
import {
  about,
  Card,
  Cards,
  Critical,
  emergency,
  HealthRecord,
  one,
  RECORD_TYPES,
  rights,
  shown,
  values,
  window,
} from './healthRecordShapes.ts'
import { documentId, person, STORAGE_POLICIES } from './shapes.ts'

export const healthRecordOperations = {
  healthRecords: query({
    summary: 'The records as S001 shows them, newest first',
    route: 'GET /health-records/list',
    aliases: ['GET /health-records/records', 'GET /health-records/api/v1/records'],
    access: person,
    input: object(window),
    output: Cards,
  }),
  recordTimeline: query({
    summary: 'The records in the order of what they tell of, newest first',
    route: 'GET /health-records/timeline',
    access: person,
    input: object(window),
    output: object({
      entries: Type.Array(
        object({
          id: Type.Integer(),
          date: Type.String(),
          document_type: oneOf(RECORD_TYPES),
          title: Type.String(),
          doctor_name: nullable(Type.String()),
          hospital_name: nullable(Type.String()),
        }),
      ),
      total_count: Type.Integer(),
    }),
  }),
  getHealthRecord: query({
    summary: 'One record with what was read in it',
    route: 'GET /health-records/:id',
    access: person,
    input: one,
    output: HealthRecord,
    errors: ['not_found'],
  }),
  saveRecord: command({
    summary: 'Keep an analysed document, or what a person wrote down of one; needs their consent to storage',
    route: 'POST /health-records/save',
    access: person,
    status: 201,
    input: object({
      consent_given: optional(flag({ description: 'must be true' })),
      record_id: optional(nullable(documentId)),
      storage_type: optional(oneOf(STORAGE_POLICIES)),
      storage_policy: optional(oneOf(STORAGE_POLICIES)),
      ...about,
      ...values,
    }),
    output: HealthRecord,
    errors: ['consent_required', 'not_found'],
  }),
  searchRecords: command({
    summary: 'Records with these words, of this type, doctor, hospital, medicine or time',
    route: 'POST /health-records/search',
    access: person,
    input: object({
      query: optional(nullable(text(200, { minimum: 0 }))),
      document_type: optional(nullable(oneOf(RECORD_TYPES))),
      doctor: shown(200),
      hospital: shown(200),
      medicine: shown(200),
      date_from: optional(nullable(date())),
      date_to: optional(nullable(date())),
      limit: optional(integer(1, 100, { default: 50 })),
    }),
    output: Cards,
  }),
  verifyRecord: command({
    summary: 'Put what a person read in the place of what was read by a program',
    route: 'POST /health-records/:id/verify',
    access: person,
    input: object({ id: documentId, ...about, ...values }),
    output: HealthRecord,
    errors: ['not_found'],
  }),
  revokeRecordConsent: command({
    summary: 'Take the consent to storage back: the record is removed with its file and its values',
    route: 'POST /health-records/:id/revoke-consent',
    access: person,
    input: one,
    output: object({
      success: Type.Boolean(),
      revoked: Type.Boolean(),
      deleted: Type.Boolean(),
      message: Type.String(),
    }),
    errors: ['not_found'],
  }),
  emergencyInfo: query({
    summary: 'What helpers must know, of confirmed values only',
    route: 'GET /health-records/emergency/:user_id',
    access: emergency,
    input: object({}),
    output: object({
      blood_group: nullable(Type.String()),
      allergies: Type.Array(Type.String()),
      chronic_conditions: Type.Array(Type.String()),
      disclaimer: Type.String(),
    }),
  }),
  emergencyAccess: command({
    summary: 'Open one record in an emergency, for whoever may see the emergency part; noted with its reason',
    route: 'POST /health-records/:id/emergency-access',
    access: emergency,
    input: object({ id: documentId, reason: text(500), responder_id: optional(text(100)) }),
    output: object({
      id: Type.Integer(),
      document_type: oneOf(RECORD_TYPES),
      date: nullable(Type.String()),
      critical_info: Type.Array(Critical),
      disclaimer: Type.String(),
    }),
    errors: ['not_found'],
  }),
  cleanupExpired: command({
    summary: 'Remove the records of the person whose time is over now, without waiting for the hourly job',
    route: 'POST /health-records/cleanup-expired',
    access: person,
    input: object({}),
    output: object({ deleted_count: Type.Integer() }),
  }),
  myRecords: query({
    summary: 'What is held about the person here, in numbers, and their records',
    route: 'GET /health-records/my-data/:user_id',
    access: rights,
    input: object(window),
    output: object({ user_id: uuid(), total_records: Type.Integer(), records: Type.Array(Card) }),
  }),
  deleteMyRecords: command({
    summary: 'Remove all records of the person with their files',
    route: 'DELETE /health-records/my-data/:user_id',
    access: rights,
    input: object({}),
    output: object({ success: Type.Boolean(), deleted_count: Type.Integer() }),
  }),
  recordAuditTrail: query({
    summary: 'Who did what with the records of the person',
    route: 'GET /health-records/my-data/:user_id/audit-trail',
    access: rights,
    input: object({ limit: optional(integer(1, 200, { default: 100 })) }),
    output: object({
      user_id: uuid(),
      entries: Type.Array(
        object({ action: Type.String(), outcome: Type.String(), actor: nullable(Type.String()), at: Type.String() }),
      ),
      total_count: Type.Integer(),
    }),
  }),
}

export const healthRecordStreams = {
  analyzeRecord: stream({
    summary: 'Read a document at once: multipart/form-data with `file` and `storage_type`; do_not_store keeps nothing',
    kind: 'command',
    route: 'POST /health-records/analyze',
    access: person,
    produces: ['application/json'],
    parameters: { storage_type: `One of ${STORAGE_POLICIES.join(', ')}` },
  }),
}
