import type { Definitions } from './definitions.ts'
import type { ParameterBook, SearchParameter } from './parameters.ts'
import { badSearch, Refused } from './refused.ts'
import { type SpecialCriterion, specialCriterion } from './specialCriteria.ts'
import { splitEscaped } from './values.ts'

/** One condition of a search; values are alternatives. */
export type Criterion =
  | SpecialCriterion
  | {
      readonly kind: 'value'
      readonly parameter: SearchParameter
      readonly modifier: string | undefined
      readonly values: readonly string[]
    }
  | {
      readonly kind: 'chain'
      readonly parameter: SearchParameter
      readonly alternatives: readonly { readonly type: string; readonly criterion: Criterion }[]
    }
  | { readonly kind: 'has'; readonly type: string; readonly parameter: SearchParameter; readonly criterion: Criterion }
  | { readonly kind: 'compartment'; readonly patient: string }
  /** Refers by one of these parameters to this `Type/id`: the compartments that are no patient's. */
  | { readonly kind: 'linked'; readonly parameters: readonly string[]; readonly target: string }

export interface Sort {
  readonly key: 'id' | 'updated' | SearchParameter
  readonly isDescending: boolean
}

export interface Include {
  readonly source: string
  /** Undefined for all references. */
  readonly parameter: SearchParameter | undefined
  readonly target: string | undefined
  readonly isReverse: boolean
  readonly isIterated: boolean
}

export interface SearchQuery {
  /** One type, or empty for those of `types`. */
  readonly type: string
  /** Of a search over several types; empty for all of them. */
  readonly types?: readonly string[] | undefined
  readonly criteria: readonly Criterion[]
  readonly sort: readonly Sort[]
  readonly includes: readonly Include[]
  readonly count: number
  readonly cursor: string | undefined
  readonly total: 'none' | 'accurate'
  readonly summary: 'true' | 'false' | 'text' | 'data' | 'count'
  readonly elements: readonly string[]
  /** The parameters that were understood, as they came: what the self link says. */
  readonly understood: readonly (readonly [string, string])[]
  /** Why others were left out, under `Prefer: handling=lenient`. */
  readonly ignored: readonly string[]
}

export const DEFAULT_COUNT = 50
const LARGEST_COUNT = 1000
const DEEPEST_CHAIN = 4
const MOST_PARAMETERS = 100

/** Parameters of the call itself, not of the search. */
const OF_THE_CALL = new Set(['_format', '_pretty', 'profile_id'])

/** What a modifier may be, by the type of the parameter. */
export const MODIFIERS: Readonly<Record<string, readonly string[]>> = {
  token: ['missing', 'not', 'text', 'of-type', 'in', 'not-in', 'above', 'below'],
  string: ['missing', 'exact', 'contains'],
  reference: ['missing', 'identifier'],
  uri: ['missing', 'below', 'above'],
  date: ['missing'],
  number: ['missing'],
  quantity: ['missing'],
  composite: ['missing'],
}

/** Reads the parameters of a search. Throws 400 for what isn't understood, or leaves it out when `isLenient`. */
export class QueryReader {
  private readonly definitions: Definitions
  private readonly book: ParameterBook

  constructor(definitions: Definitions, book: ParameterBook) {
    this.definitions = definitions
    this.book = book
  }

  read(type: string, parameters: readonly (readonly [string, string])[], isLenient = false): SearchQuery {
    if (parameters.length > MOST_PARAMETERS) throw badSearch(`A search has at most ${MOST_PARAMETERS} parameters`)
    const query: Building = { criteria: [], sort: [], includes: [], settings: {}, understood: [], ignored: [] }
    for (const [name, value] of parameters) {
      if (OF_THE_CALL.has(name)) continue
      try {
        // A parameter without a value asks nothing.
        if (value !== '') this.take(type, name, value, query)
        if (name !== '_cursor') query.understood.push([name, value])
      } catch (error) {
        if (!isLenient || !(error instanceof Refused)) throw error
        query.ignored.push(error.message)
      }
    }
    const { settings, ...rest } = query
    const sort = rest.sort.length > 0 ? rest.sort : [{ key: 'updated' as const, isDescending: true }]
    return {
      type,
      total: 'none',
      summary: 'false',
      elements: [],
      cursor: undefined,
      count: DEFAULT_COUNT,
      ...rest,
      ...settings,
      sort,
    }
  }

  private take(type: string, name: string, value: string, query: Building): void {
    const { settings } = query
    switch (name) {
      case '_count':
        if (!/^\d{1,9}$/.test(value)) throw badSearch('_count must be a whole number')
        settings.count = Math.min(Number(value), LARGEST_COUNT)
        return
      case '_cursor':
        settings.cursor = value
        return
      case '_total':
        settings.total = choice(name, value, ['none', 'estimate', 'accurate'] as const) === 'none' ? 'none' : 'accurate'
        return
      case '_summary':
        settings.summary = choice(name, value, ['true', 'false', 'text', 'data', 'count'] as const)
        return
      case '_elements':
        settings.elements = value.split(',').map((one) => one.split('.').at(-1) as string)
        return
      case '_sort':
        for (const one of value.split(',')) query.sort.push(this.sort(type, one))
        return
      case '_include':
      case '_include:iterate':
      case '_revinclude':
      case '_revinclude:iterate':
        query.includes.push(this.include(name, value))
        return
      default:
        query.criteria.push(this.criterion(type, name, value, 0))
    }
  }

