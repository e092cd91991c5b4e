import type { Purpose } from '../../../kernel/contract.ts'
import type { JurisdictionPolicy } from './jurisdictions.ts'

/**
 * Purposes that no consent opens for a child: DPDP Act s.9(3) (no tracking, monitoring or advertising directed at
 * children), GDPR recital 38 (marketing, profiles), COPPA 16 CFR 312.7 (no more than the activity needs).
 */
export const CLOSED_TO_CHILDREN: readonly Purpose[] = ['marketing', 'analytics', 'research']

/** From this age on somebody may act for a child, in each of the jurisdictions. */
const ADULT_AGE = 18

export interface Ward {
  /** Completed years; null while the birth date is unknown. */
  readonly ageYears: number | null
  /** Whether somebody else than the person acts. */
  readonly isKept: boolean
}

/**
 * Whether consenting needs a proven guardian: always for a child; for somebody who is kept and of unknown age too, because
 * a child is not made an adult by leaving out the birth date. Source of the age: the policy of the jurisdiction.
 */
export function needsGuardian(policy: JurisdictionPolicy, { ageYears, isKept }: Ward): boolean {
  return ageYears === null ? isKept : ageYears < policy.childAge
}

/** What is known of whoever declares to be a guardian. */
export interface Declarant {
  readonly ageYears: number | null
  readonly hasVerifiedContact: boolean
  readonly isConfirmed: boolean
}

/**
 * How far a declaration goes by itself: an adult whose identity and age the platform already holds is proved at once (DPDP
 * Rules r.10(1)(a); GDPR Art. 8(2) "reasonable efforts"). COPPA 16 CFR 312.5(b) asks for more than that: an operator checks.
 */
export function proofOf(policy: JurisdictionPolicy, declarant: Declarant): 'verified' | 'waiting' {
  if (policy.code === 'US') return 'waiting'
  const isAdult = declarant.ageYears !== null && declarant.ageYears >= ADULT_AGE
  return isAdult && declarant.hasVerifiedContact && declarant.isConfirmed ? 'verified' : 'waiting'
}
