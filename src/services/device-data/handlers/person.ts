import { PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { userProfile } from '../../user-profile/contract.ts'

const AWAY: ReadonlySet<string> = new Set(['unavailable', 'timeout', 'bad_upstream'])

/** The zone of the person of the call; UTC where none is known or the profile is away. Not inside a transaction. */
export async function zoneOf(context: Context): Promise<string> {
  try {
    const facts = await context.call(userProfile.operations.facts, { person_id: context.personId })
    return facts.time_zone ?? 'UTC'
  } catch (error) {
    if (error instanceof PlatformError && AWAY.has(error.code)) return 'UTC'
    throw error
  }
}
