import type { RawAnswer } from '../../../kernel/raw.ts'
import { FHIR_JSON, outcomeOf } from '../contract/outcome.ts'
import { parseJson, type Resource, stringify } from '../domain/json.ts'
import { isSubset, type Subset, subsetOf } from '../domain/subset.ts'
import { type Call, parameterOf, preferenceOf } from './call.ts'

/** What an interaction answers, as a response or as an entry of a Bundle. */
export interface Answer {
  readonly status: number
  /** JSON text of a resource; empty for none. */
  readonly body: string
  readonly version?: number | undefined
  readonly updated?: Date | undefined
  readonly location?: string | undefined
}

/** A version that was read or written. */
export interface Stored {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly updated_at: Date
  readonly content: string
}

export const etagOf = (version: number) => `W/"${version}"`
export const resourceUrl = (call: Call, one: { type: string; id: string }) => `${call.base}/${one.type}/${one.id}`
export const versionUrl = (call: Call, one: Stored) => `${resourceUrl(call, one)}/_history/${one.version}`

/** The stored text, or the part of it that was asked for. */
export function contentOf(call: Call, content: string, subset: Subset): string {
  if (!isSubset(subset)) return content
  return stringify(subsetOf(parseJson(content) as Resource, subset, call.engines.definitions))
}

/** An answer about a stored resource; after a write `Prefer` decides what it shows. */
export function storedAnswer(call: Call, status: number, stored: Stored, isWritten = false): Answer {
  const answer = { status, version: stored.version, updated: stored.updated_at }
  if (!isWritten) return { ...answer, body: stored.content }
  const location = versionUrl(call, stored)
  const wanted = preferenceOf(call, 'return')
  if (wanted === 'minimal') return { ...answer, location, body: '' }
  const done = { severity: 'information', code: 'informational', text: status === 201 ? 'Created' : 'Stored' } as const
  return { ...answer, location, body: wanted === 'OperationOutcome' ? stringify(outcomeOf([done])) : stored.content }
}

/** The answer on the wire. */
export function rawAnswer(call: Call, answer: Answer): RawAnswer {
  const headers: Record<string, string> = {}
  if (answer.version !== undefined) headers.etag = etagOf(answer.version)
  if (answer.updated !== undefined) headers['last-modified'] = answer.updated.toUTCString()
  if (answer.location !== undefined) headers.location = answer.location
  if (answer.body !== '') headers['content-type'] = FHIR_JSON
  const isPretty = parameterOf(call, '_pretty') === 'true' && answer.body !== '' && answer.body.length < 1_000_000
  const body = isPretty ? stringify(parseJson(answer.body), true) : answer.body
  return { status: answer.status, headers, body }
}

/** One entry of a Bundle as text: stored texts go in as they are. */
export function entryText(parts: {
  fullUrl?: string
  resource?: string
  search?: string
  request?: object
  response?: object
}): string {
  const members = [
    parts.fullUrl === undefined ? '' : `"fullUrl":${stringify(parts.fullUrl)}`,
    parts.resource === undefined || parts.resource === '' ? '' : `"resource":${parts.resource}`,
    parts.search === undefined ? '' : `"search":{"mode":"${parts.search}"}`,
    parts.request === undefined ? '' : `"request":${stringify(parts.request)}`,
    parts.response === undefined ? '' : `"response":${stringify(parts.response)}`,
  ]
  return `{${members.filter((member) => member !== '').join(',')}}`
}

/** A Bundle as text. */
export function bundleText(head: object, entries: readonly string[]): string {
  const start = stringify({ resourceType: 'Bundle', ...head }).slice(0, -1)
  return entries.length === 0 ? `${start}}` : `${start},"entry":[${entries.join(',')}]}`
}
