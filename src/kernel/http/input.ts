import { Value } from 'typebox/value'
import type { Operation } from '../contract.ts'
import { PlatformError, validationError } from '../errors.ts'
import { isUuid } from '../ids.ts'
import type { Principal } from '../principal.ts'
import { type FieldFault, matches } from '../schema.ts'

/** What arrived, before it is an input. */
export interface IncomingParts {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | string[]>>
  readonly body: unknown
  /** How the body was written; undefined when there was none. */
  readonly bodyKind: 'json' | 'form' | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface MappedInput {
  readonly input: Record<string, unknown>
  /** The person whose record is asked for, when it isn't left to the caller. */
  readonly requestedPersonId: string | undefined
}

const MAXIMUM_DEPTH = 32

/**
 * Builds the operation's input from path, query, body and declared headers. Text of paths, queries and forms is
 * converted by the schema; JSON is taken as it is. Throws 400/422 naming the field. Validation is the door's.
 */
export function mapInput(operation: Operation, parts: IncomingParts, principal: Principal | undefined): MappedInput {
  const status = operation.validationStatus ?? 422
  const body = bodyFields(parts, status)
  const properties = operation.input.properties as Record<string, object>
  const texts: Record<string, unknown> = { ...parts.query, ...(parts.bodyKind === 'form' ? body : {}) }
  if (Object.hasOwn(texts, '__proto__'))
    throw validationError([{ field: '__proto__', detail: 'unknown field' }], { status })
  for (const [header, field] of Object.entries(operation.headers ?? {})) {
    if (parts.headers[header] !== undefined) texts[field] = parts.headers[header]
  }
  if (operation.accepts?.includes('basic') === true) Object.assign(texts, basicCredentials(parts.headers.authorization))
  const input: Record<string, unknown> = parts.bodyKind === 'json' ? { ...body } : {}
  const fromText = { ...texts, ...parts.params }
  for (const [name, value] of Object.entries(fromText)) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined
    input[name] = schema === undefined ? value : convertText(schema, value)
  }
  const fault = hostileText(input)
  if (fault !== undefined) throw validationError([fault], { status })
  const requestedPersonId = takePerson(input, properties, parts.headers['x-profile-id'], principal, status)
  fillDefaults(input, properties)
  return { input, requestedPersonId }
}

function convertText(schema: object, value: unknown): unknown {
  const { type, items, anyOf } = schema as { type?: unknown; items?: object; anyOf?: readonly object[] }
  if (anyOf !== undefined) return convertToBranch(anyOf, value)
  if (type === 'null') return value === '' || value === 'null' ? null : value
  if (type === 'array' && items !== undefined) {
    const values = Array.isArray(value) ? value : String(value).split(',')
    return values.map((one) => convertText(items, one))
  }
  // An empty or padded number would convert to 0: it stays text, and is refused as such.
  if (
    (type === 'number' || type === 'integer') &&
    typeof value === 'string' &&
    !/^-?\d+(\.\d+)?(e-?\d+)?$/i.test(value)
  ) {
    return value
  }
  return Value.Convert(schema as never, value)
}

/** The text as the first branch that takes it: a number or nothing, say. */
function convertToBranch(branches: readonly object[], value: unknown): unknown {
  for (const branch of branches) {
    const converted = convertText(branch, value)
    if (matches(branch, converted)) return converted
  }
  return value
}

function bodyFields(parts: IncomingParts, status: 400 | 422): Record<string, unknown> {
  if (parts.body === undefined || parts.body === null) return {}
  if (typeof parts.body !== 'object' || Array.isArray(parts.body)) {
    throw validationError([{ field: '', detail: 'the body must be a JSON object' }], { status })
  }
  return parts.body as Record<string, unknown>
}

/** Finds what no field may hold: too deep nesting, NUL characters, broken Unicode, numbers beyond double precision. */
function hostileText(body: object): FieldFault | undefined {
  const waiting: { value: unknown; field: string; depth: number }[] = [{ value: body, field: '', depth: 0 }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, field, depth } = next
    if (depth > MAXIMUM_DEPTH) return { field, detail: `is nested deeper than ${MAXIMUM_DEPTH} levels` }
    if (typeof value === 'string' && isHostile(value))
      return { field, detail: 'contains a NUL character or broken Unicode' }
    if (typeof value === 'number' && !Number.isFinite(value)) return { field, detail: 'is too large a number' }
    if (typeof value !== 'object' || value === null) continue
    for (const [key, member] of Object.entries(value)) {
      if (isHostile(key)) return { field, detail: 'has a member whose name is broken Unicode' }
      waiting.push({ value: member, field: field === '' ? key : `${field}.${key}`, depth: depth + 1 })
    }
  }
  return undefined
}

function isHostile(text: string): boolean {
  return text.includes('\u0000') || !text.isWellFormed()
}

/** `profile_id`, `X-Profile-Id` and the old clients' `user_id` name whose record is meant; whether it may be is the door's. */
function takePerson(
  input: Record<string, unknown>,
  properties: Record<string, object>,
  header: unknown,
  principal: Principal | undefined,
  status: 400 | 422,
): string | undefined {
  const names = ['profile_id', 'user_id'].filter((name) => input[name] !== undefined && properties[name] === undefined)
  const asked = [header, ...names.map((name) => input[name])].filter((value) => value !== undefined)
  for (const name of names) delete input[name]
  const own = (id: string) => id === String(principal?.seq) || id === principal?.subject
  const persons = new Set(
    asked.map((value) => (own(String(value)) ? principal?.accountId : String(value).toLowerCase())),
  )
  if (persons.size === 0) return undefined
  const personId = [...persons][0] ?? ''
  if (persons.size > 1 || !isUuid(personId)) {
    throw validationError([{ field: names[0] ?? 'X-Profile-Id', detail: 'must be the id of one profile' }], { status })
  }
  return personId
}

function fillDefaults(input: Record<string, unknown>, properties: Record<string, object>): void {
  for (const [name, schema] of Object.entries(properties)) {
    const { default: value } = schema as { default?: unknown }
    if (value !== undefined && input[name] === undefined) input[name] = value
  }
}

function basicCredentials(header: unknown): { username?: string; password?: string } {
  if (typeof header !== 'string' || !/^basic /i.test(header)) return {}
  const text = Buffer.from(header.slice(6).trim(), 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0 || isHostile(text)) throw new PlatformError('bad_request', 'Authorization: malformed Basic credentials')
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
