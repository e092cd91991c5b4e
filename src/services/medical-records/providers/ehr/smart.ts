import { type Hospital, HospitalBroken, HospitalBusy, HospitalRefused } from './hospital.ts'
import { assertSafe, send } from './http.ts'

/** Where a hospital's server has people sign in, and programs trade codes for tokens. */
export interface Endpoints {
  readonly authorize: string
  readonly token: string
  readonly revoke: string | undefined
}

export interface HospitalTokens {
  readonly access: string
  readonly refresh: string | undefined
  readonly expiresInSeconds: number | undefined
  readonly scope: string
  /** Whom the person signed in as; undefined where the server does not say. */
  readonly patient: string | undefined
}

/**
 * What `.well-known/smart-configuration` says.
 * @throws HospitalBroken where there is none, an address is not safe, or PKCE with S256 is refused
 */
export async function discover({ baseUrl, timeoutMs }: Hospital): Promise<Endpoints> {
  const address = `${baseUrl}/.well-known/smart-configuration`
  const { status, body } = await send(address, { headers: { accept: 'application/json' } }, timeoutMs)
  const authorize = textIn(body?.authorization_endpoint)
  const token = textIn(body?.token_endpoint)
  if (status !== 200 || authorize === undefined || token === undefined) {
    throw new HospitalBroken('The hospital’s server does not say where to sign in')
  }
  const methods = body?.code_challenge_methods_supported
  if (Array.isArray(methods) && !methods.includes('S256')) {
    throw new HospitalBroken('The hospital’s server does not take PKCE')
  }
  for (const one of [authorize, token]) assertSafe(one)
  return { authorize, token, revoke: textIn(body?.revocation_endpoint) }
}

/** Versions of FHIR that are read here. */
const R4 = /^4\.(0|3)\./

/**
 * Refuses a server that says it speaks another version of FHIR than R4, such as DSTU2: what it means would be guessed.
 * @throws HospitalBroken then; one that says nothing of it is taken at its answers
 */
export async function assertR4({ baseUrl, timeoutMs }: Hospital): Promise<void> {
  const version = await versionOf(`${baseUrl}/metadata?_elements=fhirVersion`, timeoutMs)
  if (version === undefined || R4.test(version)) return
  throw new HospitalBroken(`The hospital’s server speaks FHIR ${version.slice(0, 20)}; only R4 is read here`, 'version')
}

async function versionOf(url: string, timeoutMs: number): Promise<string | undefined> {
  try {
    const { body } = await send(url, { headers: { accept: 'application/fhir+json' } }, timeoutMs)
    return textIn(body?.fhirVersion)
  } catch (error) {
    if (error instanceof HospitalBroken || error instanceof HospitalBusy) return undefined
    throw error
  }
}

/** Trades a code for tokens. Throws HospitalRefused when it is not taken. */
export function exchangeCode(
  hospital: Hospital,
  tokenUrl: string,
  grant: { readonly code: string; readonly verifier: string; readonly redirectUri: string },
): Promise<HospitalTokens> {
  return askForTokens(hospital, tokenUrl, {
    grant_type: 'authorization_code',
    code: grant.code,
    redirect_uri: grant.redirectUri,
    code_verifier: grant.verifier,
  })
}

/** Trades a refresh token for new tokens. Throws HospitalRefused when the right has ended. */
export function refreshTokens(hospital: Hospital, tokenUrl: string, refresh: string): Promise<HospitalTokens> {
  return askForTokens(hospital, tokenUrl, { grant_type: 'refresh_token', refresh_token: refresh })
}

/** Ends a token at the hospital; false when it has no place for that, or did not do it. */
export async function revoke(hospital: Hospital, revokeUrl: string | undefined, token: string): Promise<boolean> {
  if (revokeUrl === undefined) return false
  const { status } = await send(revokeUrl, formOf(hospital, { token }), hospital.timeoutMs)
  return status === 200
}

async function askForTokens(hospital: Hospital, url: string, grant: Record<string, string>): Promise<HospitalTokens> {
  const { status, body } = await send(url, formOf(hospital, grant), hospital.timeoutMs)
  if (status === 400 || status === 401 || status === 403) throw new HospitalRefused()
  const access = textIn(body?.access_token)
  if (status !== 200 || access === undefined || access === '') {
    throw new HospitalBroken(`The hospital’s server answered ${status} without a token`)
  }
  const seconds = Number(body?.expires_in ?? Number.NaN)
  return {
    access,
    refresh: textIn(body?.refresh_token),
    expiresInSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : undefined,
    scope: (textIn(body?.scope) ?? hospital.scope).slice(0, 2000),
    patient: textIn(body?.patient),
  }
}

/** A confidential client proves itself as Basic, a public one names itself. */
function formOf({ clientId, clientSecret }: Hospital, grant: Record<string, string>): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json' }
  const form = new URLSearchParams(grant)
  if (clientSecret === undefined) form.set('client_id', clientId)
  else {
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  }
  return { method: 'POST', body: form, headers }
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
