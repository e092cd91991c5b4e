import type pg from 'pg'
import type { Audit } from './audit.ts'
import type { Clock } from './clock.ts'
import type { Contract, EventType, Operation } from './contract.ts'
import type { FrameControls } from './controls.ts'
import { type Claim, type HandleOptions, scopedDatabase, transact } from './database.ts'
import { PlatformError } from './errors.ts'
import { publishCall, publishEach, type RowEvent } from './events.ts'
import { newId } from './ids.ts'
import { enqueueStatement } from './jobs.ts'
import type { Log } from './log.ts'
import type { Ports } from './ports.ts'
import type { Caller, Principal } from './principal.ts'
import type { Scope } from './scope.ts'
import type { Context, SystemAccess } from './service.ts'
import { type Statement, sql } from './sql.ts'

/** What every context of one platform shares. */
export interface ContextSource {
  readonly servicePool: pg.Pool
  readonly systemPool: pg.Pool
  readonly clock: Clock
  readonly log: Log
  readonly ports: Ports
  readonly isDemoMode: boolean
  /** Keys the fingerprints of repeatable requests: the same in every process of the platform. */
  readonly fingerprintKey: string
  readonly publicUrl: () => string
  readonly settingsOf: (service: string) => Readonly<Record<string, unknown>>
  readonly contracts: readonly Contract[]
  readonly audit: Audit
  readonly controls: FrameControls
  readonly call: (operation: Operation, input: unknown, caller: Caller) => Promise<unknown>
  /** Wakes deliveries and jobs after a commit. */
  readonly afterCommit: () => void
}

/** The context of one call into `service`. `claim` takes the request's idempotency key in its first write. */
export function makeContext(source: ContextSource, service: string, caller: Caller, claim?: Claim): Context {
  // Work of the system about a person reaches what that person holds as an account as well: for exports and reactions.
  const accountId = caller.principal?.accountId ?? (caller.origin === 'system' ? caller.personId : undefined)
  const now = () => source.clock.now()
  const scope: Scope = { personId: caller.personId, accountId, grounds: caller.grounds, now }
  const handle = handleOptions(source, service, caller, scope, source.servicePool, claim)
  return {
    caller,
    get personId() {
      return present(caller.personId)
    },
    get accountId() {
      return present(caller.principal?.accountId)
    },
    db: scopedDatabase(handle),
    log: source.log,
    clock: source.clock,
    ports: source.ports,
    settings: source.settingsOf(service),
    isDemoMode: source.isDemoMode,
    get publicUrl() {
      return source.publicUrl()
    },
    now,
    newId: () => newId(source.clock.now().getTime()),
    call: async (operation, input) =>
      (await source.call(operation, input, {
        ...caller,
        origin: caller.origin === 'system' ? 'system' : 'service',
        idempotencyKey: undefined,
      })) as never,
    transact: (work) => transact(handle, work),
    system: () => systemAccess(source, service, caller, claim),
    forPerson: (personId) => makeContext(source, service, { ...caller, personId }, claim),
    asHolder: (holderId, personId, category) =>
      makeContext(source, service, holder(caller, holderId, personId, category)),
    contracts: source.contracts,
    controls: source.controls,
    audit: (note) => {
      const { action, outcome = 'allowed', reason, purpose, grantId, personId = caller.personId } = note
      source.audit.record({ service, name: action }, caller, personId, outcome, reason, { action, purpose, grantId })
    },
  }
}

/** A caller that is nothing but a right: no roles, no scopes, one person, one category, to read. */
function holder(caller: Caller, holderId: string, personId: string, category: string): Caller {
  const principal: Principal = {
    accountId: holderId,
    roles: [],
    scopes: [],
    method: 'session',
    seq: 0,
    sessionId: null,
    subject: holderId,
    claims: {},
    isDemo: false,
  }
  const grounds = { category, action: 'read', purpose: undefined, recipient: undefined } as const
  return { ...caller, principal, personId, origin: 'service', grounds, idempotencyKey: undefined }
}

function systemAccess(source: ContextSource, service: string, caller: Caller, claim?: Claim): SystemAccess {
  const handle = handleOptions(
    source,
    service,
    caller,
    { personId: undefined, accountId: undefined },
    source.systemPool,
    claim,
  )
  return { db: scopedDatabase(handle), transact: (work) => transact(handle, work) }
}

function handleOptions(
  source: ContextSource,
  service: string,
  caller: Caller,
  scope: Scope,
  pool: pg.Pool,
  claim: Claim | undefined,
): HandleOptions {
  return {
    pool,
    scope,
    claim,
    publish: (type, data) => {
      if (type.service !== service) throw new Error(`${service} may not announce events of ${type.service}`)
      return sql`select ${publishCall(type, data, {
        key: eventKey(data, caller),
        requestId: caller.requestId,
        clock: source.clock,
      })}`
    },
    enqueue: (job, data, options) =>
      enqueueStatement(service, job, data, options, { personId: caller.personId, clock: source.clock }),
    afterCommit: source.afterCommit,
  }
}

/** Events are ordered per person: the one named in the data, or the one the call is about. */
function eventKey(data: unknown, caller: Caller): string {
  const named = (data as { user_id?: unknown } | null)?.user_id
  return typeof named === 'string' ? named : present(caller.personId)
}

function present(id: string | undefined): string {
  if (id === undefined) throw new PlatformError('unauthenticated', 'Authorization header is required')
  return id
}

/** The statement that announces `type`, for a `Database.batch` beside the rows it is about. */
export function announce(context: Context, type: EventType, data: unknown): Statement {
  return sql`select ${announceCall(context, type, data)}`
}

/** The announcement as an expression, for the select list of the statement that writes what it is about. */
export function announceCall(context: Context, type: EventType, data: unknown): Statement {
  return publishCall(type, data, {
    key: eventKey(data, context.caller),
    requestId: context.caller.requestId,
    clock: context.clock,
  })
}

/** The announcement of each row of a set: `written` is a query with an `id`; all events are about the call's person. */
export function announceEach(
  context: Context,
  type: EventType,
  events: readonly RowEvent[],
  written: Statement,
): Statement {
  const { clock, personId, caller } = context
  return publishEach(type, events, written, { key: personId, requestId: caller.requestId, clock })
}

/** The caller of work that no request asked for: jobs, reactions, commands. */
export function systemCaller(requestId: string, personId?: string, timeoutMs = 300_000): Caller {
  return {
    principal: undefined,
    personId,
    origin: 'system',
    requestId,
    traceparent: undefined,
    deadline: Date.now() + timeoutMs,
    address: '',
    userAgent: '',
    idempotencyKey: undefined,
  }
}
