import type { Transaction } from '../../../../kernel/database.ts'
import { PlatformError } from '../../../../kernel/errors.ts'
import type { ProjectedResource } from '../../../../kernel/projection.ts'
import type { Context } from '../../../../kernel/service.ts'
import { errorIssue } from '../../contract/outcome.ts'
import { isObject, parseJson, type Resource } from '../../domain/json.ts'
import { Refused } from '../../domain/refused.ts'
import { type Handover, keepHandovers } from '../../store/handovers.ts'
import { type OwnedRow, ownersOfNames } from '../../store/projection.ts'
import type { Name, NewVersion, StateRow } from '../../store/resources.ts'
import { findMatches } from '../../store/search.ts'
import { type Call, scopeOf } from '../call.ts'
import type { Change } from '../changes.ts'
import { contentsOf } from './filling.ts'
import { findUnindexed } from './indexing.ts'
import { type Owner, openOwners, ownersOf, presentedText } from './owners.ts'

const nameOf = ({ type, id }: Name) => `${type}/${id}`

/** What of some changes belongs to other services: looked up before the transaction, told to them after it. */
export class OwnedChanges {
  /** What the owners are to be told once the transaction is done. */
  readonly handovers: Handover[] = []
  private readonly call: Call
  private readonly rows: ReadonlyMap<string, OwnedRow>
  private readonly current: ReadonlyMap<string, ProjectedResource>

  constructor(call: Call, rows: readonly OwnedRow[], current: ReadonlyMap<string, ProjectedResource>) {
    this.call = call
    this.rows = new Map(rows.map((row) => [nameOf(row), row]))
    this.current = current
  }

  /** The locked states with what their owners say. Throws 409 for what became owned since it was looked up. */
  withCurrent(states: readonly StateRow[]): StateRow[] {
    return states.map((state) => {
      if (state.content !== '' || state.is_deleted) return state
      const row = this.rows.get(nameOf(state))
      const item = row === undefined ? undefined : this.current.get(`${row.owner} ${row.type}/${row.owner_id}`)
      if (item === undefined) throw new PlatformError('conflict', 'Somebody else changed this at the same moment')
      const { version, updated_at } = item
      return { ...state, version, updated_at: new Date(updated_at), content: presentedText(item) }
    })
  }

  /** Keeps what the owners are to be told, in the transaction of the changes. Returns the versions to write here. */
  async sortOut(transaction: Transaction, versions: readonly NewVersion[]): Promise<NewVersion[]> {
    const here: NewVersion[] = []
    for (const version of versions) {
      const row = this.rows.get(nameOf(version))
      if (row === undefined || row.is_linked) here.push(version)
      const isOffered = row !== undefined || (version.method !== 'DELETE' && this.isOffered(version))
      if (!isOffered) continue
      const { type, id, content } = version
      const method = version.method === 'DELETE' ? 'DELETE' : 'WRITE'
      this.handovers.push({ type, id, method, owner: row?.owner ?? '', owner_id: row?.owner_id ?? null, content })
    }
    await keepHandovers(transaction, this.call.personId, this.handovers, this.call.context.now())
    return here
  }

  /** Whether this name is the row of an owner, and nothing of it stands here. */
  isOwned(name: Name): boolean {
    return this.rows.get(nameOf(name))?.is_linked === false
  }

  ownerVersionOf(name: Name): number | undefined {
    const row = this.rows.get(nameOf(name))
    return row === undefined ? undefined : this.current.get(`${row.owner} ${row.type}/${row.owner_id}`)?.version
  }

  private isOffered(version: NewVersion): boolean {
    const { context } = this.call
    if (writersOf(context, version.type).length === 0) return false
    // Only what could be is parsed: of a large transaction that costs as much as reading it.
    const isNamed =
      version.type === 'Patient' ? version.id === context.personId : version.content.includes(context.personId)
    return isNamed && isAboutPerson(parseJson(version.content) as Resource, context.personId)
  }
}

