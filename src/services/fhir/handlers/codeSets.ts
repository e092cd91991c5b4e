import { PlatformError } from '../../../kernel/errors.ts'
import { expand, isWithin } from '../domain/expansion.ts'
import { parseJson, type Resource } from '../domain/json.ts'
import type { Criterion, SearchQuery } from '../domain/query.ts'
import { badSearch, Refused } from '../domain/refused.ts'
import { type Concept, setOf } from '../domain/terminology.ts'
import { splitEscaped, unescaped } from '../domain/values.ts'
import type { Call } from './call.ts'
import { readResource } from './reading.ts'
import { sourcesFor } from './sources.ts'

const MODIFIERS = new Set(['in', 'not-in', 'above', 'below'])
/** Codes that one condition may stand for. */
const MOST_CODES = 2000

/** The query with `:in`, `:not-in`, `:above` and `:below` of codes said as the codes they stand for. Throws 400. */
export async function withCodes(call: Call, query: SearchQuery): Promise<SearchQuery> {
  const criteria: Criterion[] = []
  for (const one of query.criteria) criteria.push(await resolved(call, one))
  return { ...query, criteria }
}

async function resolved(call: Call, criterion: Criterion): Promise<Criterion> {
  switch (criterion.kind) {
    case 'chain': {
      const alternatives = []
      for (const one of criterion.alternatives) {
        alternatives.push({ type: one.type, criterion: await resolved(call, one.criterion) })
      }
      return { ...criterion, alternatives }
    }
    case 'has':
      return { ...criterion, criterion: await resolved(call, criterion.criterion) }
    case 'value': {
      const { modifier, parameter } = criterion
      if (parameter.type !== 'token' || modifier === undefined || !MODIFIERS.has(modifier)) return criterion
      const values = (
        await Promise.all(criterion.values.map((value) => codesOf(call, unescaped(value), modifier)))
      ).flat()
      if (values.length > MOST_CODES)
        throw badSearch(`${parameter.code}:${modifier} stands for more than ${MOST_CODES} codes`)
      return { ...criterion, modifier: modifier === 'not-in' ? 'not' : undefined, values }
    }
    default:
      return criterion
  }
}

async function codesOf(call: Call, value: string, modifier: string): Promise<string[]> {
  const concepts =
    modifier === 'in' || modifier === 'not-in' ? await ofSet(call, value) : await ofHierarchy(call, value, modifier)
  return concepts.map((one) => `${escaped(one.system)}|${escaped(one.code)}`)
}

const escaped = (text: string) => text.replaceAll(/[\\,|$]/g, '\\$&')

async function ofSet(call: Call, value: string): Promise<Concept[]> {
  const id = /^(?:.*\/)?ValueSet\/([A-Za-z0-9\-.]{1,64})$/.exec(
    value.startsWith(call.base) ? value.slice(call.base.length) : value,
  )?.[1]
  const isLocal = id !== undefined && !/^https?:/.test(value.startsWith(call.base) ? '' : value)
  try {
    if (isLocal) {
      const own = setOf(
        parseJson((await readResource({ ...call, headers: {}, query: [] }, 'ValueSet', id)).body) as Resource,
      )
      return expand(own, await sourcesFor(call, { sets: [own] }))
    }
    const sources = await sourcesFor(call, { urls: [value] })
    const set = sources.set(value)
    if (set === undefined) throw badSearch(`The value set ${value.slice(0, 200)} is not here`)
    return expand(set, sources)
  } catch (error) {
    const isRefusal = error instanceof Refused || (error instanceof PlatformError && error.code === 'not_found')
    throw isRefusal ? badSearch(error.message) : error
  }
}

/** The code with those above it, or below it, in its system. */
async function ofHierarchy(call: Call, value: string, modifier: string): Promise<Concept[]> {
  const [url = '', code] = splitEscaped(value, '|')
  if (code === undefined || code === '') throw badSearch(`:${modifier} needs system|code`)
  const system = (await sourcesFor(call, { systems: [url] })).system(url)
  const concept = system?.concepts.get(code)
  if (system === undefined || concept === undefined) throw badSearch(`:${modifier}: the code is not known here`)
  if (modifier === 'below') return [...system.concepts.values()].filter((one) => isWithin(one, code))
  const above: Concept[] = []
  for (let one: Concept | undefined = concept; one !== undefined; one = one.parent) above.push(one)
  return above
}
