import { notFound } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { authSettings } from '../domain/settings.ts'
import { findAccount } from '../store/accounts.ts'
import { userWithFacts } from './view.ts'

export async function me(context: Context) {
  const row = await findAccount(context.db, context.accountId, context.now())
  if (row === undefined) throw notFound('Account')
  return userWithFacts(row, settingsOf(context, authSettings).countryCode)
}
