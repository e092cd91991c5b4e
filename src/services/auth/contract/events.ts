import { event } from '../../../kernel/contract.ts'
import { nullable, object, Type, uuid } from '../../../kernel/fields.ts'
import { Facts } from './shapes.ts'

export const events = {
  accountCreated: event(
    1,
    object({
      user_id: uuid('the account, and the person who holds it'),
      display_name: Type.String({ description: 'empty when nothing was given' }),
      first_name: nullable(Type.String()),
      last_name: nullable(Type.String()),
      email: nullable(Type.String()),
      phone: nullable(Type.String({ description: 'E.164' })),
      language: nullable(Type.String()),
      is_anonymous: Type.Boolean(),
      /** What the phone sign-up asked for; only what was given is there. */
      facts: Facts,
    }),
    { summary: 'An account was made.' },
  ),
  factsGiven: event(1, object({ user_id: uuid(), display_name: nullable(Type.String()), facts: Facts }), {
    summary: 'The holder changed facts about themselves on the old /auth/me; only what was given is there.',
  }),
  consentsGiven: event(
    1,
    object({
      user_id: uuid(),
      consents: Type.Array(object({ purpose: Type.String(), data_category: Type.String(), granted: Type.Boolean() })),
    }),
    { summary: 'Consents of the sign-up were given or withdrawn; only those that changed are there.' },
  ),
  leavingRequested: event(
    1,
    object({ user_id: uuid(), receipt_digest: Type.String({ description: 'SHA-256 of the receipt code, base64url' }) }),
    {
      summary:
        'The holder deleted the account: the record is to be closed now and erased when its time of grace is over.',
    },
  ),
}
