import { compositeParameter, keyOf } from './keys.ts'
import type { Component, SearchParameter } from './parameters.ts'
import type { Criterion } from './query.ts'
import { badSearch } from './refused.ts'
import { referenceKey, tokenKey, uriKeys } from './searchKeys.ts'
import type { SearchValues } from './searchValues.ts'
import { canonicalUnit } from './units.ts'
import { normalText, type SearchNumber, searchNumber, splitEscaped, timeRange, unescaped } from './values.ts'

/** A resource as the matcher sees it: what it can be found by, and what every resource has. */
export interface Candidate {
  readonly type: string
  readonly id: string
  readonly updatedMs: number
  readonly values: SearchValues
}

export interface MatchScope {
  /** Milliseconds since the epoch: what "about now" is measured from. */
  readonly nowMs: number
  /** Address of this server's resources. */
  readonly base: string
}

/**
 * Whether a resource meets all criteria of a search: the same answer that the database gives, without asking it. Throws
 * 400 for values that can't be read, and for criteria that need other resources (see `isMatchable`).
 */
export function matches(one: Candidate, criteria: readonly Criterion[], scope: MatchScope): boolean {
  return criteria.every((criterion) => meets(one, criterion, scope))
}

/** Whether a criterion can be told from the resource alone: no chain, no `_has`, no list, no words of the text. */
export function isMatchable(criterion: Criterion): boolean {
  return !['chain', 'has', 'listed', 'words'].includes(criterion.kind)
}

function meets(one: Candidate, criterion: Criterion, scope: MatchScope): boolean {
  switch (criterion.kind) {
    case 'id':
      return criterion.values.includes(one.id)
    case 'compartment':
      return one.values.patients.includes(criterion.patient)
    case 'constant':
      return criterion.isMet
    case 'linked': {
      const isItself = criterion.parameters.includes('{def}') && `${one.type}/${one.id}` === criterion.target
      return (
        isItself || criterion.parameters.some((name) => one.values.keys.has(keyOf(name, 'value', criterion.target)))
      )
    }
    case 'updated': {
      const at = { from: one.updatedMs, until: one.updatedMs }
      return criterion.values.some((value) => dateTest(value, scope)(at))
    }
    case 'value':
      return meetsValue(one.values, criterion, scope)
    default:
      throw badSearch('This condition needs more than the resource itself')
  }
}

type ValueCriterion = Extract<Criterion, { kind: 'value' }>

function meetsValue(values: SearchValues, { parameter, modifier, values: wanted }: ValueCriterion, scope: MatchScope) {
  if (modifier === 'missing') return values.keys.has(keyOf(parameter.code, 'has', '')) === (wanted[0] !== 'true')
  if (parameter.type === 'composite') return wanted.some((value) => meetsComposite(values, parameter, value, scope))
  return meetsTyped(values, parameter.code, parameter, modifier, wanted, scope)
}

function meetsComposite(values: SearchValues, parameter: SearchParameter, value: string, scope: MatchScope): boolean {
  const parts = splitEscaped(value, '$')
  const last = parameter.components.at(-1) as Component
  if (parts.length !== parameter.components.length) {
    throw badSearch(`${parameter.code} needs ${parameter.components.length} parts, separated by $`)
  }
  if (parameter.components[1]?.type === 'number' && parts.length === 3) {
    const [first = '', start = '', end = ''] = parts
    const at = keyOf(compositeParameter(parameter.code, [unescaped(first)]), 'value', '')
    const [from, until] = [amountOf(start, parameter.code), amountOf(end, parameter.code)]
    return values.numbers.some(
      (one) =>
        one.parameter === at &&
        compares(from.prefix, from.number, one.from, one.from) &&
        compares(until.prefix, until.number, one.until, one.until),
    )
  }
  const name = compositeParameter(
    parameter.code,
    parts.slice(0, -1).map((part) => unescaped(part)),
  )
  return meetsTyped(values, name, { type: last.type, targets: [] }, undefined, [parts.at(-1) as string], scope)
}

