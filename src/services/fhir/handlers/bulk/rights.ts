import { PlatformError } from '../../../../kernel/errors.ts'
import type { ExportLevel, ExportOrder } from '../../domain/bulkExport.ts'
import type { Call } from '../call.ts'

/** A scope of SMART: `patient/*.rs`, `system/Observation.read`. */
const SCOPE = /^(patient|user|system)\/(\*|[A-Z][A-Za-z]+)\.(read|write|\*|[cruds]+)(\?.+)?$/

/**
 * What an export may show, as the order limits it; throws 403. The one place where rights to export are decided:
 * - people export their own record, at every level;
 * - whoever a record is shared with exports compartments of patients, which they may read one by one too, no more;
 * - a client with SMART scopes exports the types that it may both read and search: `patient/` scopes only compartments,
 *   `system/` scopes at every level, `user/` scopes none.
 */
export function mayExport(call: Call, order: ExportOrder): ExportOrder {
  const { principal } = call.context.caller
  if (principal === undefined) throw new PlatformError('unauthenticated', 'Authorization header is required')
  if (principal.scopes.some((text) => SCOPE.test(text))) return limitedByScopes(order, principal.scopes)
  const isOwn = principal.accountId === call.personId
  if (!isOwn && order.level === 'system') throw refusedLevel('system')
  return order
}

function limitedByScopes(order: ExportOrder, texts: readonly string[]): ExportOrder {
  const contexts = order.level === 'system' || order.level === 'group' ? ['system'] : ['system', 'patient']
  const types = new Set<string>()
  for (const text of texts) {
    const [, context = '', type = '', rights = '', granular] = SCOPE.exec(text) ?? []
    const reads = rights === 'read' || rights === '*' || (rights.includes('r') && rights.includes('s'))
    // A scope with conditions would show less than the type: it opens no export.
    if (contexts.includes(context) && reads && granular === undefined) types.add(type)
  }
  if (types.size === 0) throw refusedLevel(order.level)
  if (types.has('*')) return order
  const refused = order.types?.find((type) => !types.has(type))
  if (refused !== undefined) throw new PlatformError('insufficient_scope', `The credential may not export ${refused}`)
  return { ...order, types: order.types ?? [...types] }
}

const refusedLevel = (level: ExportLevel) =>
  new PlatformError('insufficient_scope', `The credential may not export at the ${level} level`)

/** Imports write as the person of the record: only they, with a credential that may do everything, begin one. */
export function mayImport(call: Call): void {
  const { principal } = call.context.caller
  if (principal === undefined) throw new PlatformError('unauthenticated', 'Authorization header is required')
  if (principal.accountId !== call.personId) throw new PlatformError('forbidden', 'People import into their own record')
  if (principal.scopes.some((text) => SCOPE.test(text)))
    throw new PlatformError('insufficient_scope', 'Imports are not opened by SMART scopes')
}
