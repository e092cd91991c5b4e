import { type Reaction, reaction } from '../../kernel/service.ts'
import { auth } from '../auth/contract.ts'
import { type Cell, cellsOfWord, readCells } from './domain/matrix.ts'
import { decideWithin } from './handlers/consents.ts'
import { writeErasure } from './handlers/erasure.ts'
import { policyOf } from './handlers/requests.ts'
import { newSecret } from './providers/secrets.ts'

/** Consents of the phone sign-up are decisions of the one matrix. */
const signUpConsents = reaction({
  name: 'sign-up-consents',
  on: auth.events.consentsGiven,
  async handle(context, { data }, transaction) {
    for (const { purpose, data_category, granted } of data.consents) {
      const cells = cellsOf(purpose, data_category)
      if (cells.length === 0) continue
      await decideWithin(context, transaction, cells, { granted, expiresAt: null, channel: 'sign-up' })
    }
  },
})

/** What stands for no cell stays with the sign-up; it lets nobody do anything. */
function cellsOf(purpose: string, category: string): readonly Cell[] {
  const known = cellsOfWord(purpose)
  if (known !== undefined) return known
  const cells = readCells({ category, purpose, recipient: 'self' })
  return 'fault' in cells ? [] : cells
}

/** Whoever deletes the account asks for erasure with it; there is nobody left to take it back, or to show a code to. */
const accountDeleted = reaction({
  name: 'account-deleted',
  on: auth.events.accountDeleted,
  async handle(context, _event, transaction) {
    await writeErasure(context, transaction, await policyOf(context, transaction), newSecret())
  },
})

export const reactions: readonly Reaction[] = [signUpConsents, accountDeleted]
