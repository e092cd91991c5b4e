import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound, PlatformError } from '../../../kernel/errors.ts'
import { errorFields } from '../../../kernel/log.ts'
import { digestOf } from '../../../kernel/secrets.ts'
import type { Context } from '../../../kernel/service.ts'
import { userProfile } from '../../user-profile/contract.ts'
import { LONGEST_GRANT_DAYS } from '../contract/grants.ts'
import { consentAudit } from '../contract.ts'
import { SHAREABLE, shareableOf } from '../domain/matrix.ts'
import { newSecret } from '../providers/secrets.ts'
import * as store from '../store/grants.ts'
import { consentTexts } from '../texts/texts.ts'
import { assertMayConsent } from './guardians.ts'
import { futureField } from './times.ts'
import { grantView, receivedView } from './views.ts'

type Operations = typeof consentAudit.operations
type Transaction = Parameters<Parameters<Context['transact']>[0]>[0]

const MAXIMUM_GRANTS = 100

export const grantHandlers = {
  createGrant,
  listGrants,
  listReceived,
  changeGrant,
  revokeGrant,
  acceptGrant,
  acceptInvitation,
  declineGrant,
}

/** Reads categories that may be shared, each once; at least one. Throws 422 naming what may not. */
export function shareableCategories(field: string, words: readonly string[]): string[] {
  if (words.length === 0)
    throw fieldError(field, 'must name at least one category: nothing is shared by default', SHAREABLE)
  const read = words.map((word) => {
    const category = shareableOf(word)
    if (category === undefined) throw fieldError(field, `${word} is no category that can be shared`, SHAREABLE)
    return category
  })
  return [...new Set(read)]
}

/** The answer tells nothing of whether the account or the address is known to anybody. */
async function createGrant(context: Context, input: InputOf<Operations['createGrant']>) {
  const { account_id, email } = input
  if ((account_id === undefined) === (email === undefined)) {
    throw fieldError('account_id', 'give either account_id or email')
  }
  if (account_id === context.personId) throw fieldError('account_id', 'is the owner of this record')
  const now = context.now()
  const categories = shareableCategories('categories', input.categories)
  await assertMayConsent(context, ['sharing'])
  const endsAt = futureField('ends_at', input.ends_at, now, LONGEST_GRANT_DAYS)
  const code = email === undefined ? undefined : newSecret()
  const row = await store.insertGrant(
    context.db,
    {
      id: context.newId(),
      userId: context.personId,
      grantee: account_id ?? null,
      codeHash: code === undefined ? null : digestOf(code),
      invitedBy: email === undefined ? 'account' : 'email',
      relation: input.relation ?? 'other',
      categories,
      action: input.access ?? 'read',
      label: input.label ?? null,
      dutyRoster: input.duty_roster ?? null,
      endsAt,
    },
    MAXIMUM_GRANTS,
    now,
  )
  if (row === undefined) throw new PlatformError('conflict', `At most ${MAXIMUM_GRANTS} grants can be open at a time`)
  context.audit({ action: 'sharing_invited', grantId: row.id })
  const view = grantView(row, now)
  if (email === undefined || code === undefined) return { ...view, delivery: 'in-app' as const }
  if (context.ports.notifications.channels.email === undefined) {
    return { ...view, delivery: 'by-hand' as const, invitation_code: code }
  }
  sendInvitation(context, email, code, endsAt)
  return { ...view, delivery: 'email' as const }
}

/** Sent without making the caller wait; nothing about the record stands in it. */
function sendInvitation(context: Context, to: string, code: string, endsAt: Date): void {
  const t = consentTexts(context.caller.language ?? 'en').mails
  const text = t.invitationText(endsAt.toISOString().slice(0, 10), context.publicUrl, code)
  const { log } = context
  void context.ports.notifications
    .send({ channel: 'email', to, subject: t.invitation, text })
    .catch((error: unknown) => log.warn(errorFields(error), 'an invitation could not be sent'))
}

async function listGrants(context: Context, { limit = 100 }: { limit?: number }) {
  const now = context.now()
  const rows = await store.listGrants(context.db, context.personId, limit)
  return { grants: rows.map((row) => grantView(row, now)) }
}

async function listReceived(context: Context, { limit = 100 }: { limit?: number }) {
  const { db } = context.system('an account reads what others granted to it')
  const now = context.now()
  const rows = await store.listReceived(db, context.accountId, limit)
  const names = await namesOf(context, rows)
  return { grants: rows.map((row) => receivedView(row, names.get(row.user_id) ?? null, now)) }
}

/** What the people are called whose records these are; who was let in sees a name, not an id. */
async function namesOf(context: Context, rows: readonly store.GrantRow[]): Promise<Map<string, string | null>> {
  const person_ids = [...new Set(rows.map((row) => row.user_id))]
  if (person_ids.length === 0) return new Map()
  const { names } = await context.call(userProfile.operations.displayNames, { person_ids })
  return new Map(names.map((one) => [one.person_id, one.display_name]))
}

