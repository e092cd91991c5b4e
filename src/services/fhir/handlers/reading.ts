import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { isId } from '../domain/primitives.ts'
import { type Answer, contentOf, etagOf, storedAnswer } from './answers.ts'
import { type Call, parameterOf } from './call.ts'
import { findWhole } from './projection/reading.ts'
import { assertReadable } from './smartScopes.ts'

/** Throws 404 for a type that FHIR R4 doesn't have. */
export function assertType(call: Call, type: string): void {
  const isKnown: boolean = call.engines.definitions.isResource(type)
  if (!isKnown) throw new PlatformError('not_found', `Unknown resource type "${type.slice(0, 60)}"`)
}

/** `GET Type/id`: 304 for what the client has, 410 for what was deleted. */
export async function readResource(call: Call, type: string, id: string): Promise<Answer> {
  assertType(call, type)
  const row = isId(id) ? await findWhole(call, type, id) : undefined
  if (row === undefined) throw notFound(`${type}/${id.slice(0, 64)}`)
  await assertReadable(call, row)
  if (row.is_deleted) throw new PlatformError('gone', `${type}/${id} was deleted`)
  if (isUnchanged(call, row.version, row.updated_at)) {
    return { status: 304, body: '', version: row.version, updated: row.updated_at }
  }
  const shape = call.query.filter(([name]) => name === '_summary' || name === '_elements')
  const read = call.engines.reader.read(type, shape)
  const answer = storedAnswer(call, 200, row)
  return { ...answer, body: contentOf(call, answer.body, read) }
}

function isUnchanged(call: Call, version: number, updated: Date): boolean {
  const known = call.headers['if-none-match']
  if (known !== undefined) return known.split(',').some((one) => one.trim() === etagOf(version) || one.trim() === '*')
  const since = Date.parse(call.headers['if-modified-since'] ?? '')
  return !Number.isNaN(since) && Math.floor(updated.getTime() / 1000) * 1000 <= since
}

/** A whole number of a parameter. Throws 400 for anything else. */
export function wholeParameter(call: Call, name: string): number | undefined {
  const text = parameterOf(call, name)
  if (text === undefined || text === '') return undefined
  if (!/^\d{1,15}$/.test(text)) throw new PlatformError('bad_request', `${name} must be a whole number`)
  return Number(text)
}
