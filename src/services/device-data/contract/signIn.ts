import { command, stream } from '../../../kernel/contract.ts'
import { object, optional, Type, text, uuid } from '../../../kernel/fields.ts'
import { also, deviceId, person, time } from './shapes.ts'

/** What beginning a sign-in asks and answers, for the typed calls of pages; the routes below are it. */
export const connectOperation = command({
  summary: 'Begin to connect an account at a maker; answers where the person signs in',
  route: 'POST /integrations/:device_id/connect',
  access: person,
  input: object({ device_id: deviceId, provider: optional(text(40)), return_to: optional(text(300)) }),
  output: object({
    device_id: uuid(),
    provider: Type.String(),
    status: Type.String(),
    authorization_url: Type.String(),
    expires_at: time,
  }),
})

/** The answer carries a cookie: only the browser that has it can come back from the maker. */
function begin(path: string, summary: string) {
  return stream({
    summary,
    kind: 'command',
    route: `POST ${path}`,
    aliases: also(`POST ${path}`),
    access: person,
    produces: ['application/json'],
  })
}

const notices = { access: { kind: 'public', ignoresCredential: true }, produces: ['application/json'] } as const

export const signInStreams = {
  connectIntegration: begin(
    '/integrations/:device_id/connect',
    'Begin to connect an account at a maker; answers where the person signs in (body: provider, return_to)',
  ),
  reconnectIntegration: begin(
    '/integrations/:device_id/reconnect',
    'Connect again after the maker or the person ended it',
  ),
  oauthAuthorize: stream({
    summary: 'Send the person to the maker to sign in',
    kind: 'command',
    route: 'GET /oauth/:device_id/authorize',
    aliases: also('GET /oauth/:device_id/authorize'),
    access: person,
    produces: ['text/plain'],
    parameters: { provider: 'the maker, where the device does not tell' },
  }),
  oauthCallback: stream({
    summary: 'The way back from the maker; the state says whose it is',
    kind: 'command',
    route: 'GET /device-data/oauth/callback',
    aliases: also('GET /oauth/:device_id/callback').concat('GET /api/v1/oauth/:device_id/callback'),
    access: { kind: 'public', ignoresCredential: true },
    produces: ['text/html'],
    parameters: { code: 'of the maker', state: 'of ours', error: 'why the person or the maker refused' },
  }),
  proveNotices: stream({
    summary: 'Fitbit and Oura make sure that this address takes their notices',
    kind: 'query',
    route: 'GET /device-data/notices/:provider',
    ...notices,
    parameters: {
      verify: 'the code of Fitbit',
      verification_token: 'the token that Oura was told',
      challenge: 'what Oura wants back',
    },
  }),
  takeNotices: stream({
    summary: 'Fitbit and Oura say that somebody has new data; only with their signature',
    kind: 'command',
    route: 'POST /device-data/notices/:provider',
    ...notices,
  }),
  proveNoticeAddress: stream({
    summary: 'Withings makes sure that the address of one account answers',
    kind: 'query',
    route: 'GET /device-data/notices/:provider/:address',
    ...notices,
  }),
  takeNoticeAtAddress: stream({
    summary: 'Withings says that an account has new data, at the address that it alone was told',
    kind: 'command',
    route: 'POST /device-data/notices/:provider/:address',
    ...notices,
  }),
}
