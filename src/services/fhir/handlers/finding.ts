import { PlatformError } from '../../../kernel/errors.ts'
import { isObject, type JsonObject, listOf, parseJson, type Resource, stringify } from '../domain/json.ts'
import { groupOf } from '../domain/summary.ts'
import { type Answer, bundleText, entryText } from './answers.ts'
import type { Call, Pairs } from './call.ts'
import { assertKnown, inputsOf } from './inputs.ts'
import { search } from './searching.ts'

const PAGE = 500
/** Pages that one answer is put together from. */
const MOST_PAGES = 20

export interface FoundEntry {
  readonly fullUrl: string
  readonly resource: Resource
}

/** All that a search finds, page by page, at most ten thousand; the caller may have enough earlier. */
export async function* findAll(call: Call, type: string, query: Pairs): AsyncGenerator<FoundEntry[]> {
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const next: Pairs = cursor === undefined ? [] : [['_cursor', cursor]]
    const answer = await search({ ...call, headers: {} }, { type }, [...query, ['_count', String(PAGE)], ...next])
    const bundle = parseJson(answer.body) as JsonObject
    yield listOf(bundle.entry).flatMap((entry) =>
      isObject(entry) && isObject(entry.resource)
        ? [{ fullUrl: String(entry.fullUrl), resource: entry.resource as Resource }]
        : [],
    )
    const link = listOf(bundle.link).find((one) => isObject(one) && one.relation === 'next')
    cursor = isObject(link) ? (new URL(String(link.url)).searchParams.get('_cursor') ?? undefined) : undefined
    if (cursor === undefined) return
  }
}

const pairsOf = (inputs: { all(name: string): readonly unknown[]; names(): string[] }, without: readonly string[]) =>
  inputs
    .names()
    .filter((name) => !without.includes(name))
    .flatMap((name) => inputs.all(name).map((value): [string, string] => [name, textOf(value)]))

/** A value as a search takes it: of a coding, system and code. */
function textOf(value: unknown): string {
  if (!isObject(value)) return String(value)
  if (typeof value.code === 'string')
    return `${value.system === undefined ? '' : `${String(value.system)}|`}${value.code}`
  const [coding] = listOf(value.coding)
  return coding === undefined ? String(value.reference ?? '') : textOf(coding)
}

/** `Observation/$lastn`: of each code the newest `max`, with those that tie with the last of them. */
export async function lastObservations(call: Call): Promise<Answer> {
  const inputs = await inputsOf(call)
  const names = inputs.names()
  const isNamed = names.some((name) => /^(patient|subject)(:|$)/.test(name))
  if (!isNamed) throw new PlatformError('bad_request', '$lastn needs patient or subject')
  if (!names.some((name) => /^(category|code)(:|$)/.test(name))) {
    throw new PlatformError('bad_request', '$lastn needs category or code')
  }
  const max = inputs.whole('max') ?? 1
  if (max < 1 || max > 100) throw new PlatformError('bad_request', 'max must be from 1 to 100')
  const groups = new Map<string, { entries: FoundEntry[]; last: string }>()
  const query: Pairs = [...pairsOf(inputs, ['max', '_sort', '_format', '_pretty']), ['_sort', '-date']]
  for await (const page of findAll(call, 'Observation', query)) {
    for (const entry of page) {
      const group = groups.get(groupOf(entry.resource)) ?? { entries: [], last: '' }
      groups.set(groupOf(entry.resource), group)
      const when = timeOf(entry.resource)
      if (group.entries.length >= max && when !== group.last) continue
      group.entries.push(entry)
      group.last = when
    }
  }
  return searchset([...groups.values()].flatMap((group) => group.entries))
}

function timeOf(resource: Resource): string {
  const period = isObject(resource.effectivePeriod) ? resource.effectivePeriod : {}
  const text = resource.effectiveDateTime ?? resource.effectiveInstant ?? period.end ?? period.start
  return typeof text === 'string' ? text : `${resource.id}`
}

function searchset(entries: readonly FoundEntry[]): Answer {
  const texts = entries.map((one) =>
    entryText({ fullUrl: one.fullUrl, resource: stringify(one.resource), search: 'match' }),
  )
  return { status: 200, body: bundleText({ type: 'searchset', total: entries.length }, texts) }
}

/** `DocumentReference/$docref`: a patient's current documents, by the time of care and the type; the newest unless said. */
export async function documentReferences(call: Call): Promise<Answer> {
  const inputs = await inputsOf(call)
  assertKnown(inputs, '$docref', ['patient', 'start', 'end', 'type', 'on-demand', 'profile'])
  const patient = inputs.text('patient')
  if (patient === undefined) throw new PlatformError('bad_request', '$docref needs patient')
  const [start, end] = [inputs.text('start'), inputs.text('end')]
  const types = inputs.all('type').map(textOf)
  const query: [string, string][] = [
    ['patient', patient],
    ['status', 'current'],
    ['_sort', '-date'],
    ...(start === undefined ? [] : ([['period', `ge${start}`]] as [string, string][])),
    ...(end === undefined ? [] : ([['period', `le${end}`]] as [string, string][])),
    ...(types.length === 0 ? [] : ([['type', types.join(',')]] as [string, string][])),
  ]
  const found: FoundEntry[] = []
  for await (const page of findAll(call, 'DocumentReference', query)) {
    found.push(...page)
    if (start === undefined && end === undefined && found.length > 0) break
  }
  return searchset(start === undefined && end === undefined ? found.slice(0, 1) : found)
}
