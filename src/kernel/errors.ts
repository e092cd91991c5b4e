import type { FieldFault } from './schema.ts'

/** Every error the platform can answer: stable code -> HTTP status, title, and the code the old S002 clients read. */
export const ERROR_CODES = {
  malformed_body: { status: 400, title: 'Malformed request body', legacy: 'INVALID_INPUT' },
  bad_request: { status: 400, title: 'Bad request', legacy: 'INVALID_INPUT' },
  unauthenticated: { status: 401, title: 'Sign-in needed', legacy: 'UNAUTHORIZED' },
  invalid_token: { status: 401, title: 'Invalid credential', legacy: 'INVALID_TOKEN' },
  token_expired: { status: 401, title: 'Credential expired', legacy: 'TOKEN_EXPIRED' },
  wrong_credentials: { status: 401, title: 'Wrong credentials', legacy: 'UNAUTHORIZED' },
  quota_exceeded: { status: 402, title: 'Quota used up', legacy: 'RATE_LIMIT_EXCEEDED' },
  forbidden: { status: 403, title: 'Not allowed', legacy: 'FORBIDDEN' },
  insufficient_scope: { status: 403, title: 'The credential lacks the scope', legacy: 'FORBIDDEN' },
  consent_required: { status: 403, title: 'Consent needed', legacy: 'DPDP_CONSENT_REQUIRED' },
  endpoint_disabled: { status: 403, title: 'Endpoint disabled', legacy: 'FORBIDDEN' },
  not_found: { status: 404, title: 'Not found', legacy: 'RESOURCE_NOT_FOUND' },
  method_not_allowed: { status: 405, title: 'Method not allowed', legacy: 'INVALID_INPUT' },
  not_acceptable: { status: 406, title: 'Not acceptable', legacy: 'INVALID_INPUT' },
  conflict: { status: 409, title: 'Conflict', legacy: 'RESOURCE_CONFLICT' },
  already_exists: { status: 409, title: 'Exists already', legacy: 'RESOURCE_ALREADY_EXISTS' },
  gone: { status: 410, title: 'Gone', legacy: 'RESOURCE_NOT_FOUND' },
  precondition_failed: { status: 412, title: 'Changed in between', legacy: 'RESOURCE_CONFLICT' },
  payload_too_large: { status: 413, title: 'Request body too large', legacy: 'INVALID_INPUT' },
  unsupported_media_type: { status: 415, title: 'Unsupported content type', legacy: 'INVALID_INPUT' },
  validation_failed: { status: 422, title: 'Invalid input', legacy: 'VALIDATION_ERROR' },
  idempotency_mismatch: { status: 422, title: 'Idempotency key reused', legacy: 'INVALID_INPUT' },
  too_many_requests: { status: 429, title: 'Too many requests', legacy: 'RATE_LIMIT_EXCEEDED' },
  internal: { status: 500, title: 'Internal error', legacy: 'INTERNAL_ERROR' },
  not_configured: { status: 500, title: 'Not configured', legacy: 'INTERNAL_ERROR' },
  bad_upstream: { status: 502, title: 'Broken answer from a service', legacy: 'EXTERNAL_SERVICE_ERROR' },
  unavailable: { status: 503, title: 'Service unavailable', legacy: 'EXTERNAL_SERVICE_UNAVAILABLE' },
  timeout: { status: 504, title: 'Service too slow', legacy: 'EXTERNAL_SERVICE_TIMEOUT' },
} as const satisfies Record<string, { status: number; title: string; legacy: string }>

/** Stable name of an error, the same in code, on the wire and in the documentation. */
export type ErrorCode = keyof typeof ERROR_CODES

export interface ErrorOptions {
  /** What the log may say and the public may not. Never personal data. */
  readonly privateDetail?: string
  readonly faults?: readonly FieldFault[]
  readonly retryAfterSeconds?: number
  /** Methods that the address takes: the `Allow` header of a 405. */
  readonly allowed?: readonly string[]
  /** Replaces the code that old clients read. */
  readonly legacyCode?: string
  /** Replaces the status of the code, for surfaces whose old clients expect another (400 for validation on the S004 paths). */
  readonly status?: number
  /** Extra members of the problem body. */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** An error with a stable code, a sentence for the public and a private detail for the log. */
export class PlatformError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly options: ErrorOptions

