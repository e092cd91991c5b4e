import { PlatformError } from '../../../kernel/errors.ts'
import { outcomeOf } from '../contract/outcome.ts'
import { stringify } from '../domain/json.ts'
import type { Criterion, Include, SearchQuery } from '../domain/query.ts'
import { badSearch } from '../domain/refused.ts'
import { includedRows, type ResourceRow, searchPage } from '../store/search.ts'
import { type Answer, bundleText, contentOf, entryText, resourceUrl } from './answers.ts'
import { addressOf, bodyText, type Call, isLenient, type Pairs, scopeOf } from './call.ts'
import { withCodes } from './codeSets.ts'
import { filledRows } from './projection/filling.ts'
import { assertType } from './reading.ts'
import { reachScope } from './smartRights.ts'

/** How many resources inclusion may add to a page. */
const MOST_INCLUDED = 1000
const MOST_ROUNDS = 5

/** Where a search looks: in one type, in several, and perhaps in a compartment. */
interface Where {
  /** Empty for the types that `_type` names, or all. */
  readonly type: string
  readonly compartment?: { readonly type: string; readonly id: string } | undefined
}

/** `GET Type?…`, `GET ?_type=…`, and the same within a compartment. */
export async function search(call: Call, where: Where, parameters: Pairs = call.query): Promise<Answer> {
  const { type, compartment } = where
  const read = readQuery(call, where, parameters)
  const within = compartment === undefined ? [] : [compartmentCriterion(call, compartment, type)]
  const query = await withCodes(call, { ...read, criteria: [...read.criteria, ...within] })
  const page = await searchPage(call.db, query, scopeOf(call))
  const included = await includes(call, query, page.rows)
  const whole = await filledRows(call, [...page.rows, ...included])
  const matched = new Set(page.rows.map((row) => row.pk))
  const path = compartment === undefined ? type : `${compartment.type}/${compartment.id}/${type === '' ? '*' : type}`
  const linkTo = (pairs: Pairs) => addressOf(call, path, pairs)
  const person = parameters.filter(([name]) => name === 'profile_id')
  const links = [{ relation: 'self', url: linkTo([...read.understood, ...person]) }]
  if (page.cursor !== undefined) {
    links.push({ relation: 'next', url: linkTo([...read.understood, ...person, ['_cursor', page.cursor]]) })
  }
  const entries = [
    ...whole.flatMap((row) => (matched.has(row.pk) ? [entryOf(call, row, 'match', query)] : [])),
    ...whole.flatMap((row) => (matched.has(row.pk) ? [] : [entryOf(call, row, 'include', query)])),
    ...(read.ignored.length === 0 ? [] : [outcomeEntry(read.ignored, 'not-supported')]),
    ...(call.isIncomplete === true ? [outcomeEntry([INCOMPLETE], 'incomplete')] : []),
  ]
  const total = page.total === undefined ? {} : { total: page.total }
  return { status: 200, body: bundleText({ type: 'searchset', ...total, link: links }, entries) }
}

function entryOf(call: Call, row: ResourceRow, mode: string, query: SearchQuery): string {
  return entryText({ fullUrl: resourceUrl(call, row), resource: contentOf(call, row.content, query), search: mode })
}

const INCOMPLETE = 'Not everything that other services hold is read in yet; search again in a moment'

function outcomeEntry(texts: readonly string[], code: string): string {
  const issues = texts.map((text) => ({ severity: 'warning', code, text }) as const)
  return entryText({ resource: stringify(outcomeOf(issues)), search: 'outcome' })
}

/** `POST Type/_search`: parameters of the body and of the address together. */
export async function searchByPost(call: Call, where: Where): Promise<Answer> {
  const text = await bodyText(call, /^application\/x-www-form-urlencoded$/)
  return search(call, where, [...call.query, ...new URLSearchParams(text)])
}

function readQuery(call: Call, { type }: Where, parameters: Pairs): SearchQuery {
  const { reader } = call.engines
  if (type !== '') {
    assertType(call, type)
    return reader.read(type, parameters, isLenient(call))
  }
  const types = parameters.flatMap(([name, value]) => (name === '_type' ? value.split(',') : []))
  const unknown = types.find((one): boolean => !call.engines.definitions.isResource(one))
  if (unknown !== undefined) throw badSearch(`_type names "${unknown.slice(0, 60)}", which FHIR R4 does not have`)
  const others = parameters.filter(([name]) => name !== '_type')
  const read = reader.readAll(types, others, isLenient(call))
  return types.length === 0 ? read : { ...read, understood: [['_type', types.join(',')], ...read.understood] }
}

/** What belongs to a compartment. Throws 400 for a type of which nothing can. */
function compartmentCriterion(call: Call, { type, id }: { type: string; id: string }, of: string): Criterion {
  if (type === 'Patient') return { kind: 'compartment', patient: id }
  const members = call.engines.definitions.squeezed.compartments[type] ?? {}
  const parameters = of === '' ? [...new Set(Object.values(members).flat())] : members[of]
  if (parameters === undefined) {
    throw new PlatformError('bad_request', `No ${of} belongs to the compartment of ${type}`)
  }
  return { kind: 'linked', parameters, target: `${type}/${id}` }
}

async function includes(call: Call, query: SearchQuery, rows: readonly ResourceRow[]): Promise<ResourceRow[]> {
  if (query.includes.length === 0 || rows.length === 0) return []
  const known = new Set(rows.map((row) => row.pk))
  const added: ResourceRow[] = []
  // What a resource names is read; who names it is searched for.
  const reachFor = ({ isReverse }: Include) => ({
    personId: call.personId,
    reach: reachScope(call, isReverse ? 's' : 'r'),
  })
  const run = async (list: readonly Include[], from: readonly number[]): Promise<number[]> => {
    const fresh: number[] = []
    for (const include of list) {
      for (const row of await includedRows(call.db, include, from, reachFor(include), MOST_INCLUDED + 1)) {
        if (known.has(row.pk)) continue
        known.add(row.pk)
        fresh.push(row.pk)
        added.push(row)
      }
      if (added.length > MOST_INCLUDED) {
        throw new PlatformError(
          'bad_request',
          `More than ${MOST_INCLUDED} resources would be included; ask for a smaller _count`,
        )
      }
    }
    return fresh
  }
  let fresh = await run(query.includes, [...known])
  const iterated = query.includes.filter((include) => include.isIterated)
  for (let round = 0; round < MOST_ROUNDS && fresh.length > 0 && iterated.length > 0; round += 1) {
    fresh = await run(iterated, fresh)
  }
  return added
}
