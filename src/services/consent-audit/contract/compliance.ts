import { command, query } from '../../../kernel/contract.ts'
import { list, nullable, object, oneOf, optional, Type } from '../../../kernel/fields.ts'
import { Instant, instantOrNull, limit, staff } from './shapes.ts'

export const CONTROLS = [
  'rows_closed_by_person',
  'consent_enforced',
  'grant_enforced',
  'audit_unaltered',
  'encryption_at_rest',
  'export_drill',
  'erasure_drill',
  'requests_answered_in_time',
] as const
export type ControlName = (typeof CONTROLS)[number]

const Control = object({
  control: oneOf(CONTROLS),
  what: Type.String(),
  status: oneOf(['passed', 'failed', 'unavailable', 'not yet checked']),
  finding: nullable(Type.String()),
  checked_at: instantOrNull,
  evidence: nullable(Type.Unknown()),
  supports: list(Type.String({ description: 'articles' })),
})

const Status = object({
  framework: Type.String(),
  status: oneOf(['compliant', 'non_compliant', 'partially_compliant', 'not_yet_checked']),
  statement: Type.String(),
  score: nullable(Type.Integer({ description: 'controls passed, per cent of all; null until all were run' })),
  controls: list(Control, 50),
  violations: Type.Integer({ description: 'controls that failed' }),
  not_covered: list(Type.String({ description: 'duties that no control here tests' })),
  checked_at: instantOrNull,
  generated_at: Instant,
})

const status = (summary: string, route: string) =>
  query({ summary, route, access: staff, input: object({}), output: Status })

export const complianceOperations = {
  gdprStatus: {
    ...status('Controls that GDPR rests on, and when each was executed', 'GET /compliance/gdpr/status'),
    aliases: ['GET /api/v1/gdpr/status', 'GET /consent-audit/api/v1/gdpr/status'],
  },
  hipaaStatus: status('Controls that HIPAA rests on, and when each was executed', 'GET /compliance/hipaa/status'),
  dpdpStatus: status('Controls that the DPDP Act rests on, and when each was executed', 'GET /compliance/dpdp/status'),
  overallStatus: status('All controls, and when each was executed', 'GET /compliance/overall/status'),
  privacyRuleStatus: status('Controls that the HIPAA Privacy Rule rests on', 'GET /hipaa/privacy-rule/status'),
  securityRuleStatus: status('Controls that the HIPAA Security Rule rests on', 'GET /hipaa/security-rule/status'),
  runControls: command({
    summary: 'Execute the controls now',
    route: 'POST /compliance/run',
    access: staff,
    timeoutMs: 300_000,
    limit: { requests: 6, windowSeconds: 600 },
    input: object({ controls: optional(list(oneOf(CONTROLS), CONTROLS.length)) }),
    output: Status,
  }),
  listReports: query({
    summary: 'Runs of the controls, newest first',
    route: 'GET /compliance/reports',
    access: staff,
    input: object({ limit: limit() }),
    output: object({
      items: list(
        object({
          control: Type.String(),
          outcome: Type.String(),
          finding: Type.String(),
          ran_at: Instant,
          took_ms: Type.Integer(),
          evidence: Type.Unknown(),
        }),
        500,
      ),
    }),
  }),
  readChecklist: query({
    summary: 'Duties of a law, and the executed control behind each; duties without one are named so',
    route: 'GET /compliance/checklist/:framework',
    access: staff,
    input: object({ framework: oneOf(['gdpr', 'hipaa', 'dpdp']) }),
    output: object({
      framework: Type.String(),
      items: list(
        object({
          article: Type.String(),
          duty: Type.String(),
          controls: list(Type.String()),
          status: oneOf(['passed', 'failed', 'unavailable', 'not yet checked', 'no control']),
          checked_at: instantOrNull,
        }),
        100,
      ),
    }),
  }),
  processingActivities: query({
    summary: 'Which service processes which categories, for which purposes (GDPR Art. 30), read from the contracts',
    route: 'GET /gdpr/processing-activities',
    access: staff,
    input: object({}),
    output: object({
      items: list(
        object({
          service: Type.String(),
          summary: Type.String(),
          categories: list(Type.String()),
          purposes: list(Type.String()),
          operations: Type.Integer(),
        }),
        200,
      ),
    }),
  }),
  phiAccessLog: query({
    summary: 'Who reached for whose health data, newest first',
    route: 'GET /hipaa/phi-access-log',
    aliases: ['GET /api/v1/phi-access-log', 'GET /consent-audit/api/v1/phi-access-log'],
    access: staff,
    input: object({ limit: limit() }),
    output: object({ items: Type.Array(Type.Unknown()) }),
  }),
  businessAssociates: query({
    summary: 'Outside companies that receive data, by what is configured; none unless a provider is set up',
    route: 'GET /hipaa/business-associates',
    aliases: ['GET /api/v1/business-associates', 'GET /consent-audit/api/v1/business-associates'],
    access: staff,
    input: object({}),
    output: object({ items: list(object({ name: Type.String(), receives: Type.String() }), 50), note: Type.String() }),
  }),
}
