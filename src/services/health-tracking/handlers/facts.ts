import { PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { ageInYears, localDay } from '../../../shared/dates.ts'
import { userProfile } from '../../user-profile/contract.ts'
import type { Person } from '../domain/assessment.ts'

/** What is known of the person of the call. */
export interface Facts {
  readonly zone: string
  readonly birthDate: string | undefined
  readonly heightCm: number | undefined
  readonly isPregnant: boolean | undefined
  /** False while the profile cannot be asked: nothing is assumed then. */
  readonly isReachable: boolean
}

/** Readings are kept and shown even while the profile is away. */
const UNREACHABLE: Facts = {
  zone: 'UTC',
  birthDate: undefined,
  heightCm: undefined,
  isPregnant: undefined,
  isReachable: false,
}
/** What a service that cannot be asked now answers. */
export const AWAY: ReadonlySet<string> = new Set(['unavailable', 'timeout', 'bad_upstream'])

/** The facts about the person of the call; zone UTC where none is known. */
export async function factsOf(context: Context): Promise<Facts> {
  try {
    const facts = await context.call(userProfile.operations.facts, { person_id: context.personId })
    return {
      zone: facts.time_zone ?? 'UTC',
      birthDate: facts.birth_date ?? undefined,
      heightCm: facts.height_cm ?? undefined,
      isPregnant: facts.is_pregnant ?? undefined,
      isReachable: true,
    }
  } catch (error) {
    if (error instanceof PlatformError && AWAY.has(error.code)) return UNREACHABLE
    throw error
  }
}

/** What a rule may know of the person on the day of a reading; undefined while the profile is away. */
export function personAt(facts: Facts, at: Date): Person | undefined {
  if (!facts.isReachable) return undefined
  const ageYears = facts.birthDate === undefined ? undefined : ageInYears(facts.birthDate, localDay(at, facts.zone))
  return { ageYears, heightCm: facts.heightCm, isPregnant: facts.isPregnant }
}
