import type { Database } from '../../../kernel/database.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import type { Permission } from '../../../shared/smartScopes.ts'
import { parseJson, type Resource } from '../domain/json.ts'
import { isWhole, type Reach, reaches, reachWithin } from '../domain/smartScopes.ts'
import { SECTIONS } from '../domain/summary.ts'
import { type HistoryEntry, type HistoryPage, listHistory } from '../store/history.ts'
import { findVersion, type Method } from '../store/resources.ts'
import { isNameWithin } from '../store/smartScopes.ts'
import type { Call } from './call.ts'
import { reachScope } from './smartRights.ts'

/** Throws 403 unless the app has a scope for this type; that says nothing of any resource. */
export function admitType(call: Call, permission: Permission, type: string): void {
  const { app } = call
  if (app === undefined || reachWithin(app.reach(permission), type).length > 0) return
  throw refused(call, `The app has no scope to ${WORDS[permission]} ${type}`)
}

const WORDS: Readonly<Record<Permission, string>> = {
  c: 'create',
  r: 'read',
  u: 'change',
  d: 'delete',
  s: 'search',
}

function refused(call: Call, text: string): PlatformError {
  const reason = `insufficient_scope app:${call.app?.clientId}`
  call.context.audit({ action: call.method === 'GET' ? 'read' : 'write', outcome: 'refused', reason })
  return new PlatformError('insufficient_scope', text)
}

/**
 * Throws 403 unless the app may ask this at all, by method and address. What is not known here is open only to an app that
 * may read and search everything.
 */
export function admit(call: Call): void {
  if (call.app === undefined) return
  const [type = '', id, more] = call.path
  const operation = call.path.find((part) => part.startsWith('$'))
  // A Bundle is admitted entry by entry; a search over all types finds what lies within reach.
  if (type === '' || type === 'metadata' || type === '$fhirpath' || operation === '$validate') return
  if (operation !== undefined) admitOperation(call, operation, type)
  else if (type.startsWith('_')) admitAny(call, 's')
  else if (call.method !== 'GET' && !call.path.includes('_search')) return
  else if (id === undefined || id.startsWith('_')) admitType(call, 's', type)
  else if (more === undefined || more.startsWith('_')) admitType(call, 'r', type)
  // Within a compartment: `Patient/1/Observation`; a star stands for all types.
  else if (more === '*') admitAny(call, 's')
  else admitType(call, 's', more)
}

/** What an operation puts together: what of it lies within reach is found by the operation itself. */
const OPERATIONS: Readonly<Record<string, (call: Call, type: string) => void>> = {
  $everything: (call, type) => admitType(call, 'r', type),
  $lastn: (call, type) => admitType(call, 's', type),
  $docref: (call, type) => admitType(call, 's', type),
  $summary: admitSummary,
  $meta: (call, type) => {
    const isOfOne = call.path[1] !== undefined && !call.path[1].startsWith('$')
    if (type.startsWith('$')) admitAny(call, 's')
    else admitType(call, isOfOne ? 'r' : 's', type)
  },
  // Terminology is public; sets and systems of the record are found as far as the app reaches them.
  $expand: () => undefined,
  $lookup: () => undefined,
  $subsumes: () => undefined,
  '$validate-code': () => undefined,
}

function admitOperation(call: Call, operation: string, type: string): void {
  const own = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
  if (own !== undefined) {
    own(call, type)
    return
  }
  const opensAll = (reach: Reach) => isWhole(reach.filter((one) => one.type === undefined))
  const isOpen = (['r', 's'] as const).every((one) => opensAll(call.app?.reach(one) ?? []))
  if (!isOpen) throw refused(call, `The app's scopes don't open ${operation.slice(0, 40)}`)
}

/** A summary says of each section that there is nothing else: only whoever may see all of a patient's may say so. */
function admitSummary(call: Call): void {
  admitType(call, 'r', 'Patient')
  const types = new Set([...SECTIONS.flatMap((section) => section.types), 'Medication'])
  for (const type of types) {
    const reach = reachWithin(call.app?.reach('s') ?? [], type)
    if (reach.some((one) => one.criteria.length === 0)) continue
    throw refused(call, `A summary needs a scope to search all of a patient's ${type}`)
  }
}

function admitAny(call: Call, permission: Permission): void {
  if (call.app?.reach(permission).length === 0)
    throw refused(call, `The app has no scope to ${WORDS[permission]} anything`)
}

/** Bulk jobs are for people themselves and for backend services: an app that somebody launched begins none. Throws 403. */
export function admitBulk(call: Call): void {
  const isBulk = call.path.some((part) => /^\$(?:export|import|bulk)/.test(part))
  if (isBulk && call.app?.isBackend === false)
    throw refused(call, 'An app of a person exports and imports nothing in bulk')
}

interface Named {
  readonly type: string
  readonly id: string
}

