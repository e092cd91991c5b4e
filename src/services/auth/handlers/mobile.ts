import { announce } from '../../../kernel/context.ts'
import type { InputOf } from '../../../kernel/contract.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { auth } from '../contract.ts'
import type { Handle } from '../domain/handles.ts'
import { authSettings } from '../domain/settings.ts'
import { newSecret, secretHash } from '../providers/secrets.ts'
import { type Candidate, findAccount, findCandidate, insertAccount, insertIdentity } from '../store/accounts.ts'
import { sessionCacheOf } from '../store/sessionCache.ts'
import { insertSession, revokeOpaque } from '../store/sessions.ts'
import { attemptKey } from './guard.ts'
import { isTaken } from './issue.ts'
import { invalid } from './refusals.ts'
import { resolveCredential } from './resolve.ts'

type Input<Name extends keyof typeof auth.operations> = InputOf<(typeof auth.operations)[Name]>

const DAY_MS = 86_400_000
const WARNING = 'Anybody who knows a user name can sign in this way. Use it on closed test networks only.'

/**
 * Signs in whoever names a user. The accounts it reaches are of a kind of their own: no name opens an account that was
 * made with a password, a phone, or an outside issuer.
 */
export async function mobileLogin(context: Context, { username }: Input<'mobileLogin'>) {
  assertOpen(context)
  if (username === undefined) throw new PlatformError('bad_request', 'username is required')
  context.log.warn({}, 'ALLOW_INSECURE_SESSION_AUTH is on: /mobile-auth signs in whoever names a user')
  const now = context.now()
  const handle: Handle = { kind: 'mobile', value: username.trim().toLowerCase() }
  const { db } = context.system('sign-in: nobody is signed in yet')
  const found = await db.one<Candidate>(findCandidate(handle, attemptKey(context, handle).address))
  if (found !== undefined && found.status !== 'active')
    throw new PlatformError('forbidden', 'This account is suspended')
  const userId = found?.user_id ?? context.newId()
  const token = `session_${newSecret()}`
  const expiresAt = new Date(now.getTime() + DAY_MS)
  const session = {
    id: context.newId(),
    userId,
    method: 'mobile',
    tokenHash: secretHash(token),
    address: context.caller.address,
    userAgent: context.caller.userAgent,
    expiresAt,
  }
  const creation = found === undefined ? newAccount(context, userId, handle, username.trim()) : []
  try {
    await db.batch([...creation, insertSession(session, now)])
  } catch (error) {
    if (isTaken(error))
      throw new PlatformError('conflict', 'This name is being signed in for the first time; try again')
    throw error
  }
  const expires_at = expiresAt.toISOString()
  return { auth_token: token, user_id: userId, expires_at, message: 'Signed in', warning: WARNING }
}

function newAccount(context: Context, userId: string, handle: Handle, displayName: string) {
  const now = context.now()
  return [
    insertAccount({ userId, displayName }, now),
    insertIdentity(userId, handle, now),
    announce(context, auth.events.accountCreated, {
      user_id: userId,
      display_name: displayName,
      first_name: null,
      last_name: null,
      email: null,
      phone: null,
      language: null,
      is_anonymous: false,
      facts: {},
    }),
  ]
}

export async function mobileLogout(context: Context, input: Input<'mobileLogout'>) {
  assertOpen(context)
  const { db } = context.system('the token tells whose session it is')
  const ended = await revokeOpaque(db, secretHash(tokenOf(input)), context.now())
  if (ended !== undefined) sessionCacheOf(context.ports).forget(ended.user_id)
  return { message: 'Signed out' }
}

export async function mobileVerify(context: Context, input: Input<'mobileVerify'>) {
  assertOpen(context)
  const { accountId } = await resolveCredential(context, { kind: 'bearer', token: tokenOf(input) })
  const { db } = context.system('the token tells whose session it is')
  const account = await findAccount(db, accountId, context.now())
  if (account === undefined) throw invalid()
  return { valid: true, user_id: accountId, username: account.display_name }
}

function tokenOf(input: Input<'mobileVerify'>): string {
  const token = input.auth_token ?? input.token ?? /^bearer +(\S+)\s*$/i.exec(input.authorization ?? '')?.[1]
  if (token?.startsWith('session_') !== true) throw invalid()
  return token
}

function assertOpen(context: Context): void {
  if (settingsOf(context, authSettings).allowInsecureSessions) return
  throw new PlatformError(
    'endpoint_disabled',
    'Signing in by name alone is switched off here (ALLOW_INSECURE_SESSION_AUTH); use /auth/login',
  )
}
