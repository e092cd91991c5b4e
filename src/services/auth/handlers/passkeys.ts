import { randomBytes } from 'node:crypto'
import type { InputOf } from '../../../kernel/contract.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import type { auth } from '../contract.ts'
import { socialSettings } from '../domain/settings.ts'
import * as webauthn from '../providers/passkeys.ts'
import { secretHash } from '../providers/secrets.ts'
import { isSetUp, SOCIAL_PROVIDERS } from '../providers/social.ts'
import { findAccount, touchLogin } from '../store/accounts.ts'
import { findContacts, findPasswordHash } from '../store/holder.ts'
import * as store from '../store/passkeys.ts'
import { sessionBegan } from '../store/sessions.ts'
import { assertPasswordAgain, assertPersonally } from './guard.ts'
import { signIn } from './issue.ts'
import { tellOwner } from './notify.ts'
import { wrongCredentials } from './refusals.ts'

type Input<Name extends keyof typeof auth.operations> = InputOf<(typeof auth.operations)[Name]>

const CHALLENGE_MS = 5 * 60_000
/** A sign-in this long ago stands for the password where an account has none. */
const RECENT_MS = 10 * 60_000
const REASON = 'a passkey is made or used: whose it is, is what it has to prove'

export async function waysToSignIn(context: Context) {
  const party = webauthn.relyingParty(context.publicUrl)
  const settings = settingsOf(context, socialSettings)
  return {
    passkeys: party === undefined ? null : { rp_id: party.id },
    social: SOCIAL_PROVIDERS.filter((provider) => isSetUp(settings, provider)),
  }
}

export async function listPasskeys(context: Context) {
  return { passkeys: (await store.listPasskeys(context.db, context.accountId)).map(passkeyView) }
}

export async function beginPasskey(context: Context, { password }: Input<'beginPasskey'>) {
  assertPersonally(context)
  const party = partyOf(context)
  await assertHolder(context, password)
  const { accountId, db } = context
  const known = await store.listPasskeys(db, accountId)
  if (known.length >= store.MOST_PASSKEYS) {
    throw new PlatformError('conflict', 'This account has as many passkeys as it may have; remove one first')
  }
  const challenge = await newChallenge(context, accountId)
  const contacts = await findContacts(db, accountId)
  const name = contacts[0]?.value ?? 'Salus'
  const options = await webauthn.creationOptions(party, {
    challenge,
    userId: Buffer.from(accountId.replaceAll('-', ''), 'hex'),
    userName: name,
    displayName: name,
    known: known.map((one) => ({ id: one.credential_id.toString('base64url'), transports: one.transports })),
  })
  return { options: options as Record<string, unknown> }
}

export async function addPasskey(context: Context, { name, credential }: Input<'addPasskey'>) {
  assertPersonally(context)
  const party = partyOf(context)
  const { accountId } = context
  const challenge = await takeChallenge(context, credential.response.clientDataJSON, accountId)
  const made = challenge && (await webauthn.readNewPasskey(party, challenge, credential))
  if (made === undefined) throw new PlatformError('bad_request', 'The passkey could not be checked; begin again')
  const row = await insert(context, made, credential.response.transports ?? [], name ?? 'Passkey')
  await tellOwner(context, accountId, (t) => [t.passkeyAdded, t.passkeyAddedText])
  return passkeyView(row)
}

async function insert(context: Context, made: webauthn.NewPasskey, transports: readonly string[], name: string) {
  const passkey = {
    id: context.newId(),
    user_id: context.accountId,
    credential_id: made.credentialId,
    public_key: made.publicKey,
    sign_count: made.signCount,
    is_synced: made.isSynced,
    transports: [...transports],
    name,
  }
  try {
    const row = await store.insertPasskey(context.db, passkey, context.now())
    if (row === undefined) throw new Error('a passkey that was just written is not there')
    return row
  } catch (error) {
    if ((error as { code?: unknown }).code !== '23505') throw error
    throw new PlatformError('already_exists', 'This passkey is known already')
  }
}

