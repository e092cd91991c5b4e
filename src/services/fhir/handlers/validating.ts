import { PlatformError } from '../../../kernel/errors.ts'
import { errorIssue, type Issue, outcomeOf } from '../contract/outcome.ts'
import { unknownModifiers } from '../domain/extensions.ts'
import { isObject, type Json, parseJson, stringify } from '../domain/json.ts'
import type { Answer } from './answers.ts'
import { type Call, Pace } from './call.ts'
import { profiles } from './engines.ts'
import { inputsOf } from './inputs.ts'
import { readResource } from './reading.ts'

/** Texts longer than this are checked in steps, so that nobody waits for them. */
const LARGE_BYTES = 1_000_000
/** What the base specification says of a type: every resource is checked by it. */
const BASE = /^http:\/\/hl7\.org\/fhir\/StructureDefinition\/([A-Za-z]+)(?:\|[\w.]+)?$/
const MODES = ['create', 'update', 'delete', 'profile']

/** What is wrong with a body; a large one, or one of unknown length, gives way to other requests meanwhile. */
export async function faultsOf(call: Call, resource: Json | undefined): Promise<Issue[]> {
  const length = Number(call.headers['content-length'] ?? Number.POSITIVE_INFINITY)
  const isLarge = call.given === undefined && length > LARGE_BYTES
  if (!isLarge) return call.engines.validator.validate(resource)
  const pace = new Pace()
  return call.engines.validator.validateInSteps(resource, () => pace.step())
}

/** `$validate`: of the body, of Parameters that hold it, or of what is stored. Answers 200 whatever is found. */
export async function validate(call: Call, type: string, id: string | undefined): Promise<Answer> {
  const inputs = await inputsOf(call, { type, name: 'resource' }, true)
  const mode = inputs.text('mode')
  if (mode !== undefined && !MODES.includes(mode)) {
    throw new PlatformError('bad_request', `mode must be one of ${MODES.join(', ')}`)
  }
  const isStored = call.method === 'GET' || mode === 'delete'
  if (isStored && id === undefined) throw new PlatformError('bad_request', 'Name a resource, or send one')
  const plain = { ...call, headers: {}, query: [] }
  const stored = isStored ? parseJson((await readResource(plain, type, id as string)).body) : undefined
  if (mode === 'delete') return { status: 200, body: stringify(outcomeOf([])) }
  const resource = stored ?? inputs.all('resource')[0]
  const issues = [...(await faultsOf(call, resource ?? null))]
  if (isObject(resource) && issues.length === 0) issues.push(...placeFaults(resource, type, id, mode))
  for (const url of inputs.all('profile').map(String)) {
    const base = BASE.exec(url)?.[1]
    if (base !== undefined && call.engines.definitions.isResource(base)) {
      if (isObject(resource) && resource.resourceType !== base) {
        issues.push(errorIssue('value', `${url} is a profile of ${base}, not of ${String(resource.resourceType)}`))
      }
    } else if (!profiles().has(url)) {
      issues.push(errorIssue('not-supported', `The profile ${url.slice(0, 200)} is not known here`))
    } else if (isObject(resource) && typeof resource.resourceType === 'string') {
      issues.push(...profiles().check({ ...resource, resourceType: resource.resourceType }, url))
    }
  }
  if (isObject(resource)) issues.push(...unknownModifiers(resource, String(resource.resourceType)))
  return { status: 200, body: stringify(outcomeOf(issues)) }
}

/** Whether it could be stored at this address. */
function placeFaults(
  resource: { resourceType?: Json; id?: Json },
  type: string,
  id: string | undefined,
  mode: string | undefined,
): Issue[] {
  const issues: Issue[] = []
  if (type !== '' && resource.resourceType !== type) {
    issues.push(errorIssue('invalid', `The address says ${type}, the body ${String(resource.resourceType)}`))
  }
  if (mode === 'update' && typeof resource.id !== 'string') {
    issues.push(errorIssue('required', 'An update names the id of the resource', `${type}.id`))
  }
  if (id !== undefined && resource.id !== undefined && resource.id !== id) {
    issues.push(errorIssue('invalid', 'The id of the body must be the id in the address', `${type}.id`))
  }
  return issues
}
