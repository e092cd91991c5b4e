import { announce } from '../../../kernel/context.ts'
import type { InputOf } from '../../../kernel/contract.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { auth } from '../contract.ts'
import { emailHandle } from '../domain/handles.ts'
import { newPassword } from '../providers/codes.ts'
import { hashPassword } from '../providers/passwordHash.ts'
import { keyedDigest, secretHash } from '../providers/secrets.ts'
import { insertAccount, insertIdentity, putPassword } from '../store/accounts.ts'
import * as store from '../store/admin.ts'
import { hasAdministrator, hasOwnAccount, lockAdministrators } from '../store/admin.ts'
import { dropChallenges, isLiveToken, useToken } from '../store/challenges.ts'
import { sessionCacheOf } from '../store/sessionCache.ts'
import { isTaken } from './issue.ts'
import { assertNewPassword, newLink } from './passwords.ts'

const MINUTES = 30
const reason = 'there is no administrator yet who could be signed in'

/** The link ends when it is used, when a new one is made, or when there is an administrator. */
export async function createSetupLink(context: Context) {
  const { db } = context.system(reason)
  if (await hasAdministrator(db)) return { path: null, expires_at: null }
  await db.run(dropChallenges('setup'))
  const digest = keyedDigest('handle', 'setup', context.ports.secrets.tokenKey)
  const token = await newLink(context, {
    kind: 'setup',
    key: { handle: digest, address: digest },
    userId: null,
    minutes: MINUTES,
  })
  const expiresAt = new Date(context.now().getTime() + MINUTES * 60_000)
  return { path: `/auth/setup?token=${token}`, expires_at: expiresAt.toISOString() }
}

/** What the first page has to know: whether anybody has an account, and whether the reader started the platform. */
export async function firstRun(context: Context, { setup_token }: InputOf<typeof auth.operations.firstRun>) {
  const { db } = context.system('asked before anybody has an account')
  const [hasAccount, isOpen] = await Promise.all([
    hasOwnAccount(db),
    setup_token === undefined ? false : isSetupOpen(context, setup_token),
  ])
  return { has_account: hasAccount, is_setup_open: isOpen }
}

/** Marks an account that was just made for the demo household. */
export async function markDemo(context: Context, { account_id }: InputOf<typeof auth.operations.markDemo>) {
  const isMarked = await store.markDemo(context.system('the demo household is nobody’s').db, account_id)
  if (!isMarked) throw notFound('Account')
  sessionCacheOf(context.ports).forget(account_id)
  return { is_demo: true }
}

/** Whether a set-up link is still good. */
export async function isSetupOpen(context: Context, token: string): Promise<boolean> {
  const { db } = context.system(reason)
  return (await isLiveToken(db, 'setup', secretHash(token), context.now())) && !(await hasAdministrator(db))
}

/** Makes the first administrator, using the link up. Throws 422 for a password, 409 for a taken address, 400 for the link. */
export async function setUp(
  context: Context,
  given: { readonly token: string; readonly email: string; readonly password: string },
): Promise<void> {
  assertNewPassword(given.password, 'password')
  const hash = await hashPassword(given.password)
  await write(context, given.email, hash, async (transaction) => {
    const used = await useToken(transaction, 'setup', secretHash(given.token), context.now())
    const administrators = await lockAdministrators(transaction)
    if (used === undefined || administrators.length > 0) {
      throw new PlatformError(
        'bad_request',
        'This link was used, or is too old; start the platform again for a new one',
      )
    }
  })
}

export async function createAdministrator(
  context: Context,
  { email }: InputOf<typeof auth.operations.createAdministrator>,
) {
  const password = newPassword()
  await write(context, email, await hashPassword(password), async () => undefined)
  return { email: emailHandle(email).value, password }
}

async function write(
  context: Context,
  email: string,
  hash: string,
  before: (transaction: Parameters<typeof lockAdministrators>[0]) => Promise<void>,
): Promise<void> {
  const now = context.now()
  const userId = context.newId()
  const { value } = emailHandle(email)
  try {
    await context.system(reason).transact(async (transaction) => {
      await before(transaction)
      await transaction.batch([
        insertAccount({ userId, displayName: 'Administrator', roles: ['patient', 'administrator'] }, now),
        insertIdentity(userId, { kind: 'email', value }, now),
        putPassword(userId, hash, now),
        announce(context, auth.events.accountCreated, {
          user_id: userId,
          display_name: 'Administrator',
          first_name: null,
          last_name: null,
          email: value,
          phone: null,
          language: null,
          is_anonymous: false,
          facts: {},
        }),
      ])
    })
  } catch (error) {
    if (!isTaken(error)) throw error
    throw new PlatformError('already_exists', 'There is an account with this e-mail already; use another address')
  }
}
