import { known } from '../imported.ts'
import { codingsOf } from './codings.ts'
import { type Json, textIn } from './json.ts'

const GONE = new Set([
  'entered-in-error',
  'cancelled',
  'refuted',
  'not-done',
  'not-taken',
  'superseded',
  'rejected',
  'revoked',
])
/** What a resource of a type says of itself while it stands. */
const STANDS: Readonly<Record<string, string>> = {
  Observation: 'final',
  DiagnosticReport: 'final',
  DocumentReference: 'current',
  Immunization: 'completed',
  Procedure: 'completed',
  FamilyMemberHistory: 'completed',
  Encounter: 'finished',
}

/** Whether its sender says that it is not so, or not any more. */
export function isWithdrawn(resource: Json): boolean {
  const verification = codingsOf(resource.verificationStatus)[0]?.code
  const said = [resource.status, resource.lifecycleStatus, verification].map(textIn)
  return said.some((word) => word !== undefined && GONE.has(word))
}

/** The resource as if it stood: what it was before it was withdrawn can be told by it. */
export function standing(resource: Json): Json {
  const { verificationStatus: _, ...rest } = resource
  const status = known(STANDS, String(resource.resourceType)) ?? 'active'
  const life = 'lifecycleStatus' in rest ? { lifecycleStatus: 'active' } : {}
  return { ...rest, ...('status' in rest ? { status } : {}), ...life }
}
