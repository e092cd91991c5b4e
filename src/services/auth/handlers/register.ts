import { announce } from '../../../kernel/context.ts'
import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { auth } from '../contract.ts'
import { emailHandle, phoneHandle } from '../domain/handles.ts'
import { passwordFault, passwordWarnings } from '../domain/passwords.ts'
import { authSettings } from '../domain/settings.ts'
import { newApiKey } from '../providers/codes.ts'
import { hashPassword } from '../providers/passwordHash.ts'
import { secretHash } from '../providers/secrets.ts'
import { insertAccount, insertIdentity, putPassword } from '../store/accounts.ts'
import { insertFirstKey } from '../store/apiKeys.ts'
import { newSession, signIn } from './issue.ts'

type Registration = InputOf<typeof auth.operations.register>

export async function register(context: Context, input: Registration) {
  const fault = passwordFault(input.password)
  if (fault !== undefined) throw fieldError('password', fault)
  if (input.confirm_password !== undefined && input.confirm_password !== input.password) {
    throw fieldError('confirm_password', 'must be the same as password')
  }
  const now = context.now()
  const userId = context.newId()
  const { value } = emailHandle(input.email)
  const names = namesOf(input)
  const created = announce(context, auth.events.accountCreated, {
    user_id: userId,
    display_name: names.displayName,
    first_name: names.firstName,
    last_name: names.lastName,
    email: value,
    phone: phoneOf(context, input),
    language: null,
    is_anonymous: false,
    facts: {},
  })
  const hash = await hashPassword(input.password)
  const answer = await signIn(context, {
    userId,
    method: 'password',
    message: 'Account created',
    before: [
      insertAccount({ userId, ...names, company: input.company || null }, now),
      insertIdentity(userId, { kind: 'email', value }, now),
      putPassword(userId, hash, now),
      created,
    ],
  })
  const warnings = passwordWarnings(input.password)
  return {
    ...answer,
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(await firstKey(context, input, answer.user)),
  }
}

/** The clients that name a company or a plan expect an API key with the account. */
async function firstKey(context: Context, input: Registration, user: { readonly id: string; readonly seq: number }) {
  if (input.company === undefined && input.plan === undefined) return {}
  const { key, prefix } = newApiKey(user.seq)
  const row = { userId: user.id, name: 'Default', hash: secretHash(key), prefix, scopes: ['*'], expiresAt: null }
  await context.system('the account was made by this very request').db.run(insertFirstKey(row, context.now()))
  return { api_key: key }
}

function namesOf(input: Registration) {
  const full = (input.full_name || input.name || '').trim()
  const firstName = input.first_name?.trim() || null
  const lastName = input.last_name?.trim() || null
  const displayName = full === '' ? [firstName, lastName].filter((part) => part !== null).join(' ') : full
  return { displayName, firstName, lastName }
}

/** The number is a fact for the profile; it becomes a way to sign in only when it was proved. */
function phoneOf(context: Context, input: Registration): string | null {
  const given = input.phone_number ?? input.phone
  if (given === undefined || given === null) return null
  const handle = phoneHandle(given, settingsOf(context, authSettings).countryCode)
  if (handle === undefined) throw fieldError('phone_number', 'must be ten digits, or + and the country code')
  return handle.value
}

export async function createAnonymousAccount(context: Context) {
  const now = context.now()
  const userId = context.newId()
  const issue = newSession(context, userId, 'anonymous')
  await context.system('the account is made before it can call').db.batch([
    insertAccount({ userId, displayName: '', isAnonymous: true }, now),
    ...issue.statements,
    announce(context, auth.events.accountCreated, {
      user_id: userId,
      display_name: '',
      first_name: null,
      last_name: null,
      email: null,
      phone: null,
      language: null,
      is_anonymous: true,
      facts: {},
    }),
  ])
  const { access_token, refresh_token, token_type, expires_in } = issue.tokens
  return { account_id: userId, access_token, refresh_token, token_type, expires_in }
}