async function received(context: Context, row: store.GrantRow) {
  return receivedView(row, (await namesOf(context, [row])).get(row.user_id) ?? null, context.now())
}

async function changeGrant(context: Context, input: InputOf<Operations['changeGrant']>) {
  const now = context.now()
  const categories = input.categories === undefined ? undefined : shareableCategories('categories', input.categories)
  const endsAt =
    input.ends_at === undefined ? undefined : futureField('ends_at', input.ends_at, now, LONGEST_GRANT_DAYS)
  const row = await context.transact(async (transaction) => {
    const grant = await store.lockGrant(transaction, input.id, { userId: context.personId })
    if (grant === undefined) throw notFound('Grant')
    if (grant.ended_at !== null || grant.ends_at <= now) throw new PlatformError('conflict', 'This grant is over')
    const isMore = categories?.some((one) => !grant.categories.includes(one)) === true
    if (isMore || (endsAt !== undefined && endsAt > grant.ends_at)) {
      throw new PlatformError('conflict', 'A grant can be narrowed; for more, make a new one')
    }
    const changed = await store.narrowGrant(transaction, grant.id, {
      categories: categories ?? grant.categories,
      endsAt: endsAt ?? grant.ends_at,
      dutyRoster: input.duty_roster === undefined ? grant.duty_roster : input.duty_roster,
    })
    if (grant.accepted_at !== null) await announce(transaction, changed, changed.action)
    return changed
  })
  context.audit({ action: 'sharing_changed', grantId: row.id })
  return grantView(row, now)
}

async function announce(transaction: Transaction, grant: store.GrantRow, access: 'read' | 'write' | 'none') {
  if (grant.grantee === null) return
  await transaction.publish(consentAudit.events.accessChanged, {
    user_id: grant.user_id,
    account_id: grant.grantee,
    source: 'grant',
    source_id: grant.id,
    categories: grant.categories,
    access,
  })
}

/** Ends a grant in the same transaction in which the database stops showing anything through it. */
async function end(
  transaction: Transaction,
  grant: store.GrantRow | undefined,
  reason: 'revoked' | 'declined' | 'left',
  now: Date,
): Promise<store.GrantRow> {
  if (grant === undefined) throw notFound('Grant')
  if (grant.ended_at !== null) return grant
  const ended = await store.endGrant(transaction, grant.id, reason, now)
  if (grant.accepted_at !== null) await announce(transaction, ended, 'none')
  return ended
}

async function revokeGrant(context: Context, { id }: { id: string }) {
  const now = context.now()
  const row = await context.transact(async (transaction) =>
    end(transaction, await store.lockGrant(transaction, id, { userId: context.personId }), 'revoked', now),
  )
  context.audit({ action: 'sharing_revoked', grantId: row.id })
  return grantView(row, now)
}

/** Checks that an invitation can still be accepted, and opens it for the account. */
async function open(context: Context, transaction: Transaction, grant: store.GrantRow | undefined) {
  const now = context.now()
  const { accountId } = context
  if (grant === undefined || grant.ended_at !== null) throw notFound('Invitation')
  if (grant.ends_at <= now) throw new PlatformError('gone', 'This invitation ran out')
  if (grant.user_id === accountId) throw new PlatformError('conflict', 'This is an invitation to your own record')
  if (grant.accepted_at !== null) return grant
  const opened = await store.openGrant(transaction, grant, accountId, now)
  await announce(transaction, opened, opened.action)
  return opened
}

function accepted(context: Context, row: store.GrantRow) {
  context.audit({ action: 'sharing_accepted', grantId: row.id, personId: row.user_id })
  return received(context, row)
}

async function acceptGrant(context: Context, { id }: { id: string }) {
  const system = context.system('an account accepts what was granted to it; the row is of the person who granted')
  const row = await system.transact(async (transaction) =>
    open(context, transaction, await store.lockGrant(transaction, id, { grantee: context.accountId })),
  )
  return accepted(context, row)
}

async function acceptInvitation(context: Context, { code }: { code: string }) {
  const system = context.system('whoever holds the code accepts; the row is of the person who invited')
  const row = await system.transact(async (transaction) =>
    open(context, transaction, await store.lockInvitation(transaction, digestOf(code))),
  )
  return accepted(context, row)
}

async function declineGrant(context: Context, { id }: { id: string }) {
  const now = context.now()
  const system = context.system('an account leaves a record; the row is of the person who granted')
  const row = await system.transact(async (transaction) => {
    const grant = await store.lockGrant(transaction, id, { grantee: context.accountId })
    return end(transaction, grant, grant?.accepted_at == null ? 'declined' : 'left', now)
  })
  context.audit({ action: 'sharing_declined', grantId: row.id, personId: row.user_id })
  return received(context, row)
}
