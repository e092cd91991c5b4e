import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound, PlatformError } from '../../../kernel/errors.ts'
import { digestOf, hashPasscode } from '../../../kernel/secrets.ts'
import type { Context } from '../../../kernel/service.ts'
import { localDay } from '../../../shared/dates.ts'
import { userProfile } from '../../user-profile/contract.ts'
import { LONGEST_LINK_DAYS } from '../contract/links.ts'
import type { consentAudit } from '../contract.ts'
import { newSecret } from '../providers/secrets.ts'
import * as store from '../store/links.ts'
import { shareableCategories } from './grants.ts'
import { assertMayConsent } from './guardians.ts'
import { futureField } from './times.ts'
import { linkView } from './views.ts'

type Operations = typeof consentAudit.operations

const MAXIMUM_LINKS = 50
const DAY_MS = 86_400_000

export const linkHandlers = { createLink, listLinks, revokeLink }

async function createLink(context: Context, input: InputOf<Operations['createLink']>) {
  const now = context.now()
  const words = input.categories ?? input.permissions
  const categories = shareableCategories(input.categories === undefined ? 'permissions' : 'categories', words ?? [])
  const expiresAt = expiryOf(input, now)
  const days = await daysOf(context, input)
  await assertMayConsent(context, ['sharing'])
  const token = newSecret()
  const passcodeHash = input.passcode === undefined ? null : await hashPasscode(input.passcode)
  const row = await context.transact((transaction) =>
    store.insertLink(
      transaction,
      {
        id: context.newId(),
        userId: context.personId,
        tokenHash: digestOf(token),
        label: input.label ?? null,
        categories,
        passcodeHash,
        maxUses: input.max_uses ?? null,
        expiresAt,
        ...days,
      },
      MAXIMUM_LINKS,
      now,
    ),
  )
  if (row === undefined) throw new PlatformError('conflict', `At most ${MAXIMUM_LINKS} links can be open at a time`)
  context.audit({ action: 'link_created', grantId: row.id })
  return { ...linkView(row, now), token, url: `${context.publicUrl}/share/${token}` }
}

/** A link without an end is none: one of the two has to be said. */
function expiryOf({ expires_days, expires_at }: InputOf<Operations['createLink']>, now: Date): Date {
  if (expires_days !== undefined) return new Date(now.getTime() + expires_days * DAY_MS)
  if (expires_at !== undefined) return futureField('expires_at', expires_at, now, LONGEST_LINK_DAYS)
  throw fieldError('expires_days', 'is required: a link ends some day')
}

/** Days belong to the person: they begin and end by the clock of their zone, UTC while they named none. */
async function daysOf(context: Context, { from, until }: InputOf<Operations['createLink']>) {
  if (from === undefined && until === undefined) return { from: null, until: null, zone: 'UTC' }
  if (from !== undefined && until !== undefined && until < from) throw fieldError('until', 'must not lie before `from`')
  const { time_zone } = await context.call(userProfile.operations.facts, { person_id: context.personId })
  const zone = time_zone ?? 'UTC'
  if (from !== undefined && from > localDay(context.now(), zone)) throw fieldError('from', 'lies in the future')
  return { from: from ?? null, until: until ?? null, zone }
}

async function listLinks(context: Context, { limit = 100 }: { limit?: number }) {
  const now = context.now()
  const rows = await store.listLinks(context.db, context.personId, limit)
  return { links: rows.map((row) => linkView(row, now)) }
}

async function revokeLink(context: Context, { id }: { id: string }) {
  const now = context.now()
  const row = await context.transact((transaction) => store.endLink(transaction, context.personId, id, now))
  if (row === undefined) throw notFound('Link')
  context.audit({ action: 'link_revoked', grantId: row.id })
  return linkView(row, now)
}
