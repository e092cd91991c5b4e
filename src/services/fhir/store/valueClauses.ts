import { join, raw, type Statement, sql } from '../../../kernel/sql.ts'
import { compositeParameter, keyOf } from '../domain/keys.ts'
import type { Component, SearchParameter } from '../domain/parameters.ts'
import type { Criterion } from '../domain/query.ts'
import { badSearch } from '../domain/refused.ts'
import { referenceKey, tokenKey, uriKeys } from '../domain/searchKeys.ts'
import { normalText, splitEscaped, unescaped } from '../domain/values.ts'
import { dateCondition, numberCondition, stretchCondition } from './amounts.ts'

/** What every condition on a row knows. */
export interface ValueScope {
  readonly personId: string
  readonly now: Date
  /** Address of this server's resources, so that absolute references to them are found. */
  readonly base: string
}

/** One of these conditions. */
export function anyOf(clauses: readonly Statement[]): Statement {
  return clauses.length === 1 ? (clauses[0] as Statement) : sql`(${join(clauses, ' or ')})`
}

/** A condition that can be told from the row (`r`) alone; undefined for one that asks about other rows. Throws 400. */
export function ownClause(criterion: Criterion, scope: ValueScope, row: string): Statement | undefined {
  const r = raw(row)
  switch (criterion.kind) {
    case 'id':
      return sql`${r}.id = any(${[...criterion.values]}::text[])`
    case 'compartment':
      return sql`${r}.patients @> array[${criterion.patient}]`
    case 'constant':
      return raw(criterion.isMet ? 'true' : 'false')
    case 'updated':
      return anyOf(criterion.values.map((value) => updatedClause(value, scope, r)))
    case 'value':
      return valueClause(criterion, scope, row)
    default:
      return undefined
  }
}

type ValueCriterion = Extract<Criterion, { kind: 'value' }>

function valueClause({ parameter, modifier, values }: ValueCriterion, scope: ValueScope, row: string): Statement {
  const r = raw(row)
  if (modifier === 'missing') {
    const has = sql`${r}.keys @> array[${keyOf(parameter.code, 'has', '')}::bigint]`
    return values[0] === 'true' ? sql`not ${has}` : has
  }
  if (parameter.type === 'composite') {
    return anyOf(values.map((value) => compositeClause(parameter, value, scope, row)))
  }
  return typedClause(parameter.code, parameter, modifier, values, scope, row)
}

/** `code$value`: the last part is looked for under a name that holds the others. */
function compositeClause(parameter: SearchParameter, value: string, scope: ValueScope, row: string): Statement {
  const parts = splitEscaped(value, '$')
  const last = parameter.components.at(-1) as Component
  if (parts.length !== parameter.components.length) {
    throw badSearch(`${parameter.code} needs ${parameter.components.length} parts, separated by $`)
  }
  if (parameter.components[1]?.type === 'number' && parts.length === 3) {
    const [first = '', start = '', end = ''] = parts
    const at = keyOf(compositeParameter(parameter.code, [unescaped(first)]), 'value', '')
    return sql`${raw(row)}.pk in (select v.resource from fhir.number_value v where v.user_id = ${scope.personId}
      and v.parameter = ${at} and ${stretchCondition(parameter.code, start, end)})`
  }
  const before = parts.slice(0, -1).map((part) => unescaped(part))
  const name = compositeParameter(parameter.code, before)
  const typed = { code: name, type: last.type, targets: [] }
  return typedClause(name, typed, undefined, [parts.at(-1) as string], scope, row)
}

function typedClause(
  name: string,
  { type, targets }: Pick<SearchParameter, 'type' | 'targets'>,
  modifier: string | undefined,
  values: readonly string[],
  scope: ValueScope,
  row: string,
): Statement {
  const r = raw(row)
  const hasKey = (keys: readonly number[]) => sql`${r}.keys && ${[...keys]}::bigint[]`
  const parameter = keyOf(name, 'value', '')
  const inTable = (table: string, condition: Statement) =>
    sql`${r}.pk in (select v.resource from ${raw(`fhir.${table}`)} v
      where v.user_id = ${scope.personId} and v.parameter = ${parameter} and ${condition})`
  switch (type) {
    case 'token': {
      if (modifier === 'text') return textClause(keyOf(`${name}:text`, 'value', ''), values, scope, r)
      const found = hasKey(values.map((value) => tokenKey(name, value, modifier)))
      return modifier === 'not' ? sql`not ${found}` : found
    }
    case 'reference':
      return hasKey(values.map((value) => referenceKey(name, value, { modifier, targets, base: scope.base })))
    case 'uri':
      return uriClause(name, modifier, values, hasKey, inTable)
    case 'string':
      if (modifier === 'exact') return hasKey(values.map((value) => keyOf(name, 'exact', unescaped(value))))
      return inTable('text_value', anyOf(values.map((value) => textCondition(value, modifier === 'contains'))))
    case 'date':
      return inTable('date_value', anyOf(values.map((value) => dateCondition(value, scope.now))))
    case 'number':
    case 'quantity':
      return inTable('number_value', anyOf(values.map((value) => numberCondition(name, value))))
    default:
      throw badSearch(`${name} can't be searched`)
  }
}

function uriClause(
  name: string,
  modifier: string | undefined,
  values: readonly string[],
  hasKey: (keys: readonly number[]) => Statement,
  inTable: (table: string, condition: Statement) => Statement,
): Statement {
  if (modifier === 'below') {
    return inTable('text_value', anyOf(values.map((value) => sql`starts_with(v.text, ${unescaped(value)})`)))
  }
  return hasKey(values.flatMap((value) => uriKeys(name, value, modifier === 'above')))
}

function textClause(parameter: number, values: readonly string[], scope: ValueScope, r: Statement): Statement {
  return sql`${r}.pk in (select v.resource from fhir.text_value v where v.user_id = ${scope.personId}
    and v.parameter = ${parameter} and ${anyOf(values.map((value) => textCondition(value, false)))})`
}

function textCondition(value: string, isAnywhere: boolean): Statement {
  const text = normalText(unescaped(value))
  if (isAnywhere) return sql`strpos(v.text, ${text}) > 0`
  // A range instead of a pattern: only that may use the index under the policy on rows.
  return sql`v.text >= ${text} and v.text < ${`${text}\u{10ffff}`}`
}

function updatedClause(value: string, scope: ValueScope, r: Statement): Statement {
  const condition = dateCondition(value, scope.now)
  return sql`exists (select from (select floor(extract(epoch from ${r}.updated_at) * 1000)::bigint as from_ms,
    floor(extract(epoch from ${r}.updated_at) * 1000)::bigint as until_ms) v where ${condition})`
}
