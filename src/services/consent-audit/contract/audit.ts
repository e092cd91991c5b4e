import { query } from '../../../kernel/contract.ts'
import { list, nullable, object, oneOf, optional, Type, text } from '../../../kernel/fields.ts'
import { account, Instant, limit, own, staff, word } from './shapes.ts'

const Row = object({
  id: Type.String(),
  at: Instant,
  account_id: nullable(Type.String()),
  person_id: nullable(Type.String()),
  service: Type.String(),
  operation: Type.String(),
  action: Type.String(),
  outcome: Type.String(),
  reason: nullable(Type.String()),
  purpose: nullable(Type.String()),
  grant_id: nullable(Type.String()),
  request_id: Type.String(),
})
const cursor = optional(text(100))
const filter = { limit: limit(), cursor, action: optional(word) }
const Page = object({ items: list(Row, 500), next_cursor: nullable(Type.String()) })

export const auditOperations = {
  myAudit: query({
    summary: 'Who did what with the record, in sentences, newest first',
    route: 'GET /audit/my',
    access: own,
    input: object({ ...filter, outcome: optional(oneOf(['allowed', 'refused'])) }),
    output: object({
      entries: list(
        object({
          id: Type.String(),
          at: Instant,
          sentence: Type.String(),
          who: Type.String(),
          what: Type.String(),
          why: Type.String(),
          outcome: oneOf(['allowed', 'refused']),
          action: Type.String(),
          from: nullable(Type.String({ description: 'network the call came from' })),
        }),
        500,
      ),
      total: Type.Integer({ description: 'on this page' }),
      next_cursor: nullable(Type.String()),
    }),
  }),
  auditLogs: query({
    summary: 'Rows of the audit, newest first',
    route: 'GET /audit/logs',
    access: staff,
    input: object({ ...filter, outcome: optional(oneOf(['allowed', 'refused'])) }),
    output: Page,
  }),
  myAuditLogs: query({
    summary: 'What this account did with the records of others',
    route: 'GET /audit/logs/my',
    access: account,
    input: object(filter),
    output: Page,
  }),
  auditOfUser: query({
    summary: 'Rows of the audit about one person; reading them is in the audit too',
    route: 'GET /audit/logs/user/:subject_id',
    access: staff,
    input: object({ ...filter, subject_id: Type.String({ format: 'uuid' }) }),
    output: Page,
  }),
  auditViolations: query({
    summary: 'Refused attempts, newest first',
    route: 'GET /audit/violations',
    access: staff,
    input: object({ limit: limit(), cursor }),
    output: Page,
  }),
  auditHighRisk: query({
    summary: 'Emergency access, exports and erasures, newest first',
    route: 'GET /audit/high-risk',
    access: staff,
    input: object({ limit: limit() }),
    output: object({ items: list(Row, 500) }),
  }),
  auditProcessing: query({
    summary: 'Uses that rest on a consent, newest first',
    route: 'GET /audit/processing',
    access: staff,
    input: object({ limit: limit() }),
    output: object({ items: list(Row, 500) }),
  }),
  auditConsentEvents: query({
    summary: 'Consents given and withdrawn, newest first',
    route: 'GET /audit/events/consent',
    access: staff,
    input: object({ limit: limit() }),
    output: object({ items: list(Row, 500) }),
  }),
  verifyAudit: query({
    summary:
      'Reads the whole audit and its signatures, and names every row that was altered, dropped, inserted or moved',
    route: 'GET /audit/verify',
    access: staff,
    input: object({}),
    output: object({
      is_whole: Type.Boolean(),
      verified_at: Instant,
      rows: Type.Integer(),
      erased: Type.Integer({ description: 'rows whose personal part went with the person they were about' }),
      checkpoints: Type.Integer({ description: 'signed heads that were checked' }),
      fault_count: Type.Integer(),
      faults: list(
        object({
          kind: Type.String(),
          position: nullable(Type.Integer()),
          id: nullable(Type.String()),
          detail: Type.String(),
        }),
        1000,
      ),
    }),
  }),
  auditSummary: query({
    summary: 'How often each action was allowed and refused in the last days',
    route: 'GET /audit/summary',
    access: staff,
    input: object({ days: optional(Type.Integer({ minimum: 1, maximum: 366, default: 30 })) }),
    output: object({
      since: Instant,
      actions: list(object({ action: Type.String(), allowed: Type.Integer(), refused: Type.Integer() }), 200),
    }),
  }),
}
