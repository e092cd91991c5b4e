import type { Access, Operation } from './contract.ts'
import { PlatformError } from './errors.ts'
import type { Caller, Principal } from './principal.ts'

/** Decides on a record that isn't the caller's own. */
export type AccessDecider = (
  principal: Principal,
  personId: string,
  category: string,
  action: 'read' | 'write',
) => Promise<boolean>

/** What is called: an operation or a raw route. */
export type Target = Pick<Operation, 'kind' | 'service' | 'name'> & { readonly access: Access }

/**
 * Lets the call pass, or throws 401/403/404. Returns the caller bound to the person whose record it is about.
 * A person the caller may not see answers 404, like one that doesn't exist.
 */
export async function authorize(
  target: Target,
  caller: Caller,
  requestedPersonId: string | undefined,
  mayAccess: AccessDecider,
): Promise<Caller> {
  if (caller.origin === 'system')
    return requestedPersonId === undefined ? caller : { ...caller, personId: requestedPersonId }
  const { access } = target
  if (access.kind === 'service') {
    if (caller.origin !== 'service') throw new PlatformError('not_found', 'No such operation')
    return caller
  }
  const { principal } = caller
  if (principal === undefined) {
    if (access.kind === 'public') return caller
    throw new PlatformError('unauthenticated', 'Authorization header is required')
  }
  if (caller.origin === 'request') requireScope(target, principal)
  switch (access.kind) {
    case 'public':
    case 'account':
      return { ...caller, personId: principal.accountId }
    case 'role':
      if (!access.roles.some((role) => principal.roles.includes(role))) {
        throw new PlatformError('forbidden', `This needs the role ${access.roles.join(' or ')}`)
      }
      return { ...caller, personId: principal.accountId }
    case 'person':
      return bindPerson(target, access.category, caller, principal, requestedPersonId, mayAccess)
  }
}

function requireScope(target: Target, principal: Principal): void {
  const wanted = `${target.service}:${target.kind === 'query' ? 'read' : 'write'}`
  if (target.access.kind === 'public' || principal.scopes.includes('*') || principal.scopes.includes(wanted)) return
  throw new PlatformError('insufficient_scope', `This credential lacks the scope ${wanted}`)
}

async function bindPerson(
  target: Target,
  category: string,
  caller: Caller,
  principal: Principal,
  requestedPersonId: string | undefined,
  mayAccess: AccessDecider,
): Promise<Caller> {
  const personId =
    requestedPersonId ?? (caller.origin === 'service' ? caller.personId : undefined) ?? principal.accountId
  if (personId === principal.accountId) return { ...caller, personId }
  const isVouchedFor = caller.origin === 'service' && personId === caller.personId
  const action = target.kind === 'query' ? 'read' : 'write'
  if (isVouchedFor || (await mayAccess(principal, personId, category, action))) return { ...caller, personId }
  throw new PlatformError('not_found', 'Profile not found')
}