export async function renamePasskey(context: Context, { id, name }: Input<'renamePasskey'>) {
  assertPersonally(context)
  const row = await store.renamePasskey(context.db, context.accountId, id, name)
  if (row === undefined) throw notFound('Passkey')
  return passkeyView(row)
}

export async function removePasskey(context: Context, { id }: Input<'removePasskey'>) {
  assertPersonally(context)
  const row = await store.removePasskey(context.db, context.accountId, id)
  if (row === undefined) throw notFound('Passkey')
  return null
}

export async function beginPasskeySignIn(context: Context) {
  const party = partyOf(context)
  const options = await webauthn.requestOptions(party, await newChallenge(context, null))
  return { options: options as Record<string, unknown> }
}

export async function passkeySignIn(context: Context, { credential }: Input<'passkeySignIn'>) {
  const party = partyOf(context)
  const { db } = context.system(REASON)
  const now = context.now()
  const challenge = await takeChallenge(context, credential.response.clientDataJSON, null)
  const passkey = await store.findPasskey(db, Buffer.from(credential.id, 'base64url'))
  if (challenge === undefined || passkey === undefined || passkey.disabled_at !== null) throw wrongCredentials()
  const count = await webauthn.readSignCount(party, challenge, credential, passkey)
  if (count === undefined) throw wrongCredentials()
  const userId = passkey.user_id
  const account = await findAccount(db, userId, now)
  if (account?.status !== 'active') throw new PlatformError('forbidden', 'This account is suspended')
  if (!(await store.countUse(db, passkey.id, count, now))) await refuseCopy(context, passkey)
  return signIn(context, { userId, method: 'passkey', message: 'Signed in', before: [touchLogin(userId, now)] })
}

/** The counter went back: of the owner's and the copy's authenticator nobody knows which one this is. */
async function refuseCopy(context: Context, passkey: store.PasskeyRow): Promise<never> {
  await context.system(REASON).db.batch([store.disablePasskey(passkey.id, context.now())])
  context.audit({ action: 'passkey_disabled', outcome: 'refused', personId: passkey.user_id })
  await tellOwner(context, passkey.user_id, (t) => [t.passkeyOff, t.passkeyOffText])
  throw wrongCredentials()
}

function partyOf(context: Context): webauthn.RelyingParty {
  const party = webauthn.relyingParty(context.publicUrl)
  if (party !== undefined) return party
  throw new PlatformError('unavailable', 'Passkeys need a name and HTTPS: set PUBLIC_URL to such an address')
}

/** Throws 401 unless the password was given again, or an account without one signed in a moment ago. */
async function assertHolder(context: Context, password: string | undefined): Promise<void> {
  const { accountId, db, caller } = context
  if ((await findPasswordHash(db, accountId)) !== undefined) return assertPasswordAgain(context, password)
  const sessionId = caller.principal?.sessionId ?? undefined
  const began = sessionId === undefined ? undefined : await sessionBegan(db, sessionId)
  if (began !== undefined && context.now().getTime() - began.getTime() <= RECENT_MS) return
  throw new PlatformError('wrong_credentials', 'Sign out and in again, then make the passkey')
}

async function newChallenge(context: Context, userId: string | null): Promise<Buffer> {
  const challenge = randomBytes(32)
  const expiresAt = new Date(context.now().getTime() + CHALLENGE_MS)
  await store.insertPasskeyChallenge(context.system(REASON).db, hashOf(challenge), userId, expiresAt)
  return challenge
}

/** The challenge that the answer signs, used up; undefined when it isn't good (any more) for this account. */
async function takeChallenge(context: Context, clientDataJSON: string, userId: string | null) {
  const challenge = webauthn.challengeOf(clientDataJSON)
  if (challenge === undefined) return undefined
  const isGood = await store.takePasskeyChallenge(context.system(REASON).db, hashOf(challenge), userId, context.now())
  return isGood ? challenge : undefined
}

const hashOf = (challenge: Buffer) => secretHash(challenge.toString('base64url'))

function passkeyView(row: store.PasskeyRow) {
  return {
    id: row.id,
    name: row.name,
    is_synced: row.is_synced,
    created_at: row.created_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
    disabled_at: row.disabled_at?.toISOString() ?? null,
  }
}
