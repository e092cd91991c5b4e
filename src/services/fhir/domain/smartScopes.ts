import { type Permission, type ResourceScope, readResourceScope } from '../../../shared/smartScopes.ts'
import { type Candidate, isMatchable, type MatchScope, matches } from './matcher.ts'
import type { Criterion, QueryReader } from './query.ts'
import { Refused } from './refused.ts'
import { splitEscaped } from './values.ts'

/** Resources that one scope opens: all its conditions are met. */
export interface Opening {
  /** Undefined for all types. */
  readonly type: string | undefined
  /** Only what belongs to this patient, and what by its type belongs to nobody. */
  readonly patient: string | undefined
  /** Conditions that are all met; each can be told from the resource alone. */
  readonly criteria: readonly Criterion[]
}

/** What an app reaches with one permission: what any of the openings lets through. */
export type Reach = readonly Opening[]

/** What decides about a resource: its name, when it was written, and what it is found by. */
export type Judged = Candidate

export interface ReachRules {
  readonly reader: QueryReader
  /** Types whose resources can belong to a patient. */
  readonly patientTypes: ReadonlySet<string>
}

/**
 * What these scopes open with a permission. `patient` is the one in context: without it, `patient/` scopes open nothing.
 * A backend service (`isBackend`) has `system/` scopes only, an app of a person never. A condition that can't be compiled
 * opens nothing.
 */
export function reachOf(
  scopes: readonly string[],
  permission: Permission,
  { patient, isBackend }: { readonly patient: string | undefined; readonly isBackend: boolean },
  { reader }: ReachRules,
): Reach {
  return scopes.flatMap((text) => {
    const scope = readResourceScope(text)
    if (scope === undefined || !scope.permissions.includes(permission)) return []
    if (isBackend !== (scope.level === 'system')) return []
    if (scope.level === 'patient' && patient === undefined) return []
    const criteria = conditionsOf(scope, reader)
    if (criteria === undefined) return []
    const type = scope.type === '*' ? undefined : scope.type
    return [{ type, patient: scope.level === 'patient' ? patient : undefined, criteria }]
  })
}

const NOW: MatchScope = { nowMs: 0, base: '' }

/**
 * The conditions of a scope as the planner reads them; undefined for what a scope can't have: a chain, `_has`, words, a list,
 * a modifier, what shapes an answer, and values that can't be read.
 */
export function conditionsOf(scope: ResourceScope, reader: QueryReader): readonly Criterion[] | undefined {
  const pairs = [...new URLSearchParams(scope.query)]
  if (pairs.some(([name, value]) => /[:.]/.test(name) || splitEscaped(value, ',').includes(''))) return undefined
  try {
    const { criteria } = reader.read(scope.type, pairs)
    const isPlain = criteria.length === pairs.length && criteria.every(isMatchable)
    if (!isPlain) return undefined
    const nothing = { type: '', id: '', updatedMs: 0, values: EMPTY }
    // Each value is read once, so that none of them fails where it counts.
    for (const one of criteria) {
      const values = 'values' in one ? one.values : []
      for (const value of values) matches(nothing, [{ ...one, values: [value] } as Criterion], NOW)
    }
    return criteria
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}

const LISTS = { dates: [], numbers: [], texts: [], references: [], patients: [], identifiers: [] }
const EMPTY: Judged['values'] = { keys: new Set(), ...LISTS }

/** The openings that a resource of this type could come through. */
export function reachWithin(reach: Reach, type: string): Reach {
  return reach.filter((one) => one.type === undefined || one.type === type)
}

/** Whether everything of these types lies within reach. */
export function isWhole(reach: Reach): boolean {
  return reach.some((one) => one.patient === undefined && one.criteria.length === 0)
}

/** Whether a resource lies within reach. */
export function reaches(reach: Reach, one: Judged, { patientTypes }: ReachRules, scope: MatchScope): boolean {
  return reachWithin(reach, one.type).some(({ patient, criteria }) => {
    if (patient !== undefined && !isOfPatient(patient, one.type, one.values.patients, patientTypes)) return false
    return matches(one, criteria, scope)
  })
}

function isOfPatient(
  patient: string,
  type: string,
  patients: readonly string[],
  patientTypes: ReadonlySet<string>,
): boolean {
  return patients.includes(patient) || (patients.length === 0 && !patientTypes.has(type))
}
