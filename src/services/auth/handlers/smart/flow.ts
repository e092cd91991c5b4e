import { SESSION_COOKIE } from '../../../../kernel/http/credentials.ts'
import type { RawRequest } from '../../../../kernel/raw.ts'
import { type Context, settingsOf } from '../../../../kernel/service.ts'
import { socialSettings } from '../../domain/settings.ts'
import { secretHash } from '../../providers/secrets.ts'
import { isSetUp, SOCIAL_PROVIDERS, type SocialProvider } from '../../providers/social.ts'
import { findLiveSession, type LiveSession } from '../../store/sessions.ts'
import { type ClientRow, findClient } from '../../store/smart/clients.ts'
import { findPending, type PendingRow, type RequestParameters } from '../../store/smart/flow.ts'
import { cookieOf } from '../cookies.ts'

/** Cookie that binds an authorisation to the browser that began it. */
export const FLOW_COOKIE = 'salus_app_flow'

/** An authorisation on its way. */
export interface Flow {
  /** Secret that its pages carry; good only in the browser that began. */
  readonly flow: string
  readonly client: ClientRow
  readonly parameters: RequestParameters
}

/** The providers through which one can sign in here. */
export function socialOf(context: Context): readonly SocialProvider[] {
  const settings = settingsOf(context, socialSettings)
  return SOCIAL_PROVIDERS.filter((provider) => isSetUp(settings, provider))
}

/** The keys under which the request of a page is found. */
export function keyOf(request: RawRequest, flow: string) {
  return { hash: secretHash(flow), browserHash: secretHash(cookieOf(request.headers.cookie, FLOW_COOKIE)) }
}

/** The authorisation that a page belongs to; undefined when it is over, or another browser's. */
export async function flowOf(
  context: Context,
  request: RawRequest,
  flow: string,
): Promise<(Flow & { readonly pending: PendingRow }) | undefined> {
  const { db } = context.system('the page of an app, perhaps before anybody is signed in')
  const pending = await findPending(db, keyOf(request, flow), context.now())
  const client = pending === undefined ? undefined : await findClient(db, pending.client_id)
  if (pending === undefined || client === undefined) return undefined
  return { flow, client, parameters: pending.parameters, pending }
}

/** Who is signed in in this browser. */
export function signedIn(context: Context, request: RawRequest): Promise<LiveSession | undefined> {
  const token = cookieOf(request.headers.cookie, SESSION_COOKIE)
  if (token === '') return Promise.resolve(undefined)
  const { db } = context.system('the cookie tells whose session it is')
  return findLiveSession(db, { tokenHash: secretHash(token) }, context.now())
}

/** Whether a form was sent by a page of ours: browsers say where it comes from, and another site's has no flow cookie. */
export function isOwnForm(context: Context, request: RawRequest): boolean {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  if (origin === undefined || origin === 'null') return true
  return origin === originOf(context.publicUrl) || origin === `http://${host}` || origin === `https://${host}`
}

/** Behind a proxy that rewrites `Host`, the public address is ours too. */
function originOf(publicUrl: string): string | undefined {
  return URL.canParse(publicUrl) ? new URL(publicUrl).origin : undefined
}
