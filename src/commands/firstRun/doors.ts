import type { FastifyReply, FastifyRequest } from 'fastify'
import { PlatformError } from '../../kernel/errors.ts'
import { SESSION_COOKIE } from '../../kernel/http/credentials.ts'
import type { Face } from '../../kernel/http/face.ts'
import { sendHtml } from '../../kernel/http/html.ts'
import { assertOwnSite } from '../../kernel/http/ownSite.ts'
import { readerOf } from '../../kernel/http/reader.ts'
import type { Platform } from '../../kernel/platform.ts'
import type { DemoHouse } from '../demoDoor.ts'
import type { DemoSignIn } from '../household.ts'
import { hostTexts } from '../texts/texts.ts'
import { sendClient } from '../webDoor.ts'
import { firstRunOf, PAGE_HEADERS } from './asking.ts'
import { doorsPage, minePage, restoredPage } from './pages.ts'
import type { RestoreEnd } from './restoring.ts'

/** Answers `/` to a browser: the three doors while nobody has an account, else the client. */
export function homeOf(platform: Platform): (reply: FastifyReply) => Promise<FastifyReply> {
  // It never goes back in this process: asking once more at every visit would tell nothing new.
  let isOwned = false
  return async (reply) => {
    if (isOwned || reply.request.headers.cookie?.includes(`${SESSION_COOKIE}=`) === true) return sendClient(reply)
    // While the service that knows is away, the client says so better than a page could.
    const state = await firstRunOf(platform).catch(() => undefined)
    isOwned = state?.has_account === true
    if (state === undefined || isOwned) return sendClient(reply)
    return sendDoors(platform, reply, undefined, undefined)
  }
}

function sendDoors(platform: Platform, reply: FastifyReply, token?: string, fault?: string): FastifyReply {
  const hasDemo = platform.options.settings.environment !== 'production'
  return sendHtml(reply.headers(PAGE_HEADERS), doorsPage(readerOf(reply.request), { token, fault, hasDemo }))
}

/** Mounts the pages of the first run. */
export function mountDoors(face: Face, house: DemoHouse | undefined, restored: RestoreEnd | undefined): void {
  const { pages, platform } = face
  pages.get('/welcome', async (request, reply) => {
    const { token, link } = request.query as { token?: unknown; link?: unknown }
    const given = tokenOf(token, link)
    const state = await firstRunOf(platform, given)
    if (state.has_account) return reply.redirect('/app', 303)
    if (given === undefined || !state.is_setup_open) {
      return sendDoors(
        platform,
        reply,
        undefined,
        given === undefined ? undefined : hostTexts(readerOf(request).language).noLink,
      )
    }
    return sendDoors(platform, reply, given)
  })
  pages.get('/welcome/restored', (request, reply) =>
    sendHtml(reply.headers(PAGE_HEADERS), restoredPage(readerOf(request), restored)),
  )
  pages.post('/welcome/demo', async (request, reply) => {
    assertOwnSite(request.headers, face.cors, platform.publicUrl)
    if (house === undefined || (await firstRunOf(platform)).has_account) {
      throw new PlatformError('not_found', 'There is nothing at this address')
    }
    const cookie = await signInDemo(face, request, house)
    return reply.headers(PAGE_HEADERS).header('set-cookie', cookie).redirect('/app/today', 303)
  })
  pages.get('/welcome/mine', (request, reply) => sendHtml(reply.headers(PAGE_HEADERS), minePage(readerOf(request))))
  pages.post('/welcome/mine', async (request, reply) => {
    assertOwnSite(request.headers, face.cors, platform.publicUrl)
    const cookie = await postToAuth(face, request, 'sign-out', {})
    const { has_account } = await firstRunOf(platform)
    return reply
      .headers({ ...PAGE_HEADERS, ...cookieHeader(cookie) })
      .redirect(has_account ? '/app/register' : '/welcome', 303)
  })
}

/** The token of the address, or of the set-up link that was pasted; undefined when there is none. */
function tokenOf(token: unknown, link: unknown): string | undefined {
  if (typeof token === 'string' && token !== '') return token
  if (typeof link !== 'string') return undefined
  return /[?&]token=([\w-]{1,200})/.exec(link)?.[1] ?? link.trim().slice(0, 200)
}

/** Signs in to the household that this process made; a password that was lost since (it was made anew elsewhere) makes another. */
async function signInDemo(face: Face, request: FastifyRequest, house: DemoHouse): Promise<string> {
  const known = await postToAuth(face, request, 'sign-in', credentials((await house.open()).signIn))
  const cookie = known ?? (await postToAuth(face, request, 'sign-in', credentials((await house.make()).signIn)))
  if (cookie === undefined) throw new PlatformError('unavailable', 'The demo household can’t be opened now')
  return cookie
}

const credentials = ({ email, password }: DemoSignIn) => ({ email, password })

const cookieHeader = (cookie: string | undefined) => (cookie === undefined ? {} : { 'set-cookie': cookie })

/** Asks the sign-in of the web client, wherever its service runs. Returns the cookie it sets; undefined when it refuses. */
async function postToAuth(
  face: Face,
  request: FastifyRequest,
  what: 'sign-in' | 'sign-out',
  payload: object,
): Promise<string | undefined> {
  const answer = await face.app.inject({
    method: 'POST',
    url: `/api/v1/auth/web/${what}`,
    headers: {
      'content-type': 'application/json',
      cookie: request.headers.cookie ?? '',
      'user-agent': request.headers['user-agent'] ?? '',
    },
    remoteAddress: request.ip,
    payload,
  })
  const cookie = answer.headers['set-cookie']
  if (answer.statusCode >= 400) return undefined
  return Array.isArray(cookie) ? cookie[0] : cookie
}
