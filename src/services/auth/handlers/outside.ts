import { announce } from '../../../kernel/context.ts'
import type { Principal } from '../../../kernel/principal.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { auth } from '../contract.ts'
import { emailHandle, type Handle, subjectHandle } from '../domain/handles.ts'
import { authSettings } from '../domain/settings.ts'
import { verifyOutsideToken } from '../providers/issuer.ts'
import { secretHash } from '../providers/secrets.ts'
import { findAccount, findIdentity, insertAccount, insertIdentity } from '../store/accounts.ts'
import { sessionCacheOf } from '../store/sessionCache.ts'
import { isTaken } from './issue.ts'
import { invalid } from './refusals.ts'

/** Whom an issuer of tokens vouches for. */
export interface OutsidePerson {
  readonly issuer: string
  readonly subject: string
  readonly name: string
  /** Only when the issuer says that it was proved. */
  readonly provenEmail: string | undefined
}

const reason = 'the issuer tells who it is'

/** The principal behind an access token of the configured issuer; its account is made when it comes first. */
export async function resolveOutside(context: Context, token: string): Promise<Principal> {
  const now = context.now()
  const cache = sessionCacheOf(context.ports)
  const key = `oidc:${secretHash(token).toString('base64url')}`
  const kept = cache.get(key, now.getTime())
  if (kept !== undefined) return kept
  return cache.lookUp(key, now.getTime(), async () => {
    const claims = await verifyOutsideToken(settingsOf(context, authSettings), token, now)
    const accountId = await accountOf(context, {
      issuer: String(claims.iss),
      subject: String(claims.sub),
      name: textOf(claims.name),
      provenEmail: claims.email_verified === true ? textOf(claims.email) || undefined : undefined,
    })
    const account = await findAccount(context.system(reason).db, accountId, now)
    if (account === undefined || account.status !== 'active') throw invalid()
    const principal: Principal = {
      accountId,
      roles: account.roles,
      scopes: ['*'],
      method: 'oidc',
      seq: account.seq,
      sessionId: null,
      subject: String(claims.sub),
      claims: { ...claims },
      isDemo: false,
    }
    return { principal, expiresMs: Number(claims.exp) * 1000 }
  })
}

/**
 * The account of a person an issuer vouches for. An account of ours is joined only when both sides have proved the same
 * e-mail address, and it asks for no second step; anything less would open it to whoever registered the address first.
 */
export async function accountOf(context: Context, person: OutsidePerson, isSecondTry = false): Promise<string> {
  const { db } = context.system(reason)
  const handle = subjectHandle(person.issuer, person.subject)
  const known = await findIdentity(db, handle)
  if (known !== undefined) return known.user_id
  const email = person.provenEmail === undefined ? undefined : emailHandle(person.provenEmail)
  const owner = email === undefined ? undefined : await findIdentity(db, email)
  const mayJoin = owner?.is_verified === true && !owner.has_totp && owner.status === 'active'
  try {
    if (owner !== undefined && mayJoin) {
      await db.run(insertIdentity(owner.user_id, handle, context.now(), context.now()))
      return owner.user_id
    }
    return await createAccount(context, person, handle, owner === undefined ? email : undefined)
  } catch (error) {
    // Another request took one of the handles in between: it is looked at again.
    if (!isTaken(error) || isSecondTry) throw error
    return accountOf(context, person, true)
  }
}

async function createAccount(
  context: Context,
  person: OutsidePerson,
  handle: Handle,
  email: Handle | undefined,
): Promise<string> {
  const now = context.now()
  const userId = context.newId()
  const displayName = person.name.slice(0, 200)
  await context.system(reason).db.batch([
    insertAccount({ userId, displayName }, now),
    insertIdentity(userId, handle, now, now),
    ...(email === undefined ? [] : [insertIdentity(userId, email, now, now)]),
    announce(context, auth.events.accountCreated, {
      user_id: userId,
      display_name: displayName,
      first_name: null,
      last_name: null,
      email: email?.value ?? null,
      phone: null,
      language: null,
      is_anonymous: false,
      facts: {},
    }),
  ])
  return userId
}

/** Text of a claim; empty when it is none. */
export function textOf(claim: unknown): string {
  return typeof claim === 'string' ? claim : ''
}
