import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { decryptedText, encryptedText } from '../../../../kernel/encryption.ts'
import { fieldError, PlatformError } from '../../../../kernel/errors.ts'
import { connectingPage } from '../../../../kernel/http/connectingPage.ts'
import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import type { Context } from '../../../../kernel/service.ts'
import { EHR_SYSTEMS, type EhrSystem } from '../../contract/ehr.ts'
import { type Hospital, HospitalBroken, HospitalBusy, HospitalRefused } from '../../providers/ehr/hospital.ts'
import { assertR4, discover, exchangeCode } from '../../providers/ehr/smart.ts'
import {
  type HospitalRequestRow,
  insertHospitalRequest,
  saveHospital,
  takeHospitalRequest,
} from '../../store/hospitals.ts'
import { asked, configuredHospitals, requireHospital, sealPatient, sealTokens } from './common.ts'

const VERIFIER = 'medical_records.hospital_request.code_verifier'
const COOKIE = 'salus_hospital'
const SIGN_IN_SECONDS = 600
const LARGEST_BODY = 10_000

interface Begun {
  readonly url: string
  readonly cookie: string
  readonly expiresAt: Date
  readonly hospital: Hospital
}

interface Wanted {
  readonly system: string | undefined
  readonly returnTo: string | undefined
}

/** `POST /epic-fhir/connect` and `POST /ehr/integrations`: where to sign in, as JSON. */
export async function connectHospital(context: Context, request: RawRequest): Promise<RawAnswer> {
  const { url, cookie, expiresAt, hospital } = await begin(context, await wantedIn(request))
  const body = {
    system: hospital.system,
    name: hospital.label,
    status: 'waiting',
    authorization_url: url,
    expires_at: expiresAt.toISOString(),
  }
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'set-cookie': cookie,
  }
  return { status: 201, headers, body: JSON.stringify(body) }
}

/** `GET /epic-fhir/authorize`: goes there at once. */
export async function authorizeHospital(context: Context, { query }: RawRequest): Promise<RawAnswer> {
  return redirected(await begin(context, { system: query.system, returnTo: query.return_to }))
}

/** `GET /epic-fhir/launch`: begun in the hospital's own portal. Only servers that are set up here are spoken to. */
export async function launchHospital(context: Context, { query }: RawRequest): Promise<RawAnswer> {
  const all = configuredHospitals(context)
  if (all.length === 0) requireHospital(context, undefined)
  const issuer = (query.iss ?? '').replace(/\/+$/, '')
  const hospital = all.find((one) => one.baseUrl === issuer)
  if (hospital === undefined) throw fieldError('iss', 'is no server that is set up here')
  if (query.launch === undefined || query.launch.length > 2000) throw fieldError('launch', 'is missing or too long')
  return redirected(await begin(context, { system: hospital.system, returnTo: undefined }, query.launch))
}

function redirected({ url, cookie }: Begun): RawAnswer {
  const headers = { location: url, 'set-cookie': cookie, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }
  return { status: 302, headers, body: '' }
}

async function wantedIn({ body, query }: RawRequest): Promise<Wanted> {
  let text = ''
  for await (const part of body) {
    text += String(part)
    if (text.length > LARGEST_BODY) throw new PlatformError('payload_too_large', 'The body is too large')
  }
  let given: Record<string, unknown> = {}
  try {
    given = text.trim() === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  } catch {
    throw new PlatformError('bad_request', 'The body is no JSON')
  }
  const of = (name: string) => {
    const value = given?.[name] ?? query[name]
    if (value !== undefined && typeof value !== 'string') throw fieldError(name, 'must be text')
    return value
  }
  return { system: of('system'), returnTo: of('return_to') }
}

