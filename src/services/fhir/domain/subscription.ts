import { isObject, type JsonObject, listOf, type Resource } from './json.ts'
import { isMatchable, matches } from './matcher.ts'
import type { Criterion, QueryReader } from './query.ts'
import { refused } from './refused.ts'

/** How somebody is told: by a request to an endpoint of theirs, or by a `ping` over a WebSocket that they opened. */
export const CHANNELS = ['rest-hook', 'websocket'] as const
export type Channel = (typeof CHANNELS)[number]

/** What a Subscription asks for, once it is admitted. */
export interface Watch {
  readonly type: string
  readonly channel: Channel
  /** The search, as it came, without the type. */
  readonly query: string
  readonly endpoint: string
  /** Content type of the resource in the notification; empty for a notification without one. */
  readonly payload: string
  /** `Name: value`, sent with each notification. */
  readonly headers: readonly string[]
  readonly isOff: boolean
  /** ISO instant after which nothing is sent. */
  readonly end: string | undefined
}

/** What is shown of a header's value once it is kept. */
export const HIDDEN = '********'
/** Resources of the frame of a record that nobody is told about. */
const UNWATCHED = ['Subscription', 'AuditEvent', 'Bundle', 'Parameters']
const PAYLOADS = ['', 'application/fhir+json', 'application/json']
const MOST_HEADERS = 10
const HEADER = /^[A-Za-z][A-Za-z0-9-]{0,99}: ?[\x20-\x7e]{1,1000}$/
/** Headers that say who sends what: they are ours. */
const OWN_HEADERS = /^(?:host|content-.*|transfer-encoding|connection|webhook-.*|expect|upgrade|te|trailer)$/i

const wrong = (text: string) => refused('validation_failed', `Subscription: ${text}`)

/** Reads a Subscription that is valid FHIR. Throws 422 for what this server can't watch or can't send. */
export function readWatch(resource: Resource, reader: QueryReader): Watch {
  const channel = isObject(resource.channel) ? resource.channel : {}
  const kind = CHANNELS.find((one) => one === channel.type)
  if (kind === undefined)
    throw wrong(`channel.type must be ${CHANNELS.join(' or ')}, ${String(channel.type)} is not served`)
  if (kind === 'websocket' && (channel.endpoint !== undefined || channel.header !== undefined))
    throw wrong('channel.endpoint and channel.header belong to rest-hook: a client opens the WebSocket by itself')
  const payload = typeof channel.payload === 'string' ? channel.payload : ''
  if (!PAYLOADS.includes(payload)) throw wrong('channel.payload must be application/fhir+json, or left out')
  const [type = '', ...rest] = String(resource.criteria).split('?')
  if (UNWATCHED.includes(type)) throw wrong(`criteria: ${type} can't be watched`)
  const query = rest.join('?')
  criteriaOf(type, query, reader)
  return {
    type,
    channel: kind,
    query,
    payload,
    endpoint: typeof channel.endpoint === 'string' ? channel.endpoint : '',
    headers: headersOf(channel),
    isOff: resource.status === 'off',
    end: typeof resource.end === 'string' ? new Date(resource.end).toISOString() : undefined,
  }
}

/** The conditions of a watch. Throws 400 or 422 for those that can't be told from a resource alone. */
export function criteriaOf(type: string, query: string, reader: QueryReader): readonly Criterion[] {
  const read = reader.read(type, [...new URLSearchParams(query)])
  const isShaped = read.includes.length > 0 || read.understood.some(([name]) => /^_(?:sort|count|cursor)/.test(name))
  if (isShaped) throw wrong('criteria hold conditions only')
  if (!read.criteria.every(isMatchable)) throw wrong('criteria may not use chains, _has, _list or words of the text')
  // Values that can't be read are told now, not when something changes.
  for (const criterion of read.criteria) matches(NOTHING, [criterion], { nowMs: 0, base: '' })
  return read.criteria
}

const NOTHING = {
  type: '',
  id: '',
  updatedMs: 0,
  values: { keys: new Set<number>(), dates: [], numbers: [], texts: [], references: [], identifiers: [], patients: [] },
}

function headersOf(channel: JsonObject): string[] {
  const headers = listOf(channel.header).filter((one): one is string => typeof one === 'string')
  if (headers.length > MOST_HEADERS) throw wrong(`channel.header: at most ${MOST_HEADERS}`)
  for (const header of headers) {
    const name = headerName(header)
    if (!HEADER.test(header) || OWN_HEADERS.test(name))
      throw wrong(`channel.header: "${name.slice(0, 40)}" can't be sent`)
  }
  return headers
}

/** The name of a header, `Authorization` of `Authorization: Bearer …`. */
export function headerName(header: string): string {
  return header.split(':')[0]?.trim() ?? ''
}

/** The value of a header. */
export function headerValue(header: string): string {
  return header.slice(header.indexOf(':') + 1).trim()
}

/** The resource as it is stored: waiting for its handshake, and without the values of its headers. */
export function asStored(resource: Resource, watch: Watch): void {
  resource.status = watch.isOff ? 'off' : 'requested'
  delete resource.error
  if (watch.headers.length > 0 && isObject(resource.channel))
    resource.channel.header = watch.headers.map((header) => `${headerName(header)}: ${HIDDEN}`)
}
