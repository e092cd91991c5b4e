import { command, query } from '../../../kernel/contract.ts'
import { integer, list, nullable, object, oneOf, optional, Type, text, uuid } from '../../../kernel/fields.ts'
import { Credential, Principal } from '../../../kernel/principal.ts'
import { LANGUAGES } from '../../../shared/languages.ts'
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
    input: object({
      account_id: uuid(),
      subject: text(200, { description: 'in English' }),
      text: text(4000),
      translations: optional(
        list(object({ language: oneOf(LANGUAGES), subject: text(200), text: text(4000) }), LANGUAGES.length),
      ),
    }),
    output: object({ told: Type.Boolean({ description: 'whether a message was handed over' }) }),
  }),
  confirmHolder: command({
    summary: 'Whether the holder of the calling account is there now (password again) and can be reached.',
    access: service,
    errors: ['wrong_credentials', 'insufficient_scope', 'too_many_requests'],
    input: object({ password: optional(text(200)) }),
    output: object({ is_confirmed: Type.Boolean(), has_verified_contact: Type.Boolean() }),
  }),
  listHolders: query({
    summary: 'Ids of all accounts by pages, for what has to reach everyone.',
    access: service,
    input: object({ after_seq: Type.Integer({ minimum: 0 }), limit: integer(1, 500) }),
    output: object({ account_ids: list(Type.String(), 500), next_seq: nullable(Type.Integer()) }),
  }),
  createSetupLink: command({
    summary: 'A link, good once and for 30 minutes, to make the first administrator; no link while there is one.',
    access: service,
    input: object({}),
    output: object({ path: nullable(Type.String()), expires_at: nullable(Type.String()) }),
  }),
  firstRun: query({
    summary: 'Whether the platform is still nobody’s, and whether a set-up link is still good.',
    access: service,
    input: object({ setup_token: optional(text(200)) }),
    output: object({
      has_account: Type.Boolean({ description: 'the demo household does not count' }),
      is_setup_open: Type.Boolean({ description: 'false without a token' }),
    }),
  }),
  markDemo: command({
    summary: 'Mark an account as one of the demo household.',
    access: service,
    errors: ['not_found'],
    input: object({ account_id: uuid() }),
    output: object({ is_demo: Type.Boolean() }),
  }),
  createAdministrator: command({
    summary: 'Make an administrator with a generated password, answered this once.',
    access: service,
    errors: ['already_exists'],
    input: object({ email }),
    output: object({ email: Type.String(), password: Type.String() }),
  }),
}
