import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { errorIssue, type Issue, outcomeOf } from '../contract/outcome.ts'
import { isObject, type Json, listOf, stringify } from '../domain/json.ts'
import { isId } from '../domain/primitives.ts'
import { findResource, listCompartment, listSupporting } from '../store/resources.ts'
import type { ResourceRow } from '../store/search.ts'
import { type Answer, bundleText, entryText, resourceUrl } from './answers.ts'
import { addressOf, bodyJson, type Call, parameterOf } from './call.ts'
import { assertType, wholeParameter } from './reading.ts'
import { assertReadable, reachScope } from './smartScopes.ts'

/** `$validate`: the resource itself, or Parameters that hold it. Answers 200 whatever is found. */
export async function validate(call: Call, type: string): Promise<Answer> {
  assertType(call, type)
  const body = await bodyJson(call)
  const parameters =
    isObject(body) && body.resourceType === 'Parameters' && type !== 'Parameters' ? listOf(body.parameter) : undefined
  const named = (name: string) => parameters?.find((one) => isObject(one) && one.name === name)
  const holder = named('resource')
  const resource: Json | undefined = parameters === undefined ? body : isObject(holder) ? holder.resource : undefined
  const issues: Issue[] = [...call.engines.validator.validate(resource ?? null)]
  if (isObject(resource) && issues.length === 0 && resource.resourceType !== type) {
    issues.push(errorIssue('invalid', `The address says ${type}, the body ${String(resource.resourceType)}`))
  }
  if (named('profile') !== undefined || parameterOf(call, 'profile') !== undefined) {
    const text = 'Profiles are not checked; the base specification was'
    issues.push({ severity: 'warning', code: 'not-supported', text })
  }
  return { status: 200, body: stringify(outcomeOf(issues)) }
}

const EVERYTHING = new Set(['_since', '_type', '_count', '_cursor', '_format', '_pretty', 'profile_id'])
/** Resources read at once; without `_count` the answer is all of them. */
const STRETCH = 1000

/** `Patient/id/$everything`: the compartment, and what it refers to that belongs to no patient. */
export async function everything(call: Call, id: string): Promise<Answer> {
  const unknown = call.query.find(([name]) => !EVERYTHING.has(name))
  if (unknown !== undefined)
    throw new PlatformError('bad_request', `Unknown parameter "${unknown[0].slice(0, 60)}" of $everything`)
  const patient = isId(id) ? await findResource(call.db, call.personId, 'Patient', id) : undefined
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
  const entries = [...rows.map(entry('match')), ...supporting.map(entry('include'))]
  return { status: 200, body: bundleText({ type: 'searchset', link }, entries) }
}

function wanted(types: readonly string[] | undefined, since: Date | undefined) {
  return (row: ResourceRow) => (types?.includes(row.type) ?? true) && (since === undefined || row.updated_at >= since)
}
