import type { ErrorCode, PlatformError } from '../../../kernel/errors.ts'

export const FHIR_JSON = 'application/fhir+json; charset=utf-8'

export type Severity = 'fatal' | 'error' | 'warning' | 'information'

/** One issue of an OperationOutcome. */
export interface Issue {
  readonly severity: Severity
  /** A code of HL7's issue-type list. */
  readonly code: string
  readonly text: string
  /** FHIRPath of what it is about. */
  readonly expression?: string | undefined
}

/** An issue that refuses what it is about. */
export function errorIssue(code: string, text: string, expression?: string): Issue {
  return { severity: 'error', code, text, expression }
}

/** The OperationOutcome that says these issues; without any it says that all is well. */
export function outcomeOf(issues: readonly Issue[]) {
  const fine: Issue = { severity: 'information', code: 'informational', text: 'All OK' }
  return {
    resourceType: 'OperationOutcome',
    issue: (issues.length > 0 ? issues : [fine]).map((issue) => ({
      severity: issue.severity,
      code: issue.code,
      details: { text: issue.text },
      diagnostics: issue.text,
      ...(issue.expression === undefined ? {} : { expression: [issue.expression] }),
    })),
  }
}

/** HL7's issue type for each of the platform's errors. */
const ISSUE_CODES: Readonly<Partial<Record<ErrorCode, string>>> = {
  malformed_body: 'structure',
  bad_request: 'invalid',
  unauthenticated: 'login',
  invalid_token: 'login',
  token_expired: 'expired',
  wrong_credentials: 'login',
  quota_exceeded: 'throttled',
  forbidden: 'forbidden',
  insufficient_scope: 'forbidden',
  consent_required: 'suppressed',
  endpoint_disabled: 'not-supported',
  not_found: 'not-found',
  method_not_allowed: 'not-supported',
  not_acceptable: 'not-supported',
  conflict: 'conflict',
  already_exists: 'duplicate',
  gone: 'deleted',
  precondition_failed: 'conflict',
  payload_too_large: 'too-long',
  unsupported_media_type: 'not-supported',
  validation_failed: 'invalid',
  too_many_requests: 'throttled',
  unavailable: 'transient',
  timeout: 'timeout',
}

/** The issues of any error. */
export function issuesOf(error: PlatformError): readonly Issue[] {
  const told = error.options.extra?.issues
  if (Array.isArray(told)) return told as Issue[]
  return [errorIssue(ISSUE_CODES[error.code] ?? 'exception', error.message)]
}

/** Every refusal of these paths is an OperationOutcome. */
export function renderFhirError(error: PlatformError): { contentType: string; body: string } {
  return { contentType: FHIR_JSON, body: JSON.stringify(outcomeOf(issuesOf(error))) }
}
