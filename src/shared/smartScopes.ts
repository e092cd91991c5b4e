/** Scopes of SMART App Launch 2.2, in the forms of versions 1 and 2. */

export const PERMISSIONS = ['c', 'r', 'u', 'd', 's'] as const
/** Create, read (also versions), update (also patch), delete, search (also history of types). */
export type Permission = (typeof PERMISSIONS)[number]

export interface ResourceScope {
  readonly level: 'patient' | 'user' | 'system'
  /** A resource type, or `*`. */
  readonly type: string
  /** In the order `cruds`. */
  readonly permissions: string
  /** Conditions on the resources, as a search writes them; empty for all resources of the type. */
  readonly query: string
}

/** Scopes that are about the launch and the person, not about resources. */
export const LAUNCH_SCOPES = [
  'openid',
  'fhirUser',
  'profile',
  'launch',
  'launch/patient',
  'launch/encounter',
  'offline_access',
  'online_access',
] as const

const RESOURCE = /^(patient|user|system)\/(\*|[A-Z][A-Za-z]{1,60})\.(\*|read|write|c?r?u?d?s?)(?:\?([^\s"\\]{1,500}))?$/
const OLD: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' }

/** A scope about resources in the words of version 2; undefined for any other text. */
export function readResourceScope(text: string): ResourceScope | undefined {
  const [, level, type, given = '', query = ''] = RESOURCE.exec(text) ?? []
  if (level === undefined || type === undefined || given === '') return undefined
  // Conditions are of version 2, and about one type.
  if (query !== '' && (OLD[given] !== undefined || type === '*')) return undefined
  return { level: level as ResourceScope['level'], type, permissions: OLD[given] ?? given, query }
}

/** Whether a registered scope covers a wanted one: the same or a wider level, type, permissions and conditions. */
export function covers(registered: string, wanted: string): boolean {
  if (registered === wanted) return true
  const [wide, narrow] = [readResourceScope(registered), readResourceScope(wanted)]
  if (wide === undefined || narrow === undefined) return false
  return (
    wide.level === narrow.level &&
    (wide.type === '*' || wide.type === narrow.type) &&
    [...narrow.permissions].every((one) => wide.permissions.includes(one)) &&
    (wide.query === '' || wide.query === narrow.query)
  )
}

/** The scopes of a request, each once, in its order. */
export function scopeList(text: string): string[] {
  return [...new Set(text.split(' ').filter((one) => one !== ''))]
}
