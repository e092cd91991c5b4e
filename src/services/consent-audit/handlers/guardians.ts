import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound, PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { auth } from '../../auth/contract.ts'
import { userProfile } from '../../user-profile/contract.ts'
import type { consentAudit } from '../contract.ts'
import { CLOSED_TO_CHILDREN, needsGuardian, proofOf } from '../domain/guardianship.ts'
import type { JurisdictionPolicy } from '../domain/jurisdictions.ts'
import * as store from '../store/guardians.ts'
import { policyOf } from './policy.ts'

type Operations = typeof consentAudit.operations

export const guardianHandlers = { readGuardianProof, proveGuardian, listGuardianProofs, decideGuardianProof, mayShare }

interface Standing {
  readonly policy: JurisdictionPolicy
  readonly ageYears: number | null
  readonly isNeeded: boolean
}

async function ageOf(context: Context, personId: string): Promise<number | null> {
  return (await context.call(userProfile.operations.facts, { person_id: personId })).age_years
}

async function standingOf(context: Context): Promise<Standing> {
  const [policy, ageYears] = await Promise.all([policyOf(context), ageOf(context, context.personId)])
  const isKept = context.accountId !== context.personId
  return { policy, ageYears, isNeeded: needsGuardian(policy, { ageYears, isKept }) }
}

/**
 * Throws 403 when this account may not consent here: for a child only a proven guardian does, and to some purposes nobody.
 * A child with an account of its own is told to have a guardian keep the record.
 */
export async function assertMayConsent(context: Context, purposes: readonly string[]): Promise<void> {
  const { ageYears, isNeeded } = await standingOf(context)
  if (!isNeeded) return
  const closed = purposes.find((purpose) => (CLOSED_TO_CHILDREN as readonly string[]).includes(purpose))
  if (ageYears !== null && closed !== undefined) {
    const options = { legacyCode: 'DPDP_PURPOSE_NOT_ALLOWED' }
    throw new PlatformError('forbidden', `Data of a child are not used for ${closed}`, options)
  }
  const proof = await store.findProof(context.db, context.personId, context.accountId)
  if (proof?.state === 'verified') return
  throw new PlatformError('forbidden', reasonFor(context, ageYears), {
    extra: { prove_at: '/api/v1/consent/guardian' },
  })
}

/** The same for services that share in ways of their own. */
async function mayShare(context: Context) {
  await assertMayConsent(context, ['sharing'])
  return { allowed: true }
}

function reasonFor(context: Context, ageYears: number | null): string {
  if (context.accountId === context.personId) return 'For a child, a parent or guardian who keeps the record consents'
  if (ageYears === null) return 'Say the birth date first, or prove to be the guardian: a child needs a proven one'
  return 'Prove first to be the parent or guardian of this child'
}

async function readGuardianProof(context: Context) {
  const proof = await store.findProof(context.db, context.personId, context.accountId)
  return proofView(context, await standingOf(context), proof)
}

async function proveGuardian(context: Context, input: InputOf<Operations['proveGuardian']>) {
  const { accountId, personId } = context
  if (accountId === personId) throw new PlatformError('forbidden', 'Nobody is their own guardian')
  if (!input.declaration)
    throw fieldError('declaration', 'must be true: only a parent or guardian can declare this', [true])
  const holder = await context.call(auth.operations.confirmHolder, { password: input.password })
  const standing = await standingOf(context)
  const state = proofOf(standing.policy, {
    ageYears: await ageOf(context, accountId),
    hasVerifiedContact: holder.has_verified_contact,
    isConfirmed: holder.is_confirmed,
  })
  const now = context.now()
  const proof = await store.writeProof(context.db, {
    user_id: personId,
    account_id: accountId,
    relationship: input.relationship,
    method: state === 'verified' ? 'verified-account' : 'checked-by-operator',
    state,
    declared_at: now,
    decided_at: state === 'verified' ? now : null,
  })
  context.audit({ action: state === 'verified' ? 'guardian_proved' : 'guardian_declared' })
  return proofView(context, standing, proof)
}

const HOW = {
  not_needed: 'No guardian is needed: this is no child.',
  needed: 'Declare it with your password. An adult account with a verified address or number is proved at once.',
  waiting: 'An operator checks your papers: ask them how to show them.',
  verified: 'You may consent for this person.',
  refused: 'The operator did not accept the papers.',
} as const

function proofView(context: Context, { policy, ageYears, isNeeded }: Standing, proof: store.ProofRow | undefined) {
  const status = isNeeded ? (proof?.state ?? ('needed' as const)) : ('not_needed' as const)
  return {
    person_id: context.personId,
    status,
    age_years: ageYears,
    child_age: policy.childAge,
    jurisdiction: policy.code,
    method: proof?.method ?? null,
    declared_at: proof?.declared_at.toISOString() ?? null,
    decided_at: proof?.decided_at?.toISOString() ?? null,
    how: HOW[status],
  }
}

const CHECKS = 'an operator checks the papers of guardians'

async function listGuardianProofs(context: Context, { limit = 100 }: { limit?: number }) {
  const rows = await store.waitingProofs(context.system(CHECKS).db, limit)
  const items = rows.map(({ user_id, account_id, relationship, declared_at }) => {
    return { person_id: user_id, account_id, relationship, declared_at: declared_at.toISOString() }
  })
  return { items }
}

async function decideGuardianProof(context: Context, input: InputOf<Operations['decideGuardianProof']>) {
  const { person_id: personId, account_id: accountId, accepted: isAccepted } = input
  const now = context.now()
  const row = await store.decideProof(context.system(CHECKS).db, { personId, accountId, isAccepted }, now)
  if (row === undefined) throw notFound('Declaration')
  context.audit({ action: isAccepted ? 'guardian_proved' : 'guardian_refused', personId })
  return { status: isAccepted ? ('verified' as const) : ('refused' as const), decided_at: now.toISOString() }
}
