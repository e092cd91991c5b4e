import { parseInstant } from '../../../shared/dates.ts'
import { readPattern } from './searchPattern.ts'

const OPERATORS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 're'] as const
type Operator = (typeof OPERATORS)[number]
const ORDERS = ['date', 'srvModified', 'srvCreated'] as const
const FIELD = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/
const RESERVED: ReadonlySet<string> = new Set([
  'token',
  'secret',
  'now',
  'limit',
  'skip',
  'sort',
  'sort$desc',
  'fields',
])
const MOST_FILTERS = 10
const MOST_VALUES = 100
const MOST = 1000
const FARTHEST = 100_000

export interface DocumentFilter {
  readonly field: string
  readonly operator: Operator
  readonly values: readonly string[]
  /** Where the field tells a time and the value is one: epoch milliseconds. */
  readonly atMs?: number | undefined
}

export interface DocumentSearch {
  readonly filters: readonly DocumentFilter[]
  readonly order: (typeof ORDERS)[number]
  readonly isDescending: boolean
  readonly limit: number
  readonly skip: number
  /** Fields that are wanted; all where it is undefined. */
  readonly fields: readonly string[] | undefined
}

/** The search that a query of the third version asks for, or what is wrong with it. */
export function readSearch(query: Readonly<Record<string, string>>): DocumentSearch | { readonly fault: string } {
  const [limit, skip] = [Number(query.limit ?? 100), Number(query.skip ?? 0)]
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= MOST)) return { fault: `limit must be from 1 to ${MOST}` }
  if (!(Number.isInteger(skip) && skip >= 0 && skip <= FARTHEST)) return { fault: 'skip must be a whole number from 0' }
  const wanted = query.sort$desc ?? query.sort
  const order = wanted === undefined ? 'date' : ORDERS.find((name) => name === wanted || SAME[wanted] === name)
  if (order === undefined) return { fault: `sort must be one of ${ORDERS.join(', ')}` }
  const filters: DocumentFilter[] = []
  for (const [name, value] of Object.entries(query)) {
    if (RESERVED.has(name)) continue
    const [field = '', operator = 'eq'] = name.split('$')
    const known = OPERATORS.find((one) => one === operator)
    if (!FIELD.test(field) || known === undefined) {
      return { fault: `the operator of ${field.slice(0, 40)} must be one of ${OPERATORS.join(', ')}` }
    }
    const filter = filterOf(field, known, value)
    if ('fault' in filter) return filter
    filters.push(filter)
  }
  if (filters.length > MOST_FILTERS) return { fault: `at most ${MOST_FILTERS} conditions can be given` }
  const fields = query.fields === undefined || query.fields === '_all' ? undefined : query.fields.split(',')
  return {
    filters,
    order,
    isDescending: query.sort$desc !== undefined || query.sort === undefined,
    limit,
    skip,
    fields,
  }
}

/** The fields in which uploaders tell when something was, each in a wording of its own. */
const TIMES: ReadonlySet<string> = new Set(['date', 'mills', 'dateString', 'sysTime', 'created_at', 'timestamp'])

function filterOf(field: string, operator: Operator, value: string): DocumentFilter | { readonly fault: string } {
  if (operator === 'in' || operator === 'nin') {
    return { field, operator, values: value.split(/[|,]/).slice(0, MOST_VALUES) }
  }
  if (operator === 're') {
    const read = readPattern(value)
    return 'fault' in read
      ? { fault: `the pattern of ${field} ${read.fault}` }
      : { field, operator, values: [read.pattern] }
  }
  return { field, operator, values: [value], atMs: TIMES.has(field) ? instantOf(value) : undefined }
}

function instantOf(value: string): number | undefined {
  if (/^\d{9,15}$/.test(value)) return Number(value)
  return parseInstant(value, { naive: 'utc', dateOnly: true })?.getTime()
}

const FIND = /^find\[([A-Za-z_][A-Za-z0-9_]{0,39})\](?:\[\$([a-z]{2,5})\])?$/
/** More than an app draws; whoever asks for more gets these. */
const MOST_FOUND = 10_000

/** What the first version asks: `find[field][$operator]=value`, and how many. */
export interface Find {
  readonly filters: readonly DocumentFilter[]
  readonly count: number
}

/** The question of a query of the first version, or what is wrong with it. Other parameters say nothing. */
export function readFind(query: Readonly<Record<string, string>>): Find | { readonly fault: string } {
  const count = query.count === 'all' ? MOST_FOUND : Number(query.count ?? 10)
  if (!(Number.isInteger(count) && count >= 1)) return { fault: 'count must be a whole number from 1' }
  const filters: DocumentFilter[] = []
  for (const [name, value] of Object.entries(query)) {
    if (!name.startsWith('find')) continue
    const [, field, word = 'eq'] = FIND.exec(name) ?? []
    const operator = OPERATORS.find((one) => one === (word === 'regex' ? 're' : word))
    if (field === undefined || operator === undefined) {
      return { fault: `${name.slice(0, 60)} must be find[field][$operator] with one of ${OPERATORS.join(', ')}` }
    }
    const filter = filterOf(field === '_id' ? 'identifier' : field, operator, value)
    if ('fault' in filter) return filter
    filters.push(filter)
  }
  if (filters.length > MOST_FILTERS) return { fault: `at most ${MOST_FILTERS} conditions can be given` }
  return { filters, count: Math.min(count, MOST_FOUND) }
}

/** What entries can be asked for: they are made of samples, which have a time and a kind. */
export interface EntrySearch {
  readonly fromMs: number
  readonly untilMs: number
  readonly type: 'sgv' | 'mbg'
}

/** The entries that the conditions mean, within the widest range; or which condition they cannot be searched by. */
export function entriesIn(
  filters: readonly DocumentFilter[],
  widest: { readonly fromMs: number; readonly untilMs: number },
  type: string | undefined,
): EntrySearch | { readonly fault: string } {
  let { fromMs, untilMs } = widest
  let kind = type ?? 'sgv'
  for (const { field, operator, values, atMs } of filters) {
    if (field === 'type' && operator === 'eq') kind = values[0] ?? kind
    else if (atMs === undefined) return { fault: 'entries are searched by find[date], find[dateString] and find[type]' }
    else if (operator === 'gt' || operator === 'gte') fromMs = Math.max(fromMs, operator === 'gt' ? atMs + 1 : atMs)
    else if (operator === 'lt' || operator === 'lte') untilMs = Math.min(untilMs, operator === 'lt' ? atMs : atMs + 1)
    else if (operator === 'eq') [fromMs, untilMs] = [Math.max(fromMs, atMs), Math.min(untilMs, atMs + 1)]
    else return { fault: 'the time of entries is searched by eq, gt, gte, lt and lte' }
  }
  if (kind !== 'sgv' && kind !== 'mbg') return { fault: 'entries are read of the types sgv and mbg' }
  return { fromMs, untilMs, type: kind }
}

const SAME: Readonly<Record<string, string>> = { created_at: 'srvCreated', modified_at: 'srvModified' }

/** What makes a document the one it is: another value of these is another document. */
const FIXED = ['identifier', 'date', 'eventType', 'device', 'app'] as const

/** The first field that a change may not touch and does; undefined when there is none. */
export function fixedField(
  before: Readonly<Record<string, unknown>>,
  change: Readonly<Record<string, unknown>>,
): string | undefined {
  return FIXED.find((name) => change[name] !== undefined && before[name] !== undefined && change[name] !== before[name])
}
