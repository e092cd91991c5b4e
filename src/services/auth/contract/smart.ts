import { command, query, type StreamRoute, stream } from '../../../kernel/contract.ts'
import { flag, list, nullable, object, oneOf, optional, record, Type, text, uuid } from '../../../kernel/fields.ts'

const administrator = { kind: 'role', roles: ['administrator', 'operator'] } as const
/** About the person's own rights: the person, or whoever keeps the person's record; shared with nobody. */
const own = { kind: 'person', category: 'rights' } as const
const account = { kind: 'account' } as const
const Instant = Type.String({ description: 'ISO 8601, UTC' })
const clientId = text(100, { pattern: '^[A-Za-z0-9._~-]+$' })
const address = text(500)
const scopes = list(text(600), 60)

export const PROOFS = ['none', 'secret', 'key'] as const

const Client = object({
  client_id: Type.String(),
  name: Type.String(),
  publisher: Type.String({ description: 'who stands behind it, as the consent page says' }),
  homepage: nullable(Type.String()),
  proof: oneOf(PROOFS, { description: 'how it proves itself: public, by a secret, by a key (private_key_jwt)' }),
  jwks_uri: nullable(Type.String()),
  redirect_uris: list(Type.String()),
  scopes: list(Type.String()),
  service_account_id: nullable(Type.String({ description: 'of a backend service: whom people let in' })),
  registered_by: oneOf(['operator', 'itself']),
  is_enabled: Type.Boolean(),
  created_at: Instant,
})

const App = object({
  id: Type.String(),
  client_id: Type.String(),
  name: Type.String(),
  publisher: Type.String(),
  homepage: nullable(Type.String()),
  is_backend: Type.Boolean(),
  scopes: list(Type.String()),
  can: list(Type.String({ description: 'what the scopes let it do, in words' })),
  allowed_by_me: Type.Boolean(),
  allowed_at: Instant,
  ends_at: Instant,
  last_used_at: nullable(Instant),
})

/** Apps that may read a record, and who may be one. */
export const smartOperations = {
  registerClient: command({
    summary: 'Register an app or a backend service; a secret is shown once',
    route: 'POST /auth/clients',
    access: administrator,
    status: 201,
    showsSecret: true,
    errors: ['already_exists'],
    input: object({
      client_id: optional(clientId),
      name: text(100),
      publisher: text(100),
      homepage: optional(address),
      proof: oneOf(PROOFS),
      jwks: optional(record(5, 'a JWK Set with public keys')),
      jwks_uri: optional(address),
      redirect_uris: optional(list(address, 20)),
      scopes,
      is_backend: optional(flag({ description: 'acts for itself (client_credentials) and needs a key' })),
    }),
    output: object({ ...Client.properties, client_secret: optional(Type.String()) }),
  }),
  listClients: query({
    summary: 'Apps and backend services, newest first',
    route: 'GET /auth/clients',
    access: administrator,
    input: object({}),
    output: object({ clients: list(Client) }),
  }),
  changeClient: command({
    summary: 'Change an app, switch it off (its access ends at once) or on, or give it a new secret',
    route: 'PATCH /auth/clients/:client_id',
    access: administrator,
    showsSecret: true,
    errors: ['not_found'],
    input: object({
      client_id: clientId,
      name: optional(text(100)),
      redirect_uris: optional(list(address, 20)),
      scopes: optional(scopes),
      is_enabled: optional(flag()),
      new_secret: optional(flag()),
    }),
    output: object({ ...Client.properties, client_secret: optional(Type.String()) }),
  }),
  listApps: query({
    summary: 'Apps that may read the record, and what they may do',
    route: 'GET /auth/apps',
    access: own,
    input: object({}),
    output: object({ apps: list(App, 200) }),
  }),
  revokeApp: command({
    summary: 'End the access of an app to the record, at once and on all devices',
    route: 'DELETE /auth/apps/:client_id',
    access: own,
    errors: ['not_found'],
    input: object({ client_id: clientId }),
    output: object({ message: Type.String(), ended: Type.Integer() }),
  }),
  allowBackend: command({
    summary: 'Let a backend service read the health record, until a day',
    route: 'POST /auth/apps/:client_id/allow',
    access: own,
    status: 201,
    errors: ['not_found', 'conflict'],
    input: object({ client_id: clientId, days: Type.Integer({ minimum: 1, maximum: 366 }) }),
    output: App,
  }),
  launchApp: command({
    summary: 'A launch token (good once, for five minutes) with which a page of ours opens an app for a patient',
    route: 'POST /auth/apps/:client_id/launch',
    access: account,
    status: 201,
    showsSecret: true,
    errors: ['not_found'],
    input: object({
      client_id: clientId,
      person_id: optional(uuid('whose record; the own one unless said')),
      patient: optional(text(64, { pattern: '^[A-Za-z0-9.-]+$' })),
      encounter: optional(text(64, { pattern: '^[A-Za-z0-9.-]+$' })),
      fhir_context: optional(
        list(object({ reference: text(150, { pattern: '^[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}$' }) }), 20),
      ),
      need_patient_banner: optional(flag()),
    }),
    output: object({ launch: Type.String(), iss: Type.String(), expires_in: Type.Integer() }),
  }),
}

