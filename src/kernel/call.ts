import type { Audit } from './audit.ts'
import { type AccessDecider, authorize } from './authorize.ts'
import type { Operation } from './contract.ts'
import { assertOutsideTransaction } from './database.ts'
import { PlatformError, validationError } from './errors.ts'
import type { Peer } from './peer.ts'
import type { Caller } from './principal.ts'
import { faultsOf, matches } from './schema.ts'

/** Runs an operation that lives in this process. */
export type LocalRun = (operation: Operation, input: unknown, caller: Caller) => Promise<unknown>

export interface DoorOptions {
  readonly isLocal: (service: string) => boolean
  readonly run: LocalRun
  readonly peers: ReadonlyMap<string, Peer>
  readonly mayAccess: AccessDecider
  readonly audit: Audit
  /** Values are cloned as on the wire and answers are checked: in development and tests, and on every remote door. */
  readonly isStrict: boolean
}

/**
 * The one door between services, and from the outside in: validate, authorise, run, check, audit.
 * Whether the service is here or elsewhere is decided here and nowhere else.
 */
export class Door {
  private readonly options: DoorOptions

  constructor(options: DoorOptions) {
    this.options = options
  }

  /** Calls `operation` for `caller`; `requestedPersonId` names another person's record than the caller's own. */
  async call(operation: Operation, input: unknown, caller: Caller, requestedPersonId?: string): Promise<unknown> {
    return this.invoke(operation, input, await this.authorized(operation, caller, requestedPersonId))
  }

  /** Runs `operation` for a caller that `authorized` has bound: here, or on the peer that trusts our signature. */
  async invoke(operation: Operation, input: unknown, caller: Caller): Promise<unknown> {
    const qualified = `${operation.service}.${operation.name}`
    assertOutsideTransaction(qualified)
    if (caller.deadline <= Date.now())
      throw new PlatformError('timeout', `${qualified}: nobody waits for the answer any more`)
    const given = this.options.isStrict ? structuredJson(input) : input
    if (!matches(operation.input, given)) {
      throw validationError(faultsOf(operation.input, given), { status: operation.validationStatus ?? 422 })
    }
    const output = await this.dispatch(operation, given, caller)
    if (!this.options.isStrict) return output
    const plain = structuredJson(output ?? null)
    if (!matches(operation.output, plain)) {
      const fields = faultsOf(operation.output, plain).map((fault) => `${fault.field} ${fault.detail}`)
      throw new Error(`${qualified} answered what its contract does not say: ${fields.join('; ')}`)
    }
    return plain
  }

  /** Checks that `caller` may reach the target; writes refusals and accesses to others' records to the audit. */
  async authorized(
    target: Parameters<typeof authorize>[0],
    caller: Caller,
    requestedPersonId?: string,
  ): Promise<Caller> {
    try {
      const { caller: bound, decision } = await authorize(target, caller, requestedPersonId, this.options.mayAccess)
      // Somebody else's record, the person's own for a purpose that they consented to, or an app: with what opened it.
      const app = bound.principal?.app
      if ((decision !== undefined || app !== undefined) && bound.origin === 'request') {
        const grantId = app?.grantId ?? decision?.source_id ?? undefined
        const reason = appReason(bound, decision?.source ?? undefined)
        const grounds = { purpose: bound.grounds?.purpose, grantId }
        this.options.audit.record(target, bound, bound.personId, 'allowed', reason, grounds)
      }
      return bound
    } catch (error) {
      if (error instanceof PlatformError && caller.principal !== undefined) {
        const { app } = caller.principal
        const personId = requestedPersonId ?? app?.personId ?? undefined
        this.options.audit.record(target, caller, personId, 'refused', appReason(caller, error.code))
      }
      throw error
    }
  }

  /** The same for what is open already and asks anew: accesses were written down when it opened. */
  async stillAuthorized(
    target: Parameters<typeof authorize>[0],
    caller: Caller,
    requestedPersonId?: string,
  ): Promise<Caller> {
    return (await authorize(target, caller, requestedPersonId, this.options.mayAccess)).caller
  }

  private async dispatch(operation: Operation, input: unknown, caller: Caller): Promise<unknown> {
    if (this.options.isLocal(operation.service)) return this.options.run(operation, input, caller)
    const peer = this.options.peers.get(operation.service)
    if (peer === undefined) {
      throw new PlatformError('unavailable', `${operation.service} is not available here`, {
        privateDetail: 'neither in SERVICES nor in PEERS',
      })
    }
    return peer.call(operation, input, caller)
  }
}

/** Why, with the app that it was for: `grant app:pill-reminder`. */
function appReason({ principal }: Caller, reason: string | undefined): string | undefined {
  if (principal?.app === undefined) return reason
  return [reason, `app:${principal.app.clientId}`].filter((part) => part !== undefined).join(' ')
}

/** The value as the wire would carry it. */
function structuredJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null))
}
