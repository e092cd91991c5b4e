import type { Access, Operation } from './contract.ts'
import { PlatformError } from './errors.ts'
import type { Caller, Grounds, Principal } from './principal.ts'

/** What the database says of an account, a person and the grounds of a call; the policy on every table says the same. */
export interface AccessDecision {
  readonly verdict: 'yes' | 'no-right' | 'no-consent' | 'held'
  /** What opens the record: `guardian`, `grant`, `break-glass`, `consent`. */
  readonly source: string | null
  /** The decision behind it, for the audit. */
  readonly source_id: string | null
}

/** Decides on a record that isn't the caller's own, and on uses that need a consent. */
export type AccessDecider = (accountId: string, personId: string, grounds: Grounds) => Promise<AccessDecision>

/** A caller bound to the person and grounds of its call, and what opened the record when it isn't the caller's own. */
export interface Authorized {
  readonly caller: Caller
  readonly decision: AccessDecision | undefined
}

/** What is called: an operation or a raw route. */
export type Target = Pick<Operation, 'kind' | 'service' | 'name' | 'takesApps'> & { readonly access: Access }

/**
 * Lets the call pass, or throws 401/403/404. Returns the caller bound to the person whose record it is about.
 * A person the caller may not see answers 404, like one that doesn't exist; a missing consent answers 403.
 */
export async function authorize(
  target: Target,
  caller: Caller,
  requested: string | undefined,
  mayAccess: AccessDecider,
): Promise<Authorized> {
  const requestedPersonId = recordOf(caller.principal, requested)
  if (caller.origin === 'system') {
    return passed(requestedPersonId === undefined ? caller : { ...caller, personId: requestedPersonId })
  }
  const { access } = target
  if (access.kind === 'service') {
    if (caller.origin !== 'service') throw new PlatformError('not_found', 'No such operation')
    return passed(caller)
  }
  const { principal } = caller
  if (principal === undefined) {
    if (access.kind === 'public') return passed(caller)
    throw nobodySaid(target)
  }
  if (caller.origin === 'request') requireScope(target, principal)
  const own = { ...caller, personId: principal.accountId, grounds: groundsOf(target) }
  switch (access.kind) {
    case 'public':
      if (access.category === undefined) return passed(own)
      return bindPerson(target, caller, principal, requestedPersonId, mayAccess)
    case 'account':
      return passed(own)
    case 'role':
      if (!access.roles.some((role) => principal.roles.includes(role))) {
        throw new PlatformError('forbidden', `This needs the role ${access.roles.join(' or ')}`)
      }
      return passed(own)
    case 'person':
      return bindPerson(target, caller, principal, requestedPersonId, mayAccess)
  }
}

/** Where the answer depends on a person's consent, clients of S001 read that nobody was named. */
function nobodySaid({ access }: Target): PlatformError {
  const asksConsent = access.kind === 'person' && (access.purpose !== undefined || access.category === 'rights')
  const options = asksConsent ? { legacyCode: 'DPDP_NO_USER_ID' } : {}
  return new PlatformError('unauthenticated', 'Authorization header is required', options)
}

const passed = (caller: Caller): Authorized => ({ caller, decision: undefined })

function groundsOf({ access, kind }: Target): Grounds {
  const action = kind === 'query' ? 'read' : 'write'
  if (access.kind === 'public') return { category: access.category, action, purpose: undefined, recipient: undefined }
  if (access.kind !== 'person') return { category: undefined, action, purpose: undefined, recipient: undefined }
  const { category, purpose, recipient = 'self' } = access
  return { category, action, purpose, recipient: purpose === undefined ? undefined : recipient }
}

/**
 * The token of an app opens the record that it was given for, and no other one can be named with it; unless its account let it
 * into all that the account may see. Then the right of the account decides, as for the account itself.
 */
function recordOf(principal: Principal | undefined, requested: string | undefined): string | undefined {
  const bound = principal?.app?.personId
  if (bound === undefined || bound === null) return requested
  if (requested === undefined || requested === bound) return bound
  if (principal?.app?.spansRecords === true) return requested
  throw new PlatformError('not_found', 'Profile not found')
}

function requireScope(target: Target, principal: Principal): void {
  if (principal.app !== undefined) {
    if (target.takesApps === true) return
    throw new PlatformError('insufficient_scope', 'The token of an app opens nothing but FHIR')
  }
  const wanted = `${target.service}:${target.kind === 'query' ? 'read' : 'write'}`
  if (target.access.kind === 'public' || principal.scopes.includes('*') || principal.scopes.includes(wanted)) return
  throw new PlatformError('insufficient_scope', `This credential lacks the scope ${wanted}`)
}

async function bindPerson(
  target: Target,
  caller: Caller,
  principal: Principal,
  requestedPersonId: string | undefined,
  mayAccess: AccessDecider,
): Promise<Authorized> {
  const personId =
    requestedPersonId ?? (caller.origin === 'service' ? caller.personId : undefined) ?? principal.accountId
  const grounds = groundsOf(target)
  const bound = { ...caller, personId, grounds }
  if (personId === principal.accountId && grounds.purpose === undefined) return passed(bound)
  // Asked again when one service calls another for somebody: a right to one category opens no other behind it.
  const { decision, category } = await decide(target, principal.accountId, personId, grounds, mayAccess)
  switch (decision.verdict) {
    case 'yes':
      return { caller: { ...bound, grounds: { ...grounds, category } }, decision }
    case 'no-consent':
      throw consentRequired(grounds)
    case 'held':
      if (personId !== principal.accountId) throw new PlatformError('not_found', 'Profile not found')
      throw new PlatformError('forbidden', 'This record is restricted or waits for erasure')
    case 'no-right':
      throw new PlatformError('not_found', 'Profile not found')
  }
}

/** The first category of the target that opens the record, and how; what the target's own says where none does. */
async function decide(
  { access }: Target,
  accountId: string,
  personId: string,
  grounds: Grounds,
  mayAccess: AccessDecider,
): Promise<{ readonly decision: AccessDecision; readonly category: string | undefined }> {
  const first = await mayAccess(accountId, personId, grounds)
  const others = access.kind === 'person' ? (access.orCategories ?? []) : []
  if (first.verdict === 'no-right') {
    for (const category of others) {
      const decision = await mayAccess(accountId, personId, { ...grounds, category })
      if (decision.verdict === 'yes') return { decision, category }
    }
  }
  return { decision: first, category: grounds.category }
}

function consentRequired({ category, purpose, recipient }: Grounds): PlatformError {
  const extra = { data_category: category, purpose, granted_to: recipient }
  return new PlatformError('consent_required', `This needs your consent: ${category} for ${purpose}`, { extra })
}
