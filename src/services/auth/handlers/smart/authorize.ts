import { readerOf } from '../../../../kernel/http/reader.ts'
import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import type { Context } from '../../../../kernel/service.ts'
import { scopeList } from '../../../../shared/smartScopes.ts'
import { grantableScopes } from '../../domain/apps.ts'
import { newSecret, secretHash } from '../../providers/secrets.ts'
import { type ClientRow, findClient } from '../../store/smart/clients.ts'
import * as store from '../../store/smart/flow.ts'
import { cookieOf, sessionCookie } from '../cookies.ts'
import { showConsent } from './consent.ts'
import { FLOW_COOKIE } from './flow.ts'
import { fhirBase, formOf, OAuthError, parametersOf } from './oauth.ts'
import { errorPage, hopPage } from './pages.ts'
import { redirectTo } from './redirect.ts'

const MINUTES = 15
const reason = 'an app asks before anybody is signed in'

/** The authorisation endpoint, by GET: an app sends a person here. */
export function authorizeApp(context: Context, request: RawRequest): Promise<RawAnswer> {
  return begin(context, request, async () => parametersOf(new URL(request.url, 'http://local').searchParams))
}

/** The same by POST. */
export function authorizeAppByPost(context: Context, request: RawRequest): Promise<RawAnswer> {
  return begin(context, request, () => formOf(request))
}

async function begin(
  context: Context,
  request: RawRequest,
  read: () => Promise<ReadonlyMap<string, string>>,
): Promise<RawAnswer> {
  let client: ClientRow | undefined
  let parameters: ReadonlyMap<string, string> = new Map()
  try {
    parameters = await read()
    client = await findClient(context.system(reason).db, parameters.get('client_id') ?? '')
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    return errorPage(readerOf(request), (t) => t.unreadable)
  }
  const redirectUri = parameters.get('redirect_uri') ?? ''
  // To an address that isn't registered nobody is ever sent, not even with an error.
  if (client === undefined || !client.redirect_uris.includes(redirectUri)) {
    return errorPage(readerOf(request), (t) => t.unknown)
  }
  try {
    return await keep(context, request, client, await checked(context, client, parameters))
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    return redirectTo(redirectUri, {
      error: error.code,
      error_description: error.message,
      state: parameters.get('state'),
    })
  }
}

/** What was asked, when all of it is as it must be. Throws what is sent back to the app otherwise. */
async function checked(
  context: Context,
  client: ClientRow,
  parameters: ReadonlyMap<string, string>,
): Promise<store.RequestParameters> {
  const refuse = (code: string, text: string) => new OAuthError(code, text)
  if (parameters.has('request')) throw refuse('request_not_supported', 'Send the parameters as they are')
  if (parameters.has('request_uri')) throw refuse('request_uri_not_supported', 'Send the parameters as they are')
  if (parameters.get('response_type') !== 'code')
    throw refuse('unsupported_response_type', 'response_type must be code')
  const state = parameters.get('state')
  if (state === undefined) throw refuse('invalid_request', 'state is missing')
  const challenge = parameters.get('code_challenge') ?? ''
  if (parameters.get('code_challenge_method') !== 'S256' || !/^[A-Za-z0-9\-_]{43}$/.test(challenge)) {
    throw refuse('invalid_request', 'PKCE is needed: code_challenge with code_challenge_method=S256')
  }
  const audience = parameters.get('aud') ?? parameters.get('resource') ?? ''
  if (audience.replace(/\/$/, '') !== fhirBase(context)) throw refuse('invalid_request', 'aud must be the FHIR base')
  const scopes = grantableScopes(client.scopes, scopeList(parameters.get('scope') ?? ''), 'person')
  if (!scopes.some((one) => one.includes('/') || one === 'openid')) {
    throw refuse('invalid_scope', 'None of the scopes can be granted')
  }
  if (parameters.get('prompt') === 'none') throw refuse('interaction_required', 'The person decides each time')
  const launch = await launchOf(context, client, scopes, parameters.get('launch'))
  const redirectUri = parameters.get('redirect_uri') as string
  return { redirectUri, state, scopes, challenge, nonce: parameters.get('nonce') ?? null, launch }
}

async function launchOf(
  context: Context,
  client: ClientRow,
  scopes: readonly string[],
  launch: string | undefined,
): Promise<store.LaunchContext | null> {
  if (launch === undefined) return null
  const { db } = context.system('a launch names the record, before its person is known')
  const hash = secretHash(launch)
  const found = scopes.includes('launch') ? await store.takeLaunch(db, hash, client.id, context.now()) : undefined
  if (found === undefined) throw new OAuthError('invalid_request', 'The launch is not valid (any more)')
  return found
}

async function keep(
  context: Context,
  request: RawRequest,
  client: ClientRow,
  parameters: store.RequestParameters,
): Promise<RawAnswer> {
  const flow = newSecret()
  const known = cookieOf(request.headers.cookie, FLOW_COOKIE)
  const browser = known === '' ? newSecret() : known
  await context.system(reason).db.run(
    store.insertPending({
      hash: secretHash(flow),
      browserHash: secretHash(browser),
      clientId: client.id,
      parameters,
      expiresAt: new Date(context.now().getTime() + MINUTES * 60_000),
    }),
  )
  // The cookie of a sign-in doesn't come along from another site: a page of ours asks again.
  const isFromElsewhere = request.headers['sec-fetch-site'] === 'cross-site'
  const answer = isFromElsewhere
    ? hopPage(readerOf(request), `/auth/authorize/continue?request=${flow}`)
    : await showConsent(context, request, { flow, client, parameters })
  const cookie = sessionCookie(context, FLOW_COOKIE, browser, MINUTES * 60)
  return { ...answer, headers: { ...answer.headers, 'set-cookie': cookie } }
}
