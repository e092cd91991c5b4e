import { PlatformError } from '../../../kernel/errors.ts'
import type { StreamHandler } from '../../../kernel/service.ts'
import { capabilityStatement } from '../domain/capability.ts'
import { isObject, type Json, type Resource, stringify } from '../domain/json.ts'
import { terminologyCapabilities } from '../domain/terminologyCapabilities.ts'
import { type Answer, rawAnswer, storedAnswer } from './answers.ts'
import { spansRecords } from './bulk/records.ts'
import { serveBulk } from './bulk/serve.ts'
import { patchOf, processBundle } from './bundles.ts'
import { bodyJson, type Call, callOf, parameterOf } from './call.ts'
import type { Change } from './changes.ts'
import { packed } from './encoding.ts'
import { readHistory, readVersion } from './history.ts'
import { emergencyBundle, hospitalHeaders, wholeBundle } from './hospital.ts'
import { operate } from './operate.ts'
import { inItsRecord, searchPatients } from './otherRecords.ts'
import { changeAll } from './projection/changing.ts'
import { ensureIndexed } from './projection/indexing.ts'
import { ownersOf } from './projection/owners.ts'
import { withProvenance } from './provenance.ts'
import { assertType, readResource } from './reading.ts'
import { platformError } from './refusals.ts'
import { search, searchByPost } from './searching.ts'
import { admit, admitBulk } from './smartScopes.ts'
import { faultsOf } from './validating.ts'
import { assertId, assertValid } from './writing.ts'

/** Serves every FHIR route: the address and the method say which interaction it is. */
export const serve: StreamHandler = async (context, request) => {
  try {
    const call = await known(callOf(context, request))
    admitBulk(call)
    const shared = await hospitalHeaders(call)
    const answer =
      (await serveBulk(call)) ?? (await packed(call.headers['accept-encoding'], rawAnswer(call, await interact(call))))
    return shared === undefined ? answer : { ...answer, headers: { ...answer.headers, ...shared } }
  } catch (error) {
    throw platformError(error)
  }
}

/** The call, once what other services hold about the person is indexed; where that isn't possible now, the call says so. */
async function known(call: Call): Promise<Call> {
  // A backend service that names no record is nobody of whom anything could be held.
  if (call.personId === '' || spansRecords(call)) return call
  return { ...call, isIncomplete: !(await ensureIndexed(call.context)) }
}

/** One interaction, of a request or of an entry of a Bundle. */
export async function interact(given: Call): Promise<Answer> {
  const call = await inItsRecord(given)
  admit(call)
  assertMethod(call)
  switch (call.method) {
    case 'GET':
      return get(call)
    case 'POST':
      return post(call)
    case 'PUT':
    case 'PATCH':
    case 'DELETE':
      return operate(call) ?? change(call)
    default:
      throw new PlatformError('method_not_allowed', `${call.method.slice(0, 20)} is no interaction of FHIR`, {
        allowed: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      })
  }
}

const READING = ['GET', 'HEAD']
const ASKING = [...READING, 'POST']

/** What an address takes; undefined for one that there is not, and for operations, which say it themselves. */
function methodsOf({ path, engines: { definitions } }: Call): readonly string[] | undefined {
  const [type = '', id, more, last, ...rest] = path
  if (path.some((part) => part.startsWith('$')) || rest.length > 0) return undefined
  if (type === '') return ASKING
  if (id === undefined && (type === 'metadata' || type === '_history')) return READING
  if (id === undefined && type === '_search') return ASKING
  const isType: boolean = definitions.isResource(type)
  if (!isType) return undefined
  if (id === undefined) return [...ASKING, 'PUT', 'PATCH', 'DELETE']
  if (id === '_history') return more === undefined ? READING : undefined
  if (id === '_search') return more === undefined ? ASKING : undefined
  if (more === undefined) return id.startsWith('_') ? undefined : [...READING, 'PUT', 'PATCH', 'DELETE']
  if (more === '_history') return READING
  if (!Object.hasOwn(definitions.squeezed.compartments, type)) return undefined
  const isCompartment: boolean = more === '*' || definitions.isResource(more)
  if (!isCompartment) return undefined
  return last === '_search' ? ASKING : last === undefined ? READING : undefined
}

/** Throws 405, saying what the address does take. */
function assertMethod(call: Call): void {
  const allowed = methodsOf(call)
  if (allowed === undefined || allowed.includes(call.method)) return
  throw new PlatformError('method_not_allowed', `${call.method.slice(0, 20)} is nothing that this address takes`, {
    allowed,
  })
}

function get(call: Call): Promise<Answer> | Answer {
  const [type = '', id, more, version, ...rest] = call.path
  const operation = operate(call)
  if (operation !== undefined) return operation
  if (rest.length > 0) throw nothingHere()
  if (type === '' || (type === '_search' && id === undefined)) return search(call, { type: '' })
  if (type === 'metadata' && id === undefined) {
    return parameterOf(call, 'mode') === 'terminology' ? terminologyAnswer(call) : capabilities(call)
  }
  if (type === '_history' && id === undefined) return readHistory(call, {})
  assertType(call, type)
  if (id === undefined || (id === '_search' && more === undefined))
    return type === 'Patient' ? searchPatients(call) : search(call, { type })
  if (id === '_history' && more === undefined) return readHistory(call, { type })
  if (type === 'Bundle' && id === 'emergency' && more !== undefined && version === undefined)
    return emergencyBundle(call, more)
  const include = type === 'Bundle' && more === undefined ? parameterOf(call, 'include') : undefined
  if (include !== undefined) return wholeBundle(call, id, include)
  if (id.startsWith('_')) throw nothingHere()
  if (more === undefined) return readResource(call, type, id)
  if (more === '_history')
    return version === undefined ? readHistory(call, { type, id }) : readVersion(call, type, id, version)
  return search(call, compartmentOf(call))
}

