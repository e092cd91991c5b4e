import type { Transaction } from '../../../kernel/database.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { errorIssue, type Issue } from '../contract/outcome.ts'
import { isObject, type Json, parseJson, type Resource, stringify } from '../domain/json.ts'
import { applyPatch } from '../domain/patch.ts'
import { applyPathPatch } from '../domain/pathPatch.ts'
import { isId } from '../domain/primitives.ts'
import { Refused } from '../domain/refused.ts'
import { lockResources, type NewVersion, type StateRow, writeVersions } from '../store/resources.ts'
import { etagOf } from './answers.ts'
import { type Call, Pace } from './call.ts'
import type { Change, Changed } from './changes.ts'
import { type Target, targetsOf } from './conditions.ts'
import type { OwnedChanges } from './projection/owned.ts'
import { resolveReferences } from './references.ts'
import { assertStorable, stateWithin } from './smartScopes.ts'
import { admitSubscription, forgetSubscription } from './subscriptions/admission.ts'
import { leaveWord, someoneWatches } from './subscriptions/noticing.ts'

/** Throws 422 with every fault of a resource, each with its place. */
export function assertValid(
  call: Call,
  resource: Json | undefined,
  type: string,
  place = '',
  linkTypes?: ReadonlyMap<string, string>,
  issues: readonly Issue[] = call.engines.validator.validate(resource, linkTypes),
): asserts resource is Resource {
  if (isObject(resource) && issues.length === 0 && resource.resourceType !== type) {
    throw new Refused('bad_request', [
      errorIssue('invalid', `The address says ${type}, the body ${String(resource.resourceType)}`),
    ])
  }
  if (issues.length > 0)
    throw new Refused(
      'validation_failed',
      issues.map((issue) => placed(issue, place)),
    )
}

function placed(issue: Issue, place: string): Issue {
  return place === '' ? issue : { ...issue, text: `${place}: ${issue.text}`, expression: place }
}

/** What the entries of a transaction name each other by, and what they are here. */
function linksOf(changes: readonly Change[], targets: readonly Target[]): Map<string, string> {
  const links = new Map<string, string>()
  for (const [index, { type, method, fullUrl }] of changes.entries()) {
    const id = targets[index]?.id ?? ''
    if (fullUrl === undefined || id === '') continue
    links.set(fullUrl, `${type}/${id}`)
    // What has an address elsewhere is named by the others with `Patient/1` too, and has an id of its own here.
    const [, local] = /^https?:\/\/.+\/([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})$/.exec(fullUrl) ?? []
    if (method === 'POST' && local !== undefined && !links.has(local)) links.set(local, `${type}/${id}`)
  }
  return links
}

/** Does all changes, or none: throws what the first impossible one says. Call it in a transaction. */
export async function applyChanges(
  call: Call,
  transaction: Transaction,
  changes: readonly Change[],
  owned: OwnedChanges,
): Promise<Changed[]> {
  const types = changes.map((change) => change.type)
  const [targets, isWatching] = await Promise.all([
    targetsOf(call, transaction, changes),
    someoneWatches(transaction, call.personId, types),
  ])
  assertDistinct(targets)
  const links = linksOf(changes, targets)
  const named = targets.filter((target) => target.isKnown && target.existing === undefined)
  const states = named.length === 0 ? [] : owned.withCurrent(await lockResources(transaction, call.personId, named))
  const stateOf = new Map(states.map((row) => [`${row.type}/${row.id}`, row]))
  const pace = new Pace()
  const now = call.context.now()
  const results: Changed[] = []
  const versions: NewVersion[] = []
  for (const [index, change] of changes.entries()) {
    const target = targets[index] as Target
    const made: Made =
      target.existing ??
      (await changeOf(call, transaction, {
        change,
        target,
        links,
        state: stateOf.get(`${target.type}/${target.id}`),
        now,
      }))
    results.push(made)
    if (made.version !== undefined) versions.push(made.version)
    await pace.step()
  }
  for (const portion of portions(await owned.sortOut(transaction, versions))) {
    const written = await writeVersions(transaction, call.personId, portion, now)
    if (written < portion.length) throw new PlatformError('conflict', 'Somebody else changed this at the same moment')
  }
  await leaveWord(transaction, isWatching, versions)
  return results.map(({ status, stored }) => ({ status, stored }))
}

const LARGEST_PORTION = 200_000

