import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { compose } from '../compose.ts'
import { demoPeople } from '../kernel/demoPeople.ts'
import { PlatformError } from '../kernel/errors.ts'
import type { Face } from '../kernel/http/face.ts'
import { escapeHtml, htmlPage, sendHtml } from '../kernel/http/html.ts'
import { assertOwnSite } from '../kernel/http/ownSite.ts'
import { type Reader, readerOf } from '../kernel/http/reader.ts'
import { openPlatform, type Platform } from '../kernel/platform.ts'
import { equalSecrets } from '../kernel/secrets.ts'
import { PAGE_HEADERS } from './firstRun/asking.ts'
import { createHousehold, type Household, type Receipt, removeHousehold } from './household.ts'
import { hostTexts } from './texts/texts.ts'

/** The demo household as this process made it. */
export interface DemoHouse {
  /** Path of the link of the console. */
  readonly path: string
  /** The household that is there, made when it isn't. */
  open(): Promise<Household>
  /** Makes it anew; what was in it goes. */
  make(): Promise<Household>
}

/**
 * Mounts the link behind which the demo household is made, and the page that removes it. The token of the link is new at
 * every start and known only to who reads the console. Returns undefined in production, where there is no demo.
 */
export function mountDemo(face: Face): DemoHouse | undefined {
  mountRemoval(face)
  const { platform } = face
  if (platform.options.settings.environment === 'production') return undefined
  const token = randomBytes(12).toString('base64url')
  let making: Promise<Household> | undefined
  let made: Household | undefined
  // A second press while the first is at work waits for the same household.
  const make = () => {
    making ??= onWhole(platform, createHousehold)
      .then((household) => {
        made = household
        return household
      })
      .finally(() => {
        making = undefined
      })
    return making
  }
  const check = (request: FastifyRequest) => {
    const given = (request.params as { token: string }).token
    if (!equalSecrets(given, token)) throw new PlatformError('not_found', 'This demo link is not valid any more')
  }
  face.pages.get('/demo/:token', (request, reply) => {
    check(request)
    return sendHtml(reply, askPage(readerOf(request)))
  })
  face.pages.post('/demo/:token', async (request, reply): Promise<FastifyReply> => {
    check(request)
    return sendHtml(reply, donePage(readerOf(request), await make(), platform.publicUrl))
  })
  return { path: `/demo/${token}`, make, open: async () => making ?? made ?? make() }
}

/** In the split shape the door runs no service: the work is done by a platform opened for the moment. */
async function onWhole<Result>(platform: Platform, work: (whole: Platform) => Promise<Result>): Promise<Result> {
  const { contracts, services } = platform.options
  if (services.length === contracts.length) return work(platform)
  const whole = await openPlatform({
    ...platform.options,
    ...(await compose([])),
    peers: new Map(),
    isAutomatic: false,
  })
  try {
    return await work(whole)
  } finally {
    await whole.close()
  }
}

/** Mounts the page on which an administrator removes the demo household and gets the receipt. */
function mountRemoval(face: Face): void {
  const { pages, platform } = face
  pages.get('/demo-household', async (request, reply) => {
    await assertAdministrator(face, request)
    const people = await demoPeople(platform.systemPool)
    return sendHtml(reply.headers(PAGE_HEADERS), removalPage(readerOf(request), people.length))
  })
  pages.post('/demo-household', async (request, reply) => {
    assertOwnSite(request.headers, face.cors, platform.publicUrl)
    await assertAdministrator(face, request)
    return sendHtml(
      reply.headers(PAGE_HEADERS),
      receiptPage(readerOf(request), await onWhole(platform, removeHousehold)),
    )
  })
}

/** Throws 401 when nobody is signed in, 403 for everybody but an administrator who is there in person. */
async function assertAdministrator(face: Face, request: FastifyRequest): Promise<void> {
  const principal = await face.credentials.resolve(request.headers, request.id)
  if (principal === undefined) throw new PlatformError('unauthenticated', 'Sign in as the administrator')
  if (principal.method !== 'session' || !principal.roles.includes('administrator')) {
    throw new PlatformError('forbidden', 'Only the administrator removes the demo household')
  }
}

function removalPage(reader: Reader, people: number): string {
  const { household: t, back } = hostTexts(reader.language)
  const body =
    people === 0
      ? `<p>${t.none}</p>`
      : `<p>${t.text(people)}</p><form method="post"><button>${t.remove}</button></form>`
  return htmlPage(t.title, `<h1>${t.heading}</h1>${body}<p class="links"><a href="/app/more">${back}</a></p>`, reader)
}

function receiptPage(reader: Reader, receipt: Receipt): string {
  const { household: t, goOn } = hostTexts(reader.language)
  const services = new Map<string, number>()
  for (const [table, count] of Object.entries(receipt)) {
    const service = table.split('.')[0] as string
    services.set(service, (services.get(service) ?? 0) + count)
  }
  const rows = [...services].map(([name, count]) => `<tr><td dir="ltr">${escapeHtml(name)}</td><td>${count}</td></tr>`)
  const total = [...services.values()].reduce((sum, count) => sum + count, 0)
  return htmlPage(
    t.gone,
    `<h1>${t.gone}</h1><p>${t.receipt(total)}</p>
<div class="scroll" tabindex="0" role="region" aria-label="${t.receiptLabel}"><table><thead><tr><th scope="col">${t.service}</th><th scope="col">${t.rows}</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>
<p><a class="button" href="/app/today">${goOn}</a></p>`,
    reader,
  )
}

function askPage(reader: Reader): string {
  const { household: t } = hostTexts(reader.language)
  return htmlPage(
    t.askTitle,
    `<h1>${t.ask}</h1>
<p>${t.askText}</p>
<form method="post"><button type="submit">${t.make}</button></form>`,
    reader,
  )
}

function donePage(reader: Reader, household: Household, publicUrl: string): string {
  const { household: t, signIn } = hostTexts(reader.language)
  const { email, password } = household.signIn
  const code = (text: string) => `<code dir="ltr">${escapeHtml(text)}</code>`
  const login = `curl -s -X POST ${publicUrl}/api/v1/auth/login -H 'Content-Type: application/json' -d '{"email":"${email}","password":"${password}"}'`
  return htmlPage(
    t.title,
    `<h1>${t.there}</h1>
<p>${t.size(household.people.length, household.rows)}</p>
<div class="card"><p>${t.credentials(code(email), code(password))}</p>
<p class="soft">${t.once}</p></div>
<p><a class="button" href="/app/sign-in">${signIn}</a></p>
<h2>${t.program}</h2><p>${code(login)}</p><p>${t.programText(code('access_token'), '<a href="/docs">Swagger UI</a>')}</p>
<h2>${t.removeIt}</h2><p>${code('npm run salus -- demo --remove')}</p>`,
    reader,
  )
}
