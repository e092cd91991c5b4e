import { command, query, ROLES } from '../../../kernel/contract.ts'
import { flag, integer, list, object, oneOf, optional, page, pageInput, Type } from '../../../kernel/fields.ts'
import { instantOrNull, instantText, PLANS, phone, researchId, User } from './shapes.ts'

const administrator = { kind: 'role', roles: ['administrator'] } as const
const research = { kind: 'role', roles: ['researcher', 'administrator'] } as const
const anyone = { kind: 'public', ignoresCredential: true } as const
const id = Type.String({
  pattern: '^([0-9]{1,15}|[0-9a-fA-F-]{36})$',
  description: 'id or number (seq) of the account',
})

const ResearchId = object({
  research_id: Type.String(),
  is_active: Type.Boolean(),
  created_at: instantOrNull,
  acknowledged_version: Type.Union([Type.String(), Type.Null()]),
  acknowledged_at: instantOrNull,
})

export const adminOperations = {
  listUsers: query({
    summary: 'Accounts, oldest first.',
    access: administrator,
    route: 'GET /auth/users',
    input: object({ ...pageInput, skip: optional(integer(0, 1_000_000)) }),
    output: page(User),
  }),
  getUser: query({
    summary: 'One account.',
    access: administrator,
    route: 'GET /auth/users/:id',
    errors: ['not_found'],
    input: object({ id }),
    output: User,
  }),
  getUserByPhone: query({
    summary: 'The account of a phone number.',
    access: administrator,
    route: 'GET /auth/users/phone/:number',
    errors: ['not_found'],
    input: object({ number: phone }),
    output: User,
  }),
  setRoles: command({
    summary: 'Set the roles of an account. The last administrator stays one.',
    access: administrator,
    route: 'PUT /auth/users/:id/roles',
    errors: ['not_found', 'conflict'],
    input: object({ id, roles: list(oneOf(ROLES), ROLES.length) }),
    output: User,
  }),
  setPlan: command({
    summary: 'Set the plan of an account.',
    access: administrator,
    route: 'PUT /auth/users/:id/plan',
    errors: ['not_found'],
    input: object({ id, plan: oneOf(PLANS) }),
    output: User,
  }),
  suspendUser: command({
    summary: 'Suspend an account: its sessions end and it may not sign in.',
    access: administrator,
    route: 'POST /auth/users/:id/suspend',
    errors: ['not_found', 'conflict'],
    input: object({ id }),
    output: User,
  }),
  reactivateUser: command({
    summary: 'Let a suspended account sign in again.',
    access: administrator,
    route: 'POST /auth/users/:id/reactivate',
    errors: ['not_found'],
    input: object({ id }),
    output: User,
  }),

  disclaimer: query({
    summary: 'The disclaimer that a research id must acknowledge, with its version.',
    access: anyone,
    route: 'GET /auth/disclaimer',
    input: object({}),
    output: object({ version: Type.String(), text: Type.String() }),
  }),
  validateResearchId: command({
    summary: 'Whether a research id may be used.',
    access: anyone,
    route: 'POST /auth/validate-research-id',
    limit: { requests: 60, windowSeconds: 60 },
    input: object({ research_id: researchId }),
    output: object({ valid: Type.Boolean(), research_id: Type.String(), message: Type.String() }),
  }),
  acknowledgeDisclaimer: command({
    summary: 'Acknowledge the current disclaimer (or the version that was shown) for a research id.',
    access: anyone,
    route: 'POST /auth/acknowledge-disclaimer',
    limit: { requests: 60, windowSeconds: 60 },
    errors: ['not_found', 'bad_request', 'conflict'],
    input: object({
      research_id: researchId,
      acknowledged: flag(),
      version: optional(Type.String({ maxLength: 40 })),
      /** The address is the one a request came from, and it is not kept. */
      ip_address: optional(Type.Unknown()),
    }),
    output: object({
      success: Type.Boolean(),
      version: Type.String(),
      acknowledged_at: instantText,
      message: Type.String(),
    }),
  }),
  listResearchIds: query({
    summary: 'Research ids and what they acknowledged.',
    access: research,
    route: 'GET /auth/research-ids',
    input: object({}),
    output: object({ research_ids: Type.Array(ResearchId) }),
  }),
  addResearchId: command({
    summary: 'Let a research id sign in.',
    access: research,
    route: 'POST /auth/research-ids',
    status: 201,
    errors: ['already_exists'],
    input: object({ research_id: researchId }),
    output: ResearchId,
  }),
  setResearchId: command({
    summary: 'Switch a research id on or off; off ends its sessions.',
    access: research,
    route: 'PUT /auth/research-ids/:research_id',
    errors: ['not_found'],
    input: object({ research_id: researchId, is_active: flag() }),
    output: ResearchId,
  }),
}
