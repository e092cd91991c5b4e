import type { OutputOf } from '../../kernel/contract.ts'
import type { auth } from '../../services/auth/contract.ts'
import { me, signOut, webSession } from '../../services/auth/web/endpoints.ts'
import { listReceived } from '../../services/consent-audit/web/endpoints.ts'
import type { userProfile } from '../../services/user-profile/contract.ts'
import { listProfiles } from '../../services/user-profile/web/endpoints.ts'
import { forgetAnswers } from './cache.ts'
import { call, isSignedOut, lookedAt, Problem } from './endpoint.ts'
import { createStore } from './store.ts'

export type Account = OutputOf<(typeof auth.operations)['me']>
type Profile = OutputOf<(typeof userProfile.operations)['listProfiles']>['items'][number]
/** Somebody whose record can be looked at: the own one, a kept one, or one that is shared with the account. */
export type Person = Pick<Profile, 'id' | 'display_name' | 'is_own'> &
  Partial<Pick<Profile, 'relationship' | 'age_years'>> & { readonly isShared?: boolean }

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

/** Kept for the tab only: a new one begins with the own record. */
const PERSON_KEY = 'salus.person'

/** Asks the server who the cookie belongs to. */
export async function loadSession(): Promise<void> {
  try {
    // Asked first: a refusal would stand in the console of everybody who is not signed in.
    const { signed_in } = (await call(webSession, {})) as { signed_in: boolean }
    if (!signed_in) return leave()
    const account = await call(me, {})
    // Right after a registration the profile may still be on its way: the account is shown without it.
    const people = await call(listProfiles, {}).catch(() => ({ items: [] }))
    const known = [...people.items, ...(await sharedPeople())]
    const kept = sessionStorage.getItem(PERSON_KEY) ?? undefined
    lookedAt.set(known.some((one) => one.id === kept && !one.is_own) ? kept : undefined)
    isSignedOut.set(false)
    session.set({ kind: 'somebody', session: { account, people: known } })
  } catch (problem) {
    const isAway = problem instanceof Problem && (problem.status === 0 || problem.status >= 500)
    if (isAway) session.set({ kind: 'unreachable' })
    else leave()
  }
}

/** Records that others let this account into, by what their owners call it. */
async function sharedPeople(): Promise<Person[]> {
  const { grants } = await call(listReceived, {}).catch(() => ({ grants: [] }))
  const open = new Map(grants.filter((one) => one.status === 'active').map((one) => [one.person_id, one.label]))
  return [...open].map(([id, display_name]) => ({ id, display_name, is_own: false, isShared: true }))
}

/** Looks at another person's record; undefined is the own one. */
export function lookAt(personId: string | undefined): void {
  if (personId === undefined) sessionStorage.removeItem(PERSON_KEY)
  else sessionStorage.setItem(PERSON_KEY, personId)
  lookedAt.set(personId)
}

/** Ends the session here and on the server. */
export async function endSession(): Promise<void> {
  await call(signOut, {})
  leave()
}

function leave(): void {
  sessionStorage.removeItem(PERSON_KEY)
  lookedAt.set(undefined)
  forgetAnswers()
  session.set({ kind: 'nobody' })
}

isSignedOut.follow(() => {
  if (isSignedOut.get() && session.get().kind === 'somebody') leave()
})
