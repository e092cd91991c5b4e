import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { compose } from '../compose.ts'
import { PlatformError } from '../kernel/errors.ts'
import type { Face } from '../kernel/http/face.ts'
import { escapeHtml, htmlPage, sendHtml } from '../kernel/http/html.ts'
import { openPlatform, type Platform } from '../kernel/platform.ts'
import { equalSecrets } from '../kernel/secrets.ts'
import { createHousehold, type Household } from './household.ts'

/**
 * Mounts the link behind which the demo household is made. Its token is new at every start and known only to who reads
 * the console. Returns the link's path; undefined in production, where there is no demo.
 */
export function mountDemo(face: Face): string | undefined {
  const { platform } = face
  if (platform.options.settings.environment === 'production') return undefined
  const token = randomBytes(12).toString('base64url')
  let making: Promise<Household> | undefined
  const check = (request: FastifyRequest) => {
    const given = (request.params as { token: string }).token
    if (!equalSecrets(given, token)) throw new PlatformError('not_found', 'This demo link is not valid any more')
  }
  face.app.get('/demo/:token', (request, reply) => {
    check(request)
    return sendHtml(reply, askPage())
  })
  face.app.post('/demo/:token', async (request, reply): Promise<FastifyReply> => {
    check(request)
    // A second press while the first is at work waits for the same household.
    making ??= makeHousehold(platform).finally(() => {
      making = undefined
    })
    return sendHtml(reply, donePage(await making, platform.publicUrl))
  })
  return `/demo/${token}`
}

/** In the split shape the door runs no service: the household is made by a platform opened for the moment. */
async function makeHousehold(platform: Platform): Promise<Household> {
  const { contracts, services } = platform.options
  if (services.length === contracts.length) return createHousehold(platform)
  const whole = await openPlatform({
    ...platform.options,
    ...(await compose([])),
    peers: new Map(),
    isAutomatic: false,
  })
  try {
    return await createHousehold(whole)
  } finally {
    await whole.close()
  }
}

function askPage(): string {
  return htmlPage(
    'Look round',
    `<h1>Look round with made-up people</h1>
<p>This makes a household of four people with months of synthetic health data. Nothing in it is about anybody real, every name
carries “(demo)”, and one command removes all of it. A demo household that exists already is made anew.</p>
<form method="post"><button type="submit">Make the demo household</button></form>`,
  )
}

function donePage(household: Household, publicUrl: string): string {
  const { email, password } = household.signIn
  const login = `curl -s -X POST ${publicUrl}/api/v1/auth/login -H 'Content-Type: application/json' -d '{"email":"${email}","password":"${password}"}'`
  return htmlPage(
    'Demo household',
    `<h1>The demo household is there</h1>
<p>${household.people.length} people, ${household.rows} rows, all synthetic.</p>
<div class="card"><p>Sign in as <code>${escapeHtml(email)}</code><br>with the password <code>${escapeHtml(password)}</code></p>
<p class="soft">The password is shown once. Open the link again for a new household.</p></div>
<p><a class="button" href="/app/sign-in">Sign in</a></p>
<h2>From a program</h2><p><code>${escapeHtml(login)}</code></p><p>Take <code>access_token</code> from the answer into <a href="/docs">Swagger UI</a>, “Authorize”.</p>
<h2>Remove it</h2><p><code>npm run salus -- demo --remove</code></p>`,
  )
}
