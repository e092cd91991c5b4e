import { errorIssue } from '../contract/outcome.ts'
import { isObject, type Resource } from '../domain/json.ts'
import { Refused } from '../domain/refused.ts'
import { type Call, jsonOf } from './call.ts'
import type { Change } from './changes.ts'
import { assertValid } from './writing.ts'

const LINK = 'urn:uuid:00000000-0000-4000-8000-00000000a5a5'

/**
 * A change with the Provenance of its `X-Provenance` header, whose target it becomes: both are done, or neither. Throws
 * 400 for a header that holds none.
 */
export function withProvenance(call: Call, change: Change): Change[] {
  const header = call.headers['x-provenance']
  if (header === undefined || call.given !== undefined || change.method === 'DELETE') return [change]
  const given = jsonOf(String(header))
  if (!isObject(given) || given.resourceType !== 'Provenance' || given.target !== undefined) {
    throw new Refused('bad_request', [errorIssue('invalid', 'X-Provenance holds a Provenance without a target')])
  }
  const resource = { ...given, target: [{ reference: LINK }] }
  assertValid(call, resource, 'Provenance', 'X-Provenance')
  return [
    { ...change, fullUrl: LINK },
    { method: 'POST', type: 'Provenance', resource: resource as Resource },
  ]
}
