import { PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import type { Cell } from '../domain/matrix.ts'
import { listObjections } from '../store/consents.ts'
import { assertMayConsent } from './guardians.ts'

/** Throws where nobody may consent to this here: for a child without a proven guardian, against an objection. */
export async function refuseUnfit(context: Context, cells: readonly Cell[]): Promise<void> {
  await assertMayConsent(
    context,
    cells.map((cell) => cell.purpose),
  )
  const objected = await listObjections(context.db, context.personId)
  const against = cells.find((cell) => objected.includes(cell.purpose))
  if (against === undefined) return
  throw new PlatformError('conflict', `You objected to ${against.purpose}; take the objection back first`)
}
