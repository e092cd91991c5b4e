import { command, query } from '../../../kernel/contract.ts'
import { flag, list, nullable, object, oneOf, optional, Type, text, uuid } from '../../../kernel/fields.ts'
import { Instant, instantOrNull, limit, own, staff } from './shapes.ts'

export const GUARDIAN_RELATIONSHIPS = ['parent', 'legal_guardian'] as const
export const PROOF_STATES = ['not_needed', 'needed', 'waiting', 'verified', 'refused'] as const

const Proof = object({
  person_id: Type.String(),
  status: oneOf(PROOF_STATES),
  age_years: nullable(Type.Integer()),
  child_age: Type.Integer({ description: 'under this age a guardian consents, by the law the data are held under' }),
  jurisdiction: Type.String(),
  method: nullable(oneOf(['verified-account', 'checked-by-operator'])),
  declared_at: instantOrNull,
  decided_at: instantOrNull,
  how: Type.String(),
})

export const guardianOperations = {
  readGuardianProof: query({
    summary: 'Whether consenting for this person needs a proven guardian, and whether you are one',
    route: 'GET /consent/guardian',
    access: own,
    input: object({}),
    output: Proof,
  }),
  proveGuardian: command({
    summary:
      'Prove to be the parent or guardian of a child: an adult account with a verified address or number, and its password again. What that does not prove, an operator checks.',
    route: 'POST /consent/guardian',
    access: own,
    errors: ['forbidden', 'wrong_credentials', 'unavailable'],
    limit: { requests: 10, windowSeconds: 600 },
    input: object({
      relationship: oneOf(GUARDIAN_RELATIONSHIPS),
      declaration: flag({ description: 'I am this child’s parent or legal guardian' }),
      password: optional(text(200)),
    }),
    output: Proof,
  }),
  listGuardianProofs: query({
    summary: 'Declarations of guardians that wait for an operator’s check, oldest first',
    route: 'GET /consent/guardians/waiting',
    access: staff,
    input: object({ limit: limit() }),
    output: object({
      items: list(
        object({
          person_id: Type.String(),
          account_id: Type.String(),
          relationship: oneOf(GUARDIAN_RELATIONSHIPS),
          declared_at: Instant,
        }),
        500,
      ),
    }),
  }),
  decideGuardianProof: command({
    summary: 'What came of checking a guardian’s papers; the papers are not kept',
    route: 'POST /consent/guardians/:person_id/decide',
    access: staff,
    errors: ['not_found'],
    input: object({ person_id: uuid(), account_id: uuid(), accepted: flag({ description: 'the papers prove it' }) }),
    output: object({ status: oneOf(['verified', 'refused']), decided_at: Instant }),
  }),
}
