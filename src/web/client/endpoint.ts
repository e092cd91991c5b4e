import type { InputOf, OutputOf } from '../../kernel/contract.ts'
import { createStore } from './store.ts'

/** An operation of a contract as a browser reaches it; a test holds every route against its contract. */
export interface Endpoint<Op> extends Waits {
  readonly route: string
  /** Never set: carries the operation's types. */
  readonly operation?: Op
}

interface Waits {
  /** The last answer stays on this device until sign-out, to be shown while the server is away. Never for secrets. */
  readonly isKept?: boolean
  /** Said while the server is away, it waits on this device (`outbox.ts`) and is done once when the server is back. */
  readonly mayWait?: boolean
}

/** `endpoint<typeof wellness.operations.getTrend>('GET /wellness/users/:userid/wellness-trend')` */
export function endpoint<Op>(route: string, waits: Waits = {}): Endpoint<Op> {
  return { route, ...waits }
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

/** Nobody answered, or only a door whose server is waking up. */
export function isAwayProblem(problem: unknown): boolean {
  return problem instanceof Problem && [0, 502, 503, 504].includes(problem.status)
}

/** Whose cookie this is: the account, and its own person. */
export const signedIn = createStore<{ readonly account: string; readonly person: string | undefined } | undefined>(
  undefined,
)
/** Whether the last request found nobody. */
export const isAway = createStore(false)
/** Whether that was because only a door answered whose server is waking up. */
export const isWaking = createStore(false)
/** Id of the person looked at when it isn't the signed-in one. */
export const lookedAt = createStore<string | undefined>(undefined)
/** Set when an answer says that nobody is signed in (any more). */
export const isSignedOut = createStore(false)

let prepare: (() => Promise<unknown>) | undefined

/** What has to be there before a refused field can be told. */
export function beforeRefusals(wanted: () => Promise<unknown>): void {
  prepare = wanted
}

interface CallOptions {
  /** Parameters of the path that the input doesn't name. */
  readonly params?: Readonly<Record<string, string>>
  /** About the own record, whoever's is looked at. */
  readonly isOwn?: boolean
  /** Sent again with the same key, a command is done once. */
  readonly key?: string
}

/** A command that may wait: what is needed to say it again. */
export interface Errand {
  readonly route: string
  readonly input: Readonly<Record<string, unknown>>
  readonly key: string
  readonly account: string
  /** Said always, so that it can't reach the record of whoever signs in next. */
  readonly person: string | undefined
}

type Carrier = (errand: Errand) => Promise<unknown>
let carrier: Carrier | undefined

/** Has commands that may wait carried by `wanted`. */
export function carryBy(wanted: Carrier): void {
  carrier = wanted
}

/** Changes that the server has not answered yet. */
const running = new Map<string, Promise<unknown>>()
/** How many they are: until there are none, nobody turns to another person's record. */
export const underWay = createStore(0)

/**
 * Calls the operation; a change that is said again while it is under way is the same one. Throws a `Problem`; its status
 * is 0 when the server can't be reached.
 */
export function call<Op>(endpoint: Endpoint<Op>, input: InputOf<Op>, options: CallOptions = {}): Promise<OutputOf<Op>> {
  const { route } = endpoint
  if (route.startsWith('GET ')) return answerOf(endpoint, input, options)
  const name = JSON.stringify([route, input, options.params, options.isOwn, lookedAt.get()])
  const known = running.get(name)
  if (known !== undefined) return known as Promise<OutputOf<Op>>
  const answer = answerOf(endpoint, input, options).finally(() => {
    running.delete(name)
    underWay.set(running.size)
  })
  running.set(name, answer)
  underWay.set(running.size)
  return answer
}

async function answerOf<Op>(
  { route, mayWait }: Endpoint<Op>,
  input: InputOf<Op>,
  { params = {}, key, isOwn }: CallOptions,
): Promise<OutputOf<Op>> {
  const whole = { ...params, ...(input as object) }
  const person = isOwn === true ? undefined : lookedAt.get()
  const own = signedIn.get()
  if (mayWait === true && carrier !== undefined && own !== undefined) {
    const errand = { route, input: whole, key: key ?? newKey(), account: own.account, person: person ?? own.person }
    return (await carrier(errand)) as OutputOf<Op>
  }
  return (await send(route, whole, { key, person })) as OutputOf<Op>
}

interface SendOptions {
  readonly key?: string | undefined
  readonly person?: string | undefined
  readonly timeoutMs?: number
}

/** Sends one request, now. Throws a `Problem`. */
export function send(
  route: string,
  input: Readonly<Record<string, unknown>>,
  { key, person, timeoutMs }: SendOptions,
): Promise<unknown> {
  const [method = 'GET', pattern = ''] = route.split(' ')
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined))
  const path = pattern.replace(/:(\w+)/g, (_whole, name: string) => {
    const value = String(rest.get(name))
    rest.delete(name)
    return encodeURIComponent(value)
  })
  const isInQuery = method === 'GET' || method === 'DELETE'
  const query = isInQuery ? new URLSearchParams([...rest].map(([name, value]) => [name, String(value)])).toString() : ''
  const headers: Record<string, string> = { accept: 'application/json' }
  // A path that names the person already speaks for itself.
  if (person !== undefined && !pattern.includes(':profile_id')) headers['x-profile-id'] = person
  if (key !== undefined) headers['idempotency-key'] = key
  if (!isInQuery) headers['content-type'] = 'application/json'
  const body = isInQuery ? {} : { body: JSON.stringify(Object.fromEntries(rest)) }
  const limit = timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) }
  return request(`/api/v1${path}${query === '' ? '' : `?${query}`}`, { method, headers, ...body, ...limit })
}

async function request(url: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init).catch(() => undefined)
  // An answer may break off half-way as well.
  const text = await answer?.text().catch(() => undefined)
  isWaking.set([502, 503, 504].includes(answer?.status ?? 0))
  isAway.set(text === undefined || isWaking.get())
  if (answer === undefined || text === undefined) throw new Problem(0, {})
  const body: unknown = text === '' ? null : parsed(text)
  if (answer.ok) return body
  if (answer.status === 422) await prepare?.()
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
