import type { Database } from '../../../kernel/database.ts'
import { join, raw, type Statement, sql } from '../../../kernel/sql.ts'
import { isWhole, type Opening, type Reach, reachWithin } from '../domain/smartScopes.ts'
import { ownClause, type ValueScope } from './valueClauses.ts'

/** What an app reaches, for the clauses of a search. */
export interface ReachScope extends ValueScope {
  readonly reach: Reach
  /** Types whose resources can belong to a patient. */
  readonly patientTypes: ReadonlySet<string>
}

/**
 * The condition, with ` and ` before it, that a row (`r`) of a type, or of any type when none is said, lies within the reach
 * of an app; nothing where nobody limits it. It stands at every row that a search touches, also inside chains.
 */
export function withinReach(scope: ReachScope | undefined, row: string, type?: string): Statement {
  if (scope === undefined) return sql``
  const reach = type === undefined ? scope.reach : reachWithin(scope.reach, type)
  if (reach.length === 0) return sql` and false`
  if (isWhole(type === undefined ? reach.filter((one) => one.type === undefined) : reach)) return sql``
  const clauses = reach.map((opening) => openingClause(opening, scope, row, type))
  return sql` and (${join(clauses, ' or ')})`
}

function openingClause(opening: Opening, scope: ReachScope, row: string, known: string | undefined): Statement {
  const { type, patient, criteria } = opening
  const r = raw(row)
  // A condition that can't be told from the row is none that a scope can have: it opens nothing.
  const clauses: Statement[] = criteria.map((one) => ownClause(one, scope, row) ?? sql`false`)
  if (known === undefined && type !== undefined) clauses.push(sql`${r}.type = ${type}`)
  if (patient !== undefined) clauses.push(patientClause(patient, scope.patientTypes, r, known ?? type))
  return clauses.length === 0 ? sql`true` : sql`(${join(clauses, ' and ')})`
}

function patientClause(
  patient: string,
  patientTypes: ReadonlySet<string>,
  r: Statement,
  type: string | undefined,
): Statement {
  const own = sql`${r}.patients @> array[${patient}]`
  if (type !== undefined) return patientTypes.has(type) ? own : sql`(${own} or ${r}.patients = '{}')`
  return sql`(${own} or (${r}.patients = '{}' and ${r}.type <> all(${[...patientTypes]}::text[])))`
}

/** Whether what stands under this name now lies within reach. */
export async function isNameWithin(
  db: Database,
  personId: string,
  { type, id }: { readonly type: string; readonly id: string },
  scope: ReachScope,
): Promise<boolean> {
  const row = await db.one(sql`select 1 as found from fhir.resource r where r.user_id = ${personId} and r.type = ${type}
    and r.id = ${id} and not r.is_deleted${withinReach(scope, 'r', type)}`)
  return row !== undefined
}
