import { command } from '../../../kernel/contract.ts'
import { flag, list, nullable, object, optional, Type, text } from '../../../kernel/fields.ts'
import {
  email,
  factFields,
  instantText,
  otp,
  password,
  phone,
  preferenceFields,
  researchId,
  SignedIn,
  Tokens,
} from './shapes.ts'

const anyone = { kind: 'public', ignoresCredential: true } as const
/** Accepted, and without any effect. */
const ignored = () => optional(Type.Unknown())
const name = (maximum: number) => optional(nullable(text(maximum, { minimum: 0 })))

export const signInOperations = {
  register: command({
    summary: 'Make an account with e-mail and password.',
    access: anyone,
    route: 'POST /auth/register',
    status: 201,
    showsSecret: true,
    limit: { requests: 60, windowSeconds: 60 },
    errors: ['already_exists'],
    input: object({
      email,
      password,
      confirm_password: optional(password),
      full_name: name(200),
      name: name(200),
      first_name: name(100),
      middle_name: name(100),
      last_name: name(100),
      company: name(200),
      phone: optional(nullable(phone)),
      phone_number: optional(nullable(phone)),
      /** Clients of the sources send these; an account's plan, type and rights are not the client's to choose. */
      plan: ignored(),
      user_type: ignored(),
      role: ignored(),
      username: ignored(),
      date_of_birth: ignored(),
      gender: ignored(),
      terms_accepted: ignored(),
      privacy_accepted: ignored(),
    }),
    output: SignedIn,
  }),

  login: command({
    summary: 'Sign in: e-mail or user name and password (JSON, form or HTTP Basic), phone and code, or research id.',
    access: anyone,
    route: 'POST /auth/login',
    accepts: ['form', 'basic'],
    showsSecret: true,
    limit: { requests: 120, windowSeconds: 60 },
    errors: ['wrong_credentials', 'not_found', 'forbidden', 'too_many_requests', 'unavailable'],
    input: object({
      email: optional(text(254)),
      username: optional(text(254)),
      password: optional(password),
      phone_number: optional(phone),
      otp: optional(nullable(otp)),
      challenge_id: optional(Type.String({ format: 'uuid', description: 'from /auth/otp/request' })),
      totp: optional(nullable(otp)),
      backup_code: optional(nullable(text(40))),
      research_id: optional(researchId),
      /** The OAuth 2 password form and the sources' clients send these; the address is the one a request came from. */
      grant_type: ignored(),
      scope: ignored(),
      client_id: ignored(),
      client_secret: ignored(),
      ip_address: ignored(),
      user_agent: ignored(),
      remember_me: ignored(),
    }),
    output: SignedIn,
  }),

  signup: command({
    summary: 'Make an account with a phone number and the consents it needs.',
    access: anyone,
    route: 'POST /auth/signup',
    status: 201,
    showsSecret: true,
    limit: { requests: 60, windowSeconds: 60 },
    errors: ['bad_request', 'already_exists'],
    input: object({
      name: text(100, { minimum: 2 }),
      phone_number: phone,
      ...factFields,
      ...preferenceFields,
      consents: optional(
        list(
          object({
            data_category: text(60),
            purpose: text(60),
            granted: flag(),
            consent_text: optional(nullable(text(2000, { minimum: 0 }))),
          }),
          50,
        ),
      ),
    }),
    output: SignedIn,
  }),

  requestCode: command({
    summary: 'Send a one-time code to a phone. The answer is the same whether or not the phone has an account.',
    access: anyone,
    route: 'POST /auth/otp/request',
    status: 202,
    limit: { requests: 30, windowSeconds: 60 },
    errors: ['too_many_requests', 'unavailable'],
    input: object({ phone_number: phone }),
    output: object({
      message: Type.String(),
      challenge_id: Type.String({
        description: 'may be sent with the code; without it, sign in from the same network',
      }),
      expires_in: Type.Integer({ description: 'seconds' }),
    }),
  }),

  refresh: command({
    summary: 'A new pair of tokens for a refresh token, which is good once.',
    access: anyone,
    route: 'POST /auth/refresh',
    showsSecret: true,
    limit: { requests: 240, windowSeconds: 60 },
    errors: ['invalid_token'],
    input: object({ refresh_token: text(200) }),
    output: Tokens,
  }),

  mobileLogin: command({
    summary: 'A session for whoever names a user; closed unless ALLOW_INSECURE_SESSION_AUTH is set.',
    access: anyone,
    route: 'POST /auth/mobile-auth/login',
    aliases: ['POST /mobile-auth/login'],
    showsSecret: true,
    limit: { requests: 60, windowSeconds: 60 },
    errors: ['endpoint_disabled', 'bad_request'],
    input: object({ username: optional(text(100)), password: ignored() }),
    output: object({
      auth_token: Type.String(),
      user_id: Type.String(),
      expires_at: instantText,
      message: Type.String(),
      warning: Type.String(),
    }),
  }),

  mobileLogout: command({
    summary: 'End such a session.',
    access: anyone,
    route: 'POST /auth/mobile-auth/logout',
    aliases: ['POST /mobile-auth/logout'],
    errors: ['endpoint_disabled'],
    headers: { authorization: 'authorization' },
    input: object({ auth_token: optional(text(200)), token: optional(text(200)), authorization: optional(text(300)) }),
    output: object({ message: Type.String() }),
  }),

  mobileVerify: command({
    summary: 'Whether such a session is good.',
    access: anyone,
    route: 'POST /auth/mobile-auth/verify',
    aliases: ['POST /mobile-auth/verify'],
    errors: ['endpoint_disabled', 'invalid_token'],
    headers: { authorization: 'authorization' },
    input: object({ auth_token: optional(text(200)), token: optional(text(200)), authorization: optional(text(300)) }),
    output: object({ valid: Type.Boolean(), user_id: Type.String(), username: Type.String() }),
  }),
}
