import { PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { type Handle, networkOf } from '../domain/handles.ts'
import { waitSeconds } from '../domain/throttle.ts'
import { isPassword } from '../providers/passwordHash.ts'
import { keyedDigest } from '../providers/secrets.ts'
import { type Candidate, findCandidate } from '../store/accounts.ts'
import {
  type AttemptKey,
  type AttemptRow,
  type AttemptsBefore,
  countAttempt,
  forgetAttempts,
  selectAttempts,
} from '../store/attempts.ts'
import { findPasswordHash } from '../store/holder.ts'

export interface GuardedAttempt {
  readonly key: AttemptKey
  /** The account behind the handle; undefined when nobody has it. */
  readonly candidate: Candidate | undefined
}

/**
 * Counts a sign-in attempt and finds whom it is for, in one round trip. A handle that nobody has is treated like any
 * other. Throws 429 when this network must wait.
 */
export async function attempt(context: Context, handle: Handle): Promise<GuardedAttempt> {
  const now = context.now()
  const key = attemptKey(context, handle)
  const [before, counted, found] = await context
    .system('sign-in: nobody is signed in yet')
    .db.batch([selectAttempts(key, now), countAttempt(key, now), findCandidate(handle, key.address)])
  const { everywhere, last_at } = first<AttemptsBefore>(before)
  const { failures, first_at } = first<AttemptRow>(counted)
  const candidate = found?.[0] as Candidate | undefined
  const wait = waitSeconds({
    here: failures,
    everywhere,
    secondsSinceLast: last_at === null ? undefined : secondsBetween(last_at, now),
    secondsSinceFirst: secondsBetween(first_at, now),
    isKnownNetwork: candidate?.is_known_network ?? false,
  })
  if (wait > 0) {
    throw new PlatformError('too_many_requests', 'Too many failed sign-ins from here; try again later', {
      retryAfterSeconds: Math.ceil(wait),
    })
  }
  return { key, candidate }
}

/** The digests under which attempts of this handle from this caller's network are counted. */
export function attemptKey(context: Context, handle: Handle): AttemptKey {
  const { tokenKey } = context.ports.secrets
  return {
    handle: keyedDigest('handle', `${handle.kind}:${handle.value}`, tokenKey),
    address: keyedDigest('address', networkOf(context.caller.address), tokenKey),
  }
}

/** Throws 403 unless the account may sign in; said only to those who proved that it is theirs. */
export function assertActive(candidate: Candidate): void {
  if (candidate.status === 'active') return
  throw new PlatformError('forbidden', 'This account is suspended')
}

/** The row of a statement that always gives one. */
function first<Row>(rows: readonly object[] | undefined): Row {
  return rows?.[0] as Row
}

function secondsBetween(earlier: Date, later: Date): number {
  return Math.max(0, (later.getTime() - earlier.getTime()) / 1000)
}

/** Throws 403 for API keys: what opens or closes the account itself is done by its holder, signed in. */
export function assertPersonally(context: Context): void {
  if (context.caller.principal?.method !== 'api-key') return
  throw new PlatformError('insufficient_scope', 'An API key may not do this; sign in')
}

/** Throws 401 unless the holder's password was given again; wrong ones are counted like failed sign-ins. */
export async function assertPasswordAgain(context: Context, password: string | undefined): Promise<void> {
  const { accountId } = context
  const hash = await findPasswordHash(context.db, accountId)
  if (hash === undefined) return
  if (password === undefined) throw new PlatformError('wrong_credentials', 'Send the password again')
  const { key } = await attempt(context, { kind: 'email', value: `again:${accountId}` })
  if (!(await isPassword(hash, password))) throw new PlatformError('wrong_credentials', 'The password is not right')
  await context
    .system('the failures of this network are forgotten')
    .db.batch(forgetAttempts(accountId, key, context.now()))
}
