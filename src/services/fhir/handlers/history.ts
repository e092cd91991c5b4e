import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { isId } from '../domain/primitives.ts'
import { type TimeRange, timeRange } from '../domain/values.ts'
import type { HistoryEntry, HistoryPage, HistoryPlace } from '../store/history.ts'
import { findVersion, type HistoryRow } from '../store/resources.ts'
import { type Answer, bundleText, entryText, etagOf, resourceUrl, storedAnswer } from './answers.ts'
import { addressOf, type Call, type Pairs, parameterOf } from './call.ts'
import { filledRows } from './projection/filling.ts'
import { ownersOf } from './projection/owners.ts'
import { findWhole } from './projection/reading.ts'
import { assertType, wholeParameter } from './reading.ts'
import { assertReadable, historyWithin } from './smartScopes.ts'

/** `GET Type/id/_history/version`: 410 for a version that is a removal, 404 for one that is not kept. */
export async function readVersion(call: Call, type: string, id: string, version: string): Promise<Answer> {
  assertType(call, type)
  const number = /^\d{1,9}$/.test(version) ? Number(version) : 0
  const stored = isId(id) ? await findVersion(call.db, call.personId, { type, id }, number) : undefined
  const row = stored ?? (await versionOfNow(call, { type, id }, number))
  if (row === undefined) throw notFound(`Version ${version.slice(0, 20)} of ${type}/${id.slice(0, 64)}`)
  await assertReadable(call, row, true)
  if (row.method === 'DELETE') throw new PlatformError('gone', `${type}/${id} was deleted with this version`)
  return storedAnswer(call, 200, row)
}

/** What another service holds, if this is its version of now. Throws 404 saying so for older ones: services keep none. */
async function versionOfNow(
  call: Call,
  { type, id }: { readonly type: string; readonly id: string },
  version: number,
): Promise<HistoryRow | undefined> {
  const row = isId(id) ? await findWhole(call, type, id) : undefined
  if (row === undefined || row.is_deleted) return undefined
  if (row.version !== version) {
    await assertReadable(call, row)
    throw new PlatformError(
      'not_found',
      `Of ${type}/${id} there is version ${row.version}; version ${version} is not kept`,
    )
  }
  const { updated_at, content } = row
  return { type, id, version, updated_at, method: 'PUT', content, position: 0 }
}

const PARAMETERS = ['_count', '_since', '_at', '_cursor', '_format', '_pretty', 'profile_id']
const MOST = 1000

/** History of one resource, of a type or of the record, newest first: stored versions and what other services hold. */
export async function readHistory(call: Call, of: { type?: string; id?: string }): Promise<Answer> {
  const page = pageOf(call)
  if (of.type !== undefined) assertType(call, of.type)
  if (of.id === undefined) assertComplete(call, of.type)
  const isNamed = of.id === undefined || isId(of.id)
  let rows = isNamed ? await historyWithin(call, of, page) : []
  // What its owner has not announced yet is asked for.
  if (rows.length === 0 && isNamed && of.type !== undefined && of.id !== undefined && isFirst(page)) {
    if ((await findWhole(call, of.type, of.id)) !== undefined) rows = await historyWithin(call, of, page)
  }
  if (rows.length === 0 && of.id !== undefined && isFirst(page)) throw notFound(`${of.type}/${of.id.slice(0, 64)}`)
  const count = page.limit - 1
  const last = rows.length > count ? rows[count - 1] : undefined
  const shown = newestFirst(await withContents(call, rows.slice(0, count)))
  return { status: 200, body: bundle(call, of, { shown, last, isWhole: last === undefined && isFirst(page) }) }
}

/** The entries with what other services say of theirs; those that they have no more are left out. */
async function withContents(call: Call, rows: readonly HistoryEntry[]): Promise<HistoryEntry[]> {
  const owned = await filledRows(
    call,
    rows.filter((row) => row.source === 1),
  )
  const byPk = new Map(owned.map((row) => [row.pk, row]))
  return rows.flatMap((row) => (row.source === 0 ? [row] : (byPk.get(row.pk) ?? [])))
}

