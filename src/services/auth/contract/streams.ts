import { stream } from '../../../kernel/contract.ts'

const access = { kind: 'public', ignoresCredential: true } as const
const html = ['text/html'] as const
const token = { token: 'from the link' } as const

const json = ['application/json'] as const

export const streams = {
  webSession: stream({
    summary: 'Whether the cookie still opens a session; never a refusal, so that a page can ask before it knows.',
    kind: 'query',
    route: 'GET /auth/web/session',
    access,
    produces: json,
  }),
  webSignIn: stream({
    summary: 'Sign in as POST /auth/login does; the session is an HttpOnly cookie and no token is answered.',
    kind: 'command',
    route: 'POST /auth/web/sign-in',
    access,
    produces: json,
  }),
  webRegister: stream({
    summary: 'Make an account as POST /auth/register does; the session is an HttpOnly cookie and no token is answered.',
    kind: 'command',
    route: 'POST /auth/web/register',
    access,
    produces: json,
  }),
  webSignOut: stream({
    summary: 'End the session of the cookie, and take the cookie back.',
    kind: 'command',
    route: 'POST /auth/web/sign-out',
    access,
    produces: json,
  }),
  setupPage: stream({
    summary: 'Form for the first administrator.',
    kind: 'query',
    route: 'GET /auth/setup',
    access,
    produces: html,
    parameters: token,
  }),
  submitSetup: stream({
    summary: 'Make the first administrator.',
    kind: 'command',
    route: 'POST /auth/setup',
    access,
    produces: html,
  }),
  resetPage: stream({
    summary: 'Form for a new password.',
    kind: 'query',
    route: 'GET /auth/reset-password',
    access,
    produces: html,
    parameters: token,
  }),
  submitReset: stream({
    summary: 'Set a new password.',
    kind: 'command',
    route: 'POST /auth/reset-password',
    access,
    produces: html,
  }),
  verifyPage: stream({
    summary: 'Button to confirm an e-mail address.',
    kind: 'query',
    route: 'GET /auth/verify-email',
    access,
    produces: html,
    parameters: token,
  }),
  submitVerify: stream({
    summary: 'Confirm an e-mail address.',
    kind: 'command',
    route: 'POST /auth/verify-email',
    access,
    produces: html,
  }),
  socialLogin: stream({
    summary: 'Sign in with google, github or microsoft: redirects to the provider.',
    kind: 'command',
    route: 'GET /auth/:provider/login',
    access,
    produces: html,
    parameters: { return_to: 'path of ours to come back to' },
  }),
  socialCallback: stream({
    summary: 'Where the provider sends the browser back to; sets the session cookie and redirects.',
    kind: 'command',
    route: 'GET /auth/:provider/callback',
    access,
    produces: html,
    parameters: { state: 'as we sent it', code: 'of the provider', error: 'of the provider' },
  }),
}
