import {
  type Maker,
  type MakerApi,
  MakerBroken,
  MakerBusy,
  MakerRefused,
  numberIn,
  type Tokens,
  textIn,
} from './maker.ts'

const LARGEST_ANSWER_BYTES = 20 * 1024 * 1024
const DEFAULT_WAIT_SECONDS = 60
const LONGEST_WAIT_SECONDS = 86_400
/** Withings: too many requests, and the statuses that mean that the token is of no use. */
const WITHINGS_BUSY = 601
const WITHINGS_REFUSED: ReadonlySet<number> = new Set([100, 101, 102, 200, 401])

/** Trades a code for tokens. Throws `MakerRefused` when the maker does not take it. */
export function exchangeCode(
  maker: Maker,
  code: string,
  { verifier, redirectUri, timeoutMs }: { verifier: string; redirectUri: string; timeoutMs: number },
): Promise<Tokens> {
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
  return askForTokens(maker, grant, timeoutMs)
}

/** Trades a refresh token for new tokens. Throws `MakerRefused` when the right has ended. */
export function refreshTokens(maker: Maker, refreshToken: string, timeoutMs: number): Promise<Tokens> {
  return askForTokens(maker, { grant_type: 'refresh_token', refresh_token: refreshToken }, timeoutMs)
}

async function askForTokens(maker: Maker, grant: Record<string, string>, timeoutMs: number): Promise<Tokens> {
  const { clientId = '', clientSecret = '' } = maker
  const form: Record<string, string> = { ...grant, client_id: clientId }
  const headers: Record<string, string> = {}
  if (maker.sendsBasic) headers.authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  else form.client_secret = clientSecret
  if (maker.isWrapped) form.action = 'requesttoken'
  const answer = await send(maker.tokenUrl, { method: 'POST', body: new URLSearchParams(form), headers }, timeoutMs)
  if (answer.status === 400 || answer.status === 401 || answer.status === 403) throw new MakerRefused()
  const body = unwrapped(maker, answer) as Readonly<Record<string, unknown>>
  const accessToken = textIn(body.access_token)
  if (accessToken === undefined || accessToken === '') throw new MakerBroken('The answer has no access token')
  return {
    accessToken,
    refreshToken: textIn(body.refresh_token),
    expiresInSeconds: numberIn(body.expires_in),
    scope: textIn(body.scope) ?? maker.scope,
    externalUser: textIn(body.user_id) ?? (body.userid === undefined ? undefined : String(body.userid)),
  }
}

/** The maker's API with a token; `renew` gives a new one, once, when the maker does not take it. */
export function makerApi(
  maker: Maker,
  token: { current: string; renew: () => Promise<string> },
  timeoutMs: number,
): MakerApi {
  const ask = async (path: string, init: RequestInit): Promise<unknown> => {
    const request = (accessToken: string) =>
      send(
        new URL(path, maker.apiUrl).href,
        { ...init, headers: { authorization: `Bearer ${accessToken}` } },
        timeoutMs,
      )
    const first = await request(token.current)
    if (!isRefused(maker, first)) return unwrapped(maker, first)
    token.current = await token.renew()
    const second = await request(token.current)
    if (isRefused(maker, second)) throw new MakerRefused()
    return unwrapped(maker, second)
  }
  return {
    get: (path, query = {}) => {
      const search = new URLSearchParams(query).toString()
      return ask(search === '' ? path : `${path}?${search}`, { method: 'GET' })
    },
    postForm: (path, form) => ask(path, { method: 'POST', body: new URLSearchParams(form) }),
  }
}

interface Answer {
  readonly status: number
  readonly retryAfterSeconds: number
  readonly body: unknown
}

function isRefused(maker: Maker, { status, body }: Answer): boolean {
  if (status === 401) return true
  const inner = numberIn((body as { status?: unknown } | null)?.status)
  return maker.isWrapped && inner !== undefined && WITHINGS_REFUSED.has(inner)
}

/** What the answer holds. Throws for every answer that is none. */
function unwrapped(maker: Maker, answer: Answer): unknown {
  if (answer.status === 429) throw new MakerBusy(answer.retryAfterSeconds)
  if (answer.status === 403) throw new MakerRefused()
  if (answer.status >= 400) throw new MakerBroken(`The maker answered ${answer.status}`)
  if (typeof answer.body !== 'object' || answer.body === null) throw new MakerBroken('The answer is not JSON')
  if (!maker.isWrapped) return answer.body
  const { status, body } = answer.body as { status?: unknown; body?: unknown }
  if (status === WITHINGS_BUSY) throw new MakerBusy(answer.retryAfterSeconds)
  if (typeof status === 'number' && WITHINGS_REFUSED.has(status)) throw new MakerRefused()
  if (status !== 0) throw new MakerBroken(`The maker answered status ${String(status).slice(0, 10)}`)
  return body
}

async function send(url: string, init: RequestInit, timeoutMs: number): Promise<Answer> {
  try {
    const answer = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
    const text = await boundedText(answer)
    return { status: answer.status, retryAfterSeconds: waitOf(answer.headers), body: parsed(text) }
  } catch (error) {
    if (error instanceof MakerBroken) throw error
    throw new MakerBroken(`The maker could not be reached (${(error as Error).name})`)
  }
}

async function boundedText(answer: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of answer.body ?? []) {
    size += part.length
    if (size > LARGEST_ANSWER_BYTES) throw new MakerBroken('The answer is too large')
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function waitOf(headers: Headers): number {
  const told = numberIn(headers.get('retry-after') ?? headers.get('fitbit-rate-limit-reset') ?? undefined)
  return Math.min(Math.max(told ?? DEFAULT_WAIT_SECONDS, 1), LONGEST_WAIT_SECONDS)
}