  constructor(code: ErrorCode, publicDetail: string, options: ErrorOptions = {}) {
    super(publicDetail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'PlatformError'
    this.code = code
    this.status = options.status ?? ERROR_CODES[code].status
    this.options = options
  }
}

/** 422 naming each field at fault and what is allowed there. */
export function validationError(faults: readonly FieldFault[], options: ErrorOptions = {}): PlatformError {
  const first = faults[0]
  const detail = first === undefined ? 'The input is not valid' : sentenceOf(first)
  return new PlatformError('validation_failed', detail, { ...options, faults })
}

/** 422 for one field: `fieldError('unit', 'does not fit a weight', ['kg', 'lbs'])`. */
export function fieldError(field: string, detail: string, allowed?: readonly unknown[]): PlatformError {
  return validationError([allowed === undefined ? { field, detail } : { field, detail, allowed }])
}

/** 404; also the answer for a row that belongs to somebody else. */
export function notFound(what: string): PlatformError {
  return new PlatformError('not_found', `${what} not found`)
}

function sentenceOf(fault: FieldFault): string {
  const allowed = fault.allowed === undefined ? '' : ` (allowed: ${fault.allowed.slice(0, 60).join(', ')})`
  return `${fault.field === '' ? 'The input' : fault.field}: ${fault.detail}${allowed}`
}

export interface ProblemBody extends Record<string, unknown> {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
  readonly error: string
  readonly message: string
  readonly error_code: string
  readonly request_id: string
}

/** The one error body of the platform: RFC 9457, plus the members that the old clients read. */
export function problemBody(error: PlatformError, requestId: string): ProblemBody {
  const { title, legacy } = ERROR_CODES[error.code]
  return {
    type: `/docs/errors#${error.code}`,
    title,
    status: error.status,
    code: error.code,
    detail: error.message,
    error: error.code === 'endpoint_disabled' ? error.code : error.message,
    message: error.message,
    error_code: error.options.legacyCode ?? legacy,
    request_id: requestId,
    ...(error.options.faults === undefined ? {} : { errors: error.options.faults.map(problemFault) }),
    ...error.options.extra,
  }
}

function problemFault(fault: FieldFault): Record<string, unknown> {
  return { ...fault, pointer: `/${fault.field.replaceAll('.', '/')}` }
}

/** Turns anything thrown into a PlatformError; what is not one becomes an internal error that says nothing in public. */
export function asPlatformError(thrown: unknown): PlatformError {
  if (thrown instanceof PlatformError) return thrown
  if (codeOf(thrown) === '57014') return new PlatformError('timeout', 'The database took too long', { cause: thrown })
  if (codeOf(thrown) === INSUFFICIENT_PRIVILEGE) {
    return new PlatformError('forbidden', 'This record is closed to this call', { cause: thrown })
  }
  if (isDatabaseAway(thrown)) {
    return new PlatformError('unavailable', 'The database is not reachable at the moment', {
      cause: thrown,
      retryAfterSeconds: 2,
    })
  }
  return new PlatformError('internal', 'Something went wrong on our side', { cause: thrown })
}

/** A row that the policy of its table doesn't let the call write: the right ended while the call was on its way. */
const INSUFFICIENT_PRIVILEGE = '42501'

function codeOf(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : ''
}

/** No connection, a connection that broke, or a deadlock between two writers: trying again helps. */
function isDatabaseAway(thrown: unknown): boolean {
  const code = codeOf(thrown)
  if (/^(08...|57P0.|53300|40001|40P01)$/.test(code)) return true
  if (/^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT)$/.test(code)) return true
  // A database socket that isn't there; a file that isn't there is another matter.
  if (code === 'ENOENT') return (thrown as { syscall?: unknown }).syscall === 'connect'
  return thrown instanceof Error && code === '' && LOST_CONNECTION.test(thrown.message)
}

/** What the database library says without a code. */
const LOST_CONNECTION =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect)/
