import type { OutputOf } from '../../kernel/contract.ts'
import type { auth } from '../../services/auth/contract.ts'
import { me, signOut, webSession } from '../../services/auth/web/endpoints.ts'
import { listReceived } from '../../services/consent-audit/web/endpoints.ts'
import type { userProfile } from '../../services/user-profile/contract.ts'
import { listProfiles } from '../../services/user-profile/web/endpoints.ts'
import { forgetDevice, keepSession, readKeptSession } from './answers.ts'
import { forgetAnswers, LATE_MS } from './cache.ts'
import { call, isAwayProblem, isSignedOut, lookedAt, signedIn } from './endpoint.ts'
import { type Manner, manner } from './manner.ts'
import { discardAll, waiting } from './outbox.ts'
import { createStore, useStore } from './store.ts'

export type Account = OutputOf<(typeof auth.operations)['me']>
type Profile = OutputOf<(typeof userProfile.operations)['listProfiles']>['items'][number]
/** Somebody whose record can be looked at: the own one, a kept one, or one that is shared with the account. */
export type Person = Pick<Profile, 'id' | 'display_name' | 'is_own'> &
  Partial<Pick<Profile, 'relationship' | 'age_years'>> &
  Manner & {
    readonly isShared?: boolean
    /** What of a shared record is open; absent is everything. */
    readonly categories?: readonly string[]
  }

export interface Session {
  readonly account: Account
  /** The account's own profile first, then the people it keeps a record for. */
  readonly people: readonly Person[]
}

export type SessionState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'somebody'; readonly session: Session }

/** Who is at the screen. */
export const session = createStore<SessionState>({ kind: 'unknown' })

/** When the server last said who is here, in milliseconds; 0 when it has not, or nobody is. */
export const confirmedAt = createStore(0)

/** Kept for the tab only: a new one begins with the own record. */
const PERSON_KEY = 'salus.person'
/** What was typed in this tab and not sent (`drafts.ts`). */
export const DRAFTS_KEY = 'salus.drafts'
/** Somebody signed out here while the server was away: it is told before anything else. */
const OWED_KEY = 'salus.sign-out'

/** Tells the other pages of this browser that somebody came or left. */
const others = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('salus')
/** They meant to leave. */
const LEFT = 'left'
if (others !== undefined) {
  others.onmessage = ({ data }) => {
    if (data === LEFT) forgetTyped()
    if (data !== signedIn.get()?.account) location.reload()
  }
}

/** Asks the server who the cookie belongs to; until it answers, who was here last is shown what they saw last. */
export async function loadSession(): Promise<void> {
  const late = setTimeout(() => void showKept(), LATE_MS)
  try {
    if (localStorage.getItem(OWED_KEY) !== null) await payOwed()
    // Asked first: a refusal would stand in the console of everybody who is not signed in.
    const { signed_in } = (await call(webSession, {})) as { signed_in: boolean }
    if (!signed_in) return await leave()
    const [account, people, shared] = await Promise.all([
      call(me, {}),
      // Right after a registration the profile may still be on its way: the account is shown without it.
      call(listProfiles, {}).catch(unlessAway({ items: [] })),
      sharedPeople(),
    ])
    const found = { account, people: [...people.items, ...shared] }
    if (signedIn.get()?.account !== account.id) await forgetOthers(account.id)
    enter(found)
    isSignedOut.set(false)
    await keepSession(found)
    confirmedAt.set(Date.now())
  } catch (problem) {
    if (!isAwayProblem(problem)) await leave()
    else if (!(await showKept())) session.set({ kind: 'unreachable' })
  } finally {
    clearTimeout(late)
  }
}

/** Shows who was here last, unless it is known who is here. Whether somebody is shown. */
async function showKept(): Promise<boolean> {
  if (session.get().kind === 'somebody') return true
  if (localStorage.getItem(OWED_KEY) !== null) return false
  const kept = (await readKeptSession()) as Session | undefined
  if (kept === undefined || session.get().kind === 'nobody') return false
  if (session.get().kind !== 'somebody') enter(kept)
  return true
}