  /**
   * Reads a search over several types, or over all when none is named: then only what every resource has can be asked.
   * Throws 400 for what one of the types doesn't know.
   */
  readAll(
    types: readonly string[],
    parameters: readonly (readonly [string, string])[],
    isLenient = false,
  ): SearchQuery {
    const [first = 'Basic', ...others] = types
    for (const type of others) this.read(type, parameters, isLenient)
    const foreign = parameters.find(([name]) => types.length === 0 && !/^_|^profile_id$/.test(name))
    if (foreign !== undefined)
      throw badSearch(`A search over all types knows no "${foreign[0].slice(0, 60)}"; name types in _type`)
    return { ...this.read(first, parameters, isLenient), type: '', types }
  }

  /** One condition. Throws 400. */
  criterion(type: string, name: string, value: string, depth: number): Criterion {
    if (depth > DEEPEST_CHAIN) throw badSearch('The chain is too long')
    if (name.startsWith('_has:')) return this.has(name, value, depth)
    const [head = '', ...rest] = name.split('.')
    const [code = '', modifier] = head.split(':')
    if (rest.length > 0) return this.chain(type, code, modifier, rest.join('.'), value, depth)
    const values = splitEscaped(value, ',')
    const special = specialCriterion(code, modifier, value, values)
    if (special !== undefined) return special
    const parameter = this.parameter(type, code)
    const allowed = MODIFIERS[parameter.type] ?? []
    const isTyped = parameter.type === 'reference' && this.definitions.isResource(modifier)
    if (modifier !== undefined && !allowed.includes(modifier) && !isTyped) {
      throw badSearch(`The modifier :${modifier.slice(0, 40)} is not supported for ${code}`)
    }
    if (modifier === 'missing' && value !== 'true' && value !== 'false')
      throw badSearch(`${name} must be true or false`)
    return { kind: 'value', parameter, modifier, values }
  }

  private chain(
    type: string,
    code: string,
    modifier: string | undefined,
    rest: string,
    value: string,
    depth: number,
  ): Criterion {
    const parameter = this.parameter(type, code)
    if (parameter.type !== 'reference') throw badSearch(`${code} is no reference that a chain could follow`)
    const targets = modifier === undefined ? this.targetsOf(parameter) : [modifier]
    const alternatives = targets.flatMap((target) => {
      try {
        return [{ type: target, criterion: this.criterion(target, rest, value, depth + 1) }]
      } catch (error) {
        // Where the chain names no type, those that don't know the rest are none of it.
        if (targets.length > 1 && error instanceof Refused) return []
        throw error
      }
    })
    if (alternatives.length === 0) throw badSearch(`Nothing that ${code} refers to knows "${rest.slice(0, 80)}"`)
    return { kind: 'chain', parameter, alternatives }
  }

  private targetsOf(parameter: SearchParameter): readonly string[] {
    const all = parameter.targets.length === 0 || parameter.targets.includes('Resource')
    return all ? this.definitions.resourceTypes : parameter.targets
  }

  /** `_has:Observation:patient:code`. */
  private has(name: string, value: string, depth: number): Criterion {
    const [, type = '', code = '', ...rest] = name.split(':')
    if (!this.definitions.isResource(type) || rest.length === 0)
      throw badSearch(`${name.slice(0, 80)} is not understood`)
    const parameter = this.parameter(type, code)
    if (parameter.type !== 'reference') throw badSearch(`${code} of ${type} is no reference`)
    return { kind: 'has', type, parameter, criterion: this.criterion(type, rest.join(':'), value, depth + 1) }
  }

  private sort(type: string, text: string): Sort {
    const isDescending = text.startsWith('-')
    const code = isDescending ? text.slice(1) : text
    if (code === '_id') return { key: 'id', isDescending }
    if (code === '_lastUpdated') return { key: 'updated', isDescending }
    const parameter = this.parameter(type, code)
    if (parameter.type === 'composite') throw badSearch(`Sorting by ${code} is not supported`)
    return { key: parameter, isDescending }
  }

  private include(name: string, value: string): Include {
    const isReverse = name.startsWith('_rev')
    const isIterated = name.endsWith(':iterate')
    if (value === '*' && !isReverse)
      return { source: '*', parameter: undefined, target: undefined, isReverse, isIterated }
    const [source = '', code = '', target] = value.split(':')
    if (!this.definitions.isResource(source)) throw badSearch(`${name} names no resource type`)
    if (code === '*') return { source, parameter: undefined, target, isReverse, isIterated }
    const parameter = this.parameter(source, code)
    if (parameter.type !== 'reference') throw badSearch(`${name}: ${code} is no reference`)
    return { source, parameter, target, isReverse, isIterated }
  }

  private parameter(type: string, code: string): SearchParameter {
    const parameter = this.book.of(type).get(code)
    if (parameter === undefined) throw badSearch(`Unknown search parameter "${code.slice(0, 60)}" for ${type}`)
    return parameter
  }
}

interface Building {
  criteria: Criterion[]
  sort: Sort[]
  includes: Include[]
  settings: { -readonly [Key in 'count' | 'cursor' | 'total' | 'summary' | 'elements']?: SearchQuery[Key] }
  understood: [string, string][]
  ignored: string[]
}

function choice<Value extends string>(name: string, value: string, allowed: readonly Value[]): Value {
  const found = allowed.find((one) => one === value)
  if (found === undefined) throw badSearch(`${name} must be one of ${allowed.join(', ')}`)
  return found
}
