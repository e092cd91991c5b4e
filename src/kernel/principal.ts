import { type Static, Type } from 'typebox'
import type { Language } from '../shared/languages.ts'
import { ROLES } from './contract.ts'
import { object } from './fields.ts'

/** What an app may do, by the decision of the person whose record it is, or of the operator for a backend service. */
export const AppAccess = object({
  clientId: Type.String(),
  /** The decision behind it; null for a backend service, which each record lets in by a grant of its own. */
  grantId: Type.Union([Type.String({ format: 'uuid' }), Type.Null()]),
  /** The record that it was opened for; null for a backend service, whose requests name one (`profile_id`). */
  personId: Type.Union([Type.String({ format: 'uuid' }), Type.Null()]),
  /** Id of the Patient in context, within that record. */
  patient: Type.Union([Type.String(), Type.Null()]),
  /** Whether the account let its `user/` scopes into every record that the account itself may see. */
  spansRecords: Type.Optional(Type.Boolean()),
})
export type AppAccess = Static<typeof AppAccess>

/** Who a verified credential belongs to. Everything here comes from the credential, nothing from the request. */
export const Principal = object({
  accountId: Type.String({ format: 'uuid', description: 'also the id of the account holder as a person' }),
  roles: Type.Array(Type.Enum([...ROLES])),
  /** `*`, `service:read`, `service:write`; a session holds `*`. Of an app the SMART scopes that were granted. */
  scopes: Type.Array(Type.String()),
  method: Type.Enum(['session', 'api-key', 'oidc', 'app']),
  /** The account's number, for the clients that expect integers. */
  seq: Type.Integer(),
  sessionId: Type.Union([Type.String(), Type.Null()]),
  /** The subject as an outside issuer names it, or the account id. */
  subject: Type.String(),
  /** Claims of the verified token, for the surfaces that show them. */
  claims: Type.Record(Type.String(), Type.Unknown()),
  isDemo: Type.Boolean(),
  /** Set for an app, which reaches only what says `takesApps`. */
  app: Type.Optional(AppAccess),
})
export type Principal = Static<typeof Principal>

/** Input of the operation that resolves credentials. */
export const Credential = object({
  kind: Type.Enum(['bearer', 'api-key', 'cookie']),
  token: Type.String({ maxLength: 8192 }),
})
export type Credential = Static<typeof Credential>

/** What of a record a call is about, and what for: the grounds on which the database shows or hides rows. */
export interface Grounds {
  readonly category: string | undefined
  readonly action: 'read' | 'write'
  readonly purpose: string | undefined
  readonly recipient: string | undefined
}

/** Who is behind a call, and whose record it is about. */
export interface Caller {
  readonly principal: Principal | undefined
  /** The person whose record the call is about; the caller's own unless another was asked for and allowed. */
  readonly personId: string | undefined
  /** `request` comes from outside, `service` from another service on behalf of a caller, `system` from a job or reaction. */
  readonly origin: 'request' | 'service' | 'system'
  readonly requestId: string
  readonly traceparent: string | undefined
  /** Milliseconds since the epoch after which nobody waits for the answer. */
  readonly deadline: number
  /** Network address of the client, for limits and the person's own session list. */
  readonly address: string
  readonly userAgent: string
  readonly idempotencyKey: string | undefined
  /** What whoever asks reads: chosen in the client or on a plain page, else what the browser asks for. */
  readonly language?: Language | undefined
  /** Set by the door for the operation that came in, and kept through the service operations it calls. */
  readonly grounds?: Grounds | undefined
}
