import type { Static } from 'typebox'
import { announce } from '../../../kernel/context.ts'
import type { InputOf } from '../../../kernel/contract.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import type { SignedIn } from '../contract/shapes.ts'
import { auth } from '../contract.ts'
import { DISCLAIMER } from '../domain/disclaimer.ts'
import { type Handle, researchHandle } from '../domain/handles.ts'
import { authSettings } from '../domain/settings.ts'
import { insertAccount, insertIdentity, touchLogin } from '../store/accounts.ts'
import { type AttemptKey, forgetAttempts } from '../store/attempts.ts'
import * as store from '../store/research.ts'
import { sessionCacheOf } from '../store/sessionCache.ts'
import { revokeSessions } from '../store/sessions.ts'
import { assertActive, attempt } from './guard.ts'
import { signIn } from './issue.ts'

type Input<Name extends keyof typeof auth.operations> = InputOf<(typeof auth.operations)[Name]>

const reason = 'research ids belong to the study, not to the caller'

/** 404 for an id that may not be used, 403 until the current disclaimer is acknowledged. The account is made at first. */
export async function researchLogin(context: Context, given: string): Promise<Static<typeof SignedIn>> {
  const handle = researchHandle(given)
  const { db } = context.system(reason)
  if (!(await isUsable(context, handle.value))) throw notFound('Research id')
  const version = settingsOf(context, authSettings).disclaimerVersion
  if (!(await store.hasAcknowledged(db, handle.value, version))) {
    throw new PlatformError('forbidden', 'The disclaimer must be acknowledged first', {
      extra: { disclaimer_required: true, disclaimer_version: version },
    })
  }
  const now = context.now()
  const { candidate, key } = await attempt(context, handle)
  if (candidate !== undefined) {
    assertActive(candidate)
    const before = [touchLogin(candidate.user_id, now), ...forgetAttempts(candidate.user_id, key, now)]
    return signIn(context, { userId: candidate.user_id, method: 'research', message: 'Signed in', before })
  }
  try {
    return await firstLogin(context, handle, key)
  } catch (error) {
    // Another request of the same participant was faster: the account is there now.
    if (error instanceof PlatformError && error.code === 'already_exists') return researchLogin(context, given)
    throw error
  }
}

/** Makes the account of a research id. */
async function firstLogin(context: Context, handle: Handle, key: AttemptKey) {
  const now = context.now()
  const userId = context.newId()
  return signIn(context, {
    userId,
    method: 'research',
    message: 'Signed in',
    before: [
      insertAccount({ userId, displayName: handle.value }, now),
      insertIdentity(userId, handle, now, now),
      ...forgetAttempts(userId, key, now),
      announce(context, auth.events.accountCreated, {
        user_id: userId,
        display_name: handle.value,
        first_name: null,
        last_name: null,
        email: null,
        phone: null,
        language: null,
        is_anonymous: false,
        facts: {},
      }),
    ],
  })
}

/** An id is usable when the settings or a researcher name it, and nobody switched it off. */
async function isUsable(context: Context, researchId: string): Promise<boolean> {
  const row = await store.findResearchId(context.system(reason).db, researchId)
  return row === undefined ? isInSettings(context, researchId) : row.is_active
}

function isInSettings(context: Context, researchId: string): boolean {
  return settingsOf(context, authSettings).researchIds.some((one) => researchHandle(one).value === researchId)
}

export async function disclaimer(context: Context) {
  return { version: settingsOf(context, authSettings).disclaimerVersion, text: DISCLAIMER }
}

export async function validateResearchId(context: Context, input: Input<'validateResearchId'>) {
  const { value } = researchHandle(input.research_id)
  const valid = await isUsable(context, value)
  return {
    valid,
    research_id: value,
    message: valid ? 'This research id may be used' : 'This research id is not known',
  }
}

export async function acknowledgeDisclaimer(context: Context, input: Input<'acknowledgeDisclaimer'>) {
  const { value } = researchHandle(input.research_id)
  if (!(await isUsable(context, value))) throw notFound('Research id')
  if (!input.acknowledged) throw new PlatformError('bad_request', 'acknowledged must be true')
  const current = settingsOf(context, authSettings).disclaimerVersion
  if (input.version !== undefined && input.version !== current) {
    throw new PlatformError('conflict', 'The disclaimer has changed; read the current one', {
      extra: { disclaimer_version: current },
    })
  }
  const at = await store.acknowledge(context.system(reason).db, value, current, context.now())
  return { success: true, version: current, acknowledged_at: at.toISOString(), message: 'Acknowledged' }
}

export async function listResearchIds(context: Context) {
  const rows = await store.listResearchIds(context.system(reason).db)
  const stored = new Set(rows.map((row) => row.research_id))
  const configured = settingsOf(context, authSettings)
    .researchIds.map((one) => researchHandle(one).value)
    .filter((one) => !stored.has(one))
    .map((research_id) =>
      viewOf({ research_id, is_active: true, created_at: null, version: null, acknowledged_at: null }),
    )
  return { research_ids: [...rows.map(viewOf), ...configured] }
}

export async function addResearchId(context: Context, input: Input<'addResearchId'>) {
  const { value } = researchHandle(input.research_id)
  const { db } = context.system(reason)
  const isNew = !isInSettings(context, value) && (await store.insertResearchId(db, value, context.now()))
  if (!isNew) throw new PlatformError('already_exists', 'This research id is there already')
  return current(context, value)
}

export async function setResearchId(context: Context, input: Input<'setResearchId'>) {
  const { value } = researchHandle(input.research_id)
  const { db } = context.system(reason)
  const known = (await store.findResearchId(db, value)) !== undefined || isInSettings(context, value)
  if (!known) throw notFound('Research id')
  await db.run(store.putResearchId(value, input.is_active, context.now()))
  if (!input.is_active) await endSessions(context, value)
  return current(context, value)
}

async function endSessions(context: Context, researchId: string): Promise<void> {
  const { db } = context.system(reason)
  const holder = await store.findHolder(db, researchId)
  if (holder === undefined) return
  await db.run(revokeSessions(holder.user_id, {}, 'the research id was switched off', context.now()))
  sessionCacheOf(context.ports).forget(holder.user_id)
}

async function current(context: Context, researchId: string) {
  const row = await store.findResearchId(context.system(reason).db, researchId)
  if (row === undefined) throw notFound('Research id')
  return viewOf(row)
}

function viewOf(row: Omit<store.ResearchRow, 'created_at'> & { readonly created_at: Date | null }) {
  return {
    research_id: row.research_id,
    is_active: row.is_active,
    created_at: row.created_at?.toISOString() ?? null,
    acknowledged_version: row.version,
    acknowledged_at: row.acknowledged_at?.toISOString() ?? null,
  }
}