const isFirst = ({ after, since, at }: HistoryPage) => after === undefined && since === undefined && at === undefined

/** What its owner changed since it was indexed reads as it is now: its time may be later than its place says. */
const newestFirst = (rows: readonly HistoryEntry[]) =>
  rows.toSorted((one, other) => other.updated_at.getTime() - one.updated_at.getTime())

/** Nobody takes the beginning of a record for all of it: a history has no place to say that something is missing. */
function assertComplete(call: Call, type: string | undefined): void {
  if (call.isIncomplete !== true) return
  const isConcerned = type === undefined || ownersOf(call.context).some((one) => one.declaration.types.includes(type))
  if (!isConcerned) return
  const text = 'Not everything that other services hold is read in yet; ask again in a moment'
  throw new PlatformError('unavailable', text, { retryAfterSeconds: 5 })
}

function pageOf(call: Call): HistoryPage {
  const unknown = call.query.find(([name]) => !PARAMETERS.includes(name))
  if (unknown !== undefined)
    throw new PlatformError('bad_request', `Unknown parameter "${unknown[0].slice(0, 60)}" of _history`)
  const since = parameterOf(call, '_since')
  const from = since === undefined ? undefined : new Date(since.replaceAll(' ', '+'))
  if (from !== undefined && Number.isNaN(from.getTime()))
    throw new PlatformError('bad_request', '_since must be an instant')
  const limit = Math.max(1, Math.min(wholeParameter(call, '_count') ?? 50, MOST)) + 1
  return { after: placeOf(parameterOf(call, '_cursor')), since: from, at: timeOf(parameterOf(call, '_at')), limit }
}

function timeOf(text: string | undefined): TimeRange | undefined {
  if (text === undefined) return undefined
  const range = timeRange(text.replaceAll(' ', '+'))
  if (range === undefined) throw new PlatformError('bad_request', '_at must be a date or a time')
  return range
}

function cursorOf({ updated_at, source, position }: HistoryEntry): string {
  return Buffer.from(JSON.stringify([updated_at.getTime(), source, position])).toString('base64url')
}

function placeOf(cursor: string | undefined): HistoryPlace | undefined {
  if (cursor === undefined) return undefined
  try {
    const [ms, source, key] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as number[]
    const isPlace = [ms, source, key].every((one) => Number.isSafeInteger(one)) && Math.abs(ms as number) < 8.64e15
    if (isPlace) return { ms: ms as number, source: source as number, key: key as number }
  } catch {
    // What is no cursor is refused below.
  }
  throw new PlatformError('bad_request', '_cursor is not one of ours')
}

interface Shown {
  readonly shown: readonly HistoryRow[]
  /** The last entry of this page, where another page follows. */
  readonly last: HistoryEntry | undefined
  readonly isWhole: boolean
}

function bundle(call: Call, of: { type?: string; id?: string }, { shown, last, isWhole }: Shown): string {
  const path = [of.type, of.id, '_history'].filter((part) => part !== undefined).join('/')
  const own = call.query.filter(([name]) => name !== '_cursor')
  const linkTo = (query: Pairs) => addressOf(call, path, query)
  const next = last === undefined ? [] : [{ relation: 'next', url: linkTo([...own, ['_cursor', cursorOf(last)]]) }]
  const head = {
    type: 'history',
    ...(isWhole ? { total: shown.length } : {}),
    link: [{ relation: 'self', url: linkTo(call.query) }, ...next],
  }
  const entries = shown.map((row) => historyEntry(call, row))
  return bundleText(head, entries)
}

function historyEntry(call: Call, row: HistoryRow): string {
  const status = row.method === 'DELETE' ? '204' : row.method === 'POST' || row.version === 1 ? '201' : '200'
  return entryText({
    fullUrl: resourceUrl(call, row),
    resource: row.content,
    request: { method: row.method, url: row.method === 'POST' ? row.type : `${row.type}/${row.id}` },
    response: { status, etag: etagOf(row.version), lastModified: row.updated_at.toISOString() },
  })
}
