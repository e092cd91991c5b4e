import type { Static } from 'typebox'
import { PlatformError } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import type { Statement } from '../../../kernel/sql.ts'
import type { SignedIn, Tokens } from '../contract/shapes.ts'
import { authSettings } from '../domain/settings.ts'
import { signAccessToken } from '../providers/accessToken.ts'
import { newSecret, secretHash } from '../providers/secrets.ts'
import { type AccountRow, selectAccount } from '../store/accounts.ts'
import { insertRefreshToken, insertSession } from '../store/sessions.ts'
import { userWithFacts } from './view.ts'

/** A sign-in about to be written: its statements, and the tokens to give out when they are. */
export interface Issue {
  readonly sessionId: string
  readonly statements: readonly Statement[]
  readonly tokens: Omit<Static<typeof Tokens>, 'message'>
}

/** A new session for the account, with its first pair of tokens. */
export function newSession(context: Context, userId: string, method: string): Issue {
  const now = context.now()
  const sessionId = context.newId()
  const { refreshToken, statement, expiresAt } = newRefreshToken(context, userId, sessionId)
  return {
    sessionId,
    statements: [
      insertSession(
        {
          id: sessionId,
          userId,
          method,
          expiresAt,
          address: context.caller.address,
          userAgent: context.caller.userAgent,
        },
        now,
      ),
      statement,
    ],
    tokens: { ...accessToken(context, userId, sessionId), refresh_token: refreshToken },
  }
}

/** A refresh token for a session, and the statement that keeps its hash. */
export function newRefreshToken(context: Context, userId: string, sessionId: string) {
  const now = context.now()
  const { refreshDays } = settingsOf(context, authSettings)
  const expiresAt = new Date(now.getTime() + refreshDays * 86_400_000)
  const refreshToken = `rt_${newSecret()}`
  const statement = insertRefreshToken({ hash: secretHash(refreshToken), sessionId, userId, expiresAt }, now)
  return { refreshToken, statement, expiresAt }
}

/** A signed access token for a session, with when it ends. */
export function accessToken(context: Context, userId: string, sessionId: string) {
  const now = context.now()
  const lifetimeSeconds = settingsOf(context, authSettings).accessMinutes * 60
  const { tokenKey } = context.ports.secrets
  return {
    access_token: signAccessToken({ accountId: userId, sessionId }, { now, lifetimeSeconds, key: tokenKey }),
    token_type: 'bearer' as const,
    expires_in: lifetimeSeconds,
    expires_at: new Date(now.getTime() + lifetimeSeconds * 1000).toISOString(),
  }
}

/**
 * Writes a sign-in together with `before` (and `after`) in one transaction and answers what every way to sign in does.
 * Throws `already_exists` when a handle in `before` is taken.
 */
export async function signIn(
  context: Context,
  options: {
    readonly userId: string
    readonly method: string
    readonly message: string
    readonly before?: readonly Statement[]
    readonly after?: readonly Statement[]
  },
): Promise<Static<typeof SignedIn>> {
  const { userId, method, message, before = [], after = [] } = options
  const issue = newSession(context, userId, method)
  const rows = await writeSignIn(context, [
    ...before,
    ...issue.statements,
    ...after,
    selectAccount(userId, context.now()),
  ])
  const account = rows.at(-1)?.[0] as AccountRow
  const user = userWithFacts(account, settingsOf(context, authSettings).countryCode)
  const { research_id } = user
  return { ...issue.tokens, message, user, ...(research_id === null ? {} : { research_id }) }
}

async function writeSignIn(context: Context, statements: readonly Statement[]): Promise<object[][]> {
  try {
    return await context.system('a sign-in writes before anybody is signed in').db.batch(statements)
  } catch (error) {
    if (isTaken(error)) {
      throw new PlatformError('already_exists', 'There is an account with this e-mail or phone number already')
    }
    throw error
  }
}

/** Whether the database refused a handle because an account has it. */
export function isTaken(error: unknown): boolean {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown }
  return code === '23505' && constraint === 'identity_pkey'
}
