const OPERATORS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin'] as const
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
    const values = known === 'in' || known === 'nin' ? value.split(/[|,]/).slice(0, MOST_VALUES) : [value]
    filters.push({ field, operator: known, values })
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
