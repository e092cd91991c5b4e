import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound, PlatformError } from '../../../kernel/errors.ts'
import type { Principal } from '../../../kernel/principal.ts'
import type { Context } from '../../../kernel/service.ts'
import type { auth } from '../contract.ts'
import { MONTHLY_CALLS, nextMonth } from '../domain/plans.ts'
import { newApiKey, previewOf } from '../providers/codes.ts'
import { secretHash } from '../providers/secrets.ts'
import { findAccount } from '../store/accounts.ts'
import * as store from '../store/apiKeys.ts'
import { assertPersonally } from './guard.ts'

const MAXIMUM_KEYS = 20

export async function createKey(context: Context, input: InputOf<typeof auth.operations.createKey>) {
  assertPersonally(context)
  const now = context.now()
  const expiresAt = expiryOf(input, now)
  const { key, prefix } = newApiKey(context.caller.principal?.seq ?? 0)
  const row = await store.insertKey(
    context.db,
    {
      userId: context.accountId,
      name: input.name ?? 'API key',
      hash: secretHash(key),
      prefix,
      scopes: input.scopes ?? ['*'],
      expiresAt,
    },
    MAXIMUM_KEYS,
    now,
  )
  if (row === undefined) throw new PlatformError('conflict', `An account has at most ${MAXIMUM_KEYS} API keys`)
  return { ...keyView(row, now), key, api_key: key, message: 'Keep this key: it is shown only now' }
}

function expiryOf(input: InputOf<typeof auth.operations.createKey>, now: Date): Date | null {
  if (typeof input.expires_in_days === 'number') return new Date(now.getTime() + input.expires_in_days * 86_400_000)
  if (typeof input.expires_at !== 'string') return null
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(input.expires_at) || input.expires_at.length === 10
  const at = new Date(hasZone ? input.expires_at : `${input.expires_at}Z`)
  if (!(at.getTime() > now.getTime())) throw fieldError('expires_at', 'must be a time in the future')
  return at
}

export async function listKeys(context: Context) {
  const now = context.now()
  const account = await findAccount(context.db, context.accountId, now)
  if (account === undefined) throw notFound('Account')
  const rows = await store.listKeys(context.db, context.accountId)
  return {
    api_keys: rows.map((row) => keyView(row, now)),
    calls_this_month: Number(account.calls),
    monthly_limit: MONTHLY_CALLS[account.plan],
  }
}

export async function revokeKey(context: Context, { id }: InputOf<typeof auth.operations.revokeKey>) {
  assertPersonally(context)
  if (!(await store.revokeKey(context.db, context.accountId, id, context.now()))) throw notFound('API key')
  return { message: 'The key was ended' }
}

/** A key as it is listed. */
export function keyView(row: store.KeyRow, now: Date) {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    preview: previewOf(row.prefix),
    scopes: row.scopes,
    is_active: row.expires_at === null || row.expires_at > now,
    usage_count: row.usage_count,
    last_used: row.last_used_at?.toISOString() ?? null,
    expires_at: row.expires_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  }
}

/** The principal behind an API key; the call is counted. Throws 401 for no key of ours, 402 when the quota is used up. */
export async function resolveKey(context: Context, key: string): Promise<Principal> {
  const now = context.now()
  const { db } = context.system('a credential is looked up before anybody is signed in')
  const call = await store.callWithKey(db, secretHash(key), MONTHLY_CALLS, now)
  if (call === undefined) throw new PlatformError('invalid_token', 'The API key is not valid (any more)')
  if (call.calls === null) throw quotaExceeded(call, now)
  return {
    accountId: call.user_id,
    roles: call.roles,
    scopes: call.scopes,
    method: 'api-key',
    seq: call.seq,
    sessionId: null,
    subject: call.user_id,
    claims: { sub: call.user_id },
    isDemo: call.is_demo,
  }
}

function quotaExceeded({ plan }: store.KeyCall, now: Date): PlatformError {
  const resetsAt = nextMonth(now)
  return new PlatformError('quota_exceeded', 'The API calls of this month are used up', {
    retryAfterSeconds: Math.ceil((resetsAt.getTime() - now.getTime()) / 1000),
    extra: { plan, limit: MONTHLY_CALLS[plan], remaining: 0, resets_at: resetsAt.toISOString() },
  })
}
