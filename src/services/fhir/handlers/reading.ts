import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { isId } from '../domain/primitives.ts'
import { findVersion, type HistoryRow } from '../store/resources.ts'
import { type Answer, bundleText, contentOf, entryText, etagOf, resourceUrl, storedAnswer } from './answers.ts'
import { addressOf, type Call, type Pairs, parameterOf } from './call.ts'
import { findWhole, ownedHistory } from './projection/reading.ts'
import { assertReadable, historyWithin } from './smartScopes.ts'

/** Throws 404 for a type that FHIR R4 doesn't have. */
export function assertType(call: Call, type: string): void {
  const isKnown: boolean = call.engines.definitions.isResource(type)
  if (!isKnown) throw new PlatformError('not_found', `Unknown resource type "${type.slice(0, 60)}"`)
}

/** `GET Type/id`: 304 for what the client has, 410 for what was deleted. */
export async function readResource(call: Call, type: string, id: string): Promise<Answer> {
  assertType(call, type)
  const row = isId(id) ? await findWhole(call, type, id) : undefined
  if (row === undefined) throw notFound(`${type}/${id.slice(0, 64)}`)
  await assertReadable(call, row)
  if (row.is_deleted) throw new PlatformError('gone', `${type}/${id} was deleted`)
  if (isUnchanged(call, row.version, row.updated_at)) {
    return { status: 304, body: '', version: row.version, updated: row.updated_at }
  }
  const shape = call.query.filter(([name]) => name === '_summary' || name === '_elements')
  const read = call.engines.reader.read(type, shape)
  const answer = storedAnswer(call, 200, row)
  return { ...answer, body: contentOf(call, answer.body, read) }
}

function isUnchanged(call: Call, version: number, updated: Date): boolean {
  const known = call.headers['if-none-match']
  if (known !== undefined) return known.split(',').some((one) => one.trim() === etagOf(version) || one.trim() === '*')
  const since = Date.parse(call.headers['if-modified-since'] ?? '')
  return !Number.isNaN(since) && Math.floor(updated.getTime() / 1000) * 1000 <= since
}

/** `GET Type/id/_history/version`. */
export async function readVersion(call: Call, type: string, id: string, version: string): Promise<Answer> {
  assertType(call, type)
  const number = /^\d{1,9}$/.test(version) ? Number(version) : 0
  const stored = isId(id) ? await findVersion(call.db, call.personId, { type, id }, number) : undefined
  const owned = stored === undefined && isId(id) ? await ownedHistory(call, { type, id }) : []
  const row = stored ?? owned.find((one) => one.version === number)
  if (row === undefined) throw notFound(`Version ${version.slice(0, 20)} of ${type}/${id.slice(0, 64)}`)
  await assertReadable(call, row, true)
  if (row.method === 'DELETE') throw new PlatformError('gone', `${type}/${id} was deleted with this version`)
  return storedAnswer(call, 200, row)
}

/** History of one resource, of a type or of the record, newest first. */
export async function readHistory(call: Call, of: { type?: string; id?: string }): Promise<Answer> {
  if (of.type !== undefined) assertType(call, of.type)
  const allowed = ['_count', '_since', '_cursor', '_format', '_pretty', 'profile_id']
  const unknown = call.query.find(([name]) => !allowed.includes(name))
  if (unknown !== undefined)
    throw new PlatformError('bad_request', `Unknown parameter "${unknown[0].slice(0, 60)}" of _history`)
  const count = Math.min(wholeParameter(call, '_count') ?? 50, 1000)
  const since = parameterOf(call, '_since')
  const from = since === undefined ? undefined : new Date(since.replaceAll(' ', '+'))
  if (from !== undefined && Number.isNaN(from.getTime()))
    throw new PlatformError('bad_request', '_since must be an instant')
  const before = wholeParameter(call, '_cursor')
  const rows = await historyOf(call, of, { before, since: from, limit: count + 1 })
  if (rows.length === 0 && of.id !== undefined && before === undefined && from === undefined)
    throw notFound(`${of.type}/${of.id.slice(0, 64)}`)
  const shown = rows.slice(0, count)
  const path = [...(of.type === undefined ? [] : [of.type]), ...(of.id === undefined ? [] : [of.id]), '_history'].join(
    '/',
  )
  const own = call.query.filter(([name]) => name !== '_cursor')
  const linkTo = (query: Pairs) => addressOf(call, path, query)
  const next =
    rows.length > count
      ? [{ relation: 'next', url: linkTo([...own, ['_cursor', String(shown.at(-1)?.position)]]) }]
      : []
  const isWhole = next.length === 0 && before === undefined
  const head = {
    type: 'history',
    ...(isWhole ? { total: shown.length } : {}),
    link: [{ relation: 'self', url: linkTo(call.query) }, ...next],
  }
  return {
    status: 200,
    body: bundleText(
      head,
      shown.map((row) => historyEntry(call, row)),
    ),
  }
}

type HistoryPage = Parameters<typeof historyWithin>[2]

/** What is stored of the history; of a resource that another service owns, its version of now. */
async function historyOf(
  call: Call,
  { type, id }: { type?: string; id?: string },
  page: HistoryPage,
): Promise<readonly HistoryRow[]> {
  const of = { ...(type === undefined ? {} : { type }), ...(id === undefined ? {} : { id }) }
  const rows = await historyWithin(call, of, page)
  if (rows.length > 0 || type === undefined || id === undefined || !isId(id) || page.before !== undefined) return rows
  const [now] = await ownedHistory(call, { type, id })
  if (now === undefined || (page.since !== undefined && now.updated_at < page.since)) return []
  await assertReadable(call, now)
  return [now]
}

/** A whole number of a parameter. Throws 400 for anything else. */
export function wholeParameter(call: Call, name: string): number | undefined {
  const text = parameterOf(call, name)
  if (text === undefined || text === '') return undefined
  if (!/^\d{1,15}$/.test(text)) throw new PlatformError('bad_request', `${name} must be a whole number`)
  return Number(text)
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
