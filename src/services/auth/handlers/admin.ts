import { type InputOf, ROLES } from '../../../kernel/contract.ts'
import type { Transaction } from '../../../kernel/database.ts'
import { fieldError, notFound, PlatformError } from '../../../kernel/errors.ts'
import { decodeCursor, encodeCursor } from '../../../kernel/fields.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import type { Plan } from '../contract/shapes.ts'
import type { auth } from '../contract.ts'
import { phoneHandle } from '../domain/handles.ts'
import { authSettings } from '../domain/settings.ts'
import type { AccountRow } from '../store/accounts.ts'
import * as store from '../store/admin.ts'
import { sessionCacheOf } from '../store/sessionCache.ts'
import { revokeSessions } from '../store/sessions.ts'
import { assertPersonally } from './guard.ts'
import { userOf } from './view.ts'

type Input<Name extends keyof typeof auth.operations> = InputOf<(typeof auth.operations)[Name]>

const reason = 'an administrator looks after all accounts'

export async function listUsers(context: Context, { limit = 100, cursor, skip = 0 }: Input<'listUsers'>) {
  const position = cursor === undefined ? [0] : decodeCursor(cursor, 1)
  if (position === undefined) throw fieldError('cursor', 'is not a cursor of this list')
  const page = { afterSeq: Number(position[0]), skip, limit: limit + 1 }
  const rows = await store.pageOfAccounts(context.system(reason).db, page, context.now())
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  for (const { user_id } of items) noteRead(context, user_id)
  return {
    items: items.map((row) => viewOf(context, row)),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor([last.seq]) : null,
  }
}

export async function getUser(context: Context, { id }: Input<'getUser'>) {
  const row = await find(context, id)
  noteRead(context, row.user_id)
  return viewOf(context, row)
}

/** Whose account an administrator looked at stands in the audit of that person. */
function noteRead(context: Context, personId: string): void {
  if (personId !== context.accountId) context.audit({ action: 'account_read', personId })
}

export async function getUserByPhone(context: Context, { number }: Input<'getUserByPhone'>) {
  const handle = phoneHandle(number, settingsOf(context, authSettings).countryCode)
  const { db } = context.system(reason)
  const row = handle && (await store.findAccountByPhone(db, handle.value, context.now()))
  if (row === undefined) throw notFound('Account')
  noteRead(context, row.user_id)
  return viewOf(context, row)
}

export async function setRoles(context: Context, { id, roles }: Input<'setRoles'>) {
  const target = await find(context, id)
  const wanted = ROLES.filter((role) => roles.includes(role))
  return change(context, target, async (transaction) => {
    if (!wanted.includes('administrator')) await assertNotLast(transaction, target)
    await transaction.run(store.setRoles(target.user_id, wanted))
  })
}

export async function setPlan(context: Context, { id, plan }: Input<'setPlan'>) {
  const target = await find(context, id)
  return change(context, target, async (transaction) => {
    await transaction.run(store.setPlan(target.user_id, plan as Plan))
  })
}

export async function suspendUser(context: Context, { id }: Input<'suspendUser'>) {
  const target = await find(context, id)
  return change(context, target, async (transaction) => {
    await assertNotLast(transaction, target)
    const now = context.now()
    await transaction.batch([
      store.setStatus(target.user_id, 'suspended', now),
      revokeSessions(target.user_id, {}, 'the account was suspended', now),
    ])
  })
}

export async function reactivateUser(context: Context, { id }: Input<'reactivateUser'>) {
  const target = await find(context, id)
  return change(context, target, async (transaction) => {
    await transaction.run(store.setStatus(target.user_id, 'active', context.now()))
  })
}

/** Changes an account, which counts from the next request on. */
async function change(context: Context, target: AccountRow, work: (transaction: Transaction) => Promise<void>) {
  assertPersonally(context)
  await context.system(reason).transact(work)
  sessionCacheOf(context.ports).forget(target.user_id)
  return viewOf(context, await find(context, target.user_id))
}

async function assertNotLast(transaction: Transaction, target: AccountRow): Promise<void> {
  const administrators = await store.lockAdministrators(transaction)
  if (administrators.length === 1 && administrators[0] === target.user_id) {
    throw new PlatformError('conflict', 'This is the last administrator; make another one first')
  }
}

async function find(context: Context, id: string): Promise<AccountRow> {
  const row = await store.findAccountByAnyId(context.system(reason).db, id, context.now())
  if (row === undefined || row.status === 'deleted') throw notFound('Account')
  return row
}

function viewOf(context: Context, row: AccountRow) {
  return userOf(row, settingsOf(context, authSettings).countryCode)
}
