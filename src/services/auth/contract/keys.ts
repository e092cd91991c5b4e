import { command, query } from '../../../kernel/contract.ts'
import { instant, integer, list, nullable, object, optional, Type, text, uuid } from '../../../kernel/fields.ts'
import { instantOrNull, instantText, KeyView, Message, otp, password } from './shapes.ts'

const account = { kind: 'account' } as const

export const keyOperations = {
  logout: command({
    summary: 'End this session.',
    access: account,
    route: 'POST /auth/logout',
    input: object({ refresh_token: optional(Type.Unknown()) }),
    output: Message,
  }),
  logoutAll: command({
    summary: 'End all sessions of the account.',
    access: account,
    route: 'POST /auth/logout-all',
    input: object({}),
    output: object({ message: Type.String(), sessions_ended: Type.Integer() }),
  }),
  listSessions: query({
    summary: 'Where the account is signed in.',
    access: account,
    route: 'GET /auth/sessions',
    input: object({}),
    output: object({
      sessions: Type.Array(
        object({
          id: uuid(),
          method: Type.String(),
          address: Type.String(),
          user_agent: Type.String(),
          created_at: instantText,
          last_seen_at: instantText,
          expires_at: instantText,
          is_current: Type.Boolean(),
        }),
      ),
    }),
  }),
  revokeSession: command({
    summary: 'End one session.',
    access: account,
    route: 'DELETE /auth/sessions/:id',
    errors: ['not_found'],
    input: object({ id: uuid() }),
    output: Message,
  }),

  createKey: command({
    summary: 'Make an API key. The key itself is shown this once.',
    access: account,
    route: 'POST /auth/api-keys',
    status: 201,
    showsSecret: true,
    errors: ['conflict', 'insufficient_scope'],
    input: object({
      name: optional(text(100)),
      scopes: optional(
        list(
          text(80, {
            pattern: '^(\\*|[a-z][a-z-]*:(read|write))$',
            description: '`*`, `service:read`, `service:write`',
          }),
          40,
        ),
      ),
      expires_at: optional(nullable(instant())),
      expires_in_days: optional(nullable(integer(1, 3650))),
    }),
    output: object({ ...KeyView.properties, key: Type.String(), api_key: Type.String(), message: Type.String() }),
  }),
  listKeys: query({
    summary: 'API keys of the account, and how much of the month is used.',
    access: account,
    route: 'GET /auth/api-keys',
    input: object({}),
    output: object({
      api_keys: Type.Array(KeyView),
      calls_this_month: Type.Integer(),
      monthly_limit: nullable(Type.Integer({ description: 'null is no limit' })),
    }),
  }),
  revokeKey: command({
    summary: 'End an API key.',
    access: account,
    route: 'DELETE /auth/api-keys/:id',
    errors: ['not_found'],
    input: object({ id: integer(1, Number.MAX_SAFE_INTEGER) }),
    output: Message,
  }),

  setupTotp: command({
    summary: 'Begin with an authenticator app. It counts only after /auth/mfa/verify.',
    access: account,
    route: 'POST /auth/mfa/setup',
    showsSecret: true,
    errors: ['wrong_credentials', 'conflict'],
    input: object({
      password: optional(password),
      type: optional(Type.Enum(['totp'])),
      mfa_type: optional(Type.Enum(['totp'])),
    }),
    output: object({ secret: Type.String(), otpauth_url: Type.String(), message: Type.String() }),
  }),
  verifyTotp: command({
    summary: 'Confirm the authenticator app with a code. Answers ten backup codes, shown this once.',
    access: account,
    route: 'POST /auth/mfa/verify',
    showsSecret: true,
    errors: ['wrong_credentials', 'not_found', 'too_many_requests'],
    input: object({ code: optional(otp), otp: optional(otp), totp: optional(otp) }),
    output: object({ verified: Type.Boolean(), backup_codes: Type.Array(Type.String()), message: Type.String() }),
  }),
  disableTotp: command({
    summary: 'Sign in without the authenticator app again. Needs the password and a code.',
    access: account,
    route: 'POST /auth/mfa/disable',
    errors: ['wrong_credentials', 'not_found', 'too_many_requests'],
    input: object({
      password: optional(password),
      code: optional(otp),
      totp: optional(otp),
      backup_code: optional(text(40)),
    }),
    output: Message,
  }),
  mfaState: query({
    summary: 'Whether an authenticator app is needed, and how many backup codes are left.',
    access: account,
    route: 'GET /auth/mfa',
    input: object({}),
    output: object({
      enabled: Type.Boolean(),
      confirmed_at: instantOrNull,
      backup_codes_left: Type.Integer(),
    }),
  }),
}