const anyone = { kind: 'public', ignoresCredential: true } as const

function page(kind: 'query' | 'command', route: string, summary: string): StreamRoute {
  return stream({ kind, route, summary, access: anyone, produces: ['text/html'] })
}

/** Endpoints that pages of any origin may use: they show nothing to a cookie. */
function endpoint(
  kind: 'query' | 'command',
  route: string,
  summary: string,
  aliases: readonly string[] = [],
): StreamRoute {
  const produces = ['application/json']
  return stream({ kind, route, summary, aliases, access: anyone, produces, anyOrigin: true })
}

export const smartStreams = {
  smartConfiguration: endpoint('query', 'GET /auth/smart-configuration', 'What SMART App Launch is supported here', [
    'GET /fhir/.well-known/smart-configuration',
    'GET /api/v1/fhir/.well-known/smart-configuration',
    'GET /.well-known/smart-configuration',
  ]),
  openidConfiguration: endpoint('query', 'GET /auth/openid-configuration', 'OpenID Connect discovery', [
    'GET /.well-known/openid-configuration',
    'GET /.well-known/oauth-authorization-server',
    'GET /fhir/.well-known/openid-configuration',
  ]),
  jwks: endpoint('query', 'GET /auth/jwks', 'Keys that check id tokens'),
  appStyle: endpoint('query', 'GET /auth/app-style.json', 'Colours and sizes for apps (smart_style_url)'),
  token: endpoint(
    'command',
    'POST /auth/token',
    'Tokens for a code, a refresh token or the proof of a backend service',
  ),
  introspect: endpoint('command', 'POST /auth/introspect', 'What a token is good for (RFC 7662)'),
  revokeToken: endpoint('command', 'POST /auth/revoke', 'End a token (RFC 7009)'),
  registerItself: endpoint(
    'command',
    'POST /auth/client-registration',
    'An app registers itself (RFC 7591), where that is allowed',
  ),
  removeItself: endpoint(
    'command',
    'DELETE /auth/client-registration/:client_id',
    'An app that registered itself leaves',
  ),
  appUserinfo: stream({
    kind: 'query',
    route: 'GET /auth/app-userinfo',
    summary: 'Who signed in, for the token of an app',
    access: account,
    produces: ['application/json'],
    takesApps: true,
    anyOrigin: true,
  }),
  authorizeApp: page('command', 'GET /auth/authorize', 'An app sends a person here to ask for access'),
  authorizeAppByPost: page('command', 'POST /auth/authorize', 'The same by a form'),
  continueApp: page('query', 'GET /auth/authorize/continue', 'The next page of the same'),
  signInForApp: page('command', 'POST /auth/authorize/sign-in', 'Sign in within the flow'),
  secondStepForApp: page('command', 'POST /auth/authorize/second-step', 'The code of the authenticator app'),
  decideApp: page('command', 'POST /auth/authorize/decide', 'What the person decided'),
}
