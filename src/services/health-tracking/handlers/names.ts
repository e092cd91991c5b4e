import type { Context } from '../../../kernel/service.ts'
import { userProfile } from '../../user-profile/contract.ts'

const MOST_ASKED = 200

/** What accounts are called; nothing is asked where there is none. */
export async function accountNames(
  context: Context,
  accounts: readonly (string | null)[],
): Promise<ReadonlyMap<string, string | null>> {
  const person_ids = [...new Set(accounts.filter((one) => one !== null))].slice(0, MOST_ASKED)
  if (person_ids.length === 0) return new Map()
  const { names } = await context.call(userProfile.operations.displayNames, { person_ids })
  return new Map(names.map((one) => [one.person_id, one.display_name]))
}
