import type { InputOf } from '../../../kernel/contract.ts'
import { encryptedText } from '../../../kernel/encryption.ts'
import { fieldError, notFound, PlatformError } from '../../../kernel/errors.ts'
import { digestOf, hashPasscode } from '../../../kernel/secrets.ts'
import type { Context } from '../../../kernel/service.ts'
import { localDay, parseInstant } from '../../../shared/dates.ts'
import { consentAudit } from '../../consent-audit/contract.ts'
import { userProfile } from '../../user-profile/contract.ts'
import { LINK_CATEGORIES, LONGEST_LINK_DAYS, MOST_TRIES } from '../contract/shapes.ts'
import type { healthLinks } from '../contract.ts'
import { flagsOf, linkState, shlinkOf } from '../domain/shlink.ts'
import { newSecret } from '../providers/secrets.ts'
import * as store from '../store/links.ts'

type Operations = typeof healthLinks.operations

export const KEY = 'health_links.health_link.key'
const MAXIMUM_LINKS = 50
const DAY_MS = 86_400_000

export const linkHandlers = { createHealthLink, listHealthLinks, revokeHealthLink }

async function createHealthLink(context: Context, input: InputOf<Operations['createHealthLink']>) {
  const now = context.now()
  const categories = categoriesOf(input.categories ?? [])
  const expiresAt = expiryOf(input, now)
  const isDirect = input.is_direct === true
  if (isDirect && input.passcode !== undefined) throw fieldError('is_direct', 'is not possible with a passcode')
  const days = await daysOf(context, input)
  await context.call(consentAudit.operations.mayShare, {})
  const [id, address, viewer, key] = [context.newId(), newSecret(), newSecret(), newSecret()]
  const [sealed, passcodeHash] = await Promise.all([
    encryptedText(context, KEY, key, id),
    input.passcode === undefined ? null : hashPasscode(input.passcode),
  ])
  const link = {
    id,
    userId: context.personId,
    addressHash: digestOf(address),
    viewerHash: digestOf(viewer),
    key: sealed as Buffer,
    label: input.label ?? null,
    categories,
    passcodeHash,
    tries: MOST_TRIES,
    isLongTerm: input.is_long_term === true,
    isDirect,
    maxUses: input.max_uses ?? null,
    expiresAt,
    ...days,
    allowsNotes: input.allows_notes === true,
  }
  const row = await context.transact((transaction) => store.insertLink(transaction, link, MAXIMUM_LINKS, now))
  if (row === undefined) throw new PlatformError('conflict', `At most ${MAXIMUM_LINKS} links can be open at a time`)
  context.audit({ action: 'link_created', grantId: id })
  const view = linkView(row, now)
  const url = `${context.publicUrl}/shl/m/${address}`
  const exp = Math.floor(expiresAt.getTime() / 1000)
  const { label, flags: flag } = view
  return {
    ...view,
    shlink: shlinkOf({ url, key, exp, flag, ...(label === null ? {} : { label }) }),
    viewer_url: `${context.publicUrl}/shl/v/${viewer}`,
    manifest_url: url,
  }
}

/** Nothing is chosen for the person: whoever shares says what. */
function categoriesOf(words: readonly string[]): string[] {
  if (words.length === 0) {
    throw fieldError('categories', 'must name at least one category: nothing is shared by default', LINK_CATEGORIES)
  }
  const unknown = words.find((word) => !(LINK_CATEGORIES as readonly string[]).includes(word))
  if (unknown !== undefined) {
    throw fieldError('categories', `${unknown} is no part of a patient summary`, LINK_CATEGORIES)
  }
  return [...new Set(words)]
}

/** A link without an end is none: one of the two has to be said; a day alone is its end. */
function expiryOf({ expires_days, expires_at }: InputOf<Operations['createHealthLink']>, now: Date): Date {
  if (expires_days !== undefined) return new Date(now.getTime() + expires_days * DAY_MS)
  if (expires_at === undefined) throw fieldError('expires_days', 'is required: a link ends some day')
  const read = parseInstant(expires_at, { naive: 'utc', dateOnly: true })
  if (read === undefined) throw fieldError('expires_at', 'is not a date and time that exists')
  const at = /^\d{4}-\d{2}-\d{2}$/.test(expires_at) ? new Date(read.getTime() + DAY_MS) : read
  if (at.getTime() <= now.getTime()) throw fieldError('expires_at', 'must lie in the future')
  if (at.getTime() > now.getTime() + LONGEST_LINK_DAYS * DAY_MS) {
    throw fieldError('expires_at', `may lie at most ${LONGEST_LINK_DAYS} days ahead`)
  }
  return at
}

/** Days belong to the person: they begin and end by the clock of their zone, UTC while they named none. */
async function daysOf(context: Context, { from, until }: InputOf<Operations['createHealthLink']>) {
  if (from === undefined && until === undefined) return { from: null, until: null, zone: 'UTC' }
  if (from !== undefined && until !== undefined && until < from) {
    throw fieldError('until', 'must not lie before `from`')
  }
  const { time_zone } = await context.call(userProfile.operations.facts, { person_id: context.personId })
  const zone = time_zone ?? 'UTC'
  if (from !== undefined && from > localDay(context.now(), zone)) throw fieldError('from', 'lies in the future')
  return { from: from ?? null, until: until ?? null, zone }
}

async function listHealthLinks(context: Context, { limit = 100 }: InputOf<Operations['listHealthLinks']>) {
  const now = context.now()
  const rows = await store.listLinks(context.db, context.personId, limit)
  return { links: rows.map((row) => linkView(row, now)), categories: [...LINK_CATEGORIES] }
}

async function revokeHealthLink(context: Context, { id }: InputOf<Operations['revokeHealthLink']>) {
  const now = context.now()
  const row = await context.transact((transaction) => store.endLink(transaction, context.personId, id, now))
  if (row === undefined) throw notFound('Health link')
  context.audit({ action: 'link_revoked', grantId: row.id })
  return linkView(row, now)
}

function linkView(row: store.LinkRow, now: Date) {
  const hasPasscode = row.passcode_hash !== null
  return {
    id: row.id,
    label: row.label,
    categories: row.categories,
    status: linkState(row, now),
    flags: flagsOf({ isLongTerm: row.is_long_term, hasPasscode, isDirect: row.is_direct }),
    has_passcode: hasPasscode,
    tries_left: hasPasscode ? row.tries_left : null,
    from: row.from_day,
    until: row.until_day,
    allows_notes: row.allows_notes,
    access_count: row.uses,
    max_uses: row.max_uses,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
    revoked_at: row.revoked_at?.toISOString() ?? null,
  }
}
