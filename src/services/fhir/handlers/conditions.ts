import type { Transaction } from '../../../kernel/database.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { lockCriteria } from '../store/resources.ts'
import { findMatches, type ResourceRow } from '../store/search.ts'
import { type Call, scopeOf } from './call.ts'
import type { Change, Changed } from './changes.ts'
import { withCodes } from './codeSets.ts'

/** What a change is about, once conditions are resolved. */
export interface Target {
  readonly type: string
  /** Empty when there is nothing to change. */
  readonly id: string
  /** Whether something may be stored under this id. */
  readonly isKnown: boolean
  /** The result, when nothing is to be done. */
  readonly existing: Changed | undefined
}

/** Resolves conditions; in order of their text, so that two transactions never wait for each other in a circle. */
export async function targetsOf(call: Call, transaction: Transaction, changes: readonly Change[]): Promise<Target[]> {
  const conditions = [...new Set(changes.flatMap((change) => conditionOf(change) ?? []))].sort()
  for (const text of conditions) await lockCriteria(transaction, `${call.personId} ${text}`)
  const found = new Map<string, ResourceRow[]>()
  const targets: Target[] = []
  for (const change of changes) {
    const condition = conditionOf(change)
    if (condition === undefined) {
      const id = change.id ?? call.context.newId()
      targets.push({ type: change.type, id, isKnown: change.id !== undefined, existing: undefined })
      continue
    }
    const matches = found.get(condition) ?? (await matchesOf(call, transaction, condition))
    found.set(condition, matches)
    targets.push(targetOf(call, change, matches))
  }
  return targets
}

function conditionOf(change: Change): string | undefined {
  const condition = change.condition ?? change.ifNoneExist
  return condition === undefined ? undefined : `${change.type}?${condition}`
}

/** At most two resources that a condition, `Patient?identifier=…`, finds. Throws 400 for one that asks nothing. */
export async function matchesOf(call: Call, transaction: Transaction, condition: string): Promise<ResourceRow[]> {
  const [type = '', ...rest] = condition.split('?')
  if (!call.engines.definitions.isResource(type))
    throw new PlatformError('bad_request', 'A condition names a resource type')
  const read = call.engines.reader.read(type, [...new URLSearchParams(rest.join('?'))])
  const { criteria } = await withCodes(call, read)
  if (criteria.length === 0) throw new PlatformError('precondition_failed', 'A condition must ask for something')
  return findMatches(transaction, type, criteria, scopeOf(call), 2)
}

function targetOf(call: Call, change: Change, matches: readonly ResourceRow[]): Target {
  const { type } = change
  const [match] = matches
  if (matches.length > 1) throw new PlatformError('precondition_failed', `The condition finds more than one ${type}`)
  if (match !== undefined) {
    const given = change.resource?.id
    if (change.method === 'PUT' && given !== undefined && given !== match.id) {
      throw new PlatformError('bad_request', 'The condition finds a resource with another id than the body')
    }
    const existing = change.method === 'POST' ? { status: 200 as const, stored: match } : undefined
    return { type, id: match.id, isKnown: true, existing }
  }
  switch (change.method) {
    case 'POST':
      return { type, id: call.context.newId(), isKnown: false, existing: undefined }
    case 'PUT': {
      const given = change.resource?.id
      const id = typeof given === 'string' ? given : call.context.newId()
      return { type, id, isKnown: typeof given === 'string', existing: undefined }
    }
    case 'PATCH':
      throw notFound(`A ${type} that meets the condition`)
    case 'DELETE':
      return { type, id: '', isKnown: false, existing: { status: 204, stored: undefined } }
  }
}
