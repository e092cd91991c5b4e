import { command, query, stream } from '../../../kernel/contract.ts'
import { list, nullable, object, optional, record, Type, text, uuid } from '../../../kernel/fields.ts'
import { password, SignedIn } from './shapes.ts'

const account = { kind: 'account' } as const
const anyone = { kind: 'public', ignoresCredential: true } as const
const Instant = Type.String({ description: 'ISO 8601, UTC' })

/** Bytes as the browser's JSON of WebAuthn writes them. */
const base64url = (maximum: number) => text(maximum, { pattern: '^[A-Za-z0-9_-]+=*$' })
const id = base64url(1400)
const members = optional(Type.Record(Type.String({ maxLength: 60 }), Type.Unknown(), { maxProperties: 30 }))
const transports = optional(list(text(30), 10))

const shared = {
  id,
  rawId: id,
  type: Type.Literal('public-key'),
  authenticatorAttachment: optional(nullable(text(40))),
  clientExtensionResults: members,
}

/** What an authenticator answers when a passkey is made (`RegistrationResponseJSON`). */
export const MadePasskey = object({
  ...shared,
  response: object({
    clientDataJSON: base64url(6000),
    attestationObject: base64url(20_000),
    transports,
    authenticatorData: optional(base64url(20_000)),
    publicKey: optional(base64url(6000)),
    publicKeyAlgorithm: optional(Type.Integer()),
  }),
})

/** What an authenticator answers when a passkey is used (`AuthenticationResponseJSON`). */
export const UsedPasskey = object({
  ...shared,
  response: object({
    clientDataJSON: base64url(6000),
    authenticatorData: base64url(6000),
    signature: base64url(6000),
    userHandle: optional(nullable(base64url(200))),
  }),
})

const Passkey = object({
  id: Type.String(),
  name: Type.String(),
  is_synced: Type.Boolean({ description: 'kept in an account of its maker, on several devices' }),
  created_at: Instant,
  last_used_at: nullable(Instant),
  disabled_at: nullable(Type.String({ description: 'ISO 8601; it may have been copied, and opens nothing' })),
})

const options = record(30, 'as `navigator.credentials` takes them, bytes as base64url')
const passkeyName = text(60)
const passkeyId = uuid()

export const passkeyOperations = {
  waysToSignIn: query({
    summary: 'Which ways to sign in are set up here, beside e-mail and password.',
    access: anyone,
    route: 'GET /auth/ways',
    input: object({}),
    output: object({
      passkeys: nullable(object({ rp_id: Type.String({ description: 'host for which passkeys are good' }) })),
      social: list(Type.String({ description: 'open GET /auth/:provider/login in the browser' }), 10),
    }),
  }),
  listPasskeys: query({
    summary: 'Passkeys of the account, the newest first.',
    access: account,
    route: 'GET /auth/passkeys',
    input: object({}),
    output: object({ passkeys: list(Passkey, 50) }),
  }),
  beginPasskey: command({
    summary: 'Begin to make a passkey. Needs the password again, or where there is none a sign-in of the last minutes.',
    access: account,
    route: 'POST /auth/passkeys/begin',
    limit: { requests: 30, windowSeconds: 600 },
    errors: ['wrong_credentials', 'too_many_requests', 'conflict', 'unavailable'],
    input: object({ password: optional(password) }),
    output: object({ options }),
  }),
  addPasskey: command({
    summary: 'Keep the passkey that the authenticator made.',
    access: account,
    route: 'POST /auth/passkeys',
    status: 201,
    errors: ['bad_request', 'already_exists', 'unavailable'],
    input: object({ name: optional(passkeyName), credential: MadePasskey }),
    output: Passkey,
  }),
  renamePasskey: command({
    summary: 'Give a passkey another name.',
    access: account,
    route: 'PUT /auth/passkeys/:id',
    errors: ['not_found'],
    input: object({ id: passkeyId, name: passkeyName }),
    output: Passkey,
  }),
  removePasskey: command({
    summary: 'Remove a passkey: it opens nothing from now on.',
    access: account,
    route: 'DELETE /auth/passkeys/:id',
    status: 204,
    errors: ['not_found'],
    input: object({ id: passkeyId }),
    output: Type.Null(),
  }),
  beginPasskeySignIn: command({
    summary: 'Begin a sign-in by passkey; nobody is named, the authenticator knows whose it is.',
    access: anyone,
    route: 'POST /auth/passkeys/sign-in/begin',
    limit: { requests: 60, windowSeconds: 60 },
    errors: ['unavailable'],
    input: object({}),
    output: object({ options }),
  }),
  passkeySignIn: command({
    summary: 'Sign in by passkey. It verified its user, so no further code is asked for.',
    access: anyone,
    route: 'POST /auth/passkeys/sign-in',
    showsSecret: true,
    limit: { requests: 60, windowSeconds: 60 },
    errors: ['wrong_credentials', 'forbidden', 'unavailable'],
    input: object({ credential: UsedPasskey }),
    output: SignedIn,
  }),
}

export const passkeyStreams = {
  webPasskey: stream({
    summary: 'Sign in as POST /auth/passkeys/sign-in does; the session is an HttpOnly cookie and no token is answered.',
    kind: 'command',
    route: 'POST /auth/web/passkey',
    access: anyone,
    produces: ['application/json'],
  }),
}
