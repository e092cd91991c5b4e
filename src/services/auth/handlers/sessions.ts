import type { InputOf } from '../../../kernel/contract.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import type { auth } from '../contract.ts'
import { authSettings } from '../domain/settings.ts'
import { newSecret, secretHash } from '../providers/secrets.ts'
import { sessionCacheOf } from '../store/sessionCache.ts'
import * as store from '../store/sessions.ts'
import { assertPersonally } from './guard.ts'
import { accessToken } from './issue.ts'
import { tellOwner } from './notify.ts'

/** A refresh token is good once. One that comes a second time was copied: its session ends, and the owner is told. */
export async function refresh(context: Context, input: InputOf<typeof auth.operations.refresh>) {
  const now = context.now()
  const { db } = context.system('the token tells whose session it is')
  const hash = secretHash(input.refresh_token)
  const refreshToken = `rt_${newSecret()}`
  const expiresAt = new Date(now.getTime() + settingsOf(context, authSettings).refreshDays * 86_400_000)
  const session = await store.rotateRefreshToken(db, hash, { hash: secretHash(refreshToken), expiresAt }, now)
  if (session === undefined) {
    const reused = await store.revokeReused(db, hash, now)
    if (reused !== undefined) await onReuse(context, reused.user_id)
    throw new PlatformError('invalid_token', 'The refresh token is not valid (any more)')
  }
  const access = accessToken(context, session.user_id, session.session_id)
  return { ...access, refresh_token: refreshToken, message: 'Refreshed' }
}

async function onReuse(context: Context, userId: string): Promise<void> {
  sessionCacheOf(context.ports).forget(userId)
  await tellOwner(context, userId, (t) => [t.signInEnded, t.signInEndedText])
}

export async function logout(context: Context) {
  const sessionId = context.caller.principal?.sessionId
  if (typeof sessionId !== 'string') return { message: 'This credential has no session here; nothing was ended' }
  await end(context, { only: sessionId })
  return { message: 'Signed out' }
}

export async function logoutAll(context: Context) {
  const sessions_ended = await end(context, {})
  return { message: 'Signed out everywhere', sessions_ended }
}

export async function revokeSession(context: Context, { id }: InputOf<typeof auth.operations.revokeSession>) {
  if ((await end(context, { only: id })) === 0) throw notFound('Session')
  return { message: 'The session was ended' }
}

export async function listSessions(context: Context) {
  const rows = await store.listSessions(context.db, context.accountId, context.now())
  const current = context.caller.principal?.sessionId
  return {
    sessions: rows.map((row) => ({
      ...row,
      created_at: row.created_at.toISOString(),
      last_seen_at: row.last_seen_at.toISOString(),
      expires_at: row.expires_at.toISOString(),
      is_current: row.id === current,
    })),
  }
}

async function end(context: Context, which: { readonly only?: string }): Promise<number> {
  assertPersonally(context)
  const { accountId } = context
  const ended = await context.db.run(store.revokeSessions(accountId, which, 'signed out', context.now()))
  sessionCacheOf(context.ports).forget(accountId)
  return ended
}
