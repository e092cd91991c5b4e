import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import type { auth } from '../contract.ts'
import { emailHandle } from '../domain/handles.ts'
import { passwordFault, passwordWarnings } from '../domain/passwords.ts'
import { hashPassword } from '../providers/passwordHash.ts'
import { newSecret, secretHash } from '../providers/secrets.ts'
import { putPassword } from '../store/accounts.ts'
import { revokeKeysOfUnproven } from '../store/apiKeys.ts'
import { type ChallengeKind, dropChallenges, insertChallenge, isLiveToken, useToken } from '../store/challenges.ts'
import { findContacts, findPasswordHash, verifyIdentity } from '../store/holder.ts'
import { removePasskeysOfUnproven } from '../store/passkeys.ts'
import { sessionCacheOf } from '../store/sessionCache.ts'
import { revokeSessions } from '../store/sessions.ts'
import { authTexts } from '../texts/texts.ts'
import { assertPasswordAgain, assertPersonally } from './guard.ts'
import { sendLater, tellOwner } from './notify.ts'
import { askedFor, assertChannel } from './phone.ts'
import { deadLink } from './refusals.ts'

type Input<Name extends keyof typeof auth.operations> = InputOf<(typeof auth.operations)[Name]>

const RESET_MINUTES = 30
const PROOF_MINUTES = 24 * 60

export async function changePassword(context: Context, input: Input<'changePassword'>) {
  assertPersonally(context)
  assertNewPassword(input.new_password)
  const { accountId } = context
  if ((await findPasswordHash(context.db, accountId)) === undefined) {
    throw new PlatformError('conflict', 'This account signs in without a password')
  }
  await assertPasswordAgain(context, input.current_password)
  const now = context.now()
  const hash = await hashPassword(input.new_password)
  const except = context.caller.principal?.sessionId
  await context.db.batch([
    putPassword(accountId, hash, now),
    revokeSessions(accountId, { except }, 'the password was changed', now),
    dropChallenges('reset', accountId),
  ])
  sessionCacheOf(context.ports).forget(accountId)
  await tellOwner(context, accountId, (t) => [t.passwordChanged, t.passwordChangedText])
  return withWarnings('The password was changed', input.new_password)
}

/** Mails a link when the address has an account, and does and says the same when it hasn't. */
export async function requestReset(context: Context, { email }: Input<'requestReset'>) {
  assertChannel(context, 'email')
  const handle = emailHandle(email)
  const { key, candidate } = await askedFor(context, 'reset', handle)
  const userId = candidate?.user_id ?? null
  const token = await newLink(context, { kind: 'reset', key, userId, minutes: RESET_MINUTES })
  if (candidate?.status === 'active') {
    // Whoever asked reads it: in the language they asked in, which needs no question about the account.
    const t = authTexts(context.caller.language ?? 'en').mails
    const link = `${context.publicUrl}/auth/reset-password?token=${token}`
    const text = t.setPasswordText(RESET_MINUTES, link)
    sendLater(context, { channel: 'email', to: handle.value, subject: t.setPassword, text })
  }
  return { message: 'If this address has an account, a message is on its way to it' }
}

export async function confirmReset(context: Context, { token, new_password }: Input<'confirmReset'>) {
  assertNewPassword(new_password)
  const { db } = context.system('the token of the mail tells whose password it is')
  const hash = secretHash(token)
  if (!(await isLiveToken(db, 'reset', hash, context.now()))) throw deadLink()
  const passwordHash = await hashPassword(new_password)
  const now = context.now()
  const used = await useToken(db, 'reset', hash, now)
  const userId = used?.user_id
  if (typeof userId !== 'string') throw deadLink()
  await db.batch([
    // Whoever made the account may not be the owner of the address, who proves it only now.
    revokeKeysOfUnproven(userId, now),
    removePasskeysOfUnproven(userId),
    putPassword(userId, passwordHash, now),
    verifyIdentity(userId, 'email', now),
    revokeSessions(userId, {}, 'the password was reset', now),
    dropChallenges('reset', userId),
  ])
  sessionCacheOf(context.ports).forget(userId)
  await tellOwner(context, userId, (t) => [t.passwordReset, t.passwordResetText])
  return withWarnings('The new password is set; sign in with it', new_password)
}

export async function requestVerification(context: Context) {
  assertPersonally(context)
  assertChannel(context, 'email')
  const contact = (await findContacts(context.db, context.accountId)).find((one) => one.kind === 'email')
  if (contact === undefined) throw new PlatformError('conflict', 'This account has no e-mail address')
  if (contact.is_verified) return { message: 'The address is proved already' }
  const { key } = await askedFor(context, 'email', emailHandle(contact.value))
  const token = await newLink(context, { kind: 'email', key, userId: context.accountId, minutes: PROOF_MINUTES })
  const t = authTexts(context.caller.language ?? 'en').mails
  const text = t.confirmEmailText(`${context.publicUrl}/auth/verify-email?token=${token}`)
  sendLater(context, { channel: 'email', to: contact.value, subject: t.confirmEmail, text })
  return { message: 'A message is on its way to the address of this account' }
}

export async function confirmVerification(context: Context, { token }: Input<'confirmVerification'>) {
  const { db } = context.system('the token of the mail tells whose address it is')
  const used = await useToken(db, 'email', secretHash(token), context.now())
  if (typeof used?.user_id !== 'string') throw deadLink()
  await db.run(verifyIdentity(used.user_id, 'email', context.now()))
  return { message: 'The e-mail address is confirmed' }
}

interface Link {
  readonly kind: ChallengeKind
  readonly key: { readonly handle: Buffer; readonly address: Buffer }
  readonly userId: string | null
  readonly minutes: number
}

/** Keeps the hash of a new link's token and returns the token. */
export async function newLink(context: Context, { kind, key, userId, minutes }: Link): Promise<string> {
  const token = newSecret()
  const now = context.now()
  const expiresAt = new Date(now.getTime() + minutes * 60_000)
  const challenge = { id: context.newId(), kind, key, userId, secretHash: secretHash(token), tries: 1, expiresAt }
  await context.system('a link is for somebody who is not signed in').db.run(insertChallenge(challenge, now))
  return token
}

/** Throws 422 naming the field when a new password may not be used. */
export function assertNewPassword(password: string, field = 'new_password'): void {
  const fault = passwordFault(password)
  if (fault !== undefined) throw fieldError(field, fault)
}

function withWarnings(message: string, password: string) {
  const warnings = passwordWarnings(password)
  return warnings.length === 0 ? { message } : { message, warnings }
}
