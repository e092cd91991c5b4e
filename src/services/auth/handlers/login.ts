import type { InputOf } from '../../../kernel/contract.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { sql } from '../../../kernel/sql.ts'
import type { auth } from '../contract.ts'
import { emailHandle, type Handle, phoneHandle } from '../domain/handles.ts'
import { authSettings } from '../domain/settings.ts'
import { isPassword } from '../providers/passwordHash.ts'
import { forgetAttempts } from '../store/attempts.ts'
import { assertActive, attempt, type GuardedAttempt } from './guard.ts'
import { signIn } from './issue.ts'

type Login = InputOf<typeof auth.operations.login>

/** What is sent tells which way to sign in is meant. */
export async function login(context: Context, input: Login) {
  const name = input.email ?? input.username
  if (name !== undefined && input.password !== undefined) return passwordLogin(context, name, input.password)
  throw new PlatformError('bad_request', 'Send email (or username) and password, phone_number and otp, or research_id')
}

async function passwordLogin(context: Context, name: string, password: string) {
  const handle = handleOf(context, name)
  const tried = await attempt(context, handle)
  const { candidate } = tried
  const isRight = await isPassword(candidate?.password_hash ?? undefined, password)
  if (!isRight || candidate === undefined) throw wrongCredentials()
  return complete(context, tried, 'password')
}

/** Signs the proven account in: the failures before it are forgotten, its network is known from now on. */
async function complete(context: Context, tried: GuardedAttempt, method: string) {
  const { candidate, key } = tried
  if (candidate === undefined) throw wrongCredentials()
  assertActive(candidate)
  const now = context.now()
  return signIn(context, {
    userId: candidate.user_id,
    method,
    message: 'Signed in',
    before: [
      sql`update auth.account set last_login_at = ${now} where user_id = ${candidate.user_id}`,
      ...forgetAttempts(candidate.user_id, key, now),
    ],
  })
}

/** A user name is an e-mail address, or a phone number when it looks like one. */
function handleOf(context: Context, name: string): Handle {
  const phone = phoneHandle(name, settingsOf(context, authSettings).countryCode)
  return phone ?? emailHandle(name)
}

/** The same for an unknown account and a wrong secret. */
function wrongCredentials(): PlatformError {
  return new PlatformError('wrong_credentials', 'The e-mail, phone number or password is not right')
}