/** Owners that take writes of a type. */
export function writersOf(context: Context, type: string): Owner[] {
  return ownersOf(context).filter(({ declaration }) => declaration.isWritable && declaration.types.includes(type))
}

/** Those of them that the caller may write to. */
export async function openWriters(context: Context, type: string): Promise<Owner[]> {
  const writers = writersOf(context, type)
  if (writers.length === 0) return writers
  const open = new Set((await openOwners(context)).map((owner) => owner.key))
  return writers.filter((owner) => open.has(owner.key))
}

/** Only what is about the person is theirs: a record may hold resources about other patients. */
export function isAboutPerson(resource: Resource, personId: string): boolean {
  if (resource.resourceType === 'Patient') return resource.id === personId
  const about = resource.subject ?? resource.patient
  return isObject(about) && about.reference === `Patient/${personId}`
}

/**
 * Looks up what of the changes other services own, and asks them whether they could keep what is to be written.
 * Throws 422, with the place, what an owner refuses. Not to be called in a transaction.
 */
export async function prepareOwned(call: Call, changes: readonly Change[]): Promise<OwnedChanges> {
  const { context, personId } = call
  const types = new Set(ownersOf(context).flatMap(({ declaration }) => declaration.types))
  const concerned = changes.filter((change) => types.has(change.type))
  if (concerned.length === 0) return new OwnedChanges(call, [], new Map())
  const names = await namesOf(call, concerned)
  const rows = names.length === 0 ? [] : await ownersOfNames(context.db, personId, names)
  const current = await contentsOf(
    context,
    rows.filter((row) => !row.is_linked),
  )
  for (const change of concerned) if (change.resource !== undefined) await checkOffer(context, change, change.resource)
  return new OwnedChanges(call, rows, current)
}

/** Names that the changes are about, as far as they can be known before the transaction. */
async function namesOf(call: Call, changes: readonly Change[]): Promise<Name[]> {
  const { context } = call
  const named: Name[] = changes.flatMap(({ type, id }) => (id === undefined ? [] : [{ type, id }]))
  // What its owner has not announced yet is asked for; ids that no owner gives are not.
  if (named.length > 0) await findUnindexed(context, named)
  for (const { type, id, condition, ifNoneExist } of changes) {
    if (id !== undefined) continue
    const asked = condition ?? ifNoneExist
    if (asked === undefined) continue
    const { criteria } = call.engines.reader.read(type, [...new URLSearchParams(asked)])
    if (criteria.length > 0) named.push(...(await findMatches(context.db, type, criteria, scopeOf(call), 2)))
  }
  return named
}

/** Throws what every owner that could keep it refuses. */
async function checkOffer(context: Context, change: Change, resource: Resource): Promise<void> {
  const id = change.id ?? context.newId()
  if (!isAboutPerson({ ...resource, id }, context.personId)) return
  for (const owner of await openWriters(context, change.type)) {
    const kept = await offer(context, owner, {
      id,
      is_new: true,
      content: JSON.stringify(resource),
      is_check: true,
    }).catch((error: unknown) => {
      throw refusalOf(error, change.place)
    })
    if (kept !== undefined) return
  }
}

/** What an owner keeps of a resource; undefined where it can keep nothing, or the caller may not write there. */
export async function offer(
  context: Context,
  owner: Owner,
  input: { id: string; is_new: boolean; content: string; if_version?: number; is_check?: boolean },
): Promise<ProjectedResource | undefined> {
  try {
    return (await context.call(owner.operations.write, input)).kept ?? undefined
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'not_found') return undefined
    throw error
  }
}

/** The refusal of an owner with the place of each fault in the resource; anything else as it is. */
export function refusalOf(error: unknown, place?: string): unknown {
  if (!(error instanceof PlatformError) || error.code !== 'validation_failed') return error
  const faults = error.options.faults ?? []
  if (faults.length === 0) return error
  return new Refused(
    'validation_failed',
    faults.map(({ field, detail }) =>
      errorIssue('value', place === undefined ? `${field}: ${detail}` : `${place}: ${field}: ${detail}`, field),
    ),
  )
}