/** Versions in portions small enough that writing one keeps nobody waiting. */
function portions(versions: readonly NewVersion[]): NewVersion[][] {
  const all: NewVersion[][] = []
  let size = LARGEST_PORTION
  for (const version of versions) {
    if (size >= LARGEST_PORTION) {
      all.push([])
      size = 0
    }
    all.at(-1)?.push(version)
    size += version.content.length
  }
  return all
}

function assertDistinct(targets: readonly Target[]): void {
  const seen = new Set<string>()
  for (const target of targets) {
    const name = `${target.type}/${target.id}`
    if (target.id === '' || target.existing !== undefined) continue
    if (seen.has(name)) throw new PlatformError('bad_request', `${name} is changed twice in one transaction`)
    seen.add(name)
  }
}

/** A result with the version that is still to be written. */
interface Made extends Changed {
  readonly version?: NewVersion
}

interface Work {
  readonly change: Change
  readonly target: Target
  readonly links: ReadonlyMap<string, string>
  readonly state: StateRow | undefined
  readonly now: Date
}

async function changeOf(call: Call, transaction: Transaction, work: Work): Promise<Made> {
  const { change, target, now } = work
  const state = await stateWithin(call, transaction, { method: change.method, ...target }, work.state)
  assertPreconditions(change, state)
  const isThere = state !== undefined && !state.is_deleted
  const version = (state?.version ?? 0) + 1
  const { type, id } = target
  if (change.method === 'DELETE') {
    if (!isThere) return { status: 204, stored: undefined }
    await forgetSubscription(call, transaction, type, id)
    const stored = { type, id, version, updated_at: now, content: '' }
    return { status: 204, stored, version: { type, id, version, method: 'DELETE', content: '', values: undefined } }
  }
  if (change.method === 'PATCH' && !isThere) throw notFound(`${type}/${id}`)
  const given = change.method === 'PATCH' ? patched(call, change, state as StateRow) : (change.resource as Resource)
  const resolved = await resolveReferences(call, transaction, given, work.links)
  // What the links of a transaction point to was not known when a patch was applied.
  if (work.links.size > 0 && change.method === 'PATCH') assertValid(call, resolved, type, change.place)
  await admitSubscription(call, transaction, resolved, id)
  const resource = versioned(resolved, id, version, now)
  const content = stringify(resource)
  const values = call.engines.extractor.extract(resource)
  assertStorable(call, { method: change.method, type, id, isThere }, values)
  const stored = { type, id, version, updated_at: now, content }
  return { status: isThere ? 200 : 201, stored, version: { type, id, version, method: change.method, content, values } }
}

function patched(call: Call, change: Change, state: StateRow): Resource {
  const { patch = null } = change
  const before = parseJson(state.content) as Resource
  const result = isObject(patch) ? applyPathPatch(before, patch, call.engines.definitions) : applyPatch(before, patch)
  assertValid(call, result, change.type)
  if (result.id !== state.id) throw new PlatformError('validation_failed', 'A patch may not change the id')
  return result
}

function assertPreconditions(change: Change, state: StateRow | undefined): void {
  const isThere = state !== undefined && !state.is_deleted
  if (change.ifMatch !== undefined && change.ifMatch !== '*') {
    const isCurrent = isThere && change.ifMatch.split(',').some((one) => sameTag(one, state.version))
    if (!isCurrent)
      throw new PlatformError(
        'precondition_failed',
        `If-Match: the current version is ${isThere ? etagOf(state.version) : 'none'}`,
      )
  }
  if (change.ifNoneMatch?.trim() === '*' && isThere)
    throw new PlatformError('precondition_failed', 'If-None-Match: it exists')
}

const sameTag = (text: string, version: number) =>
  text.trim().replace(/^W\//, '').replaceAll('"', '') === String(version)

/** The resource as it is stored: with its id, its version and when it was written. */
function versioned(resource: Resource, id: string, version: number, now: Date): Resource {
  const { resourceType, id: _id, meta, ...rest } = resource
  const kept = isObject(meta) ? meta : {}
  return { resourceType, id, meta: { ...kept, versionId: String(version), lastUpdated: now.toISOString() }, ...rest }
}

/** Throws 400 when the id of the body is not that of the address, or none can have it. */
export function assertId(resource: Resource, id: string): void {
  if (!isId(id)) throw new PlatformError('bad_request', 'An id has 1 to 64 letters, digits, hyphens and dots')
  if (resource.id !== id) throw new PlatformError('bad_request', 'The id of the body must be the id in the address')
}
