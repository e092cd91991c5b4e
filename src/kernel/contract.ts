import type { Static, TObject, TSchema } from 'typebox'
import type { SummaryIn } from '../shared/languages.ts'
import { checkOperation, checkRoutes } from './contractChecks.ts'
import type { ErrorCode, PlatformError } from './errors.ts'
import type { ProjectionDeclaration } from './projectionDeclaration.ts'

/** What an account may be. Roles are given by an administrator, never chosen by the client. */
export const ROLES = ['patient', 'caregiver', 'clinician', 'researcher', 'operator', 'administrator'] as const
export type Role = (typeof ROLES)[number]

/** Categories of personal data; consent and sharing are decided per category. */
export const CATEGORIES = [
  'personal_info',
  'vitals',
  'symptoms',
  'goals',
  'wellness',
  'location',
  'mental_health',
  'documents',
  'medications',
  'diagnostics',
  'emergency',
  'health_records',
  'nutrition',
  'genomics',
  'devices',
  /** What a person says to a companion or assistant; never shared. */
  'conversations',
  /** What only the person, or whoever keeps their record for them, may do: export, erase, consent, share; never shared. */
  'rights',
] as const
export type Category = (typeof CATEGORIES)[number]

/** Categories that no grant, share link or emergency opens. The database refuses rights to them. */
export const NEVER_SHARED = ['conversations', 'rights'] as const satisfies readonly Category[]

/** What data may be used for, beyond the person's own care by the person. */
export const PURPOSES = [
  'emergency',
  'treatment',
  'storage',
  'ai_processing',
  'reminder',
  'analytics',
  'sharing',
  'research',
  'marketing',
  'operations',
] as const
export type Purpose = (typeof PURPOSES)[number]

/** Who may use it. */
export const RECIPIENTS = [
  'self',
  'hospital',
  'ambulance',
  'ai_service',
  'emergency_responder',
  'healthcare_worker',
  'family',
  'researcher',
  'insurer',
  'pharmacy',
  'third_party',
] as const
export type Recipient = (typeof RECIPIENTS)[number]

/**
 * Who may call an operation.
 * - `public`: anyone; a valid credential is recognised, and an invalid one refused (unless `ignoresCredential`: sign-in).
 *   With a `category`, a recognised caller may name another person whose record it is about.
 * - `account`: a signed-in account, about itself.
 * - `person`: about one person's record: the caller's own, or another's the caller may see (`profile_id`).
 * - `role`: an account that holds one of the roles.
 * - `service`: other services only; never on HTTP.
 */
export type Access =
  | { readonly kind: 'public'; readonly ignoresCredential?: boolean; readonly category?: Category }
  | { readonly kind: 'account' }
  | {
      readonly kind: 'person'
      readonly category: Category
      /**
       * A right to any of these opens the record as well; the rows then say by their own category which of them are seen.
       * For surfaces over many categories whose tables have a policy that asks each row's.
       */
      readonly orCategories?: readonly Category[]
      /** Refused with `consent_required` unless the person consents to this purpose; own care, the default, needs none. */
      readonly purpose?: Purpose
      /** To whom the consent must be given; `self` unless said. */
      readonly recipient?: Recipient
    }
  | { readonly kind: 'role'; readonly roles: readonly Role[] }
  | { readonly kind: 'service' }

/** How often one caller may use an operation; on top of the general limit. */
export interface OperationLimit {
  readonly requests: number
  readonly windowSeconds: number
}

