import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { decryptedText, encryptedText } from '../../../kernel/encryption.ts'
import { fieldError } from '../../../kernel/errors.ts'
import { connectingPage } from '../../../kernel/http/connectingPage.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { deviceSettings } from '../domain/settings.ts'
import { exchangeCode, makerApi } from '../providers/http.ts'
import { MakerBroken, MakerRefused } from '../providers/maker.ts'
import { insertRequest, type RequestRow, saveConnection, takeRequest } from '../store/connections.ts'
import { type DeviceRow, findDevice } from '../store/devices.ts'
import { sealTokens } from './makerTokens.ts'
import { askForNotices } from './notices.ts'
import { queueSync, requireMaker } from './syncs.ts'

const VERIFIER = 'device_data.authorization_request.code_verifier'
const SIGN_IN_MS = 10 * 60_000

const COOKIE = 'salus_maker'

export interface SignIn {
  readonly url: string
  /** Names the browser that began: only it may come back. */
  readonly cookie: string
  readonly provider: string
  readonly expiresAt: Date
}

/** Begins a sign-in at the maker of a device: authorization code with PKCE and a state that is good once. */
export async function beginSignIn(
  context: Context,
  device: DeviceRow,
  wanted: string | undefined,
  returnTo?: string,
): Promise<SignIn> {
  const provider = wanted ?? providerOf(device)
  if (provider === undefined)
    throw fieldError('provider', 'must name the maker', ['dexcom', 'oura', 'fitbit', 'withings'])
  const maker = requireMaker(context, provider)
  if (returnTo !== undefined && !/^\/(?![/\\])[^\\]*$/.test(returnTo))
    throw fieldError('return_to', 'must be a path of this server')
  const [state, verifier, browser] = [secret(), secret(), secret()]
  const redirectUri = `${context.publicUrl}/api/v1/device-data/oauth/callback`
  const expiresAt = new Date(context.now().getTime() + SIGN_IN_MS)
  const hash = digest(state)
  await insertRequest(
    context.db,
    hash,
    {
      user_id: context.personId,
      device_id: device.id,
      provider,
      code_verifier: (await encryptedText(context, VERIFIER, verifier, hash.toString('hex'))) as Buffer,
      redirect_uri: redirectUri,
      return_to: returnTo ?? null,
      browser_hash: digest(browser),
      expires_at: expiresAt,
    },
    context.now(),
  )
  const url = new URL(maker.signInUrl)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const query = {
    client_id: maker.clientId as string,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: maker.scope,
  }
  for (const [name, value] of Object.entries({
    ...query,
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })) {
    url.searchParams.set(name, value)
  }
  return { url: url.href, cookie: cookieOf(context, browser, SIGN_IN_MS / 1000), provider, expiresAt }
}

/** Lax: it comes along when the maker sends the browser back, and with nothing that another page posts. */
function cookieOf(context: Context, value: string, seconds: number): string {
  const secure = context.publicUrl.startsWith('https:') ? '; Secure' : ''
  return `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`
}

/** Whether the browser that comes back is the one that went: nobody can finish a sign-in that another one began. */
function isSameBrowser(request: RequestRow, cookies: string | undefined): boolean {
  const pair = (cookies ?? '').split(';').find((part) => part.trim().startsWith(`${COOKIE}=`))
  const value = pair?.trim().slice(COOKIE.length + 1) ?? ''
  return value !== '' && timingSafeEqual(digest(value), request.browser_hash)
}

/** The maker that a device tells by its settings or its manufacturer. */
export function providerOf(device: DeviceRow): string | undefined {
  const told = device.settings.provider ?? device.metadata.provider
  if (typeof told === 'string') return told.toLowerCase()
  const text = `${device.manufacturer ?? ''} ${device.name}`.toLowerCase()
  return ['dexcom', 'oura', 'fitbit', 'withings', 'garmin', 'whoop', 'polar', 'suunto', 'samsung'].find((name) =>
    text.includes(name),
  )
}

/** The way back from the maker: keeps the tokens, queues the first sync, and tells the person in a page. */
export async function finishSignIn(context: Context, request: RawRequest): Promise<RawAnswer> {
  const { state = '', code } = request.query
  const { db } = context.system('the state names the person')
  const begun = state === '' ? undefined : await takeRequest(db, digest(state))
  const isGood = begun !== undefined && begun.expires_at > context.now() && isSameBrowser(begun, request.headers.cookie)
  if (!isGood) return connectingPage(request, 'stale')
  if (code === undefined) return connectingPage(request, 'declined')
  const owner = context.forPerson(begun.user_id, 'who began the sign-in that this state names')
  try {
    const device = await connect(owner, begun, code, digest(state))
    if (device !== undefined) {
      await queueSync(owner, device, undefined)
      await askForNotices(owner, device.id)
    }
  } catch (error) {
    if (error instanceof MakerRefused) return connectingPage(request, 'refused')
    if (error instanceof MakerBroken) return connectingPage(request, 'away')
    throw error
  }
  if (begun.return_to !== null) return { status: 303, headers: { location: begun.return_to }, body: '' }
  return connectingPage(request, 'connected')
}

async function connect(
  context: Context,
  request: RequestRow,
  code: string,
  hash: Buffer,
): Promise<DeviceRow | undefined> {
  const maker = requireMaker(context, request.provider)
  const verifier = (await decryptedText(context, VERIFIER, request.code_verifier, hash.toString('hex'))) as string
  const timeoutMs = settingsOf(context, deviceSettings).makerTimeoutSeconds * 1000
  const tokens = await exchangeCode(maker, code, { verifier, redirectUri: request.redirect_uri, timeoutMs })
  const api = makerApi(
    maker,
    { current: tokens.accessToken, renew: () => Promise.reject(new MakerRefused()) },
    timeoutMs,
  )
  const externalUser = tokens.externalUser ?? (await maker.identify?.(api))
  const device = await findDevice(context.db, request.device_id)
  if (device === undefined) return undefined
  const sealed = await sealTokens(context, device.id, tokens)
  const row = { id: context.newId(), deviceId: device.id, provider: maker.name }
  await context.transact((transaction) =>
    saveConnection(
      transaction,
      context.personId,
      { ...row, externalUser: externalUser ?? null, scopes: tokens.scope },
      sealed,
      context.now(),
    ),
  )
  return device
}

const secret = () => randomBytes(32).toString('base64url')

function digest(state: string): Buffer {
  return createHash('sha256').update(state).digest()
}
