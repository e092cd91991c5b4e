import type { InputOf, OutputOf } from '../../kernel/contract.ts'
import { createStore } from './store.ts'

/** An operation of a contract as a browser reaches it; a test holds every route against its contract. */
export interface Endpoint<Op> {
  readonly route: string
  /** Never set: carries the operation's types. */
  readonly operation?: Op
}

/** `endpoint<typeof wellness.operations.getTrend>('GET /wellness/users/:userid/wellness-trend')` */
export function endpoint<Op>(route: string): Endpoint<Op> {
  return { route }
}

interface FieldFault {
  readonly field: string
  readonly detail: string
  readonly allowed?: readonly unknown[]
}

/** What the server answers instead of a result. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly faults: readonly FieldFault[]
  readonly body: Readonly<Record<string, unknown>>

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(typeof body.detail === 'string' ? body.detail : '')
    this.status = status
    this.code = typeof body.code === 'string' ? body.code : 'unreachable'
    this.faults = Array.isArray(body.errors) ? body.errors : []
    this.body = body
  }
}

/** Id of the person looked at when it isn't the signed-in one. */
export const lookedAt = createStore<string | undefined>(undefined)
/** Set when an answer says that nobody is signed in (any more). */
export const isSignedOut = createStore(false)

interface CallOptions {
  /** Parameters of the path that the input doesn't name. */
  readonly params?: Readonly<Record<string, string>>
  /** Sent again with the same key, a command is done once. */
  readonly key?: string
}

/** Calls the operation. Throws a `Problem`; its status is 0 when the server can't be reached. */
export async function call<Op>(
  { route }: Endpoint<Op>,
  input: InputOf<Op>,
  { params = {}, key }: CallOptions = {},
): Promise<OutputOf<Op>> {
  const [method = 'GET', pattern = ''] = route.split(' ')
  const rest = new Map(Object.entries({ ...params, ...(input as object) }).filter(([, value]) => value !== undefined))
  const path = pattern.replace(/:(\w+)/g, (_whole, name: string) => {
    const value = String(rest.get(name))
    rest.delete(name)
    return encodeURIComponent(value)
  })
  const isInQuery = method === 'GET' || method === 'DELETE'
  const query = isInQuery ? new URLSearchParams([...rest].map(([name, value]) => [name, String(value)])).toString() : ''
  const headers: Record<string, string> = { accept: 'application/json' }
  const person = lookedAt.get()
  // A path that names the person already speaks for itself.
  if (person !== undefined && !pattern.includes(':profile_id')) headers['x-profile-id'] = person
  if (key !== undefined) headers['idempotency-key'] = key
  if (!isInQuery) headers['content-type'] = 'application/json'
  const body = isInQuery ? {} : { body: JSON.stringify(Object.fromEntries(rest)) }
  return (await request(`/api/v1${path}${query === '' ? '' : `?${query}`}`, {
    method,
    headers,
    ...body,
  })) as OutputOf<Op>
}

async function request(url: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init).catch(() => undefined)
  if (answer === undefined) throw new Problem(0, {})
  const text = await answer.text()
  const body: unknown = text === '' ? null : parsed(text)
  if (answer.ok) return body
  const problem = new Problem(answer.status, (body ?? {}) as Record<string, unknown>)
  if (
    ['unauthenticated', 'invalid_token', 'token_expired'].includes(problem.code) &&
    !('mfa_required' in problem.body)
  ) {
    isSignedOut.set(true)
  }
  throw problem
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A new key for `call`; `crypto.randomUUID` is missing where the page came over plain HTTP from another machine. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