interface OperationOptions<Input extends TObject, Output extends TSchema> {
  /** One line for the documentation. */
  readonly summary: string
  readonly access: Access
  /** `'GET /metrics/:id'`, relative to `/api/v1`; without a route only other services can call it. */
  readonly route?: string
  /** Further absolute paths, `'GET /api/me'`. */
  readonly aliases?: readonly string[]
  readonly input: Input
  readonly output: Output
  /** Status of success; 200 unless said, 204 sends no body. */
  readonly status?: number
  /** Errors beyond those every operation can answer. */
  readonly errors?: readonly ErrorCode[]
  /** Body kinds besides JSON: `form` is urlencoded, `basic` maps HTTP Basic to `username` and `password`. */
  readonly accepts?: readonly ('form' | 'basic')[]
  /** Content type of the answer; other than JSON the output is a string. */
  readonly produces?: string
  /** Wire status of a validation error: 400 on the paths whose old clients expect it. */
  readonly validationStatus?: 400 | 422
  readonly timeoutMs?: number
  readonly limit?: OperationLimit
  /** Request headers handed to the handler as input fields: `{ 'x-hospital-id': 'hospital_id' }`. */
  readonly headers?: Readonly<Record<string, string>>
  /** The answer shows a secret once: it is not kept for a repeated Idempotency-Key. */
  readonly showsSecret?: boolean
  /** Largest body in bytes; 256 KiB unless said. */
  readonly bodyLimitBytes?: number
  readonly takesApps?: boolean
}

export interface Operation<Input extends TObject = TObject, Output extends TSchema = TSchema>
  extends OperationOptions<Input, Output> {
  readonly kind: 'query' | 'command'
  /** Set by `defineContract`. */
  readonly service: string
  readonly name: string
  readonly status: number
}

/** A route that streams: an upload, a download, server-sent events. Its handler stands in the service's `routes.ts`. */
export interface StreamRoute {
  readonly summary: string
  /** Whether it only reads. */
  readonly kind: 'query' | 'command'
  /** `'GET /metrics/export'`, relative to `/api/v1`. */
  readonly route: string
  readonly aliases?: readonly string[]
  readonly access: Access
  /** Content types of the answer. */
  readonly produces: readonly string[]
  /** Query parameters, each with a line of documentation. */
  readonly parameters?: Readonly<Record<string, string>>
  /** How its refusals are written, also those of the frame, where a standard says another form than problem+json. */
  readonly renderError?: ErrorRenderer
  /** Whether the token of an app opens it; the handler enforces the app's scopes. */
  readonly takesApps?: boolean
  /** Whether pages of any origin may read the answers: for what takes tokens, never for what a cookie opens alone. */
  readonly anyOrigin?: boolean
  /** Set by `defineContract`. */
  readonly service: string
  readonly name: string
}

/** A WebSocket of a service: see `socketDeclaration.ts`. Its handler stands in the service's `sockets.ts`. */
export interface SocketRoute extends Omit<StreamRoute, 'produces' | 'renderError' | 'anyOrigin'> {
  /** Largest message that a client may send; 64 KiB unless said. A larger one closes the socket (1009). */
  readonly maxMessageBytes?: number
}

/** Writes an error in the form of a surface of its own. Pure. */
export type ErrorRenderer = (error: PlatformError) => { readonly contentType: string; readonly body: string }

/** A streaming route; `defineContract` fills in its names. */
export function stream(options: Omit<StreamRoute, 'service' | 'name'>): StreamRoute {
  return { ...options, service: '', name: '' }
}

/** An event type: `service.event.vN`, versions are added and never changed. */
export interface EventType<Data extends TSchema = TSchema> {
  readonly service: string
  readonly name: string
  readonly version: number
  readonly data: Data
  /** Topic of the carrier: `health-events` unless said. */
  readonly topic: string
  readonly summary: string
  /** The person named by the event leaves: every service that holds rows about people removes theirs. */
  readonly erasesPerson: boolean
}

export type Operations = Readonly<Record<string, Operation>>
export type Events = Readonly<Record<string, EventType>>

export interface Contract<Ops extends Operations = Operations, Evs extends Events = Events> {
  readonly name: string
  readonly summary: string
  readonly summaryIn: SummaryIn
  /** Public names this service answers to, its own first: each has `/N/health` and `/N/api/v1/...`. */
  readonly names: readonly string[]
  readonly operations: Ops
  readonly events: Evs
  readonly streams: Readonly<Record<string, StreamRoute>>
  readonly sockets: Readonly<Record<string, SocketRoute>>
  readonly provides: Provides
}

