import type { Transaction } from '../../kernel/database.ts'
import { type Context, reaction } from '../../kernel/service.ts'
import { auth } from '../auth/contract.ts'
import { accountData, signUpProfile } from './domain/account.ts'
import type { Data } from './domain/tidy.ts'
import { announceProfile } from './handlers/announce.ts'
import { type SectionWrite, type WriteMode, writeSections } from './store.ts'

/** What the account was made with shows in the profile; what the sign-up says of the person is theirs from now on. */
const onAccountCreated = reaction({
  name: 'account-created',
  on: auth.events.accountCreated,
  async handle(context, { data }, transaction) {
    const account = { section: 'account', data: accountData(data), mode: 'replace' } as const
    // Whatever the person saved before the event came stays.
    await write(context, transaction, [account, ...profileWrite(signUpProfile(data.facts), 'fill')])
  },
})

/** Facts changed on the old /auth/me: the newest word counts. */
const onFactsGiven = reaction({
  name: 'facts-given',
  on: auth.events.factsGiven,
  async handle(context, { data }, transaction) {
    const { display_name, facts } = data
    const account: SectionWrite = {
      section: 'account',
      data: display_name === null ? {} : { display_name },
      mode: 'merge',
    }
    await write(context, transaction, [account, ...profileWrite(signUpProfile(facts), 'merge')])
  },
})

function profileWrite(data: Data, mode: WriteMode): SectionWrite[] {
  return Object.keys(data).length === 0 ? [] : [{ section: 'profile', data, mode }]
}

async function write(
  context: Context,
  transaction: Transaction,
  writes: readonly [SectionWrite, ...SectionWrite[]],
): Promise<void> {
  const { personId } = context
  const fields = writes.flatMap((one) => Object.keys(one.data))
  const announcement = announceProfile(context, fields)
  await writeSections(transaction, { userId: personId, writes, alsoRead: [] }, announcement, context.now())
}

export const reactions = [onAccountCreated, onFactsGiven]
