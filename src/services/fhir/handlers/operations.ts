import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { isId } from '../domain/primitives.ts'
import { BEGINNING_MS, END_MS, type TimeRange, timeRange } from '../domain/values.ts'
import { listCompartment, listSupporting } from '../store/resources.ts'
import type { ResourceRow } from '../store/search.ts'
import { type Answer, bundleText, entryText, resourceUrl } from './answers.ts'
import { addressOf, type Call, parameterOf } from './call.ts'
import { inputsOf } from './inputs.ts'
import { filledRows } from './projection/filling.ts'
import { findWhole } from './projection/reading.ts'
import { assertType, wholeParameter } from './reading.ts'
import { reachScope } from './smartRights.ts'
import { assertReadable } from './smartScopes.ts'

const EVERYTHING = new Set(['start', 'end', '_since', '_type', '_count', '_cursor', '_format', '_pretty', 'profile_id'])
/** Resources read at once; without `_count` the answer is all of them. */
const STRETCH = 1000

/** `Patient/id/$everything`: the compartment, and what it refers to that belongs to no patient. */
export async function everything(given: Call, id: string): Promise<Answer> {
  const call = given.method === 'POST' ? { ...given, query: (await inputsOf(given)).pairs() } : given
  const unknown = call.query.find(([name]) => !EVERYTHING.has(name))
  if (unknown !== undefined)
    throw new PlatformError('bad_request', `Unknown parameter "${unknown[0].slice(0, 60)}" of $everything`)
  const patient = isId(id) ? await findWhole(call, 'Patient', id) : undefined
  if (patient === undefined || patient.is_deleted) throw notFound(`Patient/${id.slice(0, 64)}`)
  await assertReadable(call, patient)
  const reach = reachScope(call, 'r')
  const since = parameterOf(call, '_since')
  const from = since === undefined ? undefined : new Date(since.replaceAll(' ', '+'))
  if (from !== undefined && Number.isNaN(from.getTime()))
    throw new PlatformError('bad_request', '_since must be an instant')
  const types = parameterOf(call, '_type')?.split(',')
  for (const type of types ?? []) assertType(call, type)
  const count = wholeParameter(call, '_count')
  const rows: ResourceRow[] = []
  let after = wholeParameter(call, '_cursor') ?? 0
  let isMore = true
  while (isMore && (count === undefined || rows.length < count)) {
    const limit = Math.min(STRETCH, count === undefined ? STRETCH : count - rows.length)
    const stretch = await listCompartment(call.db, call.personId, id, {
      after,
      since: from,
      types,
      reach,
      care: careOf(call),
      limit: limit + 1,
    })
    isMore = stretch.length > limit
    rows.push(...stretch.slice(0, limit))
    after = rows.at(-1)?.pk ?? after
    if (limit === 0) break
  }
  const supporting = isMore ? [] : (await listSupporting(call.db, call.personId, id, reach)).filter(wanted(types, from))
  const path = `Patient/${id}/$everything`
  const own = call.query.filter(([name]) => name !== '_cursor')
  const next = isMore ? [{ relation: 'next', url: addressOf(call, path, [...own, ['_cursor', String(after)]]) }] : []
  const link = [{ relation: 'self', url: addressOf(call, path, call.query) }, ...next]
  const entry = (mode: string) => (row: ResourceRow) =>
    entryText({ fullUrl: resourceUrl(call, row), resource: row.content, search: mode })
  const entries = [
    ...(await filledRows(call, rows)).map(entry('match')),
    ...(await filledRows(call, supporting)).map(entry('include')),
  ]
  return { status: 200, body: bundleText({ type: 'searchset', link }, entries) }
}

/** The time of care that is asked for: from the start of `start` to the end of `end`. Throws 400 for what is no date. */
function careOf(call: Call): TimeRange | undefined {
  const [start, end] = [parameterOf(call, 'start'), parameterOf(call, 'end')]
  if (start === undefined && end === undefined) return undefined
  const [from, until] = [start, end].map((text) => (text === undefined ? undefined : timeRange(text)))
  if ((start !== undefined && from === undefined) || (end !== undefined && until === undefined))
    throw new PlatformError('bad_request', 'start and end must be dates')
  return { from: from?.from ?? BEGINNING_MS, until: until?.until ?? END_MS }
}

function wanted(types: readonly string[] | undefined, since: Date | undefined) {
  return (row: ResourceRow) => (types?.includes(row.type) ?? true) && (since === undefined || row.updated_at >= since)
}
