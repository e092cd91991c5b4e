import { command, query } from '../../../kernel/contract.ts'
import { list, nullable, object, oneOf, optional, Type, text, uuid } from '../../../kernel/fields.ts'
import { account, categories, Instant, instantOrNull, limit, own } from './shapes.ts'

export const RELATIONS = ['caregiver', 'clinician', 'family', 'other'] as const
/** No access lasts longer than a year without being given again. */
export const LONGEST_GRANT_DAYS = 366

const time = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'HH:MM' })
const DutyRoster = object({
  time_zone: text(50),
  shifts: list(
    object({
      weekday: oneOf(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']),
      starts_at: time,
      ends_at: time,
    }),
    50,
  ),
})

const endsAt = Type.String({ minLength: 10, maxLength: 40, description: 'ISO 8601; at most 366 days ahead' })

const shown = {
  id: Type.String(),
  person_id: Type.String({ description: 'whose record' }),
  relation: oneOf(RELATIONS),
  categories: list(Type.String()),
  access: oneOf(['read', 'write']),
  status: oneOf(['invited', 'active', 'revoked', 'declined', 'left', 'expired']),
  created_at: Instant,
  accepted_at: instantOrNull,
  ends_at: Instant,
  ended_at: instantOrNull,
}
/** As the account that received it sees it: nothing of the owner's own notes. */
const Received = object({
  ...shown,
  person_name: nullable(Type.String({ description: 'what the person whose record it is is called' })),
})
const Grant = object({
  ...shown,
  label: nullable(Type.String({ description: 'what the owner calls who was let in; shown to the owner only' })),
  grantee_account_id: nullable(Type.String()),
  invited_by: oneOf(['account', 'email']),
  duty_roster: nullable(Type.Unknown()),
})
const id = uuid()

export const grantOperations = {
  createGrant: command({
    summary: 'Invite somebody to see, or write, some categories of a record until a day; open once they accept',
    route: 'POST /sharing/grants',
    aliases: ['POST /api/v1/caregiver', 'POST /api/v1/caregiver/links'],
    access: own,
    status: 201,
    showsSecret: true,
    limit: { requests: 30, windowSeconds: 3600 },
    errors: ['conflict'],
    input: object({
      account_id: optional(uuid()),
      email: optional(Type.String({ format: 'email', maxLength: 254 })),
      categories,
      access: optional(oneOf(['read', 'write'], { default: 'read' })),
      ends_at: endsAt,
      relation: optional(oneOf(RELATIONS, { default: 'other' })),
      label: optional(text(100)),
      duty_roster: optional(DutyRoster),
    }),
    output: object({
      ...Grant.properties,
      delivery: oneOf(['in-app', 'email', 'by-hand']),
      invitation_code: optional(Type.String({ description: 'only where no e-mail can be sent; shown once' })),
    }),
  }),
  listGrants: query({
    summary: 'Who was let into the record, and who was invited',
    route: 'GET /sharing/grants',
    aliases: ['GET /api/v1/caregiver', 'GET /api/v1/caregiver/links'],
    access: own,
    input: object({ limit: limit(200) }),
    output: object({ grants: list(Grant, 200) }),
  }),
  listReceived: query({
    summary: 'Records that others let this account into, and invitations to it',
    route: 'GET /sharing/grants/received',
    aliases: ['GET /api/v1/caregiver/patients'],
    access: account,
    input: object({ limit: limit(200) }),
    output: object({ grants: list(Received, 200) }),
  }),
  changeGrant: command({
    summary: 'Take categories away, end earlier, or set the duty roster; more is a new grant',
    route: 'PATCH /sharing/grants/:id',
    access: own,
    errors: ['not_found', 'conflict'],
    input: object({
      id,
      categories: optional(categories),
      ends_at: optional(endsAt),
      duty_roster: optional(nullable(DutyRoster)),
    }),
    output: Grant,
  }),
  revokeGrant: command({
    summary: 'End a grant at once',
    route: 'DELETE /sharing/grants/:id',
    aliases: ['DELETE /api/v1/caregiver/:id', 'DELETE /api/v1/caregiver/links/:id'],
    access: own,
    errors: ['not_found'],
    input: object({ id }),
    output: Grant,
  }),
  acceptGrant: command({
    summary: 'Accept an invitation to this account',
    route: 'POST /sharing/grants/:id/accept',
    access: account,
    errors: ['not_found', 'gone'],
    input: object({ id }),
    output: Received,
  }),
  acceptInvitation: command({
    summary: 'Accept an invitation by the code that came with it',
    route: 'POST /sharing/invitations/accept',
    aliases: ['POST /api/v1/caregiver/accept'],
    access: account,
    limit: { requests: 20, windowSeconds: 600 },
    errors: ['not_found', 'gone', 'conflict'],
    input: object({ code: text(100) }),
    output: Received,
  }),
  declineGrant: command({
    summary: 'Decline an invitation, or leave a record',
    route: 'POST /sharing/grants/:id/decline',
    access: account,
    errors: ['not_found'],
    input: object({ id }),
    output: Received,
  }),
}