function enter(found: Session): void {
  const { account, people } = found
  const kept = sessionStorage.getItem(PERSON_KEY) ?? undefined
  lookedAt.set(people.some((one) => one.id === kept && !one.is_own) ? kept : undefined)
  const own = people.find((one) => one.is_own)
  const person = own?.id
  // What was chosen while the server was away holds until it has heard it.
  const said = waiting.get().filter((one) => one.route === 'PATCH /preferences')
  manner.set(Object.assign({}, own, ...said.map((one) => one.input)))
  const before = signedIn.get()
  if (before?.account !== account.id || before.person !== person) signedIn.set({ account: account.id, person })
  session.set({ kind: 'somebody', session: found })
}

/** What is kept here belongs to somebody else than the one who came. */
async function forgetOthers(accountId: string): Promise<void> {
  const kept = (await readKeptSession()) as Session | undefined
  if (kept !== undefined && kept.account.id !== accountId) {
    forgetAnswers()
    forgetTyped()
    await forgetDevice()
  }
  others?.postMessage(accountId)
}

/** Nobody reads on this device what they typed, or what they measured last. */
function forgetTyped(): void {
  sessionStorage.removeItem(DRAFTS_KEY)
  for (const name of Object.keys(localStorage)) if (name.startsWith('salus.unit.')) localStorage.removeItem(name)
}

async function payOwed(): Promise<void> {
  await call(signOut, {}).catch((problem) => {
    if (isAwayProblem(problem)) throw problem
  })
  localStorage.removeItem(OWED_KEY)
}

/** Stands for an answer that was refused, but not for one that never came. */
function unlessAway<Value>(value: Value): (problem: unknown) => Value {
  return (problem) => {
    if (isAwayProblem(problem)) throw problem
    return value
  }
}

/** Records that others let this account into, by what their owners call it. */
async function sharedPeople(): Promise<Person[]> {
  const { grants } = await call(listReceived, {}).catch(unlessAway({ grants: [] }))
  const open = new Map<string, Person>()
  for (const { person_id: id, person_name, categories, status } of grants) {
    if (status !== 'active') continue
    const before = open.get(id)?.categories ?? []
    open.set(id, {
      id,
      display_name: person_name,
      is_own: false,
      isShared: true,
      categories: [...before, ...categories],
    })
  }
  return [...open.values()]
}

/** Whoever is looked at, when it isn't the own record. */
export function useOther(): Person | undefined {
  const state = useStore(session)
  const person = useStore(lookedAt)
  return state.kind === 'somebody' ? state.session.people.find((one) => one.id === person) : undefined
}

/** Whether a part of somebody's record is open here: a right to any of these opens it. */
export function isPartOpen(person: Person | undefined, ...anyOf: readonly string[]): boolean {
  return anyOf.length === 0 || anyOf.some((one) => person?.categories?.includes(one) !== false)
}

/** Whether the record is one that its owner shares with this account: only a part of it may be open. */
export function isSharedRecord(personId: string | undefined): boolean {
  const state = session.get()
  return state.kind === 'somebody' && state.session.people.some((one) => one.id === personId && one.isShared === true)
}

/** Looks at another person's record; undefined is the own one. */
export function lookAt(personId: string | undefined): void {
  if (personId === undefined) sessionStorage.removeItem(PERSON_KEY)
  else sessionStorage.setItem(PERSON_KEY, personId)
  lookedAt.set(personId)
}

/** Ends the session here and on the server; what waits here is taken back. A server that is away is told when it is back. */
export async function endSession(): Promise<void> {
  localStorage.setItem(OWED_KEY, '1')
  await discardAll()
  try {
    await payOwed()
  } catch (problem) {
    if (!isAwayProblem(problem)) throw problem
  }
  forgetTyped()
  others?.postMessage(LEFT)
  await leave()
}

/** Everything of the person is forgotten; only what they said and the server has not heard waits for their return. */
async function leave(): Promise<void> {
  const wasHere = signedIn.get() !== undefined
  sessionStorage.removeItem(PERSON_KEY)
  signedIn.set(undefined)
  confirmedAt.set(0)
  lookedAt.set(undefined)
  forgetAnswers()
  session.set({ kind: 'nobody' })
  if (wasHere) others?.postMessage(undefined)
  await forgetDevice()
}

isSignedOut.follow(() => {
  if (isSignedOut.get() && session.get().kind === 'somebody') void leave()
})

/** Whether the account has a password, which is asked for again before what opens it. */
export function useHasPassword(): boolean {
  const state = useStore(session)
  return state.kind === 'somebody' && state.session.account.has_password !== false
}
