import { type Reaction, reaction } from '../../kernel/service.ts'
import { auth } from '../auth/contract.ts'
import { type Cell, cellsOfWord, readCells } from './domain/matrix.ts'
import { decideWithin } from './handlers/consents.ts'
import { writeErasure } from './handlers/erasure.ts'
import { policyOf } from './handlers/policy.ts'
import { addReceiptCode } from './store/erasure.ts'

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

/** Deleting the account is asking for erasure: the same law, the same grace, the same proof. */
const leaving = reaction({
  name: 'leaving',
  on: auth.events.leavingRequested,
  async handle(context, { data }, transaction) {
    const codeHash = Buffer.from(data.receipt_digest, 'base64url')
    const row = await writeErasure(context, transaction, await policyOf(context, transaction), codeHash)
    if (row !== undefined) context.audit({ action: 'data_erasure', grantId: row.certificate_id })
    // The code was shown already: it opens the receipt of the request that waits.
    else await addReceiptCode(transaction, context.personId, codeHash)
  },
})

/** What stands for no cell stays with the sign-up; it lets nobody do anything. */
function cellsOf(purpose: string, category: string): readonly Cell[] {
  const known = cellsOfWord(purpose)
  if (known !== undefined) return known
  const cells = readCells({ category, purpose, recipient: 'self' })
  return 'fault' in cells ? [] : cells
}

export const reactions: readonly Reaction[] = [signUpConsents, leaving]