/** Whether the app reaches everything of a type; then no resource is looked at. */
const isFree = (call: Call, permission: Permission, type: string) =>
  call.app === undefined || isWhole(reachWithin(call.app.reach(permission), type))

/** Whether the app reaches what stands under a name now. */
async function isCurrentWithin(call: Call, db: Database, permission: Permission, one: Named): Promise<boolean> {
  const scope = reachScope(call, permission)
  return scope === undefined || isNameWithin(db, call.personId, one, scope)
}

interface Version extends Named {
  readonly version: number
  readonly updated_at: Date
  readonly content: string
}

const matchScope = (call: Call) => ({ nowMs: call.context.now().getTime(), base: call.base })

/** Whether the app reaches a version, by what it says; a deletion by what was deleted. */
async function isVersionWithin(call: Call, permission: Permission, row: Version): Promise<boolean> {
  const { app } = call
  if (app === undefined || isFree(call, permission, row.type)) return true
  const told = row.content === '' ? await findVersion(call.db, call.personId, row, row.version - 1) : row
  if (told === undefined || told.content === '') return isCurrentWithin(call, call.db, permission, row)
  const values = call.engines.extractor.extract(parseJson(told.content) as Resource)
  const judged = { type: row.type, id: row.id, updatedMs: told.updated_at.getTime(), values }
  return reaches(app.reach(permission), judged, app.rules, matchScope(call))
}

/** Throws 404, as for what doesn't exist, when the app doesn't reach what was read: the resource now, or a version of it. */
export async function assertReadable(
  call: Call,
  row: Version & { readonly is_deleted?: boolean },
  isVersion = false,
): Promise<void> {
  if (isFree(call, 'r', row.type)) return
  const byContent = isVersion || row.is_deleted === true
  const isSeen = byContent ? await isVersionWithin(call, 'r', row) : await isCurrentWithin(call, call.db, 'r', row)
  if (isSeen) return
  throw notFound(isVersion ? `Version ${row.version} of ${row.type}/${row.id}` : `${row.type}/${row.id}`)
}

const STRETCH = 500

/** A page of history with only what the app reaches: as long as without limits, so that nothing is told by what lacks. */
export async function historyWithin(
  call: Call,
  of: { readonly type?: string; readonly id?: string },
  page: HistoryPage,
): Promise<HistoryEntry[]> {
  const permission = permissionOf(of)
  const reach = reachScope(call, permission)
  const list = (from: HistoryPage) => listHistory(call.db, call.personId, of, from, reach)
  if (call.app === undefined || (of.type !== undefined && isFree(call, permission, of.type))) return list(page)
  const rows: HistoryEntry[] = []
  let { after } = page
  for (;;) {
    const stretch = await list({ ...page, after, limit: STRETCH })
    for (const row of stretch) {
      if (row.source === 1 || (await isVersionWithin(call, permission, row))) rows.push(row)
      if (rows.length === page.limit) return rows
    }
    const last = stretch.at(-1)
    if (last === undefined || stretch.length < STRETCH) return rows
    after = { ms: last.updated_at.getTime(), source: last.source, key: last.position }
  }
}

/** History of one resource is read, that of many searched. */
const permissionOf = ({ id }: { readonly id?: string }): Permission => (id === undefined ? 's' : 'r')

interface StateLike {
  readonly is_deleted: boolean
}

/**
 * What stands where the app writes, as the app may know it: undefined for what lies outside its reach. Throws 403 for a type
 * that it may not change so. An app whose scopes open only a part of a type can't choose ids of it (404): whether an id is
 * taken would tell what it may not see.
 */
export async function stateWithin<State extends StateLike>(
  call: Call,
  transaction: Database,
  { method, type, id }: { readonly method: Method; readonly type: string; readonly id: string },
  state: State | undefined,
): Promise<State | undefined> {
  const { app } = call
  if (app === undefined) return state
  const permission = method === 'POST' ? 'c' : method === 'DELETE' ? 'd' : 'u'
  admitType(call, permission, type)
  if (method === 'POST') return state
  const isThere = state !== undefined && !state.is_deleted
  const seen = isThere && (await isCurrentWithin(call, transaction, permission, { type, id })) ? state : undefined
  if (method === 'PUT' && seen === undefined) {
    if (!isWhole(reachWithin(app.reach('u'), type))) throw notFound(`${type}/${id}`)
    admitType(call, 'c', type)
    return state
  }
  return seen
}

/** Throws 403 when what would be stored lies outside what the app may write. */
export function assertStorable(
  call: Call,
  { method, type, id, isThere }: { method: Method; type: string; id: string; isThere: boolean },
  values: Parameters<typeof reaches>[1]['values'],
): void {
  const { app } = call
  if (app === undefined) return
  const permission = isThere && method !== 'POST' ? 'u' : 'c'
  const judged = { type, id, updatedMs: call.context.now().getTime(), values }
  if (reaches(app.reach(permission), judged, app.rules, matchScope(call))) return
  throw refused(call, `The app may not store this ${type}: it lies outside its scopes`)
}
