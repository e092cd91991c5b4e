import { command } from '../../../kernel/contract.ts'
import { nullable, object, Type, text, uuid } from '../../../kernel/fields.ts'
import { Credential, Principal } from '../../../kernel/principal.ts'
import { email } from './shapes.ts'

const service = { kind: 'service' } as const

/** Operations for the frame, other services and the operator's commands; none is on HTTP. */
export const internalOperations = {
  resolveCredential: command({
    summary: 'The principal behind a credential; counts calls made with API keys against the quota.',
    access: service,
    errors: ['invalid_token', 'token_expired', 'quota_exceeded', 'not_configured', 'unavailable'],
    input: Credential,
    output: Principal,
  }),
  createAnonymousAccount: command({
    summary: 'An account that nobody is named on: whoever holds its tokens owns it.',
    access: service,
    input: object({}),
    output: object({
      account_id: uuid(),
      access_token: Type.String(),
      refresh_token: Type.String(),
      token_type: Type.String(),
      expires_in: Type.Integer(),
    }),
  }),
  tellHolder: command({
    summary: 'Writes to the holder of an account: by e-mail, else by text message, else not at all.',
    access: service,
    input: object({ account_id: uuid(), subject: text(200), text: text(4000) }),
    output: object({ told: Type.Boolean({ description: 'whether a message was handed over' }) }),
  }),
  createSetupLink: command({
    summary: 'A link, good once and for 30 minutes, to make the first administrator; no link while there is one.',
    access: service,
    input: object({}),
    output: object({ path: nullable(Type.String()), expires_at: nullable(Type.String()) }),
  }),
  createAdministrator: command({
    summary: 'Make an administrator with a generated password, answered this once.',
    access: service,
    errors: ['already_exists'],
    input: object({ email }),
    output: object({ email: Type.String(), password: Type.String() }),
  }),
}