/** Operations that the frame itself needs, by the name of the operation. */
export interface Provides {
  /** Turns a credential into a principal: input `{ kind, token }`, output `Principal`. */
  readonly authentication?: string
  /** Facts about a person, for whom the calling service vouches: input `{ person_id }`, output with `display_name`. */
  readonly facts?: string
  /** Patients of the record of the call: output `{ patients: [{ id, name, birth_date }] }`. */
  readonly patients?: string
  /** Rows that other services may see as FHIR resources: see `projection.ts`. */
  readonly projections?: readonly ProjectionDeclaration[]
}

/** The type of an operation's input. */
export type InputOf<Op> = Op extends Operation<infer Input, TSchema> ? Static<Input> : never
/** The type of an operation's answer. */
export type OutputOf<Op> = Op extends Operation<TObject, infer Output> ? Static<Output> : never
/** The type of an event's data. */
export type DataOf<Event> = Event extends EventType<infer Data> ? Static<Data> : never

/** An operation that reads. Its handler writes nothing. */
export function query<Input extends TObject, Output extends TSchema>(
  options: OperationOptions<Input, Output>,
): Operation<Input, Output> {
  return { ...options, kind: 'query', service: '', name: '', status: options.status ?? 200 }
}

/** An operation that changes something. */
export function command<Input extends TObject, Output extends TSchema>(
  options: OperationOptions<Input, Output>,
): Operation<Input, Output> {
  return { ...options, kind: 'command', service: '', name: '', status: options.status ?? 200 }
}

/** An event type of the given version. */
export function event<Data extends TSchema>(
  version: number,
  data: Data,
  options: { summary: string; topic?: string; erasesPerson?: boolean },
): EventType<Data> {
  return { service: '', name: '', version, data, topic: 'health-events', erasesPerson: false, ...options }
}

/**
 * The public face of a service: the only file of it that other services import.
 * Fills in the service and operation names. Throws on a malformed route or an input that lets unknown fields pass.
 */
export function defineContract<Ops extends Operations, Evs extends Events = Record<never, never>>(definition: {
  readonly name: string
  readonly summary: string
  readonly summaryIn?: SummaryIn
  readonly names?: readonly string[]
  readonly operations: Ops
  readonly events?: Evs
  readonly streams?: Readonly<Record<string, StreamRoute>>
  readonly sockets?: Readonly<Record<string, SocketRoute>>
  readonly provides?: Provides
}): Contract<Ops, Evs> {
  const operations = Object.fromEntries(
    Object.entries(definition.operations).map(([name, operation]) => {
      checkOperation(definition.name, name, operation)
      return [name, { ...operation, service: definition.name, name }]
    }),
  ) as Ops
  const events = Object.fromEntries(
    Object.entries(definition.events ?? {}).map(([name, type]) => [name, { ...type, service: definition.name, name }]),
  ) as Evs
  const named = <Route extends SocketRoute>(routes: Readonly<Record<string, Route>> = {}): Record<string, Route> =>
    Object.fromEntries(
      Object.entries(routes).map(([name, route]) => {
        checkRoutes(`${definition.name}.${name}`, [route.route, ...(route.aliases ?? [])])
        return [name, { ...route, service: definition.name, name }]
      }),
    )
  return {
    name: definition.name,
    summary: definition.summary,
    summaryIn: definition.summaryIn ?? {},
    names: definition.names ?? [definition.name],
    operations,
    events,
    streams: named(definition.streams),
    sockets: named(definition.sockets),
    provides: definition.provides ?? {},
  }
}

/** Full name of an event type, as stored and published: `wellness.score-recorded.v1`. */
export function eventTypeName(type: EventType): string {
  const name = type.name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return `${type.service}.${name}.v${type.version}`
}