function meetsTyped(
  values: SearchValues,
  name: string,
  { type, targets }: Pick<SearchParameter, 'type' | 'targets'>,
  modifier: string | undefined,
  wanted: readonly string[],
  scope: MatchScope,
): boolean {
  const hasKey = (keys: readonly number[]) => keys.some((key) => values.keys.has(key))
  const parameter = keyOf(name, 'value', '')
  switch (type) {
    case 'token': {
      if (modifier === 'text') return hasText(values, keyOf(`${name}:text`, 'value', ''), wanted, startsWith)
      const isFound = hasKey(wanted.map((value) => tokenKey(name, value, modifier)))
      return modifier === 'not' ? !isFound : isFound
    }
    case 'reference':
      return hasKey(wanted.map((value) => referenceKey(name, value, { modifier, targets, base: scope.base })))
    case 'uri':
      if (modifier === 'below') {
        return wanted.some((value) =>
          values.texts.some((one) => one.parameter === parameter && one.text.startsWith(unescaped(value))),
        )
      }
      return hasKey(wanted.flatMap((value) => uriKeys(name, value, modifier === 'above')))
    case 'string':
      if (modifier === 'exact') return hasKey(wanted.map((value) => keyOf(name, 'exact', unescaped(value))))
      return hasText(values, parameter, wanted, modifier === 'contains' ? contains : startsWith)
    case 'date': {
      const tests = wanted.map((value) => dateTest(value, scope))
      return values.dates.some((one) => one.parameter === parameter && tests.some((test) => test(one)))
    }
    case 'number':
    case 'quantity': {
      const tests = wanted.map((value) => numberTest(name, value))
      return values.numbers.some((one) => one.parameter === parameter && tests.some((test) => test(one)))
    }
    default:
      throw badSearch(`${name} can't be searched`)
  }
}

const startsWith = (text: string, wanted: string) => text.startsWith(wanted)
const contains = (text: string, wanted: string) => text.includes(wanted)

function hasText(
  values: SearchValues,
  parameter: number,
  wanted: readonly string[],
  isMet: (text: string, wanted: string) => boolean,
): boolean {
  const texts = wanted.map((value) => normalText(unescaped(value)))
  return values.texts.some((one) => one.parameter === parameter && texts.some((text) => isMet(one.text, text)))
}

const PREFIX = /^(eq|ne|lt|gt|le|ge|sa|eb|ap)?(.*)$/s

type Range = { readonly from: number; readonly until: number }

function dateTest(value: string, scope: MatchScope): (one: Range) => boolean {
  const [, prefix = 'eq', text = ''] = PREFIX.exec(value) ?? []
  const range = timeRange(text.replaceAll(' ', '+'))
  if (range === undefined) throw badSearch(`"${value.slice(0, 40)}" is no date`)
  const { from, until } = range
  const isWithin = (one: Range) => one.from >= from && one.until <= until
  switch (prefix) {
    case 'ne':
      return (one) => !isWithin(one)
    case 'lt':
      return (one) => one.from < from
    case 'gt':
      return (one) => one.until > until
    case 'le':
      return (one) => one.from < from || isWithin(one)
    case 'ge':
      return (one) => one.until > until || isWithin(one)
    case 'sa':
      return (one) => one.from > until
    case 'eb':
      return (one) => one.until < from
    case 'ap': {
      const slack = Math.round(Math.max(86_400_000, Math.abs(scope.nowMs - from) / 10))
      return (one) => one.from <= until + slack && one.until >= from - slack
    }
    default:
      return isWithin
  }
}

function amountOf(text: string, name: string): { prefix: string; number: SearchNumber } {
  const [, prefix = 'eq', digits = ''] = PREFIX.exec(text) ?? []
  const number = searchNumber(digits)
  if (number === undefined) throw badSearch(`"${text.slice(0, 40)}" is no number for ${name.split('\u0002')[0]}`)
  return { prefix, number }
}

function numberTest(name: string, value: string): (one: SearchValues['numbers'][number]) => boolean {
  const [amount = '', system = '', code = ''] = splitEscaped(value, '|').map((part) => unescaped(part))
  const { prefix, number } = amountOf(amount, name)
  const meetsAmount = (one: Range) => compares(prefix, number, one.from, one.until)
  if (code === '') return meetsAmount
  if (system === '') return (one) => meetsAmount(one) && (one.code === code || one.unit === code)
  const unit = canonicalUnit(system, code)
  const base = unit && { value: unit.of(number.value), from: unit.of(number.from), until: unit.of(number.until) }
  return (one) =>
    (meetsAmount(one) && one.system === system && one.code === code) ||
    (unit !== undefined &&
      base !== undefined &&
      one.canonical?.dimension === unit.dimension &&
      compares(prefix, base, one.canonical.from, one.canonical.until))
}

function compares(prefix: string, { value, from, until }: SearchNumber, low: number, high: number): boolean {
  const isWithin = (low >= from && high < until) || (low === value && high === value)
  switch (prefix) {
    case 'ne':
      return !isWithin
    case 'lt':
      return low < value
    case 'eb':
      return high < value
    case 'gt':
      return high > value
    case 'sa':
      return low > value
    case 'le':
      return low <= value
    case 'ge':
      return high >= value
    case 'ap': {
      const slack = Math.abs(value) / 10
      return low <= value + slack && high >= value - slack
    }
    default:
      return isWithin
  }
}