async function begin(context: Context, { system, returnTo }: Wanted, launch?: string): Promise<Begun> {
  if (system !== undefined && !(EHR_SYSTEMS as readonly string[]).includes(system)) {
    throw fieldError('system', 'is not known', EHR_SYSTEMS)
  }
  const hospital = requireHospital(context, system as EhrSystem | undefined)
  if (returnTo !== undefined && !/^\/(?![/\\])[^\\\s]{0,300}$/.test(returnTo)) {
    throw fieldError('return_to', 'must be a path of this server')
  }
  const [{ authorize, token }] = await asked(() => Promise.all([discover(hospital), assertR4(hospital)]))
  const [state, browser, verifier] = [secret(), secret(), secret()]
  const stateHash = digest(state)
  const redirectUri = `${context.publicUrl}/api/v1/epic-fhir/callback`
  const expiresAt = new Date(context.now().getTime() + SIGN_IN_SECONDS * 1000)
  await insertHospitalRequest(
    context.db,
    stateHash,
    {
      user_id: context.personId,
      account_id: context.accountId,
      browser_hash: digest(browser),
      system: hospital.system,
      base_url: hospital.baseUrl,
      token_url: token,
      code_verifier: (await encryptedText(context, VERIFIER, verifier, stateHash.toString('hex'))) as Buffer,
      redirect_uri: redirectUri,
      return_to: returnTo ?? null,
      expires_at: expiresAt,
    },
    context.now(),
  )
  const url = new URL(authorize)
  const scope = launch === undefined ? hospital.scope : hospital.scope.replace('launch/patient', 'launch')
  for (const [name, value] of Object.entries({
    response_type: 'code',
    client_id: hospital.clientId,
    redirect_uri: redirectUri,
    scope,
    state,
    aud: hospital.baseUrl,
    code_challenge: digest(verifier).toString('base64url'),
    code_challenge_method: 'S256',
    ...(launch === undefined ? {} : { launch }),
  })) {
    url.searchParams.set(name, value)
  }
  return { url: url.href, cookie: cookieOf(context, browser, SIGN_IN_SECONDS), expiresAt, hospital }
}

/** Lax: it comes along when the hospital sends the browser back, and with nothing that another page posts. */
function cookieOf(context: Context, value: string, seconds: number): string {
  const secure = context.publicUrl.startsWith('https:') ? '; Secure' : ''
  return `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`
}

/** The way back: keeps the tokens, queues the first reading, and tells the person in a page. */
export async function hospitalCallback(context: Context, request: RawRequest): Promise<RawAnswer> {
  const { state = '', code } = request.query
  const { db } = context.system('the state of a sign-in at a hospital names the person')
  const begun = state === '' ? undefined : await takeHospitalRequest(db, digest(state))
  const isGood =
    begun !== undefined && begun.expires_at > context.now() && isTheirs(context, begun, request.headers.cookie)
  if (!isGood) return ended(context, request, 'stale')
  if (code === undefined) return ended(context, request, 'declined')
  const owner = context.forPerson(begun.user_id, 'who began the sign-in that this state names')
  try {
    await connect(owner, begun, code, digest(state))
  } catch (error) {
    if (error instanceof HospitalRefused) return ended(context, request, 'refused')
    if (error instanceof HospitalBroken || error instanceof HospitalBusy) return ended(context, request, 'away')
    throw error
  }
  if (begun.return_to === null) return ended(context, request, 'connected')
  return { status: 303, headers: { location: begun.return_to, 'set-cookie': cookieOf(context, '', 0) }, body: '' }
}

/** The page that says how it ended; the cookie of the sign-in goes with it. */
function ended(context: Context, request: RawRequest, how: Parameters<typeof connectingPage>[1]): RawAnswer {
  const page = connectingPage(request, how)
  return { ...page, headers: { ...page.headers, 'set-cookie': cookieOf(context, '', 0) } }
}

/** Whoever comes back is the browser that went, or brings the credential of the account that began. */
function isTheirs(context: Context, request: HospitalRequestRow, cookies: string | undefined): boolean {
  if (context.caller.principal?.accountId === request.account_id) return true
  const pair = (cookies ?? '').split(';').find((part) => part.trim().startsWith(`${COOKIE}=`))
  const value = pair?.trim().slice(COOKIE.length + 1) ?? ''
  return value !== '' && timingSafeEqual(digest(value), request.browser_hash)
}

async function connect(context: Context, request: HospitalRequestRow, code: string, hash: Buffer): Promise<void> {
  const hospital = requireHospital(context, request.system)
  if (hospital.baseUrl !== request.base_url) throw new HospitalRefused()
  const verifier = (await decryptedText(context, VERIFIER, request.code_verifier, hash.toString('hex'))) as string
  const grant = { code, verifier, redirectUri: request.redirect_uri }
  const tokens = await exchangeCode(hospital, request.token_url, grant)
  if (tokens.patient === undefined || tokens.patient === '') throw new HospitalRefused()
  const id = context.newId()
  const row = {
    id,
    userId: context.personId,
    system: hospital.system,
    baseUrl: hospital.baseUrl,
    patient: await sealPatient(context, id, tokens.patient),
    scopes: tokens.scope,
  }
  const sealed = await sealTokens(context, id, tokens)
  await context.transact(async (transaction) => {
    await saveHospital(transaction, row, sealed, context.now())
    await transaction.enqueue('read-hospital', { system: hospital.system }, { key: `hospital/${id}` })
  })
}

const secret = () => randomBytes(32).toString('base64url')
const digest = (text: string) => createHash('sha256').update(text).digest()
