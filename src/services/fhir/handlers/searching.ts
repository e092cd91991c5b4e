import { PlatformError } from '../../../kernel/errors.ts'
import { outcomeOf } from '../contract/outcome.ts'
import { stringify } from '../domain/json.ts'
import type { Criterion, Include, SearchQuery } from '../domain/query.ts'
import { includedRows, type ResourceRow, searchPage } from '../store/search.ts'
import { type Answer, bundleText, contentOf, entryText, resourceUrl } from './answers.ts'
import { addressOf, bodyText, type Call, isLenient, type Pairs, scopeOf } from './call.ts'
import { assertType } from './reading.ts'

/** How many resources inclusion may add to a page. */
const MOST_INCLUDED = 1000
const MOST_ROUNDS = 5

/** `GET Type?…`, and the same within the compartment of a patient. */
export async function search(
  call: Call,
  type: string,
  parameters: Pairs = call.query,
  patient?: string,
): Promise<Answer> {
  assertType(call, type)
  const read = call.engines.reader.read(type, parameters, isLenient(call))
  const within: Criterion[] = patient === undefined ? [] : [{ kind: 'compartment', patient }]
  const query: SearchQuery = { ...read, criteria: [...read.criteria, ...within] }
  const page = await searchPage(call.db, query, scopeOf(call))
  const included = await includes(call, query, page.rows)
  const path = patient === undefined ? type : `Patient/${patient}/${type}`
  const linkTo = (pairs: Pairs) => addressOf(call, path, pairs)
  const person = parameters.filter(([name]) => name === 'profile_id')
  const links = [{ relation: 'self', url: linkTo([...read.understood, ...person]) }]
  if (page.cursor !== undefined) {
    links.push({ relation: 'next', url: linkTo([...read.understood, ...person, ['_cursor', page.cursor]]) })
  }
  const entries = [
    ...page.rows.map((row) => entryOf(call, row, 'match', query)),
    ...included.map((row) => entryOf(call, row, 'include', query)),
    ...(read.ignored.length === 0 ? [] : [ignoredEntry(read.ignored)]),
  ]
  const total = page.total === undefined ? {} : { total: page.total }
  return { status: 200, body: bundleText({ type: 'searchset', ...total, link: links }, entries) }
}

function entryOf(call: Call, row: ResourceRow, mode: string, query: SearchQuery): string {
  return entryText({ fullUrl: resourceUrl(call, row), resource: contentOf(call, row.content, query), search: mode })
}

function ignoredEntry(texts: readonly string[]): string {
  const issues = texts.map((text) => ({ severity: 'warning', code: 'not-supported', text }) as const)
  return entryText({ resource: stringify(outcomeOf(issues)), search: 'outcome' })
}

/** `POST Type/_search`: parameters of the body and of the address together. */
export async function searchByPost(call: Call, type: string): Promise<Answer> {
  const text = await bodyText(call, /^application\/x-www-form-urlencoded$/)
  return search(call, type, [...call.query, ...new URLSearchParams(text)])
}

async function includes(call: Call, query: SearchQuery, rows: readonly ResourceRow[]): Promise<ResourceRow[]> {
  if (query.includes.length === 0 || rows.length === 0) return []
  const known = new Set(rows.map((row) => row.pk))
  const added: ResourceRow[] = []
  const run = async (list: readonly Include[], from: readonly number[]): Promise<number[]> => {
    const fresh: number[] = []
    for (const include of list) {
      for (const row of await includedRows(call.db, include, from, call.personId, MOST_INCLUDED + 1)) {
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
