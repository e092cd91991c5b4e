import { command } from '../../../kernel/contract.ts'
import { nullable, object, optional, Type, text } from '../../../kernel/fields.ts'
import { email, otp, password, phone, researchId, SignedIn } from './shapes.ts'

const anyone = { kind: 'public', ignoresCredential: true } as const
/** Accepted, and without any effect. */
const ignored = () => optional(Type.Unknown())

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
      full_name: optional(text(200, { minimum: 0 })),
      name: optional(text(200, { minimum: 0 })),
      first_name: optional(text(100, { minimum: 0 })),
      middle_name: optional(nullable(text(100, { minimum: 0 }))),
      last_name: optional(text(100, { minimum: 0 })),
      company: optional(nullable(text(200, { minimum: 0 }))),
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
      otp: optional(otp),
      totp: optional(otp),
      backup_code: optional(text(40)),
      research_id: optional(researchId),
      /** The OAuth 2 password form sends these; the address is the one the request came from. */
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
}
