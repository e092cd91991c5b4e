import { PlatformError } from '../../../../kernel/errors.ts'
import type { ExportLevel, ExportOrder } from '../../domain/bulkExport.ts'
import { reachWithin } from '../../domain/smartScopes.ts'
import type { Call } from '../call.ts'

/**
 * What an export may show, as the order limits it; throws 403. The one place where rights to export are decided:
 * - people export their own record, at every level;
 * - whoever a record is shared with exports compartments of patients, which they may read one by one too, no more;
 * - a backend service exports at every level what it may both read and search; an app of a person nothing in bulk.
 */
export function mayExport(call: Call, order: ExportOrder): ExportOrder {
  const { principal } = call.context.caller
  if (principal === undefined) throw new PlatformError('unauthenticated', 'Authorization header is required')
  if (call.app !== undefined) return withinApp(call, order, principal.scopes)
  if (principal.accountId !== call.personId && order.level === 'system') throw refusedLevel('system')
  return order
}

function withinApp(call: Call, order: ExportOrder, scopes: readonly string[]): ExportOrder {
  const { app } = call
  if (app?.isBackend !== true) throw refusedLevel(order.level)
  const [reads, finds] = [app.reach('r'), app.reach('s')]
  if (reads.length === 0 || finds.length === 0) throw refusedLevel(order.level)
  const refused = order.types?.find((type) => [reads, finds].some((reach) => reachWithin(reach, type).length === 0))
  if (refused !== undefined)
    throw new PlatformError('insufficient_scope', `The scopes do not open an export of ${refused}`)
  return { ...order, scopes }
}

const refusedLevel = (level: ExportLevel) =>
  new PlatformError('insufficient_scope', `The credential may not export at the ${level} level`)

/** Imports write as the person of the record: only they begin one, and no app does. */
export function mayImport(call: Call): void {
  const { principal } = call.context.caller
  if (principal === undefined) throw new PlatformError('unauthenticated', 'Authorization header is required')
  if (call.app !== undefined) throw new PlatformError('insufficient_scope', 'Apps import nothing in bulk')
  if (principal.accountId !== call.personId) throw new PlatformError('forbidden', 'People import into their own record')
}
