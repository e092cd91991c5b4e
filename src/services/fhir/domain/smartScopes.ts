import { type Permission, type ResourceScope, readResourceScope } from '../../../shared/smartScopes.ts'
import type { SearchValues } from './searchValues.ts'
import { keyOf } from './keys.ts'
import type { ParameterBook } from './parameters.ts'
import { splitEscaped, unescaped } from './values.ts'

/** Resources that one scope opens: all its conditions are met. */
export interface Opening {
  /** Undefined for all types. */
  readonly type: string | undefined
  /** Only what belongs to this patient, and what by its type belongs to nobody. */
  readonly patient: string | undefined
  /** Search keys of the conditions; of each list at least one. */
  readonly keys: readonly (readonly number[])[]
  readonly ids: readonly string[] | undefined
}

/** What an app reaches with one permission: what any of the openings lets through. */
export type Reach = readonly Opening[]

/** What decides about a resource: its name, and what it is found by. */
export interface Judged {
  readonly type: string
  readonly id: string
  readonly values: Pick<SearchValues, 'keys' | 'patients'>
}

export interface ReachRules {
  readonly book: ParameterBook
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
  { book }: ReachRules,
): Reach {
  return scopes.flatMap((text) => {
    const scope = readResourceScope(text)
    if (scope === undefined || !scope.permissions.includes(permission)) return []
    if (isBackend !== (scope.level === 'system')) return []
    if (scope.level === 'patient' && patient === undefined) return []
    const conditions = conditionsOf(scope, book)
    if (conditions === undefined) return []
    const type = scope.type === '*' ? undefined : scope.type
    return [{ type, patient: scope.level === 'patient' ? patient : undefined, ...conditions }]
  })
}

/** The conditions of a scope as keys; undefined for one that scopes can't have: tokens and references by value, and `_id`. */
export function conditionsOf(scope: ResourceScope, book: ParameterBook): Pick<Opening, 'keys' | 'ids'> | undefined {
  const keys: number[][] = []
  let ids: readonly string[] | undefined
  for (const [code, value] of new URLSearchParams(scope.query)) {
    const values = splitEscaped(value, ',').map((one) => unescaped(one))
    if (value === '' || values.includes('')) return undefined
    if (code === '_id') {
      const before = ids
      ids = before === undefined ? values : values.filter((one) => before.includes(one))
      continue
    }
    const parameter = book.of(scope.type).get(code)
    if (parameter?.type === 'token') keys.push(values.map((one) => tokenKey(code, one)))
    else if (parameter?.type === 'reference') {
      if (values.some((one) => !/^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.test(one))) return undefined
      keys.push(values.map((one) => keyOf(code, 'value', one)))
    } else return undefined
  }
  return { keys, ids }
}

function tokenKey(name: string, value: string): number {
  const bar = value.indexOf('|')
  if (bar >= 0 && bar === value.length - 1) return keyOf(name, 'system', value.slice(0, -1))
  return keyOf(name, 'value', value)
}

/** The openings that a resource of this type could come through. */
export function reachWithin(reach: Reach, type: string): Reach {
  return reach.filter((one) => one.type === undefined || one.type === type)
}

/** Whether everything of these types lies within reach. */
export function isWhole(reach: Reach): boolean {
  return reach.some((one) => one.patient === undefined && one.keys.length === 0 && one.ids === undefined)
}

/** Whether a resource lies within reach. */
export function reaches(reach: Reach, { type, id, values }: Judged, { patientTypes }: ReachRules): boolean {
  return reachWithin(reach, type).some((one) => {
    if (one.ids !== undefined && !one.ids.includes(id)) return false
    if (one.patient !== undefined && !isOfPatient(one.patient, type, values.patients, patientTypes)) return false
    return one.keys.every((list) => list.some((key) => values.keys.has(key)))
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
