import type { InputOf } from '../../../kernel/contract.ts'
import type { Context } from '../../../kernel/service.ts'
import type { auth } from '../contract.ts'
import { pageOfAccounts } from '../store/admin.ts'
import { findContacts, findPasswordHash } from '../store/holder.ts'
import { assertPasswordAgain, assertPersonally } from './guard.ts'

type Operations = typeof auth.operations

/** Whether the holder is there now and can be reached; throws 401 when the password is missing or wrong. */
export async function confirmHolder(context: Context, { password }: InputOf<Operations['confirmHolder']>) {
  assertPersonally(context)
  const holder = context.forPerson(
    context.accountId,
    'it is asked about whoever calls, not about the record they look at',
  )
  const hasPassword = (await findPasswordHash(holder.db, holder.accountId)) !== undefined
  if (hasPassword) await assertPasswordAgain(holder, password)
  const contacts = await findContacts(holder.db, holder.accountId)
  return { is_confirmed: hasPassword, has_verified_contact: contacts.some((one) => one.is_verified) }
}

/** Ids of all accounts by pages, for what has to reach everyone. */
export async function listHolders(context: Context, { after_seq, limit }: InputOf<Operations['listHolders']>) {
  const { db } = context.system('something has to reach everyone with an account')
  const rows = await pageOfAccounts(db, { afterSeq: after_seq, skip: 0, limit }, context.now())
  const last = rows.length < limit ? undefined : rows.at(-1)
  return { account_ids: rows.map((row) => row.user_id), next_seq: last === undefined ? null : Number(last.seq) }
}
