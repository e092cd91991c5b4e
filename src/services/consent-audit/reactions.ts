import { type Reaction, reaction } from '../../kernel/service.ts'
import { auth } from '../auth/contract.ts'
import { type Cell, cellsOfWord, readCells } from './domain/matrix.ts'
import { decideWithin } from './handlers/consents.ts'

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

export const reactions: readonly Reaction[] = [signUpConsents]