function post(call: Call): Promise<Answer> {
  const [type = '', id, more, ...rest] = call.path
  const operation = operate(call)
  if (operation !== undefined) return operation
  if (type === '') return processBundle(call, interact)
  if (type === '_search' && id === undefined) return searchByPost(call, { type: '' })
  assertType(call, type)
  if (id === undefined) return change(call)
  if (id === '_search' && more === undefined) return searchByPost(call, { type })
  if (rest[0] === '_search') return searchByPost(call, compartmentOf(call))
  throw nothingHere()
}

/** `Encounter/1/Observation`: what a search within a compartment names. Throws 404 for what is none. */
function compartmentOf(call: Call) {
  const [type = '', id = '', of = '', search, ...rest] = call.path
  const isOne = Object.hasOwn(call.engines.definitions.squeezed.compartments, type) && rest.length === 0
  if (!isOne || of.startsWith('_') || (search ?? '_search') !== '_search') throw nothingHere()
  return { type: of === '*' ? '' : of, compartment: { type, id } }
}

const nothingHere = () => new PlatformError('not_found', 'No such interaction')

/** A create, update, patch or delete of one resource. */
async function change(call: Call): Promise<Answer> {
  const [type = '', id, ...rest] = call.path
  assertType(call, type)
  if (rest.length > 0 || id?.startsWith('$') === true || id?.startsWith('_') === true) throw nothingHere()
  const one = await changeOf(call, type, id)
  const [done] = await changeAll(call, withProvenance(call, one))
  if (done === undefined) throw new Error('a change without a result')
  if (done.stored === undefined || call.method === 'DELETE')
    return { status: 204, body: '', version: done.stored?.version }
  return storedAnswer(call, done.status, done.stored, true)
}

async function changeOf(call: Call, type: string, id: string | undefined): Promise<Change> {
  const header = (name: string) => call.headers[name] as string | undefined
  const pairs = call.query.filter(([name]) => !['_format', '_pretty', 'profile_id'].includes(name))
  const condition =
    id === undefined && pairs.length > 0
      ? new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString()
      : undefined
  const shared = { type, id, condition, ifMatch: header('if-match'), ifNoneMatch: header('if-none-match') }
  if (call.method !== 'POST' && id === undefined && condition === undefined) {
    throw new PlatformError('bad_request', `${call.method} needs an id, or a condition`)
  }
  switch (call.method) {
    case 'DELETE':
      return { ...shared, method: 'DELETE' }
    case 'PATCH': {
      const isEntry = call.given !== undefined
      return { ...shared, method: 'PATCH', patch: isEntry ? patchOf(call.given, type) : await patchBody(call) }
    }
    case 'PUT': {
      const resource = await bodyJson(call)
      assertValid(call, resource, type, '', undefined, await faultsOf(call, resource))
      if (id !== undefined) assertId(resource, id)
      return { ...shared, method: 'PUT', resource }
    }
    default: {
      const resource = await bodyJson(call)
      assertValid(call, resource, type, '', undefined, await faultsOf(call, resource))
      return {
        ...shared,
        method: 'POST',
        condition: undefined,
        ifNoneExist: header('if-none-exist'),
        resource: resource as Resource,
      }
    }
  }
}

/** A JSON Patch, or a FHIRPath Patch, as the content type says. */
async function patchBody(call: Call): Promise<Json> {
  const patch = await bodyJson(call, /^application\/(json-patch|fhir)\+json$/)
  const isPath = /^application\/fhir\+json/i.test(call.headers['content-type'] ?? '')
  if (!isPath) {
    if (isObject(patch)) throw new PlatformError('bad_request', 'A JSON Patch is a list of operations')
    return patch
  }
  if (Array.isArray(patch)) {
    throw new PlatformError('unsupported_media_type', 'A JSON Patch has the type application/json-patch+json')
  }
  assertValid(call, patch, 'Parameters')
  return patch
}

let statement: { readonly base: string; readonly text: string } | undefined

/** What is known of codes. */
function terminologyAnswer(call: Call): Answer {
  const date = call.context.now().toISOString()
  return { status: 200, body: stringify(terminologyCapabilities({ base: call.base, date })) }
}

/** The CapabilityStatement, written once. */
function capabilities(call: Call): Answer {
  if (statement?.base !== call.base) {
    const { definitions, book } = call.engines
    const date = call.context.now().toISOString()
    const holders = ownersOf(call.context).map(({ key, declaration }) => ({
      name: key.split('.')[0] as string,
      types: declaration.types,
      isWritable: declaration.isWritable,
    }))
    const told = capabilityStatement(definitions, book, { base: call.base, date, holders })
    statement = { base: call.base, text: stringify(told) }
  }
  return { status: 200, body: statement.text }
}
