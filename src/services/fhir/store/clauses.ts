import { raw, type Statement, sql } from '../../../kernel/sql.ts'
import { keyOf } from '../domain/keys.ts'
import type { SearchParameter } from '../domain/parameters.ts'
import type { Criterion } from '../domain/query.ts'
import { type ReachScope, withinReach } from './smartScopes.ts'
import { linkedClause, listedClause, wordsClause } from './specialClauses.ts'
import { anyOf, ownClause, type ValueScope } from './valueClauses.ts'

/** What every clause of a search knows. */
export interface ClauseScope extends ValueScope {
  /** What the app that searches reaches; undefined for people themselves. */
  readonly reach?: ReachScope | undefined
}

type Row = 'r' | 'r1' | 'r2' | 'r3' | 'r4' | 'r5' | 'r6'
const deeper = (row: Row): Row => `r${Number(row.slice(1) || '0') + 1}` as Row
/** A condition on the resource row called `row`. Throws 400 for values that can't be read. */
export function clauseOf(criterion: Criterion, scope: ClauseScope, row: Row = 'r'): Statement {
  const r = raw(row)
  const own = ownClause(criterion, scope, row)
  switch (criterion.kind) {
    case 'linked':
      return linkedClause(criterion, r)
    case 'listed':
      return listedClause(criterion.lists, scope.personId, r, withinReach(scope.reach, 'l', 'List'))
    case 'words':
      return anyOf(criterion.values.map((value) => wordsClause(value, criterion.isNarrative, r)))
    case 'chain':
      return anyOf(criterion.alternatives.map((one) => chainClause(criterion.parameter, one, scope, row)))
    case 'has': {
      const inner = deeper(row)
      const i = raw(inner)
      return sql`exists (select from fhir.reference_value v join fhir.resource ${i} on ${i}.pk = v.resource
        where v.user_id = ${scope.personId} and v.target_type = ${r}.type and v.target_id = ${r}.id
          and v.parameter = ${keyOf(criterion.parameter.code, 'value', '')} and ${i}.type = ${criterion.type}
          and not ${i}.is_deleted and ${clauseOf(criterion.criterion, scope, inner)}${withinReach(scope.reach, inner, criterion.type)})`
    }
    default:
      return own as Statement
  }
}

function chainClause(
  parameter: SearchParameter,
  target: { readonly type: string; readonly criterion: Criterion },
  scope: ClauseScope,
  row: Row,
): Statement {
  const inner = deeper(row)
  const [r, i] = [raw(row), raw(inner)]
  // Said in the text, the database knows how few patients a record has when it plans for all values at once; with a parameter
  // it plans anew each time on a large platform. Only for this type: every text is prepared on its own.
  const type = target.type === 'Patient' ? raw("'Patient'") : sql`${target.type}`
  return sql`${r}.pk in (select v.resource from fhir.resource ${i} join fhir.reference_value v
      on v.user_id = ${scope.personId} and v.target_type = ${type} and v.target_id = ${i}.id
    where ${i}.user_id = ${scope.personId} and ${i}.type = ${type} and not ${i}.is_deleted
      and v.parameter = ${keyOf(parameter.code, 'value', '')} and ${clauseOf(target.criterion, scope, inner)}${withinReach(scope.reach, inner, target.type)})`
}
