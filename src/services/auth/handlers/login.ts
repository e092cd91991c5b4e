import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, PlatformError } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import type { Statement } from '../../../kernel/sql.ts'
import type { auth } from '../contract.ts'
import { emailHandle, type Handle, phoneHandle } from '../domain/handles.ts'
import { authSettings } from '../domain/settings.ts'
import { isPassword } from '../providers/passwordHash.ts'
import { keyedDigest } from '../providers/secrets.ts'
import { touchLogin } from '../store/accounts.ts'
import { revokeAllKeys } from '../store/apiKeys.ts'
import { forgetAttempts } from '../store/attempts.ts'
import { tryCode } from '../store/challenges.ts'
import { verifyIdentity } from '../store/holder.ts'
import { removeAllPasskeys } from '../store/passkeys.ts'
import { sessionCacheOf } from '../store/sessionCache.ts'
import { revokeSessions } from '../store/sessions.ts'
import { assertActive, attempt, type GuardedAttempt } from './guard.ts'
import { signIn } from './issue.ts'
import { requestCode } from './phone.ts'
import { wrongCredentials } from './refusals.ts'
import { researchLogin } from './research.ts'
import { assertSecondFactor } from './secondFactor.ts'

type Login = InputOf<typeof auth.operations.login>

/** What is sent tells which way to sign in is meant. */
export async function login(context: Context, input: Login) {
  const name = input.email ?? input.username
  if (name !== undefined && input.password !== undefined) return passwordLogin(context, name, input.password, input)
  if (input.phone_number !== undefined) return phoneLogin(context, input.phone_number, input)
  if (input.research_id !== undefined) return researchLogin(context, input.research_id)
  throw new PlatformError('bad_request', 'Send email (or username) and password, phone_number and otp, or research_id')
}

async function passwordLogin(context: Context, name: string, password: string, input: Login) {
  const tried = await attempt(context, handleOf(context, name))
  const { candidate } = tried
  const isRight = await isPassword(candidate?.password_hash ?? undefined, password)
  if (!isRight || candidate === undefined) throw wrongCredentials()
  assertActive(candidate)
  if (candidate.has_totp) {
    const code = input.totp ?? input.otp
    await assertSecondFactor(context, candidate.user_id, { code, backupCode: input.backup_code })
  }
  return complete(context, tried, 'password')
}

async function phoneLogin(context: Context, phone: string, input: Login) {
  const handle = phoneHandle(phone, settingsOf(context, authSettings).countryCode)
  if (handle === undefined) throw fieldError('phone_number', 'must be ten digits, or + and the country code')
  if (input.otp === undefined || input.otp === null) {
    const { message, challenge_id, expires_in } = await requestCode(context, { phone_number: phone })
    throw new PlatformError('unauthenticated', message, { extra: { otp_required: true, challenge_id, expires_in } })
  }
  const tried = await attempt(context, handle)
  const codeHash = keyedDigest('code', input.otp, context.ports.secrets.tokenKey)
  const given = { key: tried.key, challengeId: input.challenge_id, codeHash }
  const userId = await tryCode(context.system('sign-in by code').db, given, context.now())
  const { candidate } = tried
  if (userId === undefined || candidate?.user_id !== userId) throw wrongCredentials()
  assertActive(candidate)
  if (candidate.has_totp) {
    await assertSecondFactor(context, userId, { code: input.totp, backupCode: input.backup_code })
  }
  if (candidate.is_verified) return complete(context, tried, 'phone')
  const answer = await complete(context, tried, 'phone', firstProof(context, userId))
  sessionCacheOf(context.ports).forget(userId)
  return answer
}

/** Until now nobody had proved the number: whoever signed up with it may be a stranger, and loses what they hold. */
function firstProof(context: Context, userId: string): Statement[] {
  const now = context.now()
  return [
    verifyIdentity(userId, 'phone', now),
    revokeSessions(userId, {}, 'the phone number was proved', now),
    revokeAllKeys(userId, now),
    removeAllPasskeys(userId),
  ]
}

/** Signs the proven account in: the failures before it are forgotten, its network is known from now on. */
async function complete(context: Context, tried: GuardedAttempt, method: string, first: readonly Statement[] = []) {
  const { candidate, key } = tried
  if (candidate === undefined) throw wrongCredentials()
  const now = context.now()
  return signIn(context, {
    userId: candidate.user_id,
    method,
    message: 'Signed in',
    before: [...first, touchLogin(candidate.user_id, now), ...forgetAttempts(candidate.user_id, key, now)],
  })
}

/** A user name is an e-mail address, or a phone number when it looks like one. */
function handleOf(context: Context, name: string): Handle {
  const phone = phoneHandle(name, settingsOf(context, authSettings).countryCode)
  return phone ?? emailHandle(name)
}
